"""The brand kit: how a brand wants to sound, taught by hand or by a style guide, and measured."""

from copydesk.brand_voice.brand import Brand, Citation, Formality, Pair
from copydesk.brand_voice.mechanics import Frequency, Mechanics

__all__ = ["Brand", "Citation", "Formality", "Frequency", "Mechanics", "Pair"]
