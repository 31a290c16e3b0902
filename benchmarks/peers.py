"""Times other checks on the texts of a JSON list at standard input: run by `guardrails.py --peers`.

Runs under another Python, which has the packages but not Copydesk. One line of JSON a check:
its name, and the milliseconds of each call, or why it could not run.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable

PATTERN = re.compile(r"guaranteed|risk.free")
ROUNDS = 2


def guardrails_ai() -> Callable[[str], object]:
    os.environ.setdefault("OTEL_SDK_DISABLED", "true")
    from guardrails import Guard
    from guardrails.validator_base import FailResult, PassResult, Validator, register_validator

    @register_validator(name="benchmark/one-regex", data_type="string")
    class OneRegex(Validator):
        def _validate(self, value: str, metadata: dict[str, object]) -> object:
            del metadata
            found = PATTERN.search(value)
            return FailResult(error_message="found") if found else PassResult()

    return Guard().use(OneRegex(on_fail="noop")).validate


def llm_guard() -> Callable[[str], object]:
    from llm_guard.input_scanners import BanSubstrings
    from llm_guard.input_scanners.ban_substrings import MatchType
    from llm_guard.util import configure_logger

    configure_logger("ERROR")  # it would write a line for each text, which takes longer
    return BanSubstrings(["guaranteed", "risk free"], match_type=MatchType.WORD).scan


def proselint() -> Callable[[str], object]:
    from proselint.checks import __register__
    from proselint.registry import CheckRegistry
    from proselint.tools import LintFile

    CheckRegistry().register_many(__register__)
    return lambda text: LintFile(source="text", content=text).lint()


def better_profanity() -> Callable[[str], object]:
    from better_profanity import profanity

    profanity.load_censor_words()
    return profanity.contains_profanity


def main() -> None:
    texts = json.load(sys.stdin)
    for make in (guardrails_ai, llm_guard, proselint, better_profanity):
        try:
            check = make()
            check(texts[0])
            times = [timed(check, text) for _ in range(ROUNDS) for text in texts]
            print(json.dumps([make.__name__, times]), flush=True)
        except Exception as error:  # noqa: BLE001 - one peer that cannot run leaves the others
            print(json.dumps([make.__name__, f"{type(error).__name__}: {error}"]), flush=True)


def timed(check: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    check(text)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
