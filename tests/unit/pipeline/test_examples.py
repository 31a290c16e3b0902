"""Approved copy on its way into the prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.errors import SettingsError
from copydesk.generation import DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.pipeline import Pipeline
from copydesk.settings import Settings
from copydesk.steps import Desk
from copydesk.variants import Copy
from tests.factories import a_brand, a_brief, a_copy, an_audience


def known(request: GenerationRequest) -> Sequence[Copy]:
    return (a_copy(body=f"Written before for {request.brand.name}."),)


def asked(prompts: str) -> DraftRequest:
    wired: Desk = bootstrap(Settings(database_url="memory://", model="phrasebook")).pipeline.desk
    desk = replace(wired, prompts=prompts, examples=known)
    request = GenerationRequest(brief=a_brief(), brand=a_brand(), audience=an_audience(), n=1)
    return asyncio.run(Pipeline(desk).asked(request))


def test_prompts_that_show_examples_get_them() -> None:
    """The version that shows approved copy is asked with it, and is named for itself."""
    request = asked("v2")

    assert "Written before for Northpeak." in request.prompt.user
    assert request.prompt.name == "draft.v2"


def test_prompts_that_show_none_are_asked_without() -> None:
    """The version in use stays as it was released."""
    assert "Written before" not in asked("v1").prompt.user


def test_a_prompt_version_that_is_none_is_refused_at_the_start() -> None:
    """A setting that names no released version stops the start, with those there are."""
    wrong = Settings(database_url="memory://", model="phrasebook", prompt_version="v99")

    with pytest.raises(SettingsError, match="COPYDESK_PROMPT_VERSION: choose one of v1, v2"):
        bootstrap(wrong)
