"""What a model may read of who the copy is for: never an identity, and words only where lawful."""

from __future__ import annotations

import re
from typing import NamedTuple

from copydesk.audiences import Audience, Consent


class Described(NamedTuple):
    """The audience as a prompt may show it."""

    description: str | None
    """The marketer's words; None where they are kept from the model."""
    care: bool
    """True for a sensitive audience: the model is asked for care, and not told why."""


_ADDRESS = re.compile(r"\S@\S")
NOBODY = Described(None, care=False)


def describe(audience: Audience | None) -> Described:
    """Return what a prompt may say of this audience, beside its signals.

    The description is withheld from a sensitive audience, after an objection, for an individual
    without consent, and where it holds an e-mail address, the recipient's id or a field's value.
    """
    if audience is None:
        return NOBODY
    shown = audience.description if _may_be_shown(audience) else None
    return Described(shown, care=audience.sensitive)


def _may_be_shown(audience: Audience) -> bool:
    if audience.sensitive or audience.consent is Consent.OBJECTED:
        return False
    if audience.recipient is not None and audience.consent is not Consent.GIVEN:
        return False
    return not _names_somebody(audience)


def without_identities(text: str, audience: Audience) -> str:
    """Return the text with the recipient's id and the values of fields taken out.

    What a check says of copy may quote it as one recipient would read it.
    """
    return audience.identities().sub("…", text)


def _names_somebody(audience: Audience) -> bool:
    named = audience.identities().search(audience.description)
    return named is not None or _ADDRESS.search(audience.description) is not None
