"""What is asked and said about an item: requests for changes, answers and comments."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence

from copydesk.access import Actor, Role
from copydesk.brand_voice import Brands
from copydesk.desk.acting import Acting, read, readable
from copydesk.desk.facts import facts_now, on_facts
from copydesk.desk.parts import checked_and_bound, record
from copydesk.errors import KeyReused
from copydesk.guardrails import Submission
from copydesk.review_queue import OPEN, Act, Deed, Reviewer, ReviewItem, ReviewQuery, State
from copydesk.review_queue.signing import seen_by
from copydesk.review_queue.talk import Comment
from copydesk.storage import Transaction
from copydesk.variants import Copy, Slot

PAGE = 200


class Conversing:
    """Carries words between reviewers and requesters."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    def request_changes(
        self, item_id: str, actor: Actor, version: int | None, note: str | None
    ) -> ReviewItem:
        """Send the item back to its requester with what is asked. Raises InputError without it."""
        desk = self._acting
        by = desk.reviewer_of(item_id, actor)
        with desk.store.transaction() as tx:
            item = read(tx, item_id, version)
            return desk.move(tx, item, Act.REQUEST_CHANGES, by, Deed(note=note))

    def answer(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        copy: Copy | None = None,
        note: str | None = None,
    ) -> ReviewItem:
        """Answer a request for changes with other copy, in words, or both.

        The item goes back to where it was, for `change_request.by` to read. Who answers is an
        author, as who asked for the copy is.

        Raises:
            NotFound: there is no such item, or it is not the actor's to see.
            Forbidden: the actor did not ask for this copy.
            InputError: there is neither copy nor a note, or the copy is the same as before.
            WrongMove: nobody asks for changes.
        """
        actor.brands(Role.REQUESTER)
        by, desk = Reviewer(actor.name, may_review=False), self._acting
        with desk.store.transaction() as tx:
            brand = readable(tx, item_id, actor).brand.name
        actor.must_be(Role.REQUESTER, brand=brand)
        if copy is not None:
            desk.checker.consider_now(desk.to_check(item_id, version, copy))
        with desk.store.transaction() as tx:
            item = read(tx, item_id, version)
            if copy is None:
                return desk.move(tx, item, Act.ANSWER, by, Deed(note=note))
            facts = facts_now(item, tx.campaigns.get(item.campaign))
            checked = checked_and_bound(desk.checker, Submission(copy, *facts))
            deed = Deed(note=note, copy=copy, checked=checked)
            return desk.move(tx, on_facts(item, facts), Act.ANSWER, by, deed)

    def to_answer(self, actor: Actor) -> Sequence[ReviewItem]:
        """Return the items that wait for the actor's answer, oldest first."""
        brands = actor.brands(Role.REQUESTER)
        with self._acting.store.transaction() as tx:
            own = [item for item in _returned(tx, brands) if item.requester == actor.name]
        return [seen_by(actor.name, item) for item in own]

    def comment(
        self,
        item_id: str,
        actor: Actor,
        text: str,
        slot: Slot | None = None,
        key: str | None = None,
    ) -> Comment:
        """Say something about the item: no act, so it needs no version and changes none.

        The same `key` from the same person on the same item says it once.

        Raises:
            NotFound: there is no such item, or it is not the actor's to see.
            KeyReused: the key came with other words before.
        """
        with self._acting.store.transaction() as tx:
            item = readable(tx, item_id, actor)
            return self.say(tx, item, actor.name, text, slot, key)

    def comments(self, item_id: str, actor: Actor) -> Sequence[Comment]:
        """Return what was said about the item, oldest first.

        While two people read it blind, each sees their own words and the authors'.
        """
        with self._acting.store.transaction() as tx:
            item = readable(tx, item_id, actor)
            said = tx.comments.about(item_id)
        if not self._is_read_blind(item):
            return said
        return [one for one in said if one.by in {actor.name, *item.authors}]

    def say(
        self,
        tx: Transaction,
        item: ReviewItem,
        by: str,
        text: str,
        slot: Slot | None,
        key: str | None,
    ) -> Comment:
        """Store a comment of anyone who may say something, within a transaction."""
        now = self._acting.clock()
        comment = Comment(
            id=_comment_id(item, by, key),
            item_id=item.id,
            by=by,
            at=now,
            text=text,
            slot=slot,
            version=item.version,
        )
        stored = tx.comments.add(comment)
        if (stored.text, stored.slot) != (text, slot):
            raise KeyReused
        if stored == comment:
            record(tx, item.id, "review.commented", by, now, comment=comment.id)
        return stored

    def _is_read_blind(self, item: ReviewItem) -> bool:
        return item.state in OPEN and not item.blind_over and self._acting.demands(item).blind


def _comment_id(item: ReviewItem, by: str, key: str | None) -> str:
    if key is None:
        return f"com_{secrets.token_hex(10)}"
    return "com_" + hashlib.sha256(f"{item.id}\x00{by}\x00{key}".encode()).hexdigest()[:20]


def _returned(tx: Transaction, brands: Brands) -> Iterator[ReviewItem]:
    query = ReviewQuery(states=(State.CHANGES_REQUESTED,), limit=PAGE, brands=brands)
    while page := tx.reviews.find(query):
        yield from page
        query = query._replace(after=page[-1].id)
