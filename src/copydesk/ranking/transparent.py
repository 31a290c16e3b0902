"""A ranker that can be read: a score is the sum of named parts, each a measured thing.

No outcome data of e-mail stands behind the weights. They follow what inboxes show and what senders
publish as house rules, and say which copy is better made, not which will be opened more: on
headline experiments, where no inbox cuts anything off, they do no better than chance. Hence the
wide interval, and hence the ranker says so when candidates are too alike to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from copydesk.ranking import measures
from copydesk.ranking.measures import Measure, Seen
from copydesk.ranking.ranker import Candidate, Part, Ranking, RankRequest, Scored

HALF_WIDTH = 0.25
"""Half of the interval around a score. Nothing was measured against outcomes, so it is wide: two
candidates must differ by half of the whole scale before their intervals part."""

TELLING = 0.02
"""Least lead of the first over the second for an order to rely upon: half of the smallest part,
so that a difference of a character or two never decides."""

DECIMALS = 4

ALIKE = "the best candidates are too alike to tell"
SINGLE = "single candidate"


class Weighed(NamedTuple):
    """A part: its name, its weight and how it is measured."""

    name: str
    weight: float
    measure: Callable[[Seen], Measure]


SUBJECT_LENGTH = 0.12
"""Cut off at half its length, a subject loses to any other that is as good elsewhere."""
EARLY_MEANING = 0.14
"""The heaviest: on a phone the first 33 characters are often all that is read."""
CONCRETENESS = 0.12
"""A number from the brief outweighs a plain statement and a greeting by name together."""
STATEMENT = 0.04
"""Decides only between subjects that are otherwise equal. In published headline experiments
(Upworthy Research Archive) a headline that asks lost two clear decisions in three to one that does
not; whether that holds for e-mail is not known, so it counts little."""
CALM = 0.12
"""Two words in capitals cost as much as having no number at all."""
PERSONAL_TAG = 0.04
"""Decides only between copies that are otherwise equal: a first name saves no weak subject."""
PREHEADER_ADDS = 0.12
"""Repeating the subject costs as much as a subject that is cut off."""
PREHEADER_LENGTH = 0.06
"""A preheader too short to use its line costs half of what repeating the subject costs."""
BODY_LENGTH = 0.08
"""A body of 190 words loses half of it: less than losing the number in the subject."""
EASE = 0.08
"""Prose as hard as a contract loses all of it, a newspaper article about a third."""
ONE_ACTION = 0.08
"""A second link costs more than half of it, no way to act costs all."""

PARTS = (
    Weighed("subject_length", SUBJECT_LENGTH, measures.subject_length),
    Weighed("early_meaning", EARLY_MEANING, measures.early_meaning),
    Weighed("concreteness", CONCRETENESS, measures.concreteness),
    Weighed("statement", STATEMENT, measures.statement),
    Weighed("calm", CALM, measures.calm),
    Weighed("personal_tag", PERSONAL_TAG, measures.personal_tag),
    Weighed("preheader_adds", PREHEADER_ADDS, measures.preheader_adds),
    Weighed("preheader_length", PREHEADER_LENGTH, measures.preheader_length),
    Weighed("body_length", BODY_LENGTH, measures.body_length),
    Weighed("reading_ease", EASE, measures.ease),
    Weighed("one_action", ONE_ACTION, measures.one_action),
)
"""Their weights add up to 1. A slot that is not there earns nothing: a subject alone reaches
at most 0.58, in an order that holds among subjects."""


class TransparentRanker:
    """Orders candidates by the sum of PARTS; equal scores by id."""

    name = "transparent.v1"

    def rank(self, request: RankRequest) -> Ranking:
        """Return every candidate once, best first."""
        scored = [(self._score(c, request), c) for c in request.candidates]
        scored.sort(key=lambda pair: (-pair[0].score, pair[0].id, pair[1].copy_.fingerprint))
        ranking = tuple(score for score, _ in scored)
        return Ranking(id=request.id, ranking=ranking, abstained=_abstained(ranking))

    def _score(self, candidate: Candidate, request: RankRequest) -> Scored:
        seen = Seen.of(candidate.copy_, request.brief)
        breakdown = tuple(_part(weighed, seen) for weighed in PARTS)
        score = round(sum(part.points for part in breakdown), DECIMALS)
        return Scored(
            id=candidate.id,
            score=score,
            low=round(max(0.0, score - HALF_WIDTH), DECIMALS),
            high=round(min(1.0, score + HALF_WIDTH), DECIMALS),
            breakdown=(*breakdown, *tone(candidate, request)),
        )


def _part(weighed: Weighed, seen: Seen) -> Part:
    share, why = weighed.measure(seen)
    return Part(name=weighed.name, points=round(weighed.weight * share, DECIMALS), why=why)


def tone(candidate: Candidate, request: RankRequest) -> tuple[Part, ...]:
    """Return how near the copy is to the brand's own, where its samples suffice to tell.

    It adds nothing: no outcome shows that copy nearer to the brand does better.
    """
    if request.brand is None or not request.brand.samples:
        return ()
    from copydesk.brand_voice.tone import tone_score

    text = "\n".join(text.render() for _, text in candidate.copy_.slots())
    found = tone_score(text, request.brand.samples)
    if found.score is None or found.usual is None:
        return ()
    low, high = found.usual
    why = (
        f"{found.score:.0f} of 100, the brand's own sentences {low:.0f} to {high:.0f}; adds nothing"
    )
    return (Part(name="brand_tone", points=0, why=why),)


def _abstained(ranking: tuple[Scored, ...]) -> str | None:
    if len(ranking) == 1:
        return SINGLE
    lead = ranking[0].score - ranking[1].score
    return ALIKE if lead < TELLING else None
