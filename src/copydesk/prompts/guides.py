"""The prompt that asks a model what a style guide teaches, sentence by numbered sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from copydesk.brand_voice.guides.lessons import said
from copydesk.brand_voice.guides.passages import Sentence
from copydesk.prompts.build import templates
from copydesk.prompts.prompt import Prompt

GUIDE_PROMPT = "guide.v1"


@dataclass
class _Section:
    heading: str
    sentences: list[tuple[int, str]] = field(default_factory=list)


def guide_prompt(sentences: Sequence[Sentence]) -> Prompt:
    """Return the prompt about these sentences, numbered from one."""
    parts: list[_Section] = []
    for number, sentence in enumerate(sentences, start=1):
        heading = " / ".join(sentence.headings)
        if not parts or parts[-1].heading != heading:
            parts.append(_Section(heading))
        parts[-1].sentences.append((number, said(sentence)))
    user = templates().get_template("guide_user.v1.jinja")
    return Prompt(name=GUIDE_PROMPT, system=_system(), user=user.render(parts=parts))


@cache
def _system() -> str:
    return templates().get_template("guide_system.v1.jinja").render()
