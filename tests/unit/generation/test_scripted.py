from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from copydesk.errors import InputError, InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation import ScriptedModel
from tests.unit.generation.samples import a_draft, a_request

SCRIPT = """\
answers:
  - drafts:
      - angle: news
        subject: Mud season is open
        preheader: Ridgeline is back in every size
        body: The mud is back. So is the Ridgeline.
        facts: [drop]
  - error: model-unavailable
    message: down for repair
"""


def test_answers_come_in_order() -> None:
    """Each request gets the next answer of the script, cut to the number asked for."""
    model = ScriptedModel([[a_draft(), a_draft(angle="news")], ModelUnavailable("busy")])
    request = a_request(n=1)

    assert asyncio.run(model.draft(request)).drafts == (a_draft(),)
    with pytest.raises(ModelUnavailable, match="busy"):
        asyncio.run(model.draft(request))
    assert model.requests == [request, request]


def test_a_script_that_runs_out_says_so() -> None:
    """One request more than the script holds is an error that counts both."""
    with pytest.raises(ModelMisconfigured, match="holds 0 answers and this is request 1"):
        asyncio.run(ScriptedModel([]).draft(a_request()))


def test_a_function_is_a_script() -> None:
    """A function answers from the request."""
    model = ScriptedModel(lambda request: [a_draft(subject=f"Seed {request.seed}")])

    assert asyncio.run(model.draft(a_request())).drafts[0].subject == "Seed 7"


def test_an_empty_answer_is_no_draft() -> None:
    """An answer without drafts breaks the protocol, so it is an invalid draft."""
    with pytest.raises(InvalidDraft):
        asyncio.run(ScriptedModel([[]]).draft(a_request()))


def test_a_file_is_a_script(tmp_path: Path) -> None:
    """Drafts and failures are read from YAML and played in order."""
    file = tmp_path / "script.yaml"
    file.write_text(SCRIPT)
    model = ScriptedModel.from_file(file)

    assert asyncio.run(model.draft(a_request())).drafts[0].facts == ["drop"]
    with pytest.raises(ModelUnavailable, match="down for repair"):
        asyncio.run(model.draft(a_request()))


def test_a_demonstration_never_runs_out(tmp_path: Path) -> None:
    """With `repeat` the script begins again after its last answer."""
    file = tmp_path / "script.yaml"
    file.write_text(SCRIPT.partition("  - error")[0] + "repeat: true\n")
    model = ScriptedModel.from_file(file)
    subjects = [asyncio.run(model.draft(a_request())).drafts[0].subject for _ in range(3)]

    assert subjects == ["Mud season is open"] * 3


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("answers: []\n", "answers"),
        ("answers:\n  - error: nonsense\n", r"script.yaml:2: answers\[0\].error"),
        ("answers:\n  - {}\n", "either `drafts` or an `error`"),
        ("answers:\n  - drafts:\n      - angle: news\n", "subject: this field is required"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, written: str, said: str) -> None:
    """What is wrong with a script file is said with its place."""
    file = tmp_path / "script.yaml"
    file.write_text(written)

    with pytest.raises(InputError, match=said):
        ScriptedModel.from_file(file)
