"""Reading YAML and JSON into nouns, with errors that say what is wrong, where, and the remedy."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from copydesk.errors import InputError, Problem

DEPTH_MAX = 32
"""Our shapes nest six deep. Of what nests deeper by thousands, libyaml runs out of stack, and with
it ends the process."""
BORROWED_MAX = 10_000
"""Values that aliases may stand for: a few lines of aliases of aliases stand for billions."""

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]
LineOf = Callable[[Location], int | None]


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 scalars: dates stay text and only true and false are booleans."""


CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _first, _word in {"t": "true", "T": "True", "f": "false", "F": "False"}.items():
    CoreLoader.yaml_implicit_resolvers.setdefault(_first, []).append(
        ("tag:yaml.org,2002:bool", re.compile(f"^{_word}$"))
    )

_FastLoader = type(
    "_FastLoader",
    (getattr(yaml, "CSafeLoader", yaml.SafeLoader),),
    {"yaml_implicit_resolvers": CoreLoader.yaml_implicit_resolvers},
)
"""The same on libyaml, where it is there: several times faster."""


def load(path: Path, shape: type[M]) -> M:
    """Read one YAML or JSON document from `path` as `shape`.

    Raises:
        InputError: the file cannot be read, is not YAML, or does not fit; every problem with
            its line.
    """
    return parse(read(path), shape, source=str(path))


def read(path: Path) -> str:
    """Return the text of `path`. Raises InputError when it is not there or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem("", "", f"save it as UTF-8 ({error.reason})", str(path))]
        ) from error
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise InputError(
            [Problem("", "", f"{reason}: name a file that exists", str(path))]
        ) from error


def parse(text: str, shape: type[M], source: str | None = None) -> M:
    """Return the YAML or JSON document in `text` as `shape`. Raises InputError."""
    try:
        root, data = _yaml(text)
    except yaml.YAMLError as error:
        raise InputError([_yaml_problem(error, source)]) from error
    repeated = list(_repeated(root, source))
    if repeated:
        raise InputError(repeated)
    return shaped(data, shape, source, lambda location: _line(root, location))


def _repeated(node: yaml.Node | None, source: str | None) -> Iterator[Problem]:
    """Yield the keys given twice: of such, YAML keeps the last in silence."""
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _repeated(one, source)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                yield Problem(name, "", "given twice: keep one of the two", source, line)
            seen.add(name)
            yield from _repeated(value, source)


class _Wild(yaml.YAMLError):
    """A document that is made to exhaust whoever reads it."""

    def __init__(self, problem: str, event: yaml.Event) -> None:
        super().__init__(problem)
        self.problem = problem
        self.problem_mark = event.start_mark


def _must_be_tame(text: str) -> None:
    """Raise _Wild for what nests too deep, stands for too much, or holds itself.

    It goes by the parser's events, one after the other: nothing is built, and nothing recurs.
    """
    sizes: dict[str, int] = {}
    around: list[tuple[str | None, int]] = []
    size = borrowed = 0
    for event in yaml.parse(text, Loader=_FastLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            around.append((event.anchor, size))
            if len(around) > DEPTH_MAX:
                raise _Wild(f"nest lists and mappings at most {DEPTH_MAX} deep", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = around.pop()
            if anchor is not None:
                sizes[anchor] = size - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in {anchor for anchor, _ in around}:
                raise _Wild(f"`*{event.anchor}` stands for what it is part of", event)
            stands_for = sizes.get(str(event.anchor), 0)
            borrowed, size = borrowed + stands_for, size + stands_for
            if borrowed > BORROWED_MAX:
                raise _Wild(f"aliases may stand for {BORROWED_MAX:,} values at most", event)
        size += 1


def _yaml(text: str) -> tuple[yaml.Node | None, object]:
    """Return the tree, which knows lines, and the data. Raises yaml.YAMLError."""
    try:
        _must_be_tame(text)
        return yaml.compose(text, Loader=_FastLoader), yaml.load(text, Loader=_FastLoader)  # noqa: S506 - safe
    except _Wild:
        raise
    except yaml.YAMLError:
        # The loader in Python says more exactly where and what is wrong.
        return yaml.compose(text, Loader=CoreLoader), yaml.load(text, Loader=CoreLoader)  # noqa: S506 - safe


def line_in(text: str) -> LineOf:
    """Return a function that tells the line, from 1, of a place in a YAML document."""
    node, _ = _yaml(text)
    return partial(_line, node)


def parse_json_line(line: str, shape: type[M], source: str, number: int) -> M:
    """Return one line of a JSONL file as `shape`. Raises InputError naming file and line."""
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        remedy = f"write one JSON object a line ({error.msg} at column {error.colno})"
        raise InputError([Problem("", _short(line), remedy, source, number)]) from error
    return shaped(data, shape, source, lambda _: number)


def shaped(
    data: object, shape: type[M], source: str | None = None, line_of: LineOf = lambda _: None
) -> M:
    """Validate plain data as `shape`. Raises InputError with one Problem for each thing wrong."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise InputError(problems_of(error, shape, source, line_of)) from error


def problems_of(
    error: ValidationError,
    shape: type[BaseModel] | None = None,
    source: str | None = None,
    line_of: LineOf = lambda _: None,
) -> list[Problem]:
    """Return what pydantic found wrong, as problems with remedies."""
    return problems_in(error.errors(include_url=False), shape, source, line_of)


def problems_in(
    details: Iterable[Mapping[str, Any]],
    shape: type[BaseModel] | None = None,
    source: str | None = None,
    line_of: LineOf = lambda _: None,
) -> list[Problem]:
    """Return these pydantic error details as problems with remedies."""
    return [
        Problem(
            field=dotted(detail["loc"]),
            holds="" if detail["type"] == "missing" else _short(detail["input"]),
            remedy=_remedy(detail, shape),
            source=source,
            line=line_of(detail["loc"]),
        )
        for detail in details
    ]


def dotted(location: Sequence[int | str]) -> str:
    """Write a location as `offer.value` or `facts[2].id`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _remedy(detail: Mapping[str, Any], shape: type[BaseModel] | None) -> str:
    if detail["type"] == "extra_forbidden":
        return _unknown_field(detail["loc"], shape)
    if detail["type"] == "missing":
        return "this field is required"
    if detail["type"] == "timezone_aware":
        return "give the time with its zone, as 2026-03-07T09:00:00Z"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _unknown_field(location: Location, shape: type[BaseModel] | None) -> str:
    known = _fields_at(shape, location[:-1])
    if not known:
        return "no such field: remove it"
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    if near:
        return f"no such field: did you mean `{near[0]}`?"
    return f"no such field: known ones are {', '.join(known)}"


def _fields_at(shape: type[BaseModel] | None, location: Location) -> list[str]:
    for part in location:
        if shape is None or isinstance(part, int):
            continue
        names = {field.alias or name: field for name, field in shape.model_fields.items()}
        shape = _model_in(names[part].annotation) if part in names else None
    if shape is None:
        return []
    return [field.alias or name for name, field in shape.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(inner) for inner in getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)


def _line(node: yaml.Node | None, location: Location) -> int | None:
    if node is None:
        return None
    line = node.start_mark.line + 1
    for part in location:
        key, child = _child(node, part)
        if child is None:  # the tag of a union, or a field that is not there
            continue
        line, node = (key or child).start_mark.line + 1, child
    return int(line)


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == str(part)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None


def _yaml_problem(error: yaml.YAMLError, source: str | None) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    return Problem(
        "", "", f"this is not valid YAML: {what}", source, mark.line + 1 if mark else None
    )


def _short(value: object, limit: int = 60) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    quoted = repr(text) if isinstance(value, str) else text
    return quoted if len(quoted) <= limit else quoted[: limit - 1] + "…"
