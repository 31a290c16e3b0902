"""The brand kit: how a brand wants to sound, and which words it never uses."""

from copydesk.brand_voice.brand import Brand, Formality, Frequency

__all__ = ["Brand", "Formality", "Frequency"]
