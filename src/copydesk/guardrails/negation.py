"""Whether a text says something, or denies it: `growth is never guaranteed`."""

from __future__ import annotations

from copydesk.guardrails.normalise import STOP, Reading
from copydesk.guardrails.phrase_index import PhraseIndex

LOOK_BACK = 5
"""Words before a hit among which a negation turns it round: `growth is never guaranteed`."""
LOOK_BACK_OVER_SPEECH = 11
"""The same where what is denied is the saying: `nobody here will tell you it is good for you`."""

_NEGATIONS = frozenset(
    ("not", "never", "no", "nor", "none", "nothing", "nobody", "neither", "without", "hardly")
)
_NO_NEGATION_BEFORE = frozenset(("only", "just", "matter", "wonder", "more", "longer", "doubt"))
"""After `not` or `no` these make no negation of what follows: `not only`, `no matter`."""


def says(reading: Reading, phrases: PhraseIndex[None]) -> bool:
    """Return whether a reading says one of the phrases without a negation before it."""
    return any(not is_negated(reading, start) for _, start, _ in phrases.search(reading))


def is_negated(reading: Reading, place: int) -> bool:
    """Return whether the hit at `place` of the line is denied, and is meant to be.

    By a negation shortly before it in its sentence, or by the answer to a question: `Risk-free?
    No fund is.` A saying that is denied only to be hinted at counts as said: `We would never
    say that it works. Ask your waistband.`
    """
    index = reading.word_at(place)
    denied, of_saying = _denied_before(reading, index)
    if denied:
        return not (of_saying and _hints(reading, index))
    return is_answered_no(reading, index)


def _denied_before(reading: Reading, index: int) -> tuple[bool, bool]:
    """Return whether a negation stands before the word, and whether it denies a saying."""
    following = reading.words[index].text
    of_saying = False
    for before in range(index - 1, max(-1, index - 1 - LOOK_BACK_OVER_SPEECH), -1):
        word = reading.words[before].text
        if word == STOP:
            break
        of_saying = of_saying or word in _SAYING
        near = of_saying or index - before <= LOOK_BACK
        if near and word in _NEGATIONS and following not in _NO_NEGATION_BEFORE:
            return True, of_saying
        following = word
    return False, False


def _hints(reading: Reading, index: int) -> bool:
    """Return whether the next sentence takes back that something was not said."""
    following = _next_sentence(reading, index)
    return following[:1] in _TAKES_BACK or " ".join(following[:2]) in _TAKE_BACK


def is_answered_no(reading: Reading, index: int) -> bool:
    """Return whether a word stands in a question to which the next sentence says no."""
    stop = reading.sentence(index)[1] + 1
    if stop >= len(reading.words) or "?" not in reading.source[slice(*reading.words[stop][1:])]:
        return False
    answer = _next_sentence(reading, index)
    if " ".join(answer[:2]) in _DENIALS or answer == ["no"]:
        return True
    return answer[:1] in _NOBODY and not _AUXILIARIES.isdisjoint(answer)


def _next_sentence(reading: Reading, index: int) -> list[str]:
    """Return the first words of the sentence after that of a word."""
    following = reading.sentence(index)[1] + 2
    if following >= len(reading.words):
        return []
    last = min(reading.sentence(following)[1], following + 3)
    return [word.text for word in reading.words[following : last + 1]]


_SAYINGS = (
    "say says said saying tell tells told telling claim claims claimed claiming promise promises "
    "promising pretend pretends pretending call calls called calling suggest suggesting"
)
_SAYING = frozenset(_SAYINGS.split())
_TAKES_BACK = (["but"], ["just"], ["ask"], ["still"], ["though"], ["yet"], ["although"], ["only"])
_TAKE_BACK = frozenset(("draw your", "we will", "we would", "make of"))
_NOBODY = (["no"], ["none"], ["nobody"], ["nothing"], ["neither"], ["never"])
_AUXILIARIES = frozenset(("is", "are", "was", "does", "do", "did", "can", "will", "has", "have"))
_DENIALS = frozenset(
    ("no ,", "not quite", "not at", "not true", "not so", "not us", "not really", "not exactly")
)
"""With a word after it `no` may say yes: `Need it tomorrow? No problem.`"""
