"""People from outside: a signed link lets one person decide once on one item."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from pydantic import Field

from copydesk.access import Actor, Role, actor_for
from copydesk.briefs import Brief, Noun
from copydesk.desk.acting import Also, may_read, readable
from copydesk.desk.conversing import Conversing
from copydesk.desk.parts import READERS, record
from copydesk.desk.reviewing import Reviewing
from copydesk.errors import (
    Forbidden,
    HeldByAnother,
    InputError,
    LinkEnded,
    NotFound,
    Problem,
    SelfApproval,
    StaleVersion,
    WrongMove,
)
from copydesk.guardrails import Finding
from copydesk.review_queue import OPEN, Reviewer, ReviewItem, State
from copydesk.review_queue.effects import LAST_ACT
from copydesk.review_queue.talk import Comment, ReviewLink
from copydesk.storage import Transaction
from copydesk.storage.stored import missing
from copydesk.variants import Copy, Slot

LONGEST = timedelta(days=30)
NO_LINK = "There is no such link: check that the address was copied whole."

TO_DECIDE = (State.WAITING, State.CLAIMED, State.ESCALATED)
CHANGING = ("edit", "approve_with_edit", "answer")
"""Acts that may change the copy, as an item tells them."""


HELD = "Somebody is working on this copy at the moment: try again in a quarter of an hour."


class OutsideView(Noun):
    """All that somebody from outside is shown: one item, without the people who work on it."""

    person: str
    """Whom the link was made for."""
    asks: str | None
    """What they are asked to look at."""
    expires_at: datetime
    decided: str | None
    """`approve` or `reject`, when they have decided."""
    may_decide: bool
    """Whether the item still waits for a decision that they could give."""
    is_asked: bool
    """Whether the link is for deciding; otherwise for comments alone."""
    changed: bool
    """Whether the copy was changed since the link was made."""
    version: int
    """To be sent back with the decision."""
    state: State
    copy_: Copy = Field(alias="copy")
    brief: Brief
    brand: str
    audience: str
    """Its description."""
    findings: tuple[Finding, ...]
    """What the checks found and nobody dismissed."""
    comments: tuple[Comment, ...]
    """Their own."""


class Outside:
    """Makes links, and takes what those say who got one.

    What is done by a link raises NotFound for one that was not made here, and LinkEnded for one
    that is out of date, revoked or used.
    """

    def __init__(self, reviewing: Reviewing, conversing: Conversing, secret: bytes) -> None:
        self._desk = reviewing.acting
        self._signing = reviewing.signing
        self._conversing = conversing
        # Of another hash than recipients' keys, so that no key of a recipient is ever this one.
        self._key = hmac.new(secret, b"review links", hashlib.sha512).digest()

    def invite(
        self,
        item_id: str,
        actor: Actor,
        person: str,
        valid: timedelta,
        reviews_as: Collection[str] = (),
        asks: str | None = None,
        *,
        may_decide: bool = True,
    ) -> tuple[ReviewLink, str]:
        """Make a link, and return it with its token: the token is stored nowhere.

        Their decision counts as that of the approver who invites them, so it is no second one.
        Unless they `may_decide` they can only comment.

        Raises:
            NotFound: there is no such item, or it is not the actor's to see.
            Forbidden: the actor is no approver for the brand, or gives a reviewer role that they do
                not hold.
            SelfApproval: the actor is an author of the copy.
            InputError: the link would be valid for no time, or for more than 30 days.
        """
        self._must_be_allowed(actor, valid, reviews_as)
        now = self._desk.clock()
        with self._desk.store.transaction() as tx:
            item = readable(tx, item_id, actor)
            actor.must_be(Role.APPROVER, brand=item.brand.name)
            if actor.name in item.authors:
                raise SelfApproval(f"{actor.name} is an author of this copy: another must invite.")
            link = ReviewLink(
                id=f"lnk_{secrets.token_hex(10)}",
                item_id=item_id,
                person=person,
                reviews_as=tuple(sorted(set(reviews_as))),
                asks=asks,
                may_decide=may_decide,
                made_by=actor.name,
                made_at=now,
                expires_at=now + valid,
            )
            tx.links.add(link)
            told = {"link": link.id, "person": person, "expires_at": link.expires_at.isoformat()}
            details = {**told, "reviews_as": list(link.reviews_as)}
            record(tx, item_id, "review.link_made", actor.name, now, **details)
        return link, self._token(link)

    def links(self, item_id: str, actor: Actor) -> Sequence[ReviewLink]:
        """Return the links to an item, oldest first, without their tokens."""
        actor.brands(*READERS)
        with self._desk.store.transaction() as tx:
            actor.must_be(*READERS, brand=readable(tx, item_id, actor).brand.name)
            return tx.links.about(item_id)

    def roles_to_give(self, actor: Actor) -> Collection[str]:
        """Return the reviewer roles that the actor holds, and may let a guest sign in."""
        return self._desk.policy.speaks_for(actor.reviews_as)

    def revoke(self, link_id: str, actor: Actor) -> ReviewLink:
        """Make a link useless; what was decided by it stands. Revoking again changes nothing.

        Raises NotFound also for a link to an item that is not the actor's to see.
        """
        actor.brands(Role.APPROVER, Role.ADMIN)
        now = self._desk.clock()
        with self._desk.store.transaction() as tx:
            link = tx.links.get(link_id)
            item = tx.reviews.get(link.item_id)
            if not may_read(item, actor):
                raise missing("link", link_id)
            actor.must_be(Role.APPROVER, Role.ADMIN, brand=item.brand.name)
            if link.revoked_at is not None:
                return link
            revoked = link.model_copy(update={"revoked_at": now})
            tx.links.save(revoked)
            record(tx, link.item_id, "review.link_revoked", actor.name, now, link=link.id)
            return revoked

    def open(self, token: str) -> OutsideView:
        """Return what the link shows."""
        link_id = self._read(token)
        with self._desk.store.transaction() as tx:
            link = self._valid(tx, link_id)
            item = tx.reviews.get(link.item_id)
            said = [one for one in tx.comments.about(item.id) if one.by == link.name]
        return _view(link, item, said)

    def approve(self, token: str, version: int | None, note: str | None = None) -> OutsideView:
        """Sign the copy as the person that the link was made for. Raises as `Reviewing.approve`."""
        link, by = self._person(token)
        with _telling_nobodys_name():
            self._signing.approve(link.item_id, by, version, note, self._used(link, "approve"))
        return self.open(token)

    def reject(
        self, token: str, version: int | None, reason: str, note: str | None = None
    ) -> OutsideView:
        """Turn the copy down as that person. Raises as `Reviewing.reject`."""
        link, by = self._person(token)
        used = self._used(link, "reject")
        with _telling_nobodys_name():
            self._signing.reject(link.item_id, by, version, reason, note, used)
        return self.open(token)

    def comment(
        self, token: str, text: str, slot: Slot | None = None, key: str | None = None
    ) -> Comment:
        """Say something as that person; the same `key` says it once."""
        link_id = self._read(token)
        with self._desk.store.transaction() as tx:
            link = self._valid(tx, link_id)
            item = tx.reviews.get(link.item_id)
            return self._conversing.say(tx, item, link.name, text, slot, key)

    def _must_be_allowed(self, actor: Actor, valid: timedelta, reviews_as: Collection[str]) -> None:
        actor.brands(Role.APPROVER)
        if not timedelta(0) < valid <= LONGEST:
            raise InputError([Problem("hours", "", f"1 to {LONGEST // timedelta(hours=1)}")])
        beyond = set(reviews_as) - self._desk.policy.speaks_for(actor.reviews_as)
        if beyond and not actor.may(Role.ADMIN):
            names = ", ".join(sorted(beyond))
            raise Forbidden(
                f"{actor.name} does not hold the reviewer role {names}: only an admin gives away "
                "what they do not hold."
            )

    def _person(self, token: str) -> tuple[ReviewLink, Reviewer]:
        """Return the link and who it speaks for, if it may still be decided by."""
        link_id = self._read(token)
        with self._desk.store.transaction() as tx:
            link = self._undecided(tx, link_id)
            speaks_for = self._still_given(tx, link)
        return link, Reviewer(
            link.name, may_approve=True, speaks_for=speaks_for, invited_by=link.made_by
        )

    def _still_given(self, tx: Transaction, link: ReviewLink) -> frozenset[str]:
        """Return the link's reviewer roles that who made it could give away at this moment."""
        maker = actor_for(tx.users.get(link.made_by))
        if maker.may(Role.ADMIN):
            return frozenset(link.reviews_as)
        return frozenset(link.reviews_as) & self._desk.policy.speaks_for(maker.reviews_as)

    def _used(self, link: ReviewLink, decision: str) -> Also:
        """Return what keeps a second decision out: it is written with the first, or not at all."""

        def use(tx: Transaction, _: ReviewItem) -> None:
            now = self._desk.clock()
            stands = self._undecided(tx, link.id)
            tx.links.save(stands.model_copy(update={"decided": decision, "decided_at": now}))
            record(
                tx, link.item_id, "review.link_used", link.name, now,
                link=link.id, invited_by=link.made_by,
            )  # fmt: skip

        return use

    def _undecided(self, tx: Transaction, link_id: str) -> ReviewLink:
        link = self._valid(tx, link_id)
        if not link.may_decide:
            raise Forbidden("This link is for reading and comments: it decides nothing.")
        if link.decided_at is not None:
            raise LinkEnded(
                f"This link decides once, and was used for {link.decided} at "
                f"{link.decided_at:%Y-%m-%d %H:%M %Z}."
            )
        return link

    def _valid(self, tx: Transaction, link_id: str) -> ReviewLink:
        try:
            link = tx.links.get(link_id)
        except NotFound:
            raise NotFound(NO_LINK) from None
        if link.revoked_at is not None:
            raise LinkEnded(f"This link was revoked at {link.revoked_at:%Y-%m-%d %H:%M %Z}.")
        if not _may_invite(tx, link):
            raise LinkEnded(f"{link.made_by}, who made this link, may not sign any more.")
        return link

    def _token(self, link: ReviewLink) -> str:
        signed = f"{link.id}.{int(link.expires_at.timestamp())}"
        return f"{signed}.{self._signature(signed)}"

    def _read(self, token: str) -> str:
        """Return the id of the link that a token is for. Raises NotFound, and LinkEnded."""
        signed, _, signature = token.rpartition(".")
        expected = self._signature(signed)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise NotFound(NO_LINK)
        link_id, _, expires = signed.partition(".")
        if self._desk.clock().timestamp() >= int(expires):
            raise LinkEnded("This link is out of date: ask for a new one.")
        return link_id

    def _signature(self, signed: str) -> str:
        digest = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@contextmanager
def _telling_nobodys_name() -> Iterator[None]:
    """Say why a decision was not taken, without who works on the copy or did so last."""
    try:
        yield
    except HeldByAnother:
        raise HeldByAnother(HELD) from None
    except (StaleVersion, WrongMove) as error:
        raise type(error)(error.message.partition(LAST_ACT)[0]) from None


def _may_invite(tx: Transaction, link: ReviewLink) -> bool:
    """Return whether who made the link may still sign copy of its item's brand."""
    try:
        user = tx.users.get(link.made_by)
    except NotFound:
        return False
    brand = tx.reviews.get(link.item_id).brand.name
    return actor_for(user).may(Role.APPROVER, brand=brand) and not user.disabled


def _view(link: ReviewLink, item: ReviewItem, said: Sequence[Comment]) -> OutsideView:
    gone = [one.finding for one in item.dismissed]
    return OutsideView(
        person=link.person,
        asks=link.asks,
        expires_at=link.expires_at,
        decided=link.decided,
        may_decide=link.may_decide and link.decided is None and item.state in TO_DECIDE,
        is_asked=link.may_decide,
        changed=any(one.act in CHANGING and one.at > link.made_at for one in item.decisions),
        version=item.version,
        state=_shown(item),
        copy_=item.copy_now,
        brief=item.brief,
        brand=item.brand.name,
        audience=item.audience.description,
        findings=tuple(one for one in item.checked.findings if one not in gone),
        comments=tuple(said),
    )


def _shown(item: ReviewItem) -> State:
    """Return the state as somebody from outside sees it: who holds an item is the house's own."""
    return State.WAITING if item.state in OPEN else item.state
