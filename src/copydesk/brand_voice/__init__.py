"""The brand kit: how a brand wants to sound, taught by hand or by a style guide, and measured."""

from copydesk.brand_voice.brand import Brand, Citation, Formality, Pair
from copydesk.brand_voice.brands import EVERY_BRAND, NO_BRAND, Brands
from copydesk.brand_voice.mechanics import Frequency, Mechanics

__all__ = [
    "EVERY_BRAND",
    "NO_BRAND",
    "Brand",
    "Brands",
    "Citation",
    "Formality",
    "Frequency",
    "Mechanics",
    "Pair",
]
