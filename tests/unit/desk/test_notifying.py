"""Telling people: routed by the rules, once, gathered, tried again, and given up in the open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from copydesk.access import Actor, Role
from copydesk.desk.notifying import Notifying
from copydesk.desk.routing import Router
from copydesk.errors import Conflict, Forbidden, InputError, NotFound, Undelivered
from copydesk.notifications import Book, Delivery, DeliveryState, Event, Parcel
from copydesk.review_queue import Reason
from copydesk.review_queue.placing import Placer
from tests.factories import NOW, a_copy
from tests.unit.desk.world import ADA, AXEL, MARA, ROSA, World, a_world

OPS = {"kind": "webhook", "url": "https://hooks.example/"}
MAIL = {"kind": "email", "host": "smtp.example", "from": "desk@example.com"}
PEOPLE = {name: f"{name}@example.com" for name in ("mara", "rosa", "axel", "lena")}
EVERYTHING = [event.value for event in Event if event is not Event.TEST]


@dataclass
class Hand:
    """Carries parcels as far as a list, or fails as it is told."""

    carried: list[Parcel] = field(default_factory=list)
    fails: list[Undelivered] = field(default_factory=list)

    def carry(self, parcel: Parcel) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.carried.append(parcel)
        return "taken"


@dataclass
class Office:
    """A desk with people, a book, and hands in place of channels."""

    book: Mapping[str, Any]
    world: World = field(default_factory=a_world)
    hands: dict[str, Hand] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        for name, role in {
            "mara": Role.REQUESTER,
            "rosa": Role.REVIEWER,
            "axel": Role.APPROVER,
            "lena": Role.ADMIN,
        }.items():
            world.access.add_user(name, [role], None, ADA)
        book = Book.model_validate({"people": PEOPLE, **self.book})
        self.hands = {name: Hand() for name in book.channels}
        self.notifying = self.again(book)

    def again(self, book: Book) -> Notifying:
        """Return what tells people as another process has it."""
        placer = Placer(self.world.policy)
        router = Router(book, placer, self.world.policy.speaks_for)
        clock = lambda: self.world.now  # noqa: E731 - a clock is this short
        return Notifying(self.world.store, book, self.hands, router, placer, clock, lambda: 0.5)

    def go(self) -> None:
        for try_id in self.notifying.round():
            self.notifying.run(try_id)

    def told(self, channel: str) -> list[tuple[str | None, list[str]]]:
        """Return who got what by a channel, in order."""
        return [
            (parcel.address, [notice.event.value for notice in parcel.notices])
            for parcel in self.hands[channel].carried
        ]

    def the_delivery(self) -> Delivery:
        (found,) = self.notifying.deliveries(ADA)
        return found


def by(channel: str, *events: str, **more: Any) -> dict[str, Any]:
    return {"channel": channel, "events": list(events) or EVERYTHING, **more}


def test_who_is_concerned_gets_a_mail_and_a_program_gets_all() -> None:
    """One act, two channels: the requester by mail, the webhook once."""
    office = Office({"channels": {"ops": OPS, "mail": MAIL}, "rules": [by("ops"), by("mail")]})
    office.world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    office.go()
    office.go()

    assert office.told("mail") == [("mara@example.com", ["review.changes_requested"])]
    assert office.told("ops") == [(None, ["review.changes_requested"])]
    assert office.notifying.standing().told == "ok"


def test_two_rules_for_one_channel_make_one_message() -> None:
    """Whoever is meant twice is told once."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops"), by("ops", brands=[])]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.go()

    assert len(office.told("ops")) == 1


def test_another_process_beside_sends_nothing_twice() -> None:
    """Both look, both route, both try: one message goes out."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    other = office.again(office.notifying.book)
    first, second = office.notifying.round(), other.round()

    assert first == second
    for each in (office.notifying, other, other):
        each.run(first[0])
    assert len(office.told("ops")) == 1


def test_who_is_asked_are_those_who_could_decide() -> None:
    """Reviewers and approvers of the brand, without the authors and whoever did it."""
    office = Office(
        {"channels": {"mail": MAIL}, "rules": [by("mail", to=["reviewers", "bo@example.com"])]}
    )
    office.world.access.add_user("off", [Role.REVIEWER], None, ADA)
    office.world.access.disable_user("off", ADA)
    office.world.reviewing.edit("rev_1", ROSA, 1, a_copy(subject="Mud is back: 20% off"))
    office.go()

    assert {address for address, _ in office.told("mail")} == {"axel@example.com", "bo@example.com"}


def test_a_message_that_fails_is_tried_again_later_each_time() -> None:
    """Ten seconds after the first try, forty after the second, and then it gets through."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.hands["ops"].fails = [Undelivered("down"), Undelivered("still down")]
    office.world.reviewing.approve("rev_1", AXEL, 1)
    waits = []
    for _ in range(2):
        office.go()
        stands = office.the_delivery()
        waits.append((stands.next_at - office.world.now).total_seconds())
        office.go()
        office.world.now = stands.next_at
    office.go()

    assert waits == [10, 40]
    sent = office.the_delivery()
    assert (sent.state, sent.tries, sent.trouble) == (DeliveryState.SENT, 3, None)
    assert len(office.told("ops")) == 1


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    """`Retry-After` moves the next try."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.hands["ops"].fails = [Undelivered("busy", wait_s=600)]
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.go()

    assert office.the_delivery().next_at == office.world.now + timedelta(seconds=600)


def test_what_fails_for_days_is_given_up_and_can_be_tried_by_hand() -> None:
    """Failed is a state that is told, and an admin starts it again, on the record."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.hands["ops"].fails = [Undelivered("down")] * 100
    office.world.reviewing.approve("rev_1", AXEL, 1)
    for _ in range(40):
        office.go()
        office.world.later(hours=4)
    failed = office.the_delivery()

    assert (failed.state, failed.trouble) == (DeliveryState.FAILED, "down")
    assert "1 given up" in office.notifying.standing().told
    office.hands["ops"].fails = []
    office.notifying.retry(failed.id, ADA)
    office.go()
    assert office.the_delivery().state is DeliveryState.SENT
    assert office.world.acts(failed.id) == [("notification.retried", "ada")]
    with pytest.raises(Conflict):
        office.notifying.retry(failed.id, ADA)


def test_what_no_later_try_can_help_is_given_up_at_once() -> None:
    """An address inside, a receiver that is gone, a channel that was taken away."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.hands["ops"].fails = [Undelivered("gone", for_good=True)]
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.go()

    assert (office.the_delivery().state, office.the_delivery().tries) == (DeliveryState.FAILED, 1)


def test_a_process_that_died_while_sending_sends_again_under_the_same_id() -> None:
    """A try that was begun and never ended is made again."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    (try_id,) = office.notifying.round()
    office.notifying._begin(try_id.partition(".")[0], 0)

    assert office.notifying.round() == [try_id]
    office.go()
    assert office.the_delivery().state is DeliveryState.SENT


def test_mails_of_a_quarter_of_an_hour_are_one() -> None:
    """The first goes at once, what happens in the next minutes comes together."""
    digest = {**MAIL, "digest_minutes": 15}
    office = Office({"channels": {"mail": digest}, "rules": [by("mail")]})
    office.world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    office.go()
    office.world.later(minutes=1)
    office.world.conversing.answer("rev_1", MARA, 2, note="Sunday.")
    office.world.conversing.request_changes("rev_1", ROSA, 3, "Say it in the copy.")
    office.go()
    office.world.later(minutes=2)
    office.world.reviewing.reject("rev_1", AXEL, 4, Reason.TONE)
    office.go()
    office.world.later(minutes=12)
    office.go()

    to_mara = [events for address, events in office.told("mail") if address == "mara@example.com"]
    assert to_mara == [
        ["review.changes_requested"],
        ["review.changes_requested", "review.rejected"],
    ]


def test_in_quiet_hours_nobody_is_written_to() -> None:
    """What happens at noon, where noon is quiet, comes together in the afternoon."""
    quiet = {**MAIL, "quiet": {"from": "11:00", "to": "14:00"}}
    office = Office({"channels": {"mail": quiet}, "rules": [by("mail")]})
    office.world.conversing.request_changes("rev_1", ROSA, 1, "Say until when.")
    office.go()

    assert office.told("mail") == []
    office.world.now = NOW.replace(hour=14)
    office.go()
    assert len(office.told("mail")) == 1


def test_an_item_is_late_once_at_each_level() -> None:
    """At the end of its SLA and a day after it, however often one looks, in however many places."""
    office = Office(
        {"channels": {"ops": OPS}, "rules": [by("ops", "review.late")], "late_hours": [0, 24]}
    )
    told = []
    for _ in range(8):
        office.world.later(hours=6)
        for notifying in (office.notifying, office.again(office.notifying.book)):
            for try_id in notifying.round():
                notifying.run(try_id)
        told.append(len(office.told("ops")))

    assert told[-1] == 2
    levels = [parcel.notices[0].late_hours for parcel in office.hands["ops"].carried]
    assert levels == [0, 24]


def test_what_was_decided_in_time_is_never_late() -> None:
    """Only open items can be late."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops", "review.late")]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.world.later(hours=60)
    office.go()

    assert office.told("ops") == []


def test_only_urgent_items_are_told_where_a_rule_says_so() -> None:
    """The points are those that the item has when it happens."""
    rules = [by("ops", priority_at_least=1000.0)]
    office = Office({"channels": {"ops": OPS}, "rules": rules})
    office.world.reviewing.escalate("rev_1", ROSA, 1, "Look.")
    office.go()

    assert office.told("ops") == []


def test_what_happened_long_before_anybody_was_told_stays_untold() -> None:
    """Who sets up notifications gets no flood of old news."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.world.later(days=5)
    office.go()

    assert office.told("ops") == []


def test_a_channel_can_be_tried() -> None:
    """For real and at once; mail needs somebody to go to; a slip gets the names that there are."""
    office = Office({"channels": {"ops": OPS, "mail": MAIL}})
    notifying = office.notifying

    assert notifying.test("ops", ADA) == "taken"
    assert notifying.test("mail", ADA, "rosa") == "taken"
    assert office.told("mail") == [("rosa@example.com", ["test"])]
    with pytest.raises(NotFound, match="ops, mail"):
        notifying.test("opps", ADA)
    with pytest.raises(InputError):
        notifying.test("mail", ADA, "nobody")
    office.hands["ops"].fails = [Undelivered("down")]
    with pytest.raises(Undelivered, match="down"):
        notifying.test("ops", ADA)


@pytest.mark.parametrize("who", [MARA, ROSA, AXEL, Actor("tool", frozenset({Role.PULLER}))])
def test_only_admins_see_and_try_messages(who: Actor) -> None:
    """Messages say who does what: that is for those who run it."""
    notifying = Office({"channels": {"ops": OPS}}).notifying
    for call in (
        lambda: notifying.deliveries(who),
        lambda: notifying.retry("dlv_1", who),
        lambda: notifying.test("ops", who),
        lambda: notifying.without_address(who),
    ):
        with pytest.raises(Forbidden):
            call()


def test_old_messages_are_forgotten() -> None:
    """A month after it was sent nothing is left of a message."""
    office = Office({"channels": {"ops": OPS}, "rules": [by("ops")]})
    office.world.reviewing.approve("rev_1", AXEL, 1)
    office.go()
    office.world.later(days=31)
    office.go()

    assert office.notifying.deliveries(ADA) == []
