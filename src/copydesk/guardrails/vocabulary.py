"""The words that claims are made of, read from `claims.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import compile_phrase


class Unit(NamedTuple):
    """A unit of measure: two units of one dimension can be compared by their factors."""

    name: str
    dimension: str
    factor: float


@dataclass(frozen=True)
class Vocabulary:
    """What words mean in claims; every key is a word as a reading has it."""

    units: dict[str, Unit]
    currencies: dict[str, frozenset[str]]
    months: dict[str, int]
    weekdays: dict[str, int]
    weekday_names: frozenset[str]
    numbers: dict[str, int]
    multipliers: dict[str, int]
    ordinals: dict[str, int]
    named_days: dict[tuple[str, ...], int]
    at_least: frozenset[str]
    at_most: frozenset[str]
    about: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of claims."""
    data = _data()
    return Vocabulary(
        units=_units(data["units"]),
        currencies=_currencies(data["currencies"], data["shared_signs"]),
        months=_turned(data["months"]),
        weekdays=_turned(data["weekdays"]),
        weekday_names=frozenset(data["weekday_names"]),
        numbers=data["number_words"],
        multipliers=data["multipliers"],
        ordinals=data["ordinals"],
        named_days={tuple(name.split()): day for name, day in data["named_days"].items()},
        at_least=frozenset(data["at_least"]),
        at_most=frozenset(data["at_most"]),
        about=frozenset(data["about"]),
    )


def phrases_of(name: str) -> tuple[str, ...]:
    """Return one of the lists of phrases in the file, as `says_free`."""
    return tuple(_data()[name])


@cache
def listed(name: str) -> PhraseIndex[None]:
    """Return a list of phrases of the file, as `says_free`, ready to be searched for."""
    return PhraseIndex([(None, compile_phrase(phrase)) for phrase in phrases_of(name)])


@cache
def _data() -> dict[str, Any]:
    file = resources.files("copydesk.guardrails").joinpath("claims.yaml")
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _units(units: dict[str, dict[str, Any]]) -> dict[str, Unit]:
    return {
        word: Unit(name, unit["dimension"], float(unit["factor"]))
        for name, unit in units.items()
        for word in unit["names"]
    }


def _currencies(
    written: dict[str, list[str]], shared: dict[str, list[str]]
) -> dict[str, frozenset[str]]:
    found = {word: frozenset([code]) for code, words in written.items() for word in words}
    return {**found, **{word: frozenset(codes) for word, codes in shared.items()}}


def _turned(table: dict[int, list[str]]) -> dict[str, int]:
    return {word: number for number, words in table.items() for word in words}
