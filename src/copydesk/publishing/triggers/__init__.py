"""What recipients do, and which campaign's copy it asks for, by rules in a file."""

from copydesk.publishing.triggers.events import CONSENTED, OBJECTED, Occurrence
from copydesk.publishing.triggers.ports import Standings
from copydesk.publishing.triggers.rules import NOT_CALLED, Called, TriggerBook, TriggerRule
from copydesk.publishing.triggers.standing import Heard, Standing

__all__ = [
    "CONSENTED",
    "NOT_CALLED",
    "OBJECTED",
    "Called",
    "Heard",
    "Occurrence",
    "Standing",
    "Standings",
    "TriggerBook",
    "TriggerRule",
]
