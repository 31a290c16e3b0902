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


def _names_somebody(audience: Audience) -> bool:
    identities = [audience.recipient or "", *audience.fields.values()]
    words = [re.escape(value.strip()) for value in identities if value.strip()]
    named = rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else r"(?!)"
    found = re.search(rf"\S@\S|{named}", audience.description, re.IGNORECASE)
    return found is not None
