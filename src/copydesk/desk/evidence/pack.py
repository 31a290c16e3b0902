"""The evidence pack: what a variant rests on, who signed it, and the record that proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from copydesk.briefs import Noun
from copydesk.guardrails import Checked
from copydesk.publishing import ApprovedCopy
from copydesk.review_queue import AuditEntry, Decision
from copydesk.review_queue.items import Dismissal
from copydesk.review_queue.talk import Comment
from copydesk.variants import Copy, Provenance


class PromptEvidence(Noun):
    """What the model was told."""

    name: str
    """Template and version, as `draft.v1`."""
    sha256: str
    """Hash of what the model was told, kept with the variant."""
    system: str | None = None
    user: str | None = None
    note: str
    """Whether the text was rendered again and has that hash, or why there is none."""


class Bound(Noun):
    """Something that the copy rests on, as it was, with its hash."""

    sha256: str
    """SHA-256 of `content` as canonical JSON: names in order, no spaces."""
    content: dict[str, Any]
    record: int | None = None
    """Number of the first audit record that names this hash, where one does."""


class Standard(Noun):
    """A policy or a book of rules that was in force, as the record has it."""

    sha256: str
    since: datetime | None = None
    """When it came on the record, where it did."""
    content: dict[str, Any] | None = None
    in_force: bool
    """Whether it still is."""


class RuleText(Noun):
    """A rule that found something in the copy."""

    id: str
    pack: str | None = None
    content: dict[str, Any] | None = None
    """The rule as it stands now; None when there is no such rule any more."""


class Change(Noun):
    """A stretch of text that an edit kept, took out or put in."""

    kind: str
    """`same`, `out` or `in`."""
    text: str


class Edited(Noun):
    """An edit, slot by slot."""

    record: int
    """Number of the audit record that keeps it."""
    by: str
    at: datetime
    note: str | None = None
    slots: dict[str, tuple[Change, ...]]
    """Only slots that changed."""


class Signature(Noun):
    """Who took responsibility, and for what."""

    record: int | None = None
    """Number of the audit record that keeps it; None where only the review item does."""
    by: str
    """User name, or `policy:NAME` where a rule decided."""
    role: str | None = None
    """The role in which it was signed; None where the record is older than that."""
    at: datetime
    note: str | None = None
    approval_hash: str
    """What the signature bound: see docs/explanation/approval-hash.md."""
    holds: bool | None = None
    """Whether the copy and facts below have this hash; None where it cannot be told."""
    says: str
    """The same in words."""


class Review(Noun):
    """One round of review, with what was decided in it."""

    id: str
    state: str
    routed_by: str
    routed_because: str
    editors: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """Every act, with its note."""
    dismissed: tuple[Dismissal, ...] = ()
    """Findings that a person judged not to apply."""
    comments: tuple[Comment, ...] = ()
    checked: Checked
    copy_: Copy
    more: dict[str, Any] = {}
    """What else reviewers left on it, as a request for changes."""


class Seal(Noun):
    """Something kept outside of the record, held against the hash of it in the record."""

    what: str
    record: int
    holds: bool


class ChainFound(Noun):
    """How the record held when the pack was made."""

    events: int
    """How many there were in all."""
    sha256: str
    """Hash of the last one."""
    walked: int
    """How many were looked at: all of them, or the stretches that hold the records of the pack and
    the end of the record."""
    broken_at: int | None = None
    fault: str | None = None
    found: str | None = None


class EvidencePack(Noun):
    """All that is known of one variant."""

    variant_id: str
    campaign: str
    generation_id: str
    requester: str
    requested_at: datetime
    made_at: datetime
    copydesk_version: str
    standing: str
    """Whether the copy is served now, and if not, why."""
    written: Copy
    """As the model wrote it."""
    copy_: Copy
    """As it was approved, else as it stands in review."""
    provenance: Provenance
    prompt: PromptEvidence
    brief: Bound
    brand: Bound
    audience: Bound
    """Without the recipient's id and fields: nobody is named in a pack."""
    policy: tuple[Standard, ...]
    rules: tuple[Standard, ...]
    checked: Checked
    """The check of `written`."""
    rule_texts: tuple[RuleText, ...]
    reviews: tuple[Review, ...]
    edits: tuple[Edited, ...]
    signatures: tuple[Signature, ...]
    approved: tuple[ApprovedCopy, ...]
    """As it lies in the library, withdrawn or not."""
    outcomes: dict[str, int]
    """How many events of each kind campaign tools reported."""
    pulls: int
    """How often it was pulled. A process that was killed may have lost its last few seconds."""
    records: tuple[AuditEntry, ...]
    """The audit records that concern it, oldest first."""
    seals: tuple[Seal, ...]
    chain: ChainFound
