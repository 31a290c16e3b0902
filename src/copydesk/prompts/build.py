"""Rendering the versioned templates into prompts.

A version is never changed once released: a new wording is a new file. The system part has no
variables, so providers' prompt caches hit on it, and equal hashes mean equal instructions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from copydesk.audiences import Audience, Signal
from copydesk.brand_voice import Brand, Frequency
from copydesk.briefs import Brief
from copydesk.errors import InputError
from copydesk.prompts.describing import describe
from copydesk.prompts.fences import data, data_block, plain
from copydesk.prompts.prompt import Prompt
from copydesk.variants import Copy

SAMPLES_AT_MOST = 6
SAMPLE_CHARACTERS = 1_200
"""A style guide's worth of samples teaches no more than these, and costs more in each request."""

PROMPT_VERSION = "v1"
"""The version in use. Another is promoted by an evaluation: see docs/howto/evaluate.md."""

EXAMPLES_SINCE = "v2"
EXAMPLE_CHARACTERS = 900
"""Of an approved body no more is shown: it is to teach a tone, and costs in each request."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FREQUENCIES: Mapping[Frequency, str] = {
    "never": "never",
    "sparing": "at most one in the whole e-mail",
    "free": "as they fit, at most two in a line",
}


class RepairAsked(NamedTuple):
    """A draft's texts by slot, with its angle, and why the check stopped it."""

    draft: Mapping[str, object]
    problems: Sequence[str]


def draft_prompt(
    brief: Brief,
    brand: Brand,
    signals: tuple[Signal, ...],
    n: int,
    audience: Audience | None = None,
    version: str = PROMPT_VERSION,
    examples: Sequence[Copy] = (),
) -> Prompt:
    """Return the prompt that asks for `n` variants.

    `examples` are approved copies of the same brand; versions before EXAMPLES_SINCE show none.
    Of the audience only the description is used, and only where `describe` allows it: recipient,
    fields and signals that were not minimised never reach a template.

    Raises:
        InputError: there is no such version.
    """
    name = _named("draft", version)
    shown = {"examples": examples, "example_characters": EXAMPLE_CHARACTERS}
    return _prompt(name, brief, brand, signals, audience, n=n, **shown)


def repair_prompt(
    brief: Brief,
    brand: Brand,
    signals: tuple[Signal, ...],
    repairs: Sequence[tuple[Mapping[str, object], Sequence[str]]],
    audience: Audience | None = None,
    version: str = PROMPT_VERSION,
) -> Prompt:
    """Return the prompt that asks for one rewrite of each draft, in order.

    Each repair is a draft (`angle`, `subject`, `preheader`, `body`) with its problems in words.

    Raises:
        InputError: there is no such version.
    """
    asked = [RepairAsked(draft, problems) for draft, problems in repairs]
    return _prompt(_named("repair", version), brief, brand, signals, audience, repairs=asked)


@cache
def prompt_versions(kind: str = "draft") -> tuple[str, ...]:
    """Return the released versions of the prompt that drafts, or that repairs, oldest first."""
    files = resources.files("copydesk.prompts").joinpath("templates").iterdir()
    named = (re.fullmatch(rf"{kind}_user\.v(\d+)\.jinja", file.name) for file in files)
    return tuple(f"v{number}" for number in sorted(int(found[1]) for found in named if found))


def shows_examples(version: str) -> bool:
    """Return whether prompts of this version show the brand's approved copy."""
    versions = prompt_versions()
    return version in versions[versions.index(EXAMPLES_SINCE) :]


def _named(kind: str, version: str) -> str:
    versions = prompt_versions(kind)
    if version not in versions:
        listed = ", ".join(versions)
        raise InputError(f"there is no prompt {kind}.{version}: choose one of {listed}")
    return f"{kind}.{version}"


def _prompt(
    name: str,
    brief: Brief,
    brand: Brand,
    signals: tuple[Signal, ...],
    audience: Audience | None,
    **task: object,
) -> Prompt:
    kind, version = name.split(".")
    described = describe(audience)
    user = templates().get_template(f"{kind}_user.{version}.jinja")
    return Prompt(
        name=name,
        system=templates().get_template(f"draft_system.{version}.jinja").render(),
        user=user.render(
            brief=brief,
            brand=brand,
            samples=fenced_samples(brand),
            signals=signals,
            description=described.description,
            care=described.care,
            **task,
        ),
    )


def fenced_samples(brand: Brand) -> list[str]:
    """Return as many of the brand's samples as a prompt shows."""
    return [data_block(text, SAMPLE_CHARACTERS) for text in brand.samples[:SAMPLES_AT_MOST]]


@cache
def fixed_parts() -> tuple[str, ...]:
    """Return the instructions that a writing model gets whatever it is asked, of every version."""
    names = templates().list_templates(filter_func=lambda name: name.startswith("draft_system."))
    return tuple(templates().get_template(name).render() for name in names)


@cache
def templates() -> Environment:
    """Return the environment that every prompt is rendered in: strict, and with fences."""
    environment = Environment(
        loader=PackageLoader("copydesk.prompts"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - prompts are not HTML; `data` fences what others wrote
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "data": data,
        "data_block": data_block,
        "frequency": _FREQUENCIES.__getitem__,
        "moment": _moment,
        "money": _money,
        "number": _number,
        "plain": plain,
    }
    return environment


def _number(value: float) -> str:
    """Write 20.0 as 20 and 4.5 as 4.5."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.10g}"


def _money(amount: float, currency: str | None) -> str:
    """Write whole amounts without decimals and others with two, in front of the currency."""
    written = f"{amount:.0f}" if float(amount).is_integer() else f"{amount:.2f}"
    return f"{written} {currency}" if currency else written


def _moment(time: datetime) -> str:
    """Write a time with its weekday and zone: models guess weekdays wrong."""
    zone = time.strftime("%z")
    offset = "UTC" if zone == "+0000" else f"UTC{zone[:3]}:{zone[3:5]}"
    return f"{_DAYS[time.weekday()]} {time:%Y-%m-%d %H:%M} {offset}"
