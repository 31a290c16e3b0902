"""Prints the exact version of every distribution that Copydesk and its `dev` extra need.

Run by `make pins`; requirements given as arguments take the place of `copydesk[dev]`. Build labels
such as `+cpu` are left out: they name a machine, not a version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOTS = ("copydesk[dev]",)
HEADER = "# Versions that the tests ran with; written by `make pins`."


def main() -> None:
    """Print the pins, sorted by name."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for root in sys.argv[1:] or ROOTS:
        _walk(Requirement(root), found, seen)
    found.pop("copydesk")
    lines = [HEADER, *(f"{name}=={version}" for name, version in sorted(found.items()))]
    sys.stdout.write("\n".join(lines) + "\n")


def _walk(needed: Requirement, found: dict[str, str], seen: set[tuple[str, str]]) -> None:
    name = canonicalize_name(needed.name)
    for extra in {"", *needed.extras}:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = distribution(name).version.partition("+")[0]
        for further in _requirements(name, extra):
            _walk(further, found, seen)


def _requirements(name: str, extra: str) -> Iterator[Requirement]:
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


if __name__ == "__main__":
    main()
