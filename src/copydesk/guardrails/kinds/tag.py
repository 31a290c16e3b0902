"""Rules about merge tags: names that are not known, tags without a fallback, broken braces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import MergeTag, Node, Slot

LONGEST_LINK = 300
"""Characters before a tag that are looked through for the beginning of an address."""
_IN_LINK = re.compile(r"(?:https?://|www\.)[^\s]*\Z", re.IGNORECASE)
_BROKEN = re.compile(r"\{\{[^{}\n]{0,80}\}{0,2}|[^\s{}]{0,40}\s?\}\}")


class TagRule(RuleBase):
    """Flags a merge tag that nobody knows, has no fallback, is broken, or stands in an address."""

    kind: Literal["tag"]
    problem: Literal["unknown", "no_fallback", "broken", "in_link"]
    known: tuple[str, ...] = ()
    """Names that every campaign tool can fill; the audience's own fields are known too."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks at every tag, and at the words between them."""
        del lists

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                text = case.submission.copy[slot]
                for node, start in zip(text.nodes, text.starts, strict=True):
                    yield from self._problems(case, slot, node, start)

        return find

    def _problems(self, case: Case, slot: Slot, node: Node, start: int) -> Iterator[Hit]:
        if isinstance(node, MergeTag):
            source = str(case.submission.copy[slot])
            if self._is_wrong(node, case, source[max(0, start - LONGEST_LINK) : start]):
                end = source.index("}}", start) + 2
                yield Hit(slot, start, end, None, {"name": node.name})
        elif self.problem == "broken" and ("{{" in node.text or "}}" in node.text):
            for found in _BROKEN.finditer(node.text):
                yield Hit(slot, start + found.start(), start + found.end())

    def _is_wrong(self, tag: MergeTag, case: Case, before: str) -> bool:
        if self.problem == "in_link":
            return _IN_LINK.search(before) is not None
        if self.problem == "no_fallback":
            return not (tag.fallback or "").strip()
        audience = case.submission.audience
        own = audience.fields if audience else {}
        return self.problem == "unknown" and tag.name not in self.known and tag.name not in own
