"""What copy is held against: the policy and the rules in force, by hash and on the record."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from copydesk.desk.parts import Checks, Clock, record
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.packs import RuleBook
from copydesk.guardrails.rules import RulesGuard
from copydesk.review_queue import AuditQuery, Policy
from copydesk.storage import Store

POLICY_IN_FORCE = "policy.in_force"
RULES_IN_FORCE = "rules.in_force"


class Hashes(NamedTuple):
    """What was in force, as acts name it in the record; `rules` is None where no rules are."""

    policy: str
    rules: str | None


class Standards:
    """Puts the policy and the rules on the record before the first act that rests on them."""

    def __init__(self, store: Store, policy: Policy, checks: Checks, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._checks = checks
        self._clock = clock
        self._noted = False

    @cached_property
    def book(self) -> RuleBook | None:
        """The rules in force, or None where the settings name none."""
        guards = self._checks.guards if isinstance(self._checks, Checker) else ()
        return next((guard.book for guard in guards if isinstance(guard, RulesGuard)), None)

    @cached_property
    def hashes(self) -> Hashes:
        """What is in force now."""
        return Hashes(self._policy.sha256, self.book.sha256 if self.book is not None else None)

    def noted(self) -> Hashes:
        """Return what is in force, having put it on the record where it was not. In no transaction.

        Two processes that do so at once may both write it: they write the same.
        """
        if not self._noted:
            self._note(f"policy:{self.hashes.policy}", POLICY_IN_FORCE, self._policy_text())
            if self.book is not None:
                texts: dict[str, object] = {**self.book.contents}
                self._note(f"rules:{self.hashes.rules}", RULES_IN_FORCE, texts)
            self._noted = True
        return self.hashes

    def _policy_text(self) -> dict[str, object]:
        return self._policy.model_dump(mode="json", exclude_defaults=True)

    def _note(self, subject: str, act: str, details: dict[str, object]) -> None:
        with self._store.transaction() as tx:
            if not tx.audit.entries(AuditQuery((subject,), act, limit=1)):
                record(tx, subject, act, "copydesk", self._clock(), **details)
