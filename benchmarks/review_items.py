"""Review items by the ten thousand for `review_queue.py`: made up, but as long and mixed as real.

Words come from this project's own documentation, briefs and brands from its examples, findings
from its rule packs; a few rules find most, as in life. Items are written to the tables in bulk, in
the rows that the service itself would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Kind
from copydesk.documents import load
from copydesk.guardrails import Binding, Checked, Finding, Severity, Verdict
from copydesk.guardrails.packs import load_packs
from copydesk.ranking import Part, Scored
from copydesk.review_queue import OPEN, Decision, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.storage.queued import Queued, searched, tags
from copydesk.storage.sql import schema
from copydesk.storage.sql.reviewing import review_row
from copydesk.variants import Copy, Provenance, Slot, Text, Variant

ROOT = Path(__file__).parent.parent
BATCH = 1_000
COPIES = 1_500
LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "es-MX", "de-AT", "fr-CA")
PEOPLE = tuple(f"marketer{number}" for number in range(40))
ROUTES = (
    ("findings", "A check found something that a person has to decide."),
    ("sensitive-sector", "In this sector a wrong claim hurts people or breaks the law."),
    ("sensitive-audience", "These people's situation asks for care."),
)


class Factory:
    """Makes items, the same ones for the same seed."""

    def __init__(self, now: datetime, seed: int = 7) -> None:
        self._random = Random(seed)
        self._now = now
        self._briefs = [load(path, Brief) for path in sorted(ROOT.glob("examples/*/briefs/*.yaml"))]
        brands = [load(path, Brand) for path in sorted(ROOT.glob("examples/*/brand.yaml"))]
        self._brands = [
            brand.model_copy(update={"name": f"{brand.name} {number}"})
            for brand in brands
            for number in range(4)
        ]
        self._words = _vocabulary()
        self._rules = sorted(load_packs(), key=lambda rule: rule.id)
        self._random.shuffle(self._rules)
        self._copies = [self._copy() for _ in range(COPIES)]

    def items(self, number: int, states: Sequence[State], prefix: str) -> Iterator[ReviewItem]:
        """Yield so many items, their states drawn from `states`."""
        for index in range(number):
            yield self._item(f"rev_{prefix}{index:07}", self._random.choice(states))

    def _item(self, item_id: str, state: State) -> ReviewItem:
        pick, copy = self._random, self._random.choice(self._copies)
        asked = self._now - timedelta(hours=pick.expovariate(1 / 30))
        routed_by, because = pick.choices(ROUTES, weights=(8, 2, 1))[0]
        held = state is State.CLAIMED
        return ReviewItem.model_construct(
            id=item_id,
            generation_id=item_id.replace("rev_", "gen_"),
            campaign=f"campaign-{int(pick.paretovariate(0.7)) % 900}",
            requester=pick.choice(PEOPLE),
            variant=Variant.model_construct(
                id=item_id.replace("rev_", "var_"), copy_=copy, provenance=self._provenance(asked)
            ),
            copy_now=copy,
            brief=self._brief(asked),
            brand=pick.choice(self._brands),
            audience=self._audience(),
            checked=self._checked(copy),
            score=_score(item_id),
            routed_by=routed_by,
            routed_because=because,
            state=state,
            holder=pick.choice(("rosa", "reviewer2", "reviewer3")) if held else None,
            lease_until=asked + timedelta(hours=pick.uniform(1, 60)) if held else None,
            decisions=(Decision(act="claim", actor="rosa", at=asked),) if held else (),
            created_at=asked,
            updated_at=asked,
        )

    def _brief(self, asked: datetime) -> Brief:
        pick = self._random
        update = {
            "send_at": asked + timedelta(hours=pick.expovariate(1 / 96)),
            "kind": pick.choice(list(Kind)),
            "locale": pick.choices(LOCALES, weights=(40, 20, 10, 10, 8, 6, 4, 2))[0],
        }
        return pick.choice(self._briefs).model_copy(update=update)

    def _audience(self) -> Audience:
        size = int(10 ** self._random.uniform(2, 6))
        return Audience.model_construct(
            id=f"segment-{self._random.randrange(120)}",
            description="Bought once, more than nine months ago, and opened a mail since",
            signals={"audience_size": size, "last_category": "walking boots"},
        )

    def _checked(self, copy: Copy) -> Checked:
        number = self._random.choices((1, 2, 3, 5), weights=(6, 3, 2, 1))[0]
        findings = tuple(self._finding(copy) for _ in range(number))
        bindings = tuple(
            Binding(slot=Slot.BODY, start=9 * n, end=9 * n + 4, match="20%", kind="percent",
                    rests_on=("offer.value",))
            for n in range(6)
        )  # fmt: skip
        verdict = Verdict.of(findings)
        return Checked.model_construct(verdict=verdict, findings=findings, bindings=bindings)

    def _finding(self, copy: Copy) -> Finding:
        rule = self._rules[int(self._random.paretovariate(0.5)) % len(self._rules)]
        severity = self._random.choices(list(Severity), weights=(0, 5, 3, 1))[0]
        return Finding.model_construct(
            rule=rule.id,
            category=rule.category,
            severity=severity,
            slot=Slot.BODY,
            start=10,
            end=24,
            match=str(copy.body)[10:24],
            message="The copy promises what no fact of the brief bears: name one, or change it.",
            why="Recipients rely on it, and the advertiser has to be able to prove it.",
            citation="15 USC 45(a)",
        )

    def _copy(self) -> Copy:
        body = " ".join(self._sentence() for _ in range(7))
        return Copy(
            subject=Text(self._sentence()[:48]),
            preheader=Text(self._sentence()[:80]),
            body=Text(f'Hi {{{{ first_name | fallback: "there" }}}}, {body}'),
        )

    def _sentence(self) -> str:
        number = self._random.randrange(6, 12)
        places = (int(self._random.paretovariate(0.6)) % len(self._words) for _ in range(number))
        return " ".join(self._words[place] for place in places).capitalize() + "."

    def _provenance(self, asked: datetime) -> Provenance:
        return Provenance.model_construct(
            model="openai:a-model",
            chosen_because="COPYDESK_MODEL names it",
            prompt="draft.v2",
            prompt_sha256="0" * 64,
            parameters={"temperature": 0.7, "max_output_tokens": 2_000},
            angle="news",
            copydesk_version="0.1",
            created_at=asked,
        )


def write(connection: Connection, items: Iterator[ReviewItem], placer: Placer) -> None:
    """Insert the items with their rows of the queue."""
    while batch := list(islice(items, BATCH)):
        rows: dict[str, list[Any]] = {
            "reviews": [review_row(item) for item in batch],
            "queue": [Queued.of(item, placer).as_row() for item in batch],
            "queue_texts": [{"id": item.id, "searched": searched(item)} for item in batch],
            "queue_tags": [
                {"id": item.id, "name": name, "value": value, "is_open": item.state in OPEN}
                for item in batch
                for name, value in sorted(tags(item, placer))
            ],
        }
        for table, values in rows.items():
            connection.execute(schema.metadata.tables[table].insert(), values)


def _vocabulary() -> list[str]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/**/*.md")))
    words = {word for text in texts for word in re.findall(r"\b[a-z]{3,14}\b", text)}
    return sorted(words, key=lambda word: (len(word), word))


def _score(item_id: str) -> Scored:
    parts = tuple(
        Part(name=f"measure {n}", points=0.05, why="as the ranker says, in a sentence of words")
        for n in range(8)
    )
    return Scored(id=item_id, score=0.6, low=0.5, high=0.7, breakdown=parts)
