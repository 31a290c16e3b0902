"""Saying in words what a part of the tone has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean

from copydesk.brand_voice.tone.background import buckets
from copydesk.brand_voice.tone.fitting import Floats
from copydesk.brand_voice.tone.symbols import LONG, listed, phrases, tokens, words

SHOWN = 3


def why(name: str, found: Sequence[str], own: Sequence[str], weights: Floats | None) -> str:
    """Return what the part has seen in the sentences, beside the brand's own."""
    if name in _SYMBOLS and weights is not None:
        return _examples(_SYMBOLS[name], found, own, weights)
    if name in _MEASURED:
        measured, words_for = _MEASURED[name]
        return words_for.format(here=measured(found), own=measured(own))
    return _OTHERWISE[name]


def _examples(
    symbols: Callable[[str], list[str]], found: Sequence[str], own: Sequence[str], weights: Floats
) -> str:
    """Return the words that say most for the brand, and most against it.

    A word that the brand never wrote speaks for it only by sharing a bucket with one that it did.
    """
    written = {symbol for text in own for symbol in symbols(text)}
    seen = list({s: 0 for text in found for s in symbols(text) if s[0].isalpha()})
    ranked = sorted(zip((float(weights[b]) for b in buckets(seen)), seen, strict=True))
    against = [f"`{symbol}`" for weight, symbol in ranked[:SHOWN] if weight < 0]
    most = ((weight, symbol) for weight, symbol in ranked[::-1] if symbol in written)
    speaks = [f"`{symbol}`" for weight, symbol in most if weight > 0]
    like, unlike = ", ".join(speaks[:SHOWN]) or "none", ", ".join(against) or "none"
    return f"like the brand: {like}; unlike: {unlike}"


def _length(texts: Sequence[str]) -> str:
    return f"{mean(len(_words_of(text)) for text in texts):.0f}"


def _letters(texts: Sequence[str]) -> str:
    return f"{mean(len(word) for text in texts for word in _words_of(text)):.1f}"


def _long(texts: Sequence[str]) -> str:
    found = [word for text in texts for word in _words_of(text)]
    return f"{sum(len(word) >= LONG for word in found) / max(1, len(found)):.0%}"


def _marks(texts: Sequence[str]) -> str:
    kinds = {"!": "exclamation", "?": "question", ",": "comma"}
    shares = (
        f"{kind} {sum(mark in text for text in texts) / len(texts):.0%}"
        for mark, kind in kinds.items()
    )
    return ", ".join(shares)


def _spoken_to(texts: Sequence[str]) -> str:
    shares = []
    for who, name in (("reader", "you"), ("house", "we"), ("speaker", "I")):
        said = sum(bool(set(tokens(text)) & listed(who)) for text in texts)
        shares.append(f"{name} {said / len(texts):.0%}")
    return ", ".join(shares)


def _contracted(texts: Sequence[str]) -> str:
    endings = tuple(listed("contractions"))
    short = sum(any("'" in t and t.endswith(endings) for t in tokens(text)) for text in texts)
    return f"{short / len(texts):.0%}"


def _words_of(text: str) -> list[str]:
    return [token for token in tokens(text) if token[0].isalpha()]


_SYMBOLS: dict[str, Callable[[str], list[str]]] = {"words": words, "phrases": phrases}
_MEASURED: dict[str, tuple[Callable[[Sequence[str]], str], str]] = {
    "sentence length": (_length, "{here} words a sentence, the brand's own {own}"),
    "word length": (_letters, "{here} letters a word, the brand's own {own}"),
    "punctuation": (_marks, "sentences with {here}; the brand's own {own}"),
    "person": (_spoken_to, "sentences with {here}; the brand's own {own}"),
    "contractions": (_contracted, "contractions in {here} of sentences, the brand's own {own}"),
    "formality": (_long, "{here} long words, the brand's own {own}"),
}
_OTHERWISE = {
    "letters": "runs of four letters, beside those of the samples",
    "grammar": "function words, endings and marks in their order, whatever the topic",
    "meaning": "how near the embedding model finds it to the samples and to other senders",
}
