"""The embedded default model: writes from a grammar, with no key, no network and no weights."""

from __future__ import annotations

import random

from copydesk.errors import InvalidDraft
from copydesk.generation.model import DraftRequest, Drafts
from copydesk.generation.phrasebook.choosing import Told, choose, choose_repairs, faults_of
from copydesk.generation.phrasebook.grammar import Book, load_book
from copydesk.generation.phrasebook.situation import Situation, read_situation
from copydesk.generation.phrasebook.telling import Telling
from copydesk.generation.phrasebook.words import word_set

TELLINGS_PER_THREAD = 16
"""How often each line of thought is told, in other words each time, before the best are chosen."""

VAGUE = 0.3
"""Fault of a subject or preheader that would fit any brief."""

OFFER_FORMS = ("deal", "now", "headline")
"""Slots that say an offer in a word or two."""

FIRST_ROUND = 8
"""Drafts of the first round that a repair must not repeat: it cannot know how many were asked."""


class PhrasebookModel:
    """Writes drafts from the phrase files beside this module.

    The same request gives the same drafts, in any process. The wording is the locale's language
    where it is one of those offered, and else English; dates and money follow the locale.
    """

    name = "phrasebook"

    async def draft(self, request: DraftRequest) -> Drafts:
        """Return up to `request.n` drafts that differ; fewer when the grammar has no more.

        Raises:
            InvalidDraft: not one line of thought can be told, as when everything is banned.
        """
        situation = read_situation(request.brief, request.brand, request.signals)
        book = load_book(request.brief.kind.value, request.brief.sector, situation.language)
        pool = _pool(book, situation, request.seed)
        if not pool:
            raise InvalidDraft("the phrase book has no words for this brief that the brand allows")
        chosen = _rewrites(book, situation, request, pool) or choose(pool, request.n)
        return Drafts(
            drafts=tuple(told.draft for told in chosen),
            model=self.name,
            parameters={"language": situation.language, "seed": request.seed, "pool": len(pool)},
        )

    async def aclose(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _rewrites(
    book: Book, situation: Situation, request: DraftRequest, first: list[Told]
) -> list[Told]:
    if not request.repairs:
        return []
    others = _pool(book, situation, request.seed + 1)
    return choose_repairs([*others, *first], request.repairs, choose(first, FIRST_ROUND))


def _pool(book: Book, situation: Situation, seed: int) -> list[Told]:
    # A string seeds by its SHA-512, which is the same in every process.
    rng = random.Random(f"phrasebook:{seed}")  # noqa: S311
    pool: dict[str, Told] = {}
    names = word_set(f"{situation.naming.name} {situation.slots.get('brand', '')}")
    offered = [situation.slots[form] for form in OFFER_FORMS if form in situation.slots]
    for thread in book.threads:
        if not thread.condition.holds(situation.flags):
            continue
        for _ in range(TELLINGS_PER_THREAD):
            telling = Telling(thread, situation, book, rng)
            draft = telling.tell()
            if draft:
                faults = faults_of(draft, offered) + VAGUE * telling.vague - thread.merit
                told = Told.of(draft, telling.used, faults, names)
                pool.setdefault(told.text, told)
    return list(pool.values())
