"""Asking for copy, and what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple, TypeVar

import yaml
from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from copydesk import documents
from copydesk.access import Role
from copydesk.api.examples import GENERATION
from copydesk.api.generations import GenerationId
from copydesk.api.pages.findings import marked
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import AllParts, Desk
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.errors import Conflict, InputError, Problem
from copydesk.generations import VARIANTS_AT_MOST, GenerationRequest, GenerationState
from copydesk.review_queue.inbox import previews

router = APIRouter(include_in_schema=False)

M = TypeVar("M", bound=BaseModel)
DOCUMENTS: dict[str, type[BaseModel]] = {"brief": Brief, "audience": Audience, "brand": Brand}
N_DEFAULT = 5


class Asked(NamedTuple):
    """What the form holds."""

    texts: dict[str, str]
    n: str
    campaign: str

    @classmethod
    async def of(cls, form: SentForm) -> Asked:
        """Return what was typed or uploaded."""
        texts = {name: await form.text_or_file(name) for name in DOCUMENTS}
        return cls(texts, form.text("n").strip(), form.text("campaign").strip())

    def request(self) -> GenerationRequest:
        """Return the request that this makes. Raises InputError with all that is wrong."""
        problems: list[Problem] = []
        read: dict[str, BaseModel] = {}
        for name, shape in DOCUMENTS.items():
            try:
                read[name] = _parsed(name, self.texts[name], shape)
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        n = int(self.n) if self.n.isascii() and self.n.isdigit() else self.n or N_DEFAULT
        rest = {"n": n, "campaign": self.campaign or None}
        return documents.shaped({**read, **rest}, GenerationRequest)


def _parsed(name: str, text: str, shape: type[M]) -> M:
    if not text.strip():
        raise InputError([Problem("", "", f"write or upload the {name}", name)])
    return documents.parse(text, shape, source=name)


@router.get("/ask")
def ask_page(visit: Visitor, *, example: bool = False) -> Response:
    """Show the form, empty or filled in with an example."""
    visit.actor.brands(Role.REQUESTER)
    texts = {name: _as_yaml(GENERATION[name]) if example else "" for name in DOCUMENTS}
    return _form_page(visit, Asked(texts, str(N_DEFAULT), ""), None)


@router.post("/ask")
async def ask(parts: AllParts, visit: Visitor, form: OwnForm) -> Response:
    """Accept the request, or show the form again with what is wrong by field and line."""
    asked = await Asked.of(form)
    try:
        request = asked.request()
        accepted = await run_sync(parts.copydesk.asking.accept, request, visit.actor)
    except (InputError, Conflict) as error:
        return _form_page(visit, asked, error)
    parts.runner.submit(accepted.id)
    return RedirectResponse(f"/generations/{accepted.id}", HTTPStatus.SEE_OTHER)


@router.get("/generations")
def generations(desk: Desk, visit: Visitor) -> Response:
    """List what was asked for, newest first, and before it what waits for an answer."""
    found = desk.asking.latest(visit.actor)
    own = desk.conversing.to_answer(visit.actor) if visit.may(Role.REQUESTER) else ()
    return page(visit, "generations.html", generations=found, to_answer=own, now=desk.clock())


@router.get("/generations/{generation_id}")
def generation(desk: Desk, visit: Visitor, generation_id: GenerationId) -> Response:
    """Show how far a generation is, and when it has ended its variants, best first."""
    found = desk.asking.get(generation_id, visit.actor)
    return page(
        visit,
        "generation.html",
        generation=found,
        running=found.state in {GenerationState.QUEUED, GenerationState.RUNNING},
        marked=marked,
        previews=previews,
        now=desk.clock(),
    )


def _form_page(visit: Visit, asked: Asked, error: InputError | Conflict | None) -> Response:
    return page(
        visit,
        "ask.html",
        error.status if error else HTTPStatus.OK,
        asked=asked,
        error=error,
        problems=error.problems if isinstance(error, InputError) else (),
        n_max=VARIANTS_AT_MOST,
    )


def _as_yaml(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=88)
