"""The policy and rules in force, on the record before what rests on them."""

from __future__ import annotations

from copydesk.desk.standards import Standards
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from copydesk.review_queue import AuditEvent, Policy
from copydesk.storage import Store
from copydesk.storage.memory import MemoryStore
from tests.factories import NOW


def standards(store: Store, *, rules: bool = True) -> Standards:
    checker = Checker([RulesGuard(load_packs())] if rules else [])
    return Standards(store, Policy.load(), checker, lambda: NOW)


def recorded(store: Store) -> list[AuditEvent]:
    with store.transaction() as tx:
        return list(tx.audit.latest())[::-1]


def test_policy_and_rules_are_put_on_the_record_with_their_contents() -> None:
    """The policy by its rules; the packs by name, version, size and hash."""
    store = MemoryStore()
    hashes = standards(store).noted()

    policy, rules = recorded(store)

    assert (policy.act, policy.subject) == ("policy.in_force", f"policy:{hashes.policy}")
    assert len(policy.details["rules"]) == len(Policy.load().rules)
    assert (rules.act, rules.subject) == ("rules.in_force", f"rules:{hashes.rules}")
    first = rules.details["packs"][0]
    assert {"pack", "title", "version", "rules", "sha256"} == set(first)


def test_what_is_on_the_record_is_not_put_there_again() -> None:
    """Once for each policy and each book of rules, also by another process on the same store."""
    store = MemoryStore()
    one = standards(store)
    one.noted()
    one.noted()
    standards(store).noted()

    assert len(recorded(store)) == 2


def test_a_checker_without_rules_has_no_book() -> None:
    """Where the settings name no rules, only the policy is recorded."""
    store = MemoryStore()

    assert standards(store, rules=False).noted().rules is None
    assert [event.act for event in recorded(store)] == ["policy.in_force"]


def test_a_book_of_rules_has_one_hash() -> None:
    """The same rules have the same hash; what the house decides otherwise changes it."""
    assert load_packs().sha256 == load_packs().sha256
    assert len(load_packs().sha256) == 64
