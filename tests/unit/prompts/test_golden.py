from __future__ import annotations

import pytest

from tests.unit.prompts.cases import GOLDEN, PROMPTS, whole


@pytest.mark.parametrize("name", PROMPTS)
def test_a_released_prompt_never_changes(name: str) -> None:
    """The whole text of a prompt is what its golden file says; a new wording is a new version."""
    written = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")

    assert written == whole(PROMPTS[name]())


def test_every_golden_file_has_its_prompt() -> None:
    """No golden file is left behind that nothing is compared with."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(PROMPTS)
