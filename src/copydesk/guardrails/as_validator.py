"""Copydesk's checks as a validator of guardrails-ai, for pipelines that are built on it.

from copydesk.guardrails.as_validator import copydesk_check

CopydeskCheck = copydesk_check()
guard = Guard().use(CopydeskCheck(brief=brief, slot="subject", on_fail="noop"))
"""

from __future__ import annotations

from functools import cache
from typing import Any

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.guardrails_ai import keep_quiet
from copydesk.guardrails.repair import apply_suggestions
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.variants import Copy, Slot, Text

ALIAS = "copydesk/check"
"""Name that guardrails-ai registers the validator under."""
GRAVE = (Severity.BLOCK, Severity.REVIEW)


class SlotCheck:
    """Checks the text of one slot; without guardrails-ai, and what its validator does its work by.

    The other slots are taken as blank, and what is said about them is left out.
    """

    def __init__(
        self,
        *,
        slot: Slot | str = Slot.BODY,
        brief: Brief | None = None,
        brand: Brand | None = None,
        audience: Audience | None = None,
        checker: Checker | None = None,
    ) -> None:
        self._slot = Slot(slot)
        self._facts = (brief, brand, audience)
        self._checker = checker or build_checker()

    def findings(self, text: str) -> list[Finding]:
        """Return what asks for a person or worse, guards that could not take part included."""
        submission = Submission(self._copy(text), *self._facts)
        found = self._checker.check_now(submission).findings
        return [
            one
            for one in found
            if one.severity in GRAVE and (one.slot is self._slot or one.category == UNAVAILABLE)
        ]

    def fixed(self, text: str, findings: list[Finding]) -> str | None:
        """Return the text with every suggestion put in, or None where nothing is suggested."""
        changed = apply_suggestions(self._copy(text), findings)
        return str(changed[self._slot]) if changed else None

    def _copy(self, text: str) -> Copy:
        return Copy.model_validate({self._slot.value: Text(text)})


@cache
def copydesk_check() -> Any:  # noqa: ANN401 - a class that exists only where guardrails-ai does
    """Return the validator class `CopydeskCheck`, registered as `copydesk/check`.

    It is made with `slot`, `brief`, `brand`, `audience` and `checker` as `SlotCheck`, and with
    `on_fail`. A failure has an error span for each finding, and as its fix value the text with
    all suggestions put in, None where there is none. Telemetry is switched off.

    Raises:
        ImportError: guardrails-ai is not installed.
    """
    keep_quiet()
    from guardrails.validator_base import Validator, register_validator

    def made(self: Any, on_fail: Any = None, **given: Any) -> None:  # noqa: ANN401 - as above
        Validator.__init__(self, on_fail=on_fail)
        self._check = SlotCheck(**given)

    def validated(self: Any, value: Any, _: object = None) -> Any:  # noqa: ANN401 - as above
        return _result(self._check, str(value))

    body = {"__init__": made, "_validate": validated, "__doc__": SlotCheck.__doc__}
    return register_validator(name=ALIAS, data_type="string")(
        type("CopydeskCheck", (Validator,), body)
    )


def _result(check: SlotCheck, text: str) -> Any:  # noqa: ANN401 - as above
    from guardrails_ai.types import ErrorSpan, FailResult, PassResult

    findings = check.findings(text)
    if not findings:
        return PassResult()
    return FailResult(
        error_message=" ".join(finding.message for finding in findings),
        error_spans=[
            ErrorSpan(start=one.start, end=one.end, reason=f"{one.rule}: {one.message}")
            for one in findings
        ],
        fix_value=check.fixed(text, findings),
    )
