"""Orders in data are data in prompts and to the phrase book, and seen where a model obeyed."""

from __future__ import annotations

import asyncio
import re

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.generation import Draft
from copydesk.generation.phrasebook import PhrasebookModel
from copydesk.generation.scripted import ScriptedModel
from copydesk.guardrails import Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.prompts import judge_prompt, repair_prompt
from copydesk.review_queue import Route
from copydesk.settings import Settings
from copydesk.variants import Copy
from tests.factories import COPY, a_brand, a_brief, an_audience
from tests.unit.injection.asked import a_generation, a_request, text_of
from tests.unit.injection.strings import CANARY, CODE, FIELDS, OBEYED, ORDERS, READ_OUT, Obeyed

CHECKER = build_checker(guards=["rules"])
FENCED = re.compile(r"<data>.*?</data>", re.DOTALL)


def outside(prompt: str) -> str:
    """Return a prompt without what stands between fences."""
    return FENCED.sub("", prompt)


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_comes_out_of_its_fence(field: str) -> None:
    """Whatever stands in a field, outside of the fences the prompt is the same to the letter."""
    plain = a_request(field, "Plain words.").prompt
    for text in (*ORDERS, *CODE):
        prompt = a_request(field, text).prompt

        assert CANARY not in outside(prompt.user).casefold()
        assert prompt.system == plain.system
        assert re.findall(r"^#.*$", outside(prompt.user), re.MULTILINE) == re.findall(
            r"^#.*$", outside(plain.user), re.MULTILINE
        )


@pytest.mark.parametrize("text", [*ORDERS, *CODE])
def test_drafts_that_are_shown_again_stay_fenced(text: str) -> None:
    """A draft and its problems in a prompt for rewrites, and copy before a judge, are data."""
    draft = {"angle": text, **dict.fromkeys(COPY, text)}
    rewrite = repair_prompt(a_brief(), a_brand(), (), [(draft, [text])])
    judge = judge_prompt(
        [Copy.model_validate(dict.fromkeys(COPY, text))], None, None, sensitive=False
    )

    assert CANARY not in outside(rewrite.user).casefold()
    assert CANARY not in outside(judge.user).casefold()


@pytest.mark.parametrize("field", sorted(set(FIELDS) - READ_OUT))
def test_the_phrase_book_follows_no_order(field: str) -> None:
    """What is not there to be shown to readers never shows in what the phrase book writes."""
    for text in (*ORDERS, *CODE):
        request = a_request(field, text)
        for draft in asyncio.run(PhrasebookModel().draft(request)).drafts:
            assert CANARY not in text_of(draft).casefold()


@pytest.mark.parametrize("field", sorted(READ_OUT))
def test_an_order_in_words_for_readers_is_found_where_it_is_quoted(field: str) -> None:
    """Copy that quotes an order, as a product's name, does not pass; code in it is not code."""
    for text in ORDERS[:6]:
        request = a_request(field, text)
        for draft in asyncio.run(PhrasebookModel().draft(request)).drafts:
            if CANARY in text_of(draft).casefold():
                checked = CHECKER.check(Submission(draft.copy_, request.brief, request.brand, None))
                assert checked.verdict is not Verdict.PASS, text_of(draft)


@pytest.mark.parametrize("field", sorted(READ_OUT))
def test_code_in_words_for_readers_is_no_code_in_copy(field: str) -> None:
    """Template code in a field is taken apart, or the copy with it does not pass."""
    for text in CODE:
        request = a_request(field, text)
        for draft in asyncio.run(PhrasebookModel().draft(request)).drafts:
            checked = CHECKER.check(Submission(draft.copy_, request.brief, request.brand, None))
            alive = re.search(
                rf"(\{{[{{%]|\$\{{|\*\||%%|\[\[)[^}}]*{CANARY}", text_of(draft), re.IGNORECASE
            )
            assert alive is None or checked.verdict is not Verdict.PASS


@pytest.mark.parametrize("obeyed", OBEYED, ids=lambda obeyed: obeyed.order[:40])
def test_what_a_model_obeyed_is_seen(obeyed: Obeyed) -> None:
    """Copy that carries out an order from a signal does not pass; the finding says why."""
    copy = Copy.model_validate({**COPY, **obeyed.wrote})
    audience = an_audience(signals={"note": obeyed.order})
    checked = CHECKER.check(Submission(copy, a_brief(), a_brand(), audience))

    assert checked.verdict is not Verdict.PASS
    assert obeyed.seen_as in {finding.category for finding in checked.findings}


@pytest.mark.parametrize("obeyed", OBEYED, ids=lambda obeyed: obeyed.order[:40])
def test_nothing_that_a_model_obeyed_is_approved(obeyed: Obeyed) -> None:
    """In the pipeline an obeying model's copy ends with a person, blocked, or repaired."""
    draft = Draft.model_validate({"angle": "news", **COPY, **obeyed.wrote, "facts": []})
    model = ScriptedModel(lambda request: [draft] * request.n)
    desk = bootstrap(Settings(database_url="memory://"), model=model)
    request = a_generation("unlisted signal", obeyed.order)
    written = asyncio.run(desk.pipeline.run("gen_1", request))

    approved = [routed.variant for routed in written.variants if routed.route is Route.APPROVED]
    assert written.variants
    assert all(variant.copy_ != draft.copy_ for variant in approved), "repaired, if approved"
    assert not any(CANARY in str(variant.copy_).casefold() for variant in approved)
