"""A language model as one more reader: it costs money, so it is off until settings name it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from copydesk.errors import GenerationError
from copydesk.generation.questions import Answerer
from copydesk.guardrails.findings import Finding
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.judging import judge_form, read_rulings
from copydesk.guardrails.limits import late
from copydesk.guardrails.rulings import RememberedRulings, Ruling, Rulings
from copydesk.guardrails.unavailable import EngineUnavailable, unavailable
from copydesk.prompts import Prompt, judge_prompt
from copydesk.prompts.judging import JUDGE_PROMPT

TOGETHER_AT_MOST = 10
"""Variants in one call: more make the answer long, and the last ones judged in a hurry."""


class JudgeGuard:
    """Says what a language model finds wrong, with words of the copy for every fault.

    A model is asked ahead, for all variants at once, by `consider`; `check` gives out what it
    said, and asks nobody. The judge only ever adds findings: it cannot excuse what a rule found.
    """

    name = "judge"

    def __init__(
        self,
        answerer: Answerer,
        rulings: Rulings | None = None,
        timeout_s: float | None = None,
    ) -> None:
        self.state = f"{answerer.name}, policy {JUDGE_PROMPT}"
        self._answerer = answerer
        self._timeout_s = timeout_s
        self._rulings = rulings or RememberedRulings()
        self._in_doubt = RememberedRulings()
        """Kept apart: they are good for one check, and asked about again by the next."""
        self._form = judge_form()

    async def consider(self, submissions: Sequence[Submission]) -> None:
        """Ask the model about what it has not judged yet. Does not raise for its failures."""
        new = {key: one for one in submissions if self._rulings.get(key := self._key(one)) is None}
        await asyncio.gather(*(self._judge(batch) for batch in _batches(new)))

    def check(self, submission: Submission) -> Iterator[Finding]:
        """Yield what was found when the copy was considered.

        Raises:
            EngineUnavailable: it was not considered.
        """
        key = self._key(submission)
        ruling = self._rulings.get(key) or self._in_doubt.get(key)
        if ruling is None:
            raise EngineUnavailable(self.name, "nobody asked it about this copy on these facts")
        yield from ruling.findings
        if ruling.doubt is not None:
            yield unavailable(self.name, ruling.doubt)

    async def aclose(self) -> None:
        """Let go of the connections of the running event loop."""
        await self._answerer.aclose()

    async def _judge(self, batch: dict[str, Submission]) -> None:
        asked = list(batch.values())
        try:
            async with asyncio.timeout(self._timeout_s):
                said = await self._answerer.answer(_prompt(asked), self._form)
            rulings = read_rulings(said, asked)
        except GenerationError as error:
            rulings = [Ruling(doubt=error.message)] * len(asked)
        except TimeoutError:
            rulings = [Ruling(doubt=late(self._timeout_s or 0))] * len(asked)
        for key, ruling in zip(batch, rulings, strict=True):
            kept = self._rulings if ruling.doubt is None else self._in_doubt
            kept.put(key, ruling)

    def _key(self, submission: Submission) -> str:
        """Return a hash of all that decides a ruling: policy, brief, brand, copy, and who judges.

        The copy is in it a second time, as it is: a prompt shows it without invisible characters.
        """
        seen = (self._answerer.name, _prompt([submission]).sha256, submission.copy.fingerprint)
        return hashlib.sha256("\x00".join(seen).encode()).hexdigest()


def _prompt(submissions: Sequence[Submission]) -> Prompt:
    first = submissions[0]
    copies = [submission.copy for submission in submissions]
    return judge_prompt(copies, first.brief, first.brand, sensitive=_sensitive(first))


def _sensitive(submission: Submission) -> bool:
    return submission.audience is not None and submission.audience.sensitive


def _batches(submissions: dict[str, Submission]) -> Iterator[dict[str, Submission]]:
    """Yield what can be asked about in one call: the same brief, brand and care."""
    groups: dict[str, dict[str, Submission]] = {}
    for key, one in submissions.items():
        groups.setdefault(_facts(one), {})[key] = one
    for group in groups.values():
        left = iter(group.items())
        while batch := dict(islice(left, TOGETHER_AT_MOST)):
            yield batch


def _facts(submission: Submission) -> str:
    written = [
        noun.model_dump_json() if noun else "" for noun in (submission.brief, submission.brand)
    ]
    return "\x00".join((*written, str(_sensitive(submission))))
