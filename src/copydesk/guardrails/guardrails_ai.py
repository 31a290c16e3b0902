"""Validators of guardrails-ai as checks: optional, and silent to the outside.

A validator is called as it is, not through the framework's `Guard`: that keeps every text in a
history, traces calls, and takes hundreds of times as long.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.unavailable import EngineUnavailable
from copydesk.guardrails.validators import ValidatorSettings
from copydesk.variants import Slot

PREFIX = "guardrails-ai:"
"""In front of a validator's name among the guards of the settings."""
PACKAGE_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
EXTRA_REMEDY = "not installed: pip install 'copydesk[guardrails-ai]'"

_WHY = "A validator that this desk chose to use objects to the text."


class ValidatorGuard:
    """Runs one validator on every slot that is not blank; it is made once."""

    def __init__(self, name: str, validator: Any, settings: ValidatorSettings) -> None:  # noqa: ANN401 - guardrails-ai may be absent
        self.name = f"{PREFIX}{name}"
        self._validator = validator
        self._settings = settings
        self._rule = f"guardrails_ai.{name.replace('-', '_')}"

    @classmethod
    def load(cls, name: str, settings: ValidatorSettings | None = None) -> ValidatorGuard:
        """Make the validator of the package `guardrails-ai-NAME`.

        Raises:
            EngineUnavailable: the framework or the package is not installed, the package holds not
                exactly one validator, or its arguments do not fit.
        """
        settings = settings or ValidatorSettings()
        if not PACKAGE_NAME.fullmatch(name):
            raise EngineUnavailable(f"{PREFIX}{name}", "this is no name of a validator")
        try:
            keep_quiet()
            kind = _validator_class(name)
        except ImportError as error:
            raise EngineUnavailable(f"{PREFIX}{name}", _missing(name, error)) from error
        try:
            return cls(name, kind(**settings.arguments, on_fail="noop"), settings)
        except Exception as error:  # a validator's own code: whatever it raises, it cannot run
            state = f"it cannot be made: {type(error).__name__}: {error}"
            raise EngineUnavailable(f"{PREFIX}{name}", state) from error

    def check(self, submission: Submission) -> Iterator[Finding]:
        """Yield a finding for each span that the validator objects to. Raises what it raises."""
        for slot, text in submission.copy.slots():
            source = str(text)
            if source.strip():
                result = self._validator.validate(source, dict(self._settings.metadata))
                if result.outcome != "pass":
                    yield from self._findings(slot, source, result)

    def _findings(self, slot: Slot, source: str, result: Any) -> Iterator[Finding]:  # noqa: ANN401 - as above
        spans = _within(source, [(span.start, span.end) for span in result.error_spans or ()])
        fixes = suggestions(source, spans, result.fix_value)
        reasons = {(span.start, span.end): span.reason for span in result.error_spans or ()}
        for (start, end), fix in zip(spans or [(0, len(source))], fixes, strict=True):
            yield Finding(
                rule=self._rule,
                category=self._settings.category or self._rule,
                severity=Severity(self._settings.severity),
                slot=slot,
                start=start,
                end=end,
                match=source[start:end],
                message=reasons.get((start, end)) or result.error_message,
                why=_WHY,
                suggestion=fix,
            )


def suggestions(
    source: str, spans: Sequence[tuple[int, int]], fixed: object
) -> Sequence[str | None]:
    """Return what a fixed text has in place of each span; one None where there are no spans.

    A fix that touches anything outside the spans gives no suggestion: several validators answer
    with another text altogether.
    """
    nothing: list[str | None] = [None] * max(1, len(spans))
    bounds = [0, *(place for span in spans for place in span), len(source)]
    if not spans or not isinstance(fixed, str) or bounds != sorted(bounds):
        return nothing
    kept = [source[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    found = re.fullmatch("(.*?)".join(map(re.escape, kept)), fixed, re.DOTALL)
    return found.groups() if found else nothing


def keep_quiet() -> None:
    """Switch off the telemetry of guardrails-ai, which is on by default, before it begins.

    Its documented switch alone leaves the exporter's thread running, so the part that makes the
    exporter is taken out. Raises ImportError where guardrails-ai is not installed.
    """
    from guardrails.settings import settings
    from guardrails.utils.hub_telemetry_utils import HubTelemetry

    HubTelemetry.initialize_tracer = _no_tracer
    HubTelemetry()._enabled = False  # noqa: SLF001 - the one that may be there already
    settings.disable_tracing = True
    settings.rc.enable_metrics = False
    settings.rc.use_remote_inferencing = False


def _no_tracer(*_: object, **__: object) -> None:
    """Stand in for the method that makes the exporter."""


def _validator_class(name: str) -> Any:  # noqa: ANN401 - as above
    from guardrails.validator_base import Validator

    module = importlib.import_module(f"guardrails_ai.{name.replace('-', '_')}")
    exported = [getattr(module, one) for one in getattr(module, "__all__", dir(module))]
    kinds = [one for one in exported if isinstance(one, type) and issubclass(one, Validator)]
    kinds = [kind for kind in kinds if kind is not Validator]
    if len(kinds) != 1:
        found = ", ".join(kind.__name__ for kind in kinds) or "none"
        state = f"one validator was expected in {module.__name__}: {found}"
        raise EngineUnavailable(f"{PREFIX}{name}", state)
    return kinds[0]


def _missing(name: str, error: ImportError) -> str:
    if error.name == "guardrails":
        return EXTRA_REMEDY
    package = f"guardrails-ai-{name.replace('_', '-')}"
    return f"not installed: pip install {package} ({error})"


def _within(source: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, cut to the text; some validators count past its end."""
    ends = ((max(0, start), min(end, len(source))) for start, end in spans)
    return sorted({(start, end) for start, end in ends if start < end})
