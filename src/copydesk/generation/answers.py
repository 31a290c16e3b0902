"""What a model is asked to answer with, and reading what it did answer, whatever it promised."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from copydesk.documents import problems_of
from copydesk.errors import InvalidDraft
from copydesk.generation.model import Draft, DraftRequest
from copydesk.generation.questions import Form
from copydesk.prompts import Prompt

ANGLES = ("benefit", "question", "news", "curiosity", "proof", "deadline", "personal")
LENGTHS: Mapping[str, tuple[int, int]] = {
    "subject": (10, 90),
    "preheader": (20, 120),
    "body": (60, 900),
}
"""Fewest and most characters of a text that is written token by token. They are wider than the
prompt's limits, so that the check and not the schema speaks of those, and close enough that a
rambling model comes to its end."""

BESIDES = 250
"""Tokens of a variant beside its texts: names of fields, signs, ids of facts."""
TOKENS_A_CHARACTER = 2
"""More than any tokenizer takes on average, whatever the script."""

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FENCED = re.compile(r"^```(?:json)?[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


class Answer(BaseModel):
    """The object around the variants; what else a server puts beside them is passed over."""

    model_config = ConfigDict(extra="ignore")

    variants: list[Any] = Field(min_length=1)


def answer_schema() -> dict[str, Any]:
    """Return the JSON schema of an answer, in the subset that strict structured output takes.

    It is the same for every request, so that providers compile it once. Lengths and the number
    of variants are not part of the subset: `read_drafts` sees to them.
    """
    fields = Draft.model_json_schema()["properties"]
    return closed({"variants": {"type": "array", "items": closed(_plain_types(fields))}})


def bounded_schema(request: DraftRequest) -> dict[str, Any]:
    """Return the schema with its bounds, for a decoder that holds output to them.

    It asks for exactly `request.n` variants, angles from the prompt's list, facts by their ids.
    """
    return _bounded(request, request.n, ANGLES)


def variant_schemas(request: DraftRequest) -> list[dict[str, Any]]:
    """Return one schema for each variant, of an answer with that one alone, its angle decided.

    So variants can be written side by side and still differ. Angles that the brief gives nothing
    for, as a deadline without an end, are passed over. What is led by the name has its tag.
    """
    angles = _angles_for(request)
    turns = itertools.islice(itertools.cycle(angles), request.n)
    return [_bounded(request, 1, (angle,)) for angle in turns]


def longest_answer(schema: Mapping[str, Any]) -> int:
    """Return the most tokens that an answer of a bounded schema takes: memory is planned by it."""
    characters = sum(most for _, most in LENGTHS.values())
    variants: int = schema["properties"]["variants"]["maxItems"]
    return variants * (characters * TOKENS_A_CHARACTER + BESIDES)


def _angles_for(request: DraftRequest) -> list[str]:
    brief, offer = request.brief, request.brief.offer
    ends = offer is not None and offer.ends is not None and offer.holds_at(brief.send_at)
    barred = {"proof": not brief.facts, "deadline": not ends}
    return [angle for angle in ANGLES if not barred.get(angle)]


def _bounded(request: DraftRequest, count: int, angles: Sequence[str]) -> dict[str, Any]:
    schema = answer_schema()
    variants = schema["properties"]["variants"]
    variants |= {"minItems": count, "maxItems": count}
    fields = variants["items"]["properties"]
    fields["angle"]["enum"] = list(angles)
    for name, (fewest, most) in LENGTHS.items():
        fields[name]["pattern"] = _text_pattern(fewest, most, lines=name == "body")
    if list(angles) == ["personal"]:
        fields["subject"]["pattern"] = _with_tag(LENGTHS["subject"][1])
    ids = [fact.id for fact in request.brief.facts]
    fields["facts"] |= {"maxItems": min(len(ids), 3)}
    if ids:
        fields["facts"]["items"]["enum"] = ids
    return schema


def messages(prompt: Prompt, *, system_role: bool = True) -> list[dict[str, str]]:
    """Return the prompt as chat messages; without a system role it leads the user's message."""
    if not system_role:
        return [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": prompt.user},
    ]


def read_drafts(text: str, request: DraftRequest) -> tuple[Draft, ...]:
    """Return the valid drafts in a model's answer: at least one, at most `request.n`.

    An invalid draft among valid ones is left out. Rewrites answer to drafts by their order: all
    must be there, and from the first invalid one on they are left out. Ids of facts that the
    brief does not have are taken off, so that no draft cites what is not there.

    Raises:
        InvalidDraft: the answer is not one JSON object of this shape, or no draft in it is valid.
    """
    items = _variants(json_in(text))
    if request.repairs and len(items) != request.n:
        raise InvalidDraft(f"{request.n} rewrites were asked for and {len(items)} came back")
    read = [_draft(item, request) for item in items]
    valid = _valid(read, in_order=bool(request.repairs))
    if not valid:
        first = next(result for result in read if isinstance(result, str))
        raise InvalidDraft(f"none of {len(items)} drafts fits the schema; the first: {first}")
    return valid[: request.n]


def _valid(read: Sequence[Draft | str], *, in_order: bool) -> tuple[Draft, ...]:
    kept = takewhile(lambda result: isinstance(result, Draft), read) if in_order else read
    return tuple(result for result in kept if isinstance(result, Draft))


def _draft(item: object, request: DraftRequest) -> Draft | str:
    """Return the draft, or in words why it is none."""
    try:
        draft = Draft.model_validate(item)
    except ValidationError as error:
        return "; ".join(str(problem) for problem in problems_of(error, Draft))
    for slot, text in draft.copy_.slots():
        if hidden := _control_character(str(text)):
            return f"{slot}: it holds the control character U+{ord(hidden):04X}"
    known = {fact.id for fact in request.brief.facts}
    return draft.model_copy(update={"facts": [name for name in draft.facts if name in known]})


def _control_character(text: str) -> str | None:
    """Return the first one that no text field can store or show, as NUL; line breaks may pass."""
    found = _CONTROL.search(text)
    return found[0] if found else None


def _variants(data: object) -> list[Any]:
    try:
        return Answer.model_validate(data).variants
    except ValidationError as error:
        problems = "; ".join(str(problem) for problem in problems_of(error, Answer))
        raise InvalidDraft(f"the answer does not fit the schema: {problems}") from error


def json_in(text: str) -> object:
    """Return the JSON that the text is, or that its one fenced block holds.

    Raises:
        InvalidDraft: it is neither.
    """
    said = _THOUGHTS.sub("", text).strip()
    if not said:
        raise InvalidDraft("the answer is empty")
    try:
        return from_json(said)
    except ValueError as error:
        blocks = _FENCED.findall(said)
        if len(blocks) != 1:
            raise InvalidDraft(
                f"the answer is not JSON: {error}; it begins {said[:60]!r}"
            ) from error
    try:
        return from_json(blocks[0])
    except ValueError as error:
        raise InvalidDraft(f"the fenced block in the answer is not JSON: {error}") from error


def _text_pattern(fewest: int, most: int, *, lines: bool) -> str:
    """Return a pattern of text without control characters that begins with something to see."""
    further = r"(?:[^\x00-\x1f\x7f-\x9f]|\n)" if lines else r"[^\x00-\x1f\x7f-\x9f]"
    return rf"^[^\x00-\x20\x7f-\xa0]{further}{{{fewest - 1},{most - 1}}}$"


def _with_tag(most: int) -> str:
    """Return a pattern of a line in which the tag of the first name stands, early as names do."""
    first, further = r"[^\x00-\x20\x7f-\xa0{}]", r"[^\x00-\x1f\x7f-\x9f{}]"
    tag = r'\{\{ first_name \| fallback: "there" \}\}'
    return rf"^(?:{first}{further}{{0,18}} )?{tag}{further}{{5,{most - 40}}}$"


def _plain_types(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {key: field[key] for key in ("type", "items") if key in field}
        for name, field in fields.items()
    }


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


ANSWER_FORM = Form("copy", answer_schema())
