"""How a noun is kept: as its JSON document, and read back through its own validation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.errors import (
    Conflict,
    CopydeskError,
    InputError,
    KeyReused,
    NotFound,
    Problem,
    StaleVersion,
)
from copydesk.experiments.experiment import Experiment
from copydesk.generations import Generation
from copydesk.publishing import ApprovedCopy

N = TypeVar("N", bound=Noun)

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 as JSON writes it: no PostgreSQL text can hold it, so no store takes it."""


def written(noun: Noun) -> str:
    """Return the JSON document of a noun. Raises InputError when it holds the character U+0000."""
    text = noun.model_dump_json()
    if NUL.search(text):
        name = type(noun).__name__.lower()
        raise InputError([Problem(name, "U+0000", "take the character U+0000 out of the text")])
    return text


def read(shape: type[N], document: str | dict[str, Any]) -> N:
    """Return the noun that a document holds, as JSON text or as what that text says.

    Raises:
        CopydeskError: it does not fit `shape`, as when another version wrote it.
    """
    try:
        if isinstance(document, str):
            return shape.model_validate_json(document)
        return shape.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(str(problem) for problem in documents.problems_of(error, shape))
        name = shape.__name__
        raise CopydeskError(f"A {name} in the store does not read as one: {wrong}") from error


def kept(noun: N) -> N:
    """Return the noun as it would come back from a database."""
    return read(type(noun), written(noun))


class Weighed(Protocol):
    """Something that holds a number of events."""

    @property
    def events(self) -> int:
        """How many."""


W = TypeVar("W", bound=Weighed)


def up_to(rows: Iterable[W], events: int) -> Iterator[W]:
    """Yield rows until they hold so many events together; one at least."""
    held = 0
    for row in rows:
        if held >= events:
            return
        held += row.events
        yield row


def missing(kind: str, name: str) -> NotFound:
    """Return the error for something that is not there."""
    return NotFound(f"There is no {kind} {name}.")


def taken(kind: str, name: str) -> Conflict:
    """Return the error for a name that is already used."""
    return Conflict(f"There is already a {kind} {name}: choose another name.")


def stale(kind: str, name: str, expected: int, stands: int) -> StaleVersion:
    """Return the error for a change to another version than the one that stands."""
    return StaleVersion(
        f"{kind.capitalize()} {name} is at version {stands}, not {expected}: "
        "read it again, then decide."
    )


def taken_place(experiment: Experiment) -> Conflict:
    """Return the error for a second experiment that would divide the same recipients."""
    return Conflict(
        f"Another experiment divides {experiment.audience} of campaign {experiment.campaign}: "
        "stop it first."
    )


def same_request(stored: Generation, again: Generation) -> Generation:
    """Return `stored` when `again` asks for the same. Raises KeyReused when it does not."""
    if stored.request.fingerprint != again.request.fingerprint:
        raise KeyReused(
            f"Idempotency-Key {again.idempotency_key} was used for generation {stored.id}, "
            "which asks for something else: send a new key."
        )
    return stored


def searchable(approved: ApprovedCopy) -> str:
    """Return the three texts, casefolded, as a search looks at them."""
    return "\n".join(str(text) for _, text in approved.copy_.slots()).casefold()


def index_of(approved: ApprovedCopy) -> dict[str, Any]:
    """Return the row by which approved copy is found: what it is ordered and narrowed by."""
    return {
        "approved_at": approved.approved_at,
        "id": approved.id,
        "audience_id": approved.audience_id,
        "campaign": approved.campaign,
        "brand": approved.brand or "",
        "kind": approved.kind.value if approved.kind else "",
        "locale": approved.locale or "",
        "recalled": approved.withdrawn_because is not None,
        "searched": searchable(approved),
    }
