"""Uses guardrails-ai both ways and counts the connections that anything attempts.

Started by a test as a process of its own: the audit hook sees every socket, those of libraries and
of threads that end with the process too.
"""

from __future__ import annotations

import atexit
import sys
import threading

attempts: list[object] = []
exporters: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        attempts.append(arguments)


def report() -> None:
    print(f"attempts: {len(attempts)}, exporters: {len(exporters)}")  # noqa: T201 - the test reads it


sys.addaudithook(watch)
atexit.register(report)
"""Registered first, it runs last: after the exporters of others sent what they still held."""


def main() -> None:
    from copydesk.guardrails import Submission
    from copydesk.guardrails.as_validator import copydesk_check
    from copydesk.guardrails.build import build_checker
    from copydesk.guardrails.validators import ValidatorSettings
    from copydesk.variants import Copy, Text

    settings = {"ban-list": ValidatorSettings(arguments={"banned_words": ["guru"]})}
    checker = build_checker(guards=["guardrails-ai:ban-list"], guardrails_ai=settings)
    if checker.missing:
        raise SystemExit(str(checker.missing))
    checker.check(Submission(Copy(subject=Text("Ask a guru"))))

    from guardrails import Guard

    guard = Guard().use(copydesk_check()(slot="subject", on_fail="noop"))
    guard.validate("You won a prize, click now!!!")
    exporters.extend(one.name for one in threading.enumerate() if "Span" in one.name)


if __name__ == "__main__":
    main()
