"""The rules of the checks: what each looks for and why, how often it is right, and a try of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from copydesk.access import Actor, Role
from copydesk.api.pages.findings import MarkedSlot, marked
from copydesk.api.pages.rendering import page, rendered
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Jurisdiction, Noun, Sector
from copydesk.desk.measuring import RULE_DAYS, RuleUse
from copydesk.desk.parts import READERS
from copydesk.documents import shaped
from copydesk.errors import CopydeskError, InputError, NotFound, Problem
from copydesk.guardrails import Checked, Severity, Submission, Verdict
from copydesk.guardrails.cases import submission_of
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.overrides import Override, overridden
from copydesk.guardrails.packs import Pack, RuleBook
from copydesk.guardrails.rates import Measured, measured
from copydesk.guardrails.rule import RuleCase
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot

TRIED_CHARS_MAX = 20_000
"""A text longer than this is no e-mail."""
PLACEHOLDER = re.compile(r"\{\w+\}")
WHO = (*READERS, Role.REQUESTER)

router = APIRouter(include_in_schema=False)

RuleId = Annotated[str, Path(pattern=r"^[a-z0-9_.]+$", max_length=100)]


class Sought(Noun):
    """Which rules the address asks for; what is left out does not matter."""

    q: Annotated[str, Field(max_length=200)] = ""
    """Words that all stand in the rule's id, message, reason or citation."""
    category: Annotated[str, Field(max_length=60)] = ""
    severity: Severity | Literal["off", "house"] | None = None
    """`house` is whatever the house decided otherwise."""
    jurisdiction: Jurisdiction | None = None
    """Only what is law there, or everywhere."""
    sector: Sector | None = None
    """Only what binds it."""

    def has(self, one: Entry) -> bool:
        """Return whether the rule is among those sought."""
        rule = one.rule
        return (
            all(word in one.words for word in self.q.casefold().split())
            and (not self.category or self.category in {rule.category, one.family})
            and self.severity in {None, one.severity, "house" if one.override else None}
            and (self.jurisdiction is None or _is_law(rule, self.jurisdiction))
            and (self.sector is None or _binds(rule, self.sector))
        )


class Entry(NamedTuple):
    """A rule as it is in force here, with what its pack says and what the house decided."""

    rule: Rule
    written: Rule
    pack: Pack
    override: Override | None

    @property
    def severity(self) -> str:
        """Its severity, or `off`."""
        if self.override is not None and self.override.severity == "off":
            return "off"
        return self.rule.severity.value

    @property
    def family(self) -> str:
        """The first part of its category, as `legal`."""
        return self.rule.category.partition(".")[0]

    @property
    def message(self) -> str:
        """What it says, with what it finds left open."""
        return PLACEHOLDER.sub("…", self.rule.message)

    @property
    def words(self) -> str:
        """The text that words are looked for in, casefolded."""
        rule = self.rule
        told = (rule.id, rule.category, rule.message, rule.why, rule.citation or "")
        return " ".join(told).casefold()


class Tried(NamedTuple):
    """A text that was tried, with what was found."""

    copy: Copy
    checked: Checked
    slots: tuple[MarkedSlot, ...]
    of: str | None
    """The one rule whose findings are told; None for all."""


@router.get("/rules")
def rules(desk: Desk, visit: Visitor, request: Request) -> Response:
    """List the rules that the address asks for."""
    visit.actor.brands(*WHO)
    return _list_page(desk, visit, request)


@router.post("/rules")
def try_all(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Check a text against all rules, and show what they find in it; nothing is kept."""
    visit.actor.brands(*WHO)
    try:
        copy = _copy(form)
        checked = _of_what_is_there(copy, desk.checker.check_now(Submission(copy)))
        tried = Tried(copy, checked, marked(copy, checked), None)
    except InputError as error:
        return _list_page(desk, visit, request, error=error, typed=form)
    if "hx-request" in request.headers:
        return _partial(tried)
    return _list_page(desk, visit, request, tried=tried, typed=form)


@router.get("/rules/{rule_id}")
def rule(desk: Desk, visit: Visitor, rule_id: RuleId) -> Response:
    """Show one rule with its reason, its law, its cases and its rates."""
    visit.actor.brands(*WHO)
    return _rule_page(desk, visit, rule_id)


@router.post("/rules/{rule_id}")
def try_one(
    desk: Desk, visit: Visitor, request: Request, rule_id: RuleId, form: OwnForm
) -> Response:
    """Check a text against one rule, where it is law; nothing is kept."""
    visit.actor.brands(*WHO)
    guard, entry = _entry(desk, rule_id)
    try:
        tried = _tried_on(guard, entry.rule, _copy(form))
    except InputError as error:
        return _rule_page(desk, visit, rule_id, error=error, typed=form)
    if "hx-request" in request.headers:
        return _partial(tried)
    return _rule_page(desk, visit, rule_id, tried=tried, typed=form)


def entries(desk: Copydesk) -> Iterator[tuple[RulesGuard, Entry]]:
    """Yield every rule that the settings load, in force or put off by the house."""
    guards = [guard for guard in desk.checker.guards if isinstance(guard, RulesGuard)]
    for guard in guards:
        for pack in guard.book.packs:
            for written in pack.rules:
                override = guard.book.overrides.get(written.id)
                in_force = overridden(written, override)
                yield guard, Entry(in_force or written, written, pack, override)


def _entry(desk: Copydesk, rule_id: str) -> tuple[RulesGuard, Entry]:
    for guard, one in entries(desk):
        if one.rule.id == rule_id:
            return guard, one
    raise NotFound(
        f"There is no rule {rule_id} in the rule packs. What begins with judge, toxicity or guard "
        "is told by another check than the rules."
    )


def _list_page(
    desk: Copydesk,
    visit: Visit,
    request: Request,
    *,
    tried: Tried | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    everything = [one for _, one in entries(desk)]
    given = {name: value for name, value in request.query_params.items() if value.strip()}
    try:
        sought = shaped(given, Sought)
    except InputError as wrong:
        sought, error = Sought(), error or wrong
    return page(
        visit,
        "rules.html",
        error.status if error else HTTPStatus.OK,
        found=[one for one in everything if sought.has(one)],
        total=len(everything),
        sought=sought,
        query=urlencode(given),
        categories=_categories(everything),
        jurisdictions=sorted({place for one in everything for place in one.rule.jurisdictions}),
        sectors=sorted({sector for one in everything for sector in one.rule.sectors}),
        packs=len({one.pack.pack for one in everything}),
        uses=_uses(desk, visit.actor),
        days=RULE_DAYS,
        severities=[*(one.value for one in Severity), "off", "house"],
        tried=tried,
        typed=_typed(typed),
        error=error,
    )


def _rule_page(
    desk: Copydesk,
    visit: Visit,
    rule_id: str,
    *,
    tried: Tried | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    guard, entry = _entry(desk, rule_id)
    uses = _uses(desk, visit.actor)
    return page(
        visit,
        "rule.html",
        error.status if error else HTTPStatus.OK,
        one=entry,
        rule=entry.rule,
        rates=_rates(guard.book, rule_id),
        use=None if uses is None else uses.get(rule_id, _unused(rule_id)),
        days=RULE_DAYS,
        case_text=case_text,
        tried=tried,
        typed=_typed(typed),
        error=error,
    )


@lru_cache(maxsize=1_000)
def _rates(book: RuleBook, rule_id: str) -> Measured:
    return measured(book, book.explain(rule_id))


def _uses(desk: Copydesk, actor: Actor) -> Mapping[str, RuleUse] | None:
    """Return how often rules found something; None for who does not read the queue."""
    return desk.measuring.rules(actor, RULE_DAYS) if actor.reach(*READERS) else None


def _unused(rule_id: str) -> RuleUse:
    return RuleUse(rule=rule_id, copies=0, dismissed=0, reasons={})


def _copy(form: SentForm) -> Copy:
    texts = {slot.value: form.text(slot.value) for slot in Slot}
    if not any(text.strip() for text in texts.values()):
        raise InputError([Problem("", "", "write a subject, a preheader or a body to try")])
    long = [name for name, text in texts.items() if len(text) > TRIED_CHARS_MAX]
    if long:
        remedy = f"shorten it to {TRIED_CHARS_MAX:,} characters"
        raise InputError(
            [Problem(name, f"{len(texts[name]):,} characters", remedy) for name in long]
        )
    return Copy.model_validate(texts)


def _tried_on(guard: RulesGuard, rule: Rule, copy: Copy) -> Tried:
    """Return what the rule finds in the copy, on the brief of its cases, put where it is law."""
    base = submission_of(rule, RuleCase(text="x", brief={}))
    found = guard.check(replace(base, copy=copy))
    own = tuple(finding for finding in found if finding.rule == rule.id)
    checked = Checked(verdict=Verdict.of(own), findings=own)
    return Tried(copy, checked, marked(copy, checked), rule.id)


def _of_what_is_there(copy: Copy, checked: Checked) -> Checked:
    """Return the check without what it says of slots that were left empty: they were not tried."""
    found = tuple(one for one in checked.findings if str(copy[one.slot]).strip())
    return Checked(verdict=Verdict.of(found), findings=found, engines=checked.engines)


def _typed(form: SentForm | None) -> dict[str, str]:
    return {slot.value: form.text(slot.value) if form else "" for slot in Slot}


def _partial(tried: Tried) -> Response:
    return HTMLResponse(
        rendered("tried.html", tried=tried, error=None), headers={"Cache-Control": "no-store"}
    )


def _categories(every: list[Entry]) -> dict[str, list[str]]:
    """Return the categories by family, both by name."""
    found: dict[str, set[str]] = {}
    for one in every:
        found.setdefault(one.family, set()).add(one.rule.category)
    return {family: sorted(found[family]) for family in sorted(found)}


def _is_law(rule: Rule, place: str) -> bool:
    return not rule.jurisdictions or place in rule.jurisdictions


def _binds(rule: Rule, sector: str) -> bool:
    return (not rule.sectors or sector in rule.sectors) and sector not in rule.not_sectors


def case_text(case: RuleCase) -> str:
    """Return the copy of a case, slot by slot where it names them."""
    slots = (f"{slot.value}: {getattr(case, slot)}" for slot in Slot if getattr(case, slot))
    return case.text or "\n".join(slots)
