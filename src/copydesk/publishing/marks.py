"""Saying by machine where copy came from: what the EU AI Act, Art. 50(2), asks of generated text.

What is said of each origin is data, `marks.yaml`. The words for it are the IPTC's, which others
read already: https://cv.iptc.org/newscodes/digitalsourcetype/.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.publishing.campaigns import ApprovedCopy
from copydesk.variants import Copy, Variant

SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Begins the address of every term; the vocabulary names them so, not by https."""
PHRASEBOOK = "phrasebook"
"""What provenance calls the embedded phrase book."""
HEADER = "X-Copydesk-Source-Type"
"""Of an answer, and suggested for the e-mail: no standard names a field for it yet."""


class Origin(StrEnum):
    """Who wrote copy first."""

    MODEL = "model"
    PHRASEBOOK = "phrasebook"
    PERSON = "person"
    UNRECORDED = "unrecorded"
    """Approved before this was kept: marked as if a model had written it."""


class Mark(Noun):
    """Where copy came from, for machines."""

    origin: Origin
    edited: bool
    """Whether a person changed it after it was written."""
    generated: bool
    """Whether a trained model wrote any of it."""
    source_type: str
    """Term of the IPTC's Digital Source Type vocabulary, as an address."""


class Wrote(NamedTuple):
    """What an approval keeps of who wrote its copy."""

    written_by: str
    edited: bool


class _Said(Noun):
    source_type: str
    generated: bool
    told: str


Saying = dict[Literal["as_written", "edited"], _Said]


class _Sayings(Noun):
    model: Saying
    phrasebook: Saying
    person: Saying
    unrecorded: Saying


def wrote(variant: Variant, copy: Copy) -> Wrote:
    """Return who wrote the copy that is about to be approved: `variant` is how it was drafted."""
    return Wrote(variant.provenance.model, copy != variant.copy_)


def mark_of(approved: ApprovedCopy) -> Mark:
    """Return the mark of approved copy. It never claims less than is known."""
    origin, edited = _origin(approved), approved.edited
    said = _said(origin, edited=edited)
    return Mark(
        origin=origin,
        edited=edited,
        generated=said.generated,
        source_type=SCHEME + said.source_type,
    )


def told(mark: Mark) -> str:
    """Return the mark in a sentence for people."""
    return _said(mark.origin, edited=mark.edited).told


def mail_headers(mark: Mark, variant_id: str, approval_hash: str) -> dict[str, str]:
    """Return header fields to put into the e-mail: what it is, and by which approval."""
    return {
        HEADER: mark.source_type,
        "X-Copydesk-Variant": variant_id,
        "X-Copydesk-Approval": approval_hash,
    }


def _origin(approved: ApprovedCopy) -> Origin:
    if approved.written_by is None:
        # A campaign's fallback comes from no generation.
        return Origin.UNRECORDED if approved.generation_id else Origin.PERSON
    return Origin.PHRASEBOOK if approved.written_by == PHRASEBOOK else Origin.MODEL


def _said(origin: Origin, *, edited: bool) -> _Said:
    saying: Saying = getattr(_sayings(), origin.value)
    return saying["edited" if edited else "as_written"]


@cache
def _sayings() -> _Sayings:
    source = resources.files("copydesk.publishing").joinpath("marks.yaml")
    return documents.parse(source.read_text(encoding="utf-8"), _Sayings, "marks.yaml")
