import re

import pytest

from copydesk import errors
from copydesk.errors import CopydeskError, InputError, Problem, StaleVersion


def all_errors() -> list[type[CopydeskError]]:
    found: list[type[CopydeskError]] = [CopydeskError]
    for cls in found:
        found.extend(cls.__subclasses__())
    return [cls for cls in found if cls.__module__ == "copydesk.errors"]


@pytest.mark.parametrize("cls", all_errors())
def test_every_error_stands_in_the_drawn_tree_with_its_status(cls: type[CopydeskError]) -> None:
    """The tree at the top of the module names each class, and its status where it answers one."""
    line = re.search(rf"^.*\b{cls.__name__}\b(?: +(\d+))?", errors.__doc__ or "", re.MULTILINE)

    assert line is not None
    assert line[1] in {None, str(cls.status)}


def test_the_docstring_is_the_message() -> None:
    """An error raised without words says what its documentation says."""
    assert StaleVersion().message == (
        "The item changed since you read it: read it again, then decide."
    )
    assert StaleVersion.slug() == "stale-version"


def test_an_input_error_lists_every_problem() -> None:
    """Each problem is one line with its place."""
    error = InputError([Problem("offer.value", "-1", "must be above 0", "b.yaml", 3)])

    assert str(error) == "b.yaml:3: offer.value: must be above 0 (it holds -1)"
