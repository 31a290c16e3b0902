"""Rules about merge tags: names that are not known, and tags without a fallback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import MergeTag


class TagRule(RuleBase):
    """Flags a merge tag whose name nobody knows, or which has no fallback."""

    kind: Literal["tag"]
    problem: Literal["unknown", "no_fallback"]
    known: tuple[str, ...] = ()
    """Names that every campaign tool can fill; the audience's own fields are known too."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks at every tag."""
        del lists
        wrong = self._is_unknown if self.problem == "unknown" else _has_no_fallback

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                text = case.submission.copy[slot]
                for node, start in zip(text.nodes, text.starts, strict=True):
                    if isinstance(node, MergeTag) and wrong(node, case):
                        end = _end(text.source, start)
                        yield Hit(slot, start, end, None, {"name": node.name})

        return find

    def _is_unknown(self, tag: MergeTag, case: Case) -> bool:
        audience = case.submission.audience
        return tag.name not in self.known and tag.name not in (audience.fields if audience else {})


def _has_no_fallback(tag: MergeTag, case: Case) -> bool:
    del case
    return not (tag.fallback or "").strip()


def _end(source: str, start: int) -> int:
    return source.index("}}", start) + 2
