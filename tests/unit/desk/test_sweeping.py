"""Rules and policies that change recall what they find, and only that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml

from copydesk.desk.sweeping import Sweeping, Swept
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.notifications import Event
from copydesk.review_queue import OPEN, Policy, ReviewQuery, State
from tests.factories import NOW, a_copy
from tests.unit.desk.test_recalling import AUDIENCES, CHECKER, POLICY, Campaigning, Written

RULE = {
    "kind": "phrase",
    "id": "house.mud",
    "category": "legal.superlative",
    "severity": "review",
    "phrases": ["the mud"],
    "message": "`{match}` may not be said any more.",
    "why": "A law says so.",
    "must_flag": ["Mind the mud."],
    "must_pass": ["Mind the gap."],
}


def rules_with(folder: Path, **changes: object) -> Checker:
    """Return the shipped rules and one more."""
    file = folder / "house.yaml"
    pack = {"pack": "house", "title": "House", "version": "1", "rules": [{**RULE, **changes}]}
    file.write_text(yaml.safe_dump(pack), encoding="utf-8")
    return build_checker(rule_packs=[file])


def two_signed() -> Campaigning:
    bodies = ("The mud is back.", "Shop trail shoes: https://northpeak.example/trail")
    copies = [a_copy(subject="Trail shoes", preheader="For you", body=body) for body in bodies]
    return Campaigning([Written(AUDIENCES[0], copy, is_dated=False) for copy in copies])


def sweeping(world: Campaigning, checker: Checker = CHECKER, days: int = 0) -> Sweeping:
    return Sweeping(world.store, checker, POLICY, lambda: NOW + timedelta(days=days))


def swept_by(sweeping: Sweeping) -> Swept:
    """Sweep, if it is due; return what was found."""
    return next(reversed(list(sweeping.steps())), Swept())


def test_rules_that_did_not_change_recall_nothing() -> None:
    """Everything is held against the rules once, and for the day that is enough."""
    world = two_signed()
    first, again = swept_by(sweeping(world)), swept_by(sweeping(world))

    assert (first, again) == (Swept(2), Swept())
    assert swept_by(sweeping(world, days=1)) == first


def test_a_new_rule_recalls_what_it_finds(tmp_path: Path) -> None:
    """That copy is withdrawn with the rule's name and waits again; the other is served on."""
    world = two_signed()
    swept = swept_by(sweeping(world, rules_with(tmp_path)))
    with world.store.transaction() as tx:
        (item,) = tx.reviews.find(ReviewQuery(states=OPEN))
        (gone,) = tx.library.of_variant("var_0")
        told = {notice.event: notice for notice in tx.outbox.unrouted(10)}

    assert (swept.recalled, world.held()) == (("var_0",), {"var_1"})
    assert gone.withdrawn_because == "The rules changed since: house.mud"
    assert "house.mud" in item.routed_because
    assert item.authors == {"mara"}
    assert told[Event.RECALLED].concerns == ("mara", "axel")


def test_a_law_recalls_on_the_day_it_enters_into_force(tmp_path: Path) -> None:
    """The day before nothing happens; on that day what was meant for an earlier one goes."""
    begins = (NOW + timedelta(days=5)).date()
    world, checker = two_signed(), rules_with(tmp_path, in_force_from=begins)
    before = swept_by(sweeping(world, checker, days=4))
    then = swept_by(sweeping(world, checker, days=5))

    assert (before.recalled, then.recalled) == ((), ("var_0",))


def test_another_policy_sends_all_back_once() -> None:
    """What the old one let through is void: it waits for a person, and is told of once."""
    world = two_signed()
    changed = Policy(rules=POLICY.rules[1:])
    other = Sweeping(world.store, CHECKER, changed, lambda: NOW)
    swept, again = swept_by(other), swept_by(other)
    with world.store.transaction() as tx:
        waiting = tx.reviews.find(ReviewQuery(states=OPEN))

    assert changed.sha256 != POLICY.sha256
    assert (set(swept.recalled), again.recalled) == ({"var_0", "var_1"}, ())
    assert len(waiting) == 2
    assert world.acts("spring") == ["copy.recalled"]


def test_what_a_person_signed_under_the_new_rules_stays(tmp_path: Path) -> None:
    """Whoever signs it again has seen the finding: the next sweep leaves it."""
    world, checker = two_signed(), rules_with(tmp_path)
    swept_by(sweeping(world, checker))
    with world.store.transaction() as tx:
        (item,) = tx.reviews.find(ReviewQuery(states=OPEN))
        (gone,) = tx.library.of_variant("var_0")
        signed = item.model_copy(update={"state": State.APPROVED, "version": 2})
        tx.reviews.save(signed, 1)
        update = {"withdrawn_because": None, "review_id": item.id}
        tx.library.add(gone.model_copy(update=update))

    assert swept_by(sweeping(world, checker, days=1)).recalled == ()
    assert world.held() == {"var_0", "var_1"}
