"""Rule packs: files of rules with their cases, and the book that all of them make together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field

from copydesk import documents
from copydesk.briefs import Line, Noun, Slug
from copydesk.errors import InputError, NotFound, Problem
from copydesk.guardrails.conditions import Own, Test, index_of
from copydesk.guardrails.kinds import MeaningRule, PhraseRule, Rule, WordsRule
from copydesk.guardrails.meaning import Meaning
from copydesk.guardrails.overrides import Override, load_overrides, overridden
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import Lists, PhraseError, Phrases, compile_all
from copydesk.guardrails.rule import Find

_SHIPPED = resources.files("copydesk.guardrails").joinpath("packs")


class Pack(Noun):
    """One file of rules."""

    pack: Slug
    title: Line
    version: Line
    """Date of the last look at the law, as 2026-11-20."""
    lists: dict[str, Phrases] = {}
    """Named lists of phrases, for `@name` in the phrases of this pack."""
    rules: tuple[Rule, ...] = Field(min_length=1)


@dataclass(frozen=True)
class ReadyRule:
    """A rule with everything compiled."""

    rule: Rule
    pack: str
    find: Find = field(repr=False)
    applies: Test = field(repr=False)
    lawful: tuple[Test, ...] = field(repr=False)
    exceptions: Own = field(repr=False)


class RuleBook:
    """All rules of all packs, by id; iterating yields the rules in the order of their packs."""

    def __init__(
        self,
        packs: Sequence[tuple[Pack, tuple[ReadyRule, ...]]],
        overrides: Mapping[str, Override] | None = None,
    ) -> None:
        self.packs = tuple(pack for pack, _ in packs)
        self.overrides = dict(overrides or {})
        """What the house decided, by the id of the rule."""
        written = tuple(ready for _, rules in packs for ready in rules)
        self.ready = tuple(self._in_force(written))
        """The rules in force: those that are off are left out."""
        self._by_id = {ready.rule.id: ready for ready in (*written, *self.ready)}
        by_phrase = [ready for ready in self.ready if isinstance(ready.rule, PhraseRule)]
        self.others = tuple(r for r in self.ready if not isinstance(r.rule, PhraseRule))
        """Rules that are not found by phrases: each looks for itself."""
        lists = {pack.pack: pack.lists for pack in self.packs}
        self.phrases: PhraseIndex[ReadyRule] = PhraseIndex(
            (ready, phrase)
            for ready in by_phrase
            for phrase in compile_all(ready.rule.own_phrases, lists[ready.pack])
        )

    def _in_force(self, written: Iterable[ReadyRule]) -> Iterator[ReadyRule]:
        for ready in written:
            rule = overridden(ready.rule, self.overrides.get(ready.rule.id))
            if rule is not None:
                yield ready if rule is ready.rule else replace(ready, rule=rule)

    def __iter__(self) -> Iterator[Rule]:
        return (ready.rule for ready in self.ready)

    def __len__(self) -> int:
        return len(self.ready)

    def explain(self, rule_id: str) -> Rule:
        """Return the rule by that id. Raises NotFound."""
        if rule_id not in self._by_id:
            raise NotFound(f"there is no rule `{rule_id}`: `copydesk rules` lists them")
        return self._by_id[rule_id].rule

    @cached_property
    def contents(self) -> dict[str, Any]:
        """Name, version, size and SHA-256 of each pack, and what the house decided otherwise."""
        packs = [_described(pack) for pack in self.packs]
        decided = {name: one.model_dump(mode="json") for name, one in self.overrides.items()}
        return {"packs": packs, "overrides": decided}

    @cached_property
    def sha256(self) -> str:
        """Hash of all that the rules say, in lower-case hex."""
        return _hash(json.dumps(self.contents, sort_keys=True, separators=(",", ":")))

    @cached_property
    def state(self) -> str:
        """How many packs and rules take part, and what the house set otherwise, in words."""
        packs = "1 pack" if len(self.packs) == 1 else f"{len(self.packs)} packs"
        decided = dict.fromkeys(self.overrides.values())
        changes = [f"house: {one.rule} set to {one.severity}" for one in decided]
        models = [f"meaning: {Meaning.load().state}"] if self._asks_for_meaning else []
        return ", ".join([packs, f"{len(self)} rules", *changes, *models])

    @property
    def _asks_for_meaning(self) -> bool:
        return any(isinstance(rule, MeaningRule) for rule in self)


def _described(pack: Pack) -> dict[str, Any]:
    own = {"pack": pack.pack, "title": pack.title, "version": pack.version}
    return {**own, "rules": len(pack.rules), "sha256": _hash(pack.model_dump_json())}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def load_packs(extra: Sequence[Path] = (), overrides: Path | None = None) -> RuleBook:
    """Return the shipped rules and those of `extra`, files or folders of YAML files.

    `overrides` is a file of what the house decided otherwise than the packs (see `Overrides`).

    Raises:
        InputError: a pack cannot be read, a rule lacks cases, a phrase is not well written, or
            an id is used twice; with file and line; or an override is wrong.
    """
    shipped = _shipped()
    if not extra and overrides is None:
        return shipped[1]
    added = [load_pack(file) for path in extra for file in _files(path)]
    both = [*shipped[0], *added]
    _refuse_twins(both)
    if overrides is None:
        return RuleBook(both)
    rules = (ready.rule for _, every in both for ready in every)
    return RuleBook(both, load_overrides(overrides, rules))


@cache
def _shipped() -> tuple[list[tuple[Pack, tuple[ReadyRule, ...]]], RuleBook]:
    with resources.as_file(_SHIPPED) as folder:
        packs = [load_pack(file) for file in _files(folder)]
    _refuse_twins(packs)
    return packs, RuleBook(packs)


def load_pack(file: Path) -> tuple[Pack, tuple[ReadyRule, ...]]:
    """Return one pack with its rules made ready. Raises InputError with file and line."""
    text = documents.read(file)
    pack = documents.parse(text, Pack, source=str(file))
    ready: list[ReadyRule] = []
    problems: list[Problem] = []
    for rule in pack.rules:
        try:
            ready.append(_ready(rule, pack))
        except PhraseError as error:
            line = _line_of(text, f"id: {rule.id}")
            problems.append(Problem(rule.id, "", str(error), str(file), line))
    if problems:
        raise InputError(problems)
    return pack, tuple(ready)


def _ready(rule: Rule, pack: Pack) -> ReadyRule:
    lists: Lists = pack.lists
    own = index_of(rule.own_phrases, lists)
    exceptions = rule.exceptions if isinstance(rule, PhraseRule | WordsRule) else ()
    return ReadyRule(
        rule=rule,
        pack=pack.pack,
        find=rule.finder(lists),
        applies=rule.when.test(lists, own) if rule.when else lambda _, __: True,
        lawful=tuple(condition.test(lists, own) for condition in rule.unless),
        exceptions=index_of(exceptions, lists),
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.yaml"))
    if not files:
        raise InputError([Problem("", "", "this folder holds no *.yaml rule pack", str(path))])
    return files


def _refuse_twins(packs: Sequence[tuple[Pack, tuple[ReadyRule, ...]]]) -> None:
    seen: dict[str, str] = {}
    problems = []
    for pack, rules in packs:
        for ready in rules:
            if ready.rule.id in seen:
                other = seen[ready.rule.id]
                remedy = f"every rule needs an id of its own: pack `{other}` has this one"
                problems.append(Problem(f"{pack.pack}: id", ready.rule.id, remedy))
            seen[ready.rule.id] = pack.pack
    if problems:
        raise InputError(problems)


def _line_of(text: str, needle: str) -> int | None:
    before, found, _ = text.partition(needle)
    return before.count("\n") + 1 if found else None
