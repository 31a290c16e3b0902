"""Where a checked variant goes: the first rule of the policy file that matches decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import AfterValidator, StrictBool, model_validator

from copydesk import documents
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Jurisdiction, Kind, Line, Noun, Sector, Slug
from copydesk.guardrails import Checked, Severity, Verdict
from copydesk.review_queue.priority import Hours, Points, Weights
from copydesk.review_queue.trust import Terms

SHIPPED = "policy.yaml"


class Route(StrEnum):
    """Where a variant goes."""

    APPROVED = "approved"
    REVIEW = "review"
    BLOCKED = "blocked"


class Routing(NamedTuple):
    """A route, with the rule that chose it and that rule's reason in words."""

    route: Route
    rule: str
    because: str


class Demands(NamedTuple):
    """Whose signatures copy needs."""

    roles: frozenset[str] = frozenset()
    """Reviewer roles; without any, one approver's signature is enough."""
    blind: bool = False
    """Whether two people decide, neither seeing the other's decision until both have."""

    @property
    def asked(self) -> bool:
        """Whether more is needed than one approver's signature."""
        return bool(self.roles) or self.blind


NOTHING_MATCHED = Routing(
    Route.REVIEW, "default", "No rule of the policy speaks about this copy, so a person decides."
)
SENSITIVE = Routing(
    Route.REVIEW, "sensitive", "The audience is marked sensitive, so a person always decides."
)
SIGNED = Routing(
    Route.REVIEW, "signatures", "The policy asks for signatures here, so people decide."
)


@dataclass(frozen=True, slots=True)
class Case:
    """What a policy looks at."""

    brief: Brief
    audience: Audience
    brand: Brand
    checked: Checked


def _of_known_sectors(pattern: str) -> str:
    if not any(fnmatchcase(sector, pattern) for sector in get_args(Sector)):
        known = ", ".join(get_args(Sector))
        raise ValueError(f"no sector fits: name one, or a pattern as finance.*, of {known}")
    return pattern


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("name at least one, or leave the condition out")
    return values


Some = AfterValidator(_some)
SectorPattern = Annotated[str, AfterValidator(_of_known_sectors)]


class Conditions(Noun):
    """What must be true of a case. All that are given must hold; none given always holds."""

    verdict: Annotated[tuple[Verdict, ...], Some] | None = None
    sensitive: bool | None = None
    """Whether the audience is marked sensitive."""
    individual: bool | None = None
    """Whether the audience is one recipient."""
    sectors: Annotated[tuple[SectorPattern, ...], Some] | None = None
    """Sectors of the brief; `finance.*` stands for all that begin so."""
    kinds: Annotated[tuple[Kind, ...], Some] | None = None
    """Occasions of the brief."""
    jurisdictions: Annotated[tuple[Jurisdiction, ...], Some] | None = None
    """At least one of these is among the brief's."""
    categories: Annotated[tuple[Line, ...], Some] | None = None
    """At least one finding, of whatever severity, is of such a category, as `legal.*`."""

    def hold(self, case: Case) -> bool:
        """Return whether every condition given is true of the case."""
        return all(self._verdicts(case))

    def hold_for_every(self, verdict: Verdict) -> bool:
        """Return whether this holds for every case of the verdict, whatever else is true of it."""
        given = self.model_dump(exclude_none=True)
        given.pop("verdict", None)
        return not given and self.may_hold_for(verdict)

    def may_hold_for(self, verdict: Verdict) -> bool:
        """Return whether this can hold for a case of the verdict."""
        return self.verdict is None or verdict in self.verdict

    def _verdicts(self, case: Case) -> Iterable[bool]:
        brief, audience = case.brief, case.audience
        found = [finding.category for finding in case.checked.findings]
        yield self.may_hold_for(case.checked.verdict)
        yield self.sensitive in {None, audience.sensitive}
        yield self.individual in {None, audience.recipient is not None}
        yield self.sectors is None or _any_fits([brief.sector], self.sectors)
        yield self.kinds is None or brief.kind in self.kinds
        yield self.jurisdictions is None or bool({*brief.jurisdictions} & {*self.jurisdictions})
        yield self.categories is None or _any_fits(found, self.categories)


def _any_fits(names: Iterable[str], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


class Rule(Noun):
    """One rule of a policy."""

    name: Slug
    """Kept with every variant that it routes, and as `policy:NAME` with every approval."""
    when: Conditions = Conditions()
    route: Route
    because: Line
    """The reason that a person reads."""
    trust: StrictBool = False
    """Whether a segment that has earned trust may leave this review; `trust` says on what terms."""
    sla_hours: Hours | None = None
    """How long what it sends to a person may wait; as `priority` says when left out."""
    points: Points = 0
    """What it adds to the priority of what it sends to a person."""

    @model_validator(mode="after")
    def _trust_can_apply(self) -> Rule:
        if self.trust and self.route is not Route.REVIEW:
            raise ValueError("`trust: true` is for `route: review`: there is nothing else to leave")
        if self.trust and (self.when.sensitive or self.when.verdict == (Verdict.BLOCK,)):
            raise ValueError(
                "`trust: true` never applies to a sensitive audience or a blocked verdict: "
                "take it out"
            )
        return self

    def may_approve_blocked(self) -> bool:
        """Return whether copy with a blocking finding could be approved by this rule."""
        return self.route is Route.APPROVED and self.when.may_hold_for(Verdict.BLOCK)


class SignatureRule(Noun):
    """Whose signatures copy needs beyond one approver's; every one that matches is heeded."""

    when: Conditions = Conditions()
    roles: tuple[Slug, ...] = ()
    """Reviewer roles, as `principal`: for each, somebody who holds it has to sign."""
    blind: StrictBool = False
    """Whether two people decide, neither seeing the other's decision until both have."""

    @model_validator(mode="after")
    def _asks_something(self) -> SignatureRule:
        if not self.roles and not self.blind:
            raise ValueError("say whom to ask: `roles: [...]`, or `blind: true`")
        return self


class Policy(Noun):
    """Rules in order. Where none matches, a person decides."""

    rules: tuple[Rule, ...]
    signatures: tuple[SignatureRule, ...] = ()
    """Whose signatures are needed, and when."""
    signers: dict[Slug, tuple[Slug, ...]] = {}
    """By reviewer role that the checks' rules name, the roles of users that may sign in it: a
    finding of such a rule then needs such a signature. Roles left out ask for nobody."""
    trust: Terms | None = None
    """How a segment earns to leave the review of rules with `trust: true`, and loses it."""
    priority: Weights = Weights()
    """Which item a reviewer sees first; no approval depends on it."""

    @classmethod
    def load(cls, path: Path | None = None) -> Policy:
        """Read a policy file; the shipped one without a path.

        Raises:
            InputError: a condition, a value or the whole cannot be used; with file and line.
        """
        if path is not None:
            return documents.load(path, cls)
        shipped = resources.files("copydesk.review_queue").joinpath(SHIPPED)
        return documents.parse(shipped.read_text(encoding="utf-8"), cls, source=SHIPPED)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Policy:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"every rule needs a name of its own; used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _never_approves_a_block(self) -> Policy:
        for rule in self.rules:
            if rule.may_approve_blocked():
                raise ValueError(
                    f"the rule `{rule.name}` would approve copy with a blocking finding: give it "
                    "`verdict: [pass]`, or put a rule that blocks `verdict: [block]` before it"
                )
            if rule.when.hold_for_every(Verdict.BLOCK):
                break
        return self

    @model_validator(mode="after")
    def _trust_has_terms(self) -> Policy:
        if self.trusting and self.trust is None:
            raise ValueError(
                f"the rule `{self.trusting[0]}` says `trust: true`: say under `trust` on what "
                "terms, as `trust: {bar: 0.95}`"
            )
        if self.trust is not None and not self.trusting:
            raise ValueError(
                "`trust` has terms and no rule says `trust: true`: add it to one, or take them out"
            )
        return self

    @property
    def trusting(self) -> tuple[str, ...]:
        """Names of the rules whose review a segment may earn to leave."""
        return tuple(rule.name for rule in self.rules if rule.trust)

    @cached_property
    def sha256(self) -> str:
        """Hash of what the rules decide, in lower-case hex; reasons and priority are left out.

        A policy without trust or signatures has the hash that it had before there were any.
        """
        decides: list[object] = [_decides(rule) for rule in self.rules]
        if self.trust is not None:
            decides.append(self.trust.model_dump(mode="json"))
        if self.signatures or self.signers:
            decides.append(self.model_dump(mode="json", include={"signatures", "signers"}))
        canonical = json.dumps(decides, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def may_trust(self, case: Case, demanding: Collection[str] = ()) -> bool:
        """Return whether trust may ever take the place of this case's review.

        It needs a rule that says so, and `bars_trust` to say nothing.
        """
        named = self.route(case).rule in self.trusting
        return named and bars_trust(case, demanding) is None

    def signed_by(self, case: Case, reviewers: Iterable[str] = ()) -> Demands:
        """Return whose signatures the case needs; `reviewers` are the roles that its findings name.

        A role that a finding names is asked for where `signers` knows it.
        """
        asked = [one for one in self.signatures if one.when.hold(case)]
        roles = {role for one in asked for role in one.roles}
        named = {role for role in reviewers if role in self.signers}
        return Demands(frozenset(roles | named), blind=any(one.blind for one in asked))

    def speaks_for(self, reviews_as: Collection[str]) -> frozenset[str]:
        """Return the reviewer roles in which somebody who holds these may sign and dismiss."""
        own = {role for role in reviews_as if role not in self.signers}
        mapped = {role for role, held in self.signers.items() if {*held} & {*reviews_as}}
        return frozenset(own | mapped)

    def route(self, case: Case) -> Routing:
        """Return where the case goes: by the first rule that matches, else to review.

        Three things no policy can do: approve copy with a blocking finding, approve copy for a
        sensitive audience without a person, and leave out the signatures that it asks for itself.
        """
        rule = next((rule for rule in self.rules if rule.when.hold(case)), None)
        if rule is None:
            return NOTHING_MATCHED
        if rule.route is Route.APPROVED and case.audience.sensitive:
            return SENSITIVE
        if (rule.route is Route.APPROVED or rule.trust) and self.signed_by(case).asked:
            return SIGNED
        return Routing(rule.route, rule.name, rule.because)


def bars_trust(case: Case, demanding: Collection[str] = ()) -> str | None:
    """Return why no trust may ever stand in for a person here, or None; no policy changes it.

    `demanding` are the ids of the checks' rules that name who has to decide.
    """
    if case.audience.sensitive:
        return "the audience is marked sensitive"
    if case.checked.verdict is Verdict.BLOCK:
        return "a blocking finding stands"
    grave = [one for one in case.checked.findings if one.severity is Severity.REVIEW]
    for finding in grave:
        if fnmatchcase(finding.category, "guard.*"):
            return f"a check could not take part: {finding.rule}"
        if finding.rule in demanding:
            return f"the rule {finding.rule} names who has to decide"
    return None


def _decides(rule: Rule) -> dict[str, Any]:
    silent = {"because", "sla_hours", "points"} | (set() if rule.trust else {"trust"})
    return rule.model_dump(mode="json", exclude=silent)
