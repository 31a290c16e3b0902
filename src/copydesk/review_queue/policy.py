"""Where a checked variant goes: the first rule of the policy file that matches decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails import Checked


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


@dataclass(frozen=True, slots=True)
class Case:
    """What a policy looks at."""

    brief: Brief
    audience: Audience
    brand: Brand
    checked: Checked
