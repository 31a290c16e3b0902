"""How much of a prompt is the same as that of the call before: what providers' caches live on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import takewhile

import pytest

from copydesk.audiences import Audience, minimise
from copydesk.generation.answers import ANSWER_FORM, messages
from copydesk.prompts import Prompt, draft_prompt, repair_prompt
from tests.factories import COPY, a_brand, a_brief, an_audience

CACHED_FROM = 1_024
"""Tokens from which OpenAI caches a prefix; four characters of English are about one."""


def sent(prompt: Prompt) -> str:
    """Return what a provider reads: the schema, which comes first there, and the messages."""
    return json.dumps(dict(ANSWER_FORM.schema)) + json.dumps(messages(prompt))


def prefix(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    together = takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
    return "".join(signs[0] for signs in together)


def shared(prompts: Sequence[Prompt]) -> float:
    """Return the part of the prompts that is one prefix of all."""
    texts = [sent(prompt) for prompt in prompts]
    return len(prefix(texts)) / max(map(len, texts))


def asked(goal: str = "Spring", audience: Audience | None = None, n: int = 5) -> Prompt:
    audience = audience or an_audience()
    return draft_prompt(a_brief(goal=goal), a_brand(), minimise(audience).used, n, audience)


def test_calls_for_one_brand_share_most_of_the_prompt() -> None:
    """Between two briefs of a brand more than two thirds are one prefix, long enough to be kept."""
    prompts = [asked("Spring"), asked("Autumn", an_audience(id="b", signals={}))]

    assert shared(prompts) > 0.67
    assert len(prefix([sent(prompt) for prompt in prompts])) > 4 * CACHED_FROM


def test_calls_for_one_brief_share_nearly_all() -> None:
    """Between two audiences of a brief only the audience and the task are new."""
    other = an_audience(id="b", description="New runners", signals={"season": "spring"})

    assert shared([asked(), asked(audience=other)]) > 0.9


@pytest.mark.parametrize("n", [1, 20])
def test_the_number_of_variants_is_at_the_very_end(n: int) -> None:
    """Asking for more variants changes the last line alone."""
    assert shared([asked(), asked(n=n)]) > 0.95


def test_a_rewrite_shares_the_prefix_of_its_draft() -> None:
    """What was read for a draft is not read anew for its rewrite: brand and brief come first."""
    rewrite = repair_prompt(
        a_brief(goal="Spring"),
        a_brand(),
        minimise(an_audience()).used,
        [({"angle": "news", **COPY}, ["subject: too long"])],
        an_audience(),
    )
    same = prefix([sent(asked()), sent(rewrite)])

    assert len(same) / len(sent(asked())) > 0.9
