"""A ranker that has seen real experiments, tells what it goes by, and says where it cannot tell.

It learned from headlines, in one language and one field; nothing shows that this holds for the
subject of an e-mail, so it abstains where a subject is unlike what it has seen. Preheader and body
were in no experiment: they are held to the rules of the transparent ranker and decide little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

from copydesk.ranking import measures, style
from copydesk.ranking.measures import Seen
from copydesk.ranking.ranker import Candidate, Part, Ranking, RankRequest, Scored
from copydesk.ranking.style import FIRST
from copydesk.ranking.trained import MEANING, WORDING, Told, TrainedModel
from copydesk.ranking.transparent import DECIMALS, SINGLE, Weighed, tone
from copydesk.ranking.transparent import PARTS as RULES

TELLING = 0.54
"""Least probability that the first beats the second for an order to rely upon: where it is less,
the two did equally well in the experiments, within the error of calibration."""
WITHIN = 1.645
"""Standard deviations within which nine of ten true values lie."""
RULES_WORTH = 0.3
"""Log-odds for a full point of the transparent ranker. A preheader and a body made by all rules
gain 0.13, half of what tells headlines of one test apart (0.27): a judgement, not a finding."""
QUOTED = 40
"""Characters of a subject that a reason names it by."""
_EDGE = 1e-4
"""Scores are rounded: none is taken for certain."""
NO_SUBJECT = "a candidate has no subject"
_TOLD = 2
"""Measures that a part names as its reasons."""


class OwnParts(NamedTuple):
    """What a brand's own sends add to the score of a subject, in log-odds, by name and with why."""

    parts: tuple[tuple[str, float, str], ...] = ()
    spread: float | None = None
    """Standard deviation of a line's true log-odds around the score; the model's when None."""


Own = Callable[[str], OwnParts]
"""Tells what a brand's own sends say of a subject."""
OwnOf = Callable[[RankRequest], Own | None]
"""Finds what is known of the brand and the segment of a request, if anything is."""


class Weighted(NamedTuple):
    """A candidate with its parts in log-odds, before they become points."""

    candidate: Candidate
    told: Told
    parts: tuple[tuple[str, float, str], ...]
    spread: float
    """Standard deviation of its true log-odds around `total`."""
    beside: tuple[Part, ...] = ()
    """Parts that are told and add nothing."""

    @property
    def total(self) -> float:
        """Log-odds above an average line's."""
        return sum(value for _, value, _ in self.parts)


class LearnedRanker:
    """Orders candidates by what is expected of them; equal scores by id.

    A score is the probability of doing better than an average line would, and the interval holds
    nine in ten of such lines' true worth.
    """

    name = "learned.v1"

    def __init__(
        self,
        model: TrainedModel | None = None,
        own: OwnOf | None = None,
        *,
        name: str | None = None,
    ) -> None:
        self._model = model or TrainedModel.load()
        self._own = own
        self.name = name or self.name

    def rank(self, request: RankRequest) -> Ranking:
        """Return every candidate once, best first."""
        own = self._own(request) if self._own else None
        found = [self._weighted(candidate, request, own) for candidate in request.candidates]
        scored = [(self._scored(weighted), weighted) for weighted in found]
        scored.sort(
            key=lambda pair: (-pair[0].score, pair[0].id, pair[1].candidate.copy_.fingerprint)
        )
        ranked = [weighted for _, weighted in scored]
        return Ranking(
            id=request.id,
            ranking=tuple(score for score, _ in scored),
            abstained=self._abstained(request, ranked),
        )

    def rank_all(self, requests: Sequence[RankRequest]) -> list[Ranking]:
        """Return the ranking of each request, the very same as `rank` returns.

        All subjects are read first: what the reader works with then stays at the processor's hand.
        """
        candidates = (candidate for request in requests for candidate in request.candidates)
        self._model.read([Seen.of(candidate.copy_, None).subject for candidate in candidates])
        return [self.rank(request) for request in requests]

    def ahead(self, score: float) -> float:
        """Return the log-odds of a click, above an average line's, that a score stands for."""
        return self._model.card.ahead(min(max(score, _EDGE), 1 - _EDGE))

    def beats(self, one: float, other: float) -> float:
        """Return the probability that log-odds of `one` do better than those of `other`."""
        return self._model.beats(one, other)

    def _weighted(
        self, candidate: Candidate, request: RankRequest, own: Own | None = None
    ) -> Weighted:
        seen = Seen.of(candidate.copy_, request.brief)
        told = self._model.told(seen.subject)
        theirs = own(seen.subject) if own else OwnParts()
        parts = (*self._of_subject(told), *theirs.parts, *_of_rules(seen))
        spread = theirs.spread or self._model.card.spread
        return Weighted(candidate, told, parts, spread, tone(candidate, request))

    def _of_subject(self, told: Told) -> Iterator[tuple[str, float, str]]:
        weight = [abs(value) for value in told.measures]
        for name, value in told.parts.items():
            yield _named(name), value, self._why(name, told, weight)

    def _why(self, part: str, told: Told, weight: Sequence[float]) -> str:
        if part in {WORDING, MEANING}:
            return _phrases()[part]
        mine = sorted(_measures_of()[part], key=weight.__getitem__, reverse=True)[:_TOLD]
        return "; ".join([_reason(n, more=self._model.more(n, told)) for n in mine])

    def _scored(self, weighted: Weighted) -> Scored:
        card, total = self._model.card, weighted.total
        each = (card.chance(total) - 0.5) / total if total else card.slope / 4
        points = [0.5, *(round(value * each, DECIMALS) for _, value, _ in weighted.parts)]
        why = [("average", _phrases()["average"]), *((name, w) for name, _, w in weighted.parts)]
        score = min(1.0, max(0.0, sum(points)))
        reach = WITHIN * weighted.spread
        return Scored.model_validate({  # one look at the whole costs a tenth of one at each part
            "id": weighted.candidate.id,
            "score": round(score, DECIMALS),
            "low": round(min(score, card.chance(total - reach)), DECIMALS),
            "high": round(max(score, card.chance(total + reach)), DECIMALS),
            "breakdown": (
                *({"name": name, "points": gained, "why": said}
                  for (name, said), gained in zip(why, points, strict=True)),
                *weighted.beside,
            ),
        })  # fmt: skip

    def _abstained(self, request: RankRequest, ranked: Sequence[Weighted]) -> str | None:
        return next(self._reasons(request, ranked), None)

    def _reasons(self, request: RankRequest, ranked: Sequence[Weighted]) -> Iterator[str]:
        """Yield why the order should not be relied upon, the weightiest first."""
        card = self._model.card
        language = request.brief.locale.partition("-")[0] if request.brief else card.language
        if language != card.language:
            yield f"the model has learned from no line in {language}, only in {card.language}"
        for weighted in sorted(ranked, key=lambda weighted: weighted.candidate.id):
            yield from self._strange(weighted)
        if len(ranked) == 1:
            yield SINGLE
        elif (sure := self.beats(ranked[0].total, ranked[1].total)) < TELLING:
            yield f"the best two are too alike to tell: {sure:.0%} to {1 - sure:.0%}"

    def _strange(self, weighted: Weighted) -> Iterator[str]:
        card, told = self._model.card, weighted.told
        line = _quoted(weighted.candidate)
        if not told.characters:
            yield NO_SUBJECT
        elif not card.shortest <= told.characters <= card.longest:
            yield (
                f"the subject {line} has {told.characters} characters; lines of"
                f" {card.shortest} to {card.longest} were learned from"
            )
        elif told.unknown > card.strange:
            yield f"{told.unknown:.0%} of the words in the subject {line} the model never met"


def _quoted(candidate: Candidate) -> str:
    line = " ".join(candidate.copy_.subject.render().split())
    return f"“{line}”" if len(line) <= QUOTED else f"“{line[:QUOTED].rstrip()}…”"


def _of_rules(seen: Seen) -> Iterable[tuple[str, float, str]]:
    for slot, rules in _OF_SLOT.items():
        found = [(rule.weight, *rule.measure(seen)) for rule in rules]
        value = RULES_WORTH * sum(weight * share for weight, share, _ in found)
        yield slot, value, "; ".join(why for _, _, why in found)


_BODY = {measures.body_length, measures.ease, measures.one_action}
_PREHEADER = {measures.preheader_adds, measures.preheader_length}
_OF_SLOT: dict[str, tuple[Weighed, ...]] = {
    "preheader": tuple(rule for rule in RULES if rule.measure in _PREHEADER),
    "body": tuple(rule for rule in RULES if rule.measure in _BODY),
}


@cache
def _measures_of() -> dict[str, tuple[int, ...]]:
    """Return the places of the measures of each group, in the order of `style.names`."""
    groups = [name.partition(".")[0] for name in style.names()]
    return {
        group: tuple(n for n, name in enumerate(groups) if name == group)
        for group in style.groups()
    }


@cache
def _named(part: str) -> str:
    return f"subject.{part}"


@cache
def _reason(measure: int, *, more: bool) -> str:
    name = style.names()[measure]
    plain = name.removesuffix(FIRST)
    where = " at the start" if plain != name else ""
    return f"{'more' if more else 'fewer'} {_phrases()[plain]}{where}"


@cache
def _phrases() -> dict[str, str]:
    file = resources.files("copydesk.ranking").joinpath("style_told.yaml")
    phrases: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return phrases
