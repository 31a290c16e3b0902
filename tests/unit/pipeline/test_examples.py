"""Approved copy on its way into the prompt."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.errors import SettingsError
from copydesk.generation import DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.pipeline import Pipeline
from copydesk.publishing.examples import Lessons
from copydesk.settings import Settings
from copydesk.steps import Desk
from tests.factories import a_brand, a_brief, a_copy, an_audience


def known(request: GenerationRequest) -> Lessons:
    return Lessons((a_copy(body=f"Written before for {request.brand.name}."),), "clicks")


def the_desk(prompts: str) -> Desk:
    wired = bootstrap(Settings(database_url="memory://", model="phrasebook")).pipeline.desk
    return replace(wired, prompts=prompts)


def asked(prompts: str) -> DraftRequest:
    desk = replace(the_desk(prompts), examples=known)
    request = GenerationRequest(brief=a_brief(), brand=a_brand(), audience=an_audience(), n=1)
    return asyncio.run(Pipeline(desk).asked(request))


def test_prompts_that_show_examples_get_them() -> None:
    """The version that shows approved copy is asked with it, and is named for itself."""
    request = asked("v2")

    assert "Written before for Northpeak." in request.prompt.user
    assert request.prompt.name == "draft.v2"


def test_provenance_says_by_what_examples_were_chosen() -> None:
    """Each variant tells how many copies its prompt showed, and by what they were chosen."""
    desk = replace(the_desk("v2"), examples=known)
    request = GenerationRequest(brief=a_brief(), brand=a_brand(), audience=an_audience(), n=1)
    written = asyncio.run(Pipeline(desk).run("gen_1", request))

    assert written.variants[0].variant.provenance.examples == "1, nearest by clicks"


def test_prompts_that_show_none_are_asked_without() -> None:
    """The version in use stays as it was released."""
    request = asked("v1")

    assert "Written before" not in request.prompt.user
    assert request.prompt.examples is None


def test_a_prompt_version_that_is_none_is_refused_at_the_start() -> None:
    """A setting that names no released version stops the start, with those there are."""
    wrong = Settings(database_url="memory://", model="phrasebook", prompt_version="v99")

    with pytest.raises(SettingsError, match="COPYDESK_PROMPT_VERSION: choose one of v1, v2"):
        bootstrap(wrong)
