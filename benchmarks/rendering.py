"""What it costs to put a recipient's values into approved copy.

    python -m benchmarks.rendering [--renders 1000]

Processor time of one call of the service, without HTTP: a pull of copy as it was approved, a render
with a first name that was seen before, and one with a name that is new, whose copy is checked.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from tests.unit.api.office import Office
from tests.unit.api.test_serving import approved

from copydesk.access import Actor, Role
from copydesk.publishing import PullQuery

TOOL = Actor("mailer", frozenset({Role.PULLER}))
PULL = PullQuery("spring", "reader-1")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure renders.")
    parser.add_argument("--renders", type=int, default=1_000)
    times = parser.parse_args().renders
    office = Office.opened()
    office.let_in()
    with office.client:
        approved(office)
        tell(office, times)


def tell(office: Office, times: int) -> None:
    """Measure each in turn, and print it."""
    serving = office.desk.serving

    def render(name: str) -> None:
        said = serving.render(PULL, {"first_name": name}, TOOL)
        assert said.fallbacks == (), name

    render("Ada")
    each: dict[str, Callable[[int], object]] = {
        "pull": lambda _: serving.pull(PULL, TOOL),
        "render, a value seen before": lambda _: render("Ada"),
        "render, a new value": lambda number: render(a_name(number)),
    }
    for what, once in each.items():
        began = time.process_time()
        for number in range(times):
            once(number)
        print(f"{what:<28}{(time.process_time() - began) / times * 1_000:>8.2f} ms")


def a_name(number: int) -> str:
    """Return a name of letters that no other number has."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:06d}")
    return f"Ko{letters}"


if __name__ == "__main__":
    main()
