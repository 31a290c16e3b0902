"""What is written: copy as a tree of words and merge tags, a variant of it, and its origin."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import core_schema

from copydesk.briefs import Noun

NEUTRAL_TAG = re.compile(
    r"""\{\{[ \t]*(?P<name>[a-z][a-z0-9_.]{0,63})[ \t]*
        (?:\|[ \t]*fallback:[ \t]*"(?P<fallback>(?:[^"\\\n]|\\["\\]){0,200})"[ \t]*)?\}\}""",
    re.VERBOSE,
)


class Slot(StrEnum):
    """A part of the e-mail that the copy fills."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Words:
    """Literal text."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class MergeTag:
    """A field that the campaign tool fills in, neutral of any tool's syntax."""

    name: str
    fallback: str | None
    """Text for a recipient without this field; None is a finding, never shipped."""

    def __str__(self) -> str:
        if self.fallback is None:
            return "{{ " + self.name + " }}"
        escaped = self.fallback.replace("\\", "\\\\").replace('"', '\\"')
        return "{{ " + self.name + ' | fallback: "' + escaped + '" }}'


Node = Words | MergeTag


class Text:
    """The text of one slot: a sequence of words and merge tags, with the source it was read from.

    Reading never fails: what only looks like a tag (another tool's code, broken braces) stays
    words, for the format guard to find. `str(text)` is the source, code point for code point.
    """

    __slots__ = ("nodes", "source", "starts")

    def __init__(self, source: str = "") -> None:
        self.source = source
        spans = list(_read(source))
        self.nodes: tuple[Node, ...] = tuple(node for _, node in spans)
        self.starts: tuple[int, ...] = tuple(start for start, _ in spans)
        """Where each node begins in `source`, in code points."""

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> Text:
        """Return the text that these nodes write."""
        return cls("".join(str(node) for node in nodes))

    @classmethod
    def literal(cls, words: str) -> Text:
        """Return a text that is these words, also where they look like a merge tag."""
        text = cls()
        text.source = words
        text.nodes, text.starts = ((Words(words),), (0,)) if words else ((), ())
        return text

    @property
    def tags(self) -> tuple[MergeTag, ...]:
        """The merge tags, in order."""
        return tuple(node for node in self.nodes if isinstance(node, MergeTag))

    def render(self, fields: Mapping[str, str] | None = None) -> str:
        """Return what a recipient with these fields reads; a missing or blank field falls back."""
        values = fields or {}
        return "".join(read_as(node, values) for node in self.nodes)

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Text({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def read(value: object, as_string: Callable[[object], str]) -> Text:
            return value if isinstance(value, cls) else cls(as_string(value))

        return core_schema.no_info_wrap_validator_function(
            read, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )


def _read(source: str) -> Iterator[tuple[int, Node]]:
    position = 0
    for found in NEUTRAL_TAG.finditer(source):
        if found.start() > position:
            yield position, Words(source[position : found.start()])
        fallback = found["fallback"]
        if fallback is not None:
            fallback = re.sub(r"\\(.)", r"\1", fallback)
        yield found.start(), MergeTag(found["name"], fallback)
        position = found.end()
    if position < len(source):
        yield position, Words(source[position:])


def read_as(node: Node, values: Mapping[str, str]) -> str:
    """Return what a recipient with these fields reads here."""
    if isinstance(node, Words):
        return node.text
    value = values.get(node.name, "").strip()
    return value or node.fallback or ""


class Copy(Noun):
    """Subject, preheader and body; merge tags neutral, `{{ first_name | fallback: "there" }}`."""

    subject: Text = Text()
    preheader: Text = Text()
    body: Text = Text()

    def __getitem__(self, slot: Slot) -> Text:
        text: Text = getattr(self, slot.value)
        return text

    def slots(self) -> Iterator[tuple[Slot, Text]]:
        """Yield each slot with its text, in the order of an inbox."""
        for slot in Slot:
            yield slot, self[slot]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the three texts: two copies with one fingerprint are the same copy."""
        joined = "\x00".join(str(text) for _, text in self.slots())
        return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


class Usage(Noun):
    """Tokens that a model reported, None where it reported none, and what they cost."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """Of the input, what the provider had in its prompt cache."""
    cost: float | None = None
    """By the operator's price table; None without one."""
    currency: str | None = None
    reused: bool = False
    """True for an answer that was paid for before, and cost nothing now."""


class Attempt(Noun):
    """One try of one model of the chain: a fallback is always visible."""

    model: str
    outcome: Literal["answered", "failed"]
    detail: str = ""
    seconds: float = 0.0


class Provenance(Noun):
    """Where a variant came from: enough to explain it, and to ask for it again."""

    model: str
    """Name of the model that wrote it, as `phrasebook` or `openai:gpt-5-mini`."""
    chosen_because: str
    """Why this model, as `no key and no local model is configured`."""
    attempts: tuple[Attempt, ...] = ()
    prompt: str
    """Template and version, as `draft.v1`."""
    prompt_sha256: str
    examples: str | None = None
    """How many approved copies the prompt showed and by what they were chosen, as `2, nearest by
    runs of 4 letters`; None where it showed none."""
    parameters: dict[str, str | int | float | bool | None] = {}
    angle: str | None = None
    facts_cited: tuple[str, ...] = ()
    usage: Usage = Usage()
    signals_used: tuple[str, ...] = ()
    signals_withheld: dict[str, str] = {}
    """Names of signals that the model never saw, each with the reason."""
    signals_from_history: dict[str, str] = {}
    """Signals that no caller gave: what the recipient's outcomes told of them, by name."""
    generic_because: str | None = None
    """Why nothing known about these people was used, as `consent is withheld`; None where something
    was."""
    repairs: tuple[str, ...] = ()
    """What the repair round did, one line each."""
    engines: dict[str, str] = {}
    """Each check engine with its state, as `toxicity.detoxify: not installed`."""
    ranker: str | None = None
    copydesk_version: str
    created_at: datetime


class Variant(Noun):
    """One piece of copy with its provenance."""

    id: str
    copy_: Copy = Field(alias="copy")
    provenance: Provenance

    @staticmethod
    def id_for(generation_id: str, copy: Copy) -> str:
        """Return the id of this copy in this generation: the same for every retry of a step."""
        digest = hashlib.sha256(f"{generation_id}\x00{copy.fingerprint}".encode()).hexdigest()
        return f"var_{digest[:20]}"
