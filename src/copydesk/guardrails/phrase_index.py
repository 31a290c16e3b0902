"""Many phrases looked for at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from copydesk.guardrails.literals import Sieve
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.phrases import Phrase

K = TypeVar("K")


class PhraseIndex(Generic[K]):
    """Many phrases, found by rows of words: only those whose rows occur are searched for.

    One walk over a text finds the rows of all phrases, however many there are; then few phrases
    are left to be tried, each in the sentences where its row stands.
    """

    def __init__(self, phrases: Iterable[tuple[K, Phrase]]) -> None:
        self.phrases = tuple(phrases)

    @cached_property
    def _sieve(self) -> Sieve:
        """Made at the first use: many a condition's phrases are never looked for."""
        return Sieve(
            [list(map(_ended, rows)) for rows in phrase.needs] for _, phrase in self.phrases
        )

    def search(
        self, reading: Reading, among: Sequence[int] | None = None
    ) -> Iterator[tuple[K, int, int]]:
        """Yield the key of each phrase that occurs, with its span of the reading's line.

        `among` says of each phrase, by its number, whether it is wanted; all are unless given.
        """
        likely = self._sieve.likely(reading.unpaused, reading.begins)
        if not likely:
            return
        if among is not None:
            likely = {one for one in likely if among[one[1]]}
        places: dict[int, Sequence[int] | None] = {}
        for sentence, number in sorted(likely):
            key, phrase = self.phrases[number]
            if number not in places:
                places[number] = phrase.begins_at(reading)
            for start, end in phrase.within(reading, sentence, places[number]):
                yield key, start, end


def _ended(row: str) -> str:
    """Return the row as it stands in a line: whole words, but for a beginning."""
    return row[:-1] if row.endswith("*") else f"{row} "
