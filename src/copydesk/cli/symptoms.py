"""How a thing is that `copydesk doctor` looks at."""

from __future__ import annotations

from enum import StrEnum

from copydesk.briefs import Noun


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    ABSENT = "absent"
    """Not there, and nothing asks for it."""
    WRONG = "wrong"
    """Asked for, and cannot be used."""


class Symptom(Noun):
    """One thing looked at."""

    area: str
    name: str
    state: State
    detail: str
