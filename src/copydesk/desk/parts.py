"""What the services share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from copydesk.access import Role
from copydesk.briefs import Noun
from copydesk.desk.noticing import tell
from copydesk.errors import StaleVersion, VersionRequired
from copydesk.guardrails import Binding, Checked, Submission
from copydesk.publishing import Campaign
from copydesk.review_queue import AuditEvent, ReviewItem
from copydesk.storage import Transaction

Clock = Callable[[], datetime]

SYSTEM = "copydesk"
"""Who acted where nobody did: the record names it, and no item has it among its authors."""
UNDO = timedelta(seconds=10)
"""For how long an act can be taken back where no setting says otherwise."""

DECIDERS = (Role.REVIEWER, Role.APPROVER)
READERS = (*DECIDERS, Role.ADMIN)
"""Roles that may read the queue and the record."""


class Checks(Protocol):
    """Checks copy; in the running service a `guardrails.checker.Checker`."""

    def check(self, submission: Submission) -> Checked:
        """Return the verdict with its findings. Does not raise: what fails is a finding."""

    def with_bindings(self, checked: Checked, submission: Submission) -> Checked:
        """Return the check with what each claim of the copy rests on."""

    def resolved(self, submission: Submission) -> Sequence[Binding] | None:
        """Return each claim of the copy with all that it rests on; None where nobody can tell."""

    def consider_now(self, submissions: Iterable[Submission]) -> None:
        """Ask about copy ahead of its check whoever must be asked: slow, so in no transaction.

        `submissions` is read to its end before anybody is asked, and not at all if nobody is.
        """


def checked_and_bound(checks: Checks, submission: Submission) -> Checked:
    """Return the check of copy as it is stored: with what each claim rests on."""
    return checks.with_bindings(checks.check(submission), submission)


def must_stand_at(noun: ReviewItem | Campaign, version: int | None) -> None:
    """Compare the version that the caller read with the one that stands.

    Raises:
        VersionRequired: the caller named none.
        StaleVersion: it changed since.
    """
    if version is None:
        raise VersionRequired
    if version != noun.version:
        raise StaleVersion(
            f"{noun.id} is at version {noun.version}, you read {version}: "
            "read it again, then decide."
        )


def sha256_of(content: Noun | dict[str, Any]) -> str:
    """Return the SHA-256 of the content as canonical JSON: names in order, no spaces."""
    plain = content.model_dump(mode="json") if isinstance(content, Noun) else content
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def record(
    tx: Transaction, subject: str, act: str, actor: str, at: datetime, **details: object
) -> None:
    """Add an event to the record, within the transaction that it is about.

    What people may want to know of it goes to the outbox in the same transaction.
    """
    event = AuditEvent(subject=subject, act=act, actor=actor, at=at, details=details)
    tx.audit.append(event)
    tell(tx, event)
