"""Checks: findings with spans into the copy, from rules written as data."""

from copydesk.guardrails.findings import Binding, Checked, Finding, Severity, Verdict
from copydesk.guardrails.guard import Guard, Submission

__all__ = ["Binding", "Checked", "Finding", "Guard", "Severity", "Submission", "Verdict"]
