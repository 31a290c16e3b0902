"""How near a text is to a brand's own copy, measured."""

from copydesk.brand_voice.tone.tone import SENTENCES_LEAST, SentenceTone, Tone, ToneScore, ToneShare
from copydesk.brand_voice.tone.tone import score as tone_score

__all__ = ["SENTENCES_LEAST", "SentenceTone", "Tone", "ToneScore", "ToneShare", "tone_score"]
