"""What an evaluation is run on: briefs of a folder, and models by name."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, rmtree

import pytest

from copydesk.errors import InputError, ModelMisconfigured
from copydesk.evaluation import named_model, read_cases, read_examples
from copydesk.generation.build import ModelChoice

OUTDOOR = Path(__file__).parents[3] / "examples" / "outdoor"


def test_every_brief_is_written_for_every_audience() -> None:
    """A folder's cases are its briefs times its audiences, named for their files."""
    cases = read_cases(OUTDOOR, n=4, seed=7)

    assert [case.name for case in cases] == [
        "boot-care, lapsed-walkers",
        "boot-care, paused-members",
        "spring-boots, lapsed-walkers",
        "spring-boots, paused-members",
    ]
    assert {(case.request.n, case.request.seed) for case in cases} == {(4, 7)}


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """What is wrong in any file of the folder is reported, not the first file's alone."""
    (tmp_path / "brand.yaml").write_text("voice: [plain]\n")
    (tmp_path / "briefs").mkdir()
    (tmp_path / "briefs" / "one.yaml").write_text("goal: Sell\n")

    with pytest.raises(InputError) as refused:
        read_cases(tmp_path, n=1)

    told = str(refused.value)
    assert "brand.yaml" in told
    assert "one.yaml" in told


def test_folder_without_briefs_is_refused(tmp_path: Path) -> None:
    """A folder that holds a brand alone has nothing to evaluate."""
    (tmp_path / "brand.yaml").write_text("name: Larkfell\n")

    with pytest.raises(InputError, match="no briefs"):
        read_cases(tmp_path, n=1)


def test_models_go_by_their_names(tmp_path: Path) -> None:
    """A model is named with what it needs, and nothing stands in for it."""
    script = tmp_path / "script.yaml"
    script.write_text("answers: [{error: invalid-draft, message: no}]\n")
    choice = ModelChoice(openai_base_url="http://127.0.0.1:9/v1")

    names = {
        name: named_model(name, choice).name
        for name in ("phrasebook", "openai", "openai:tiny", f"scripted:{script}")
    }

    assert list(names.values()) == ["phrasebook", "openai:gpt-5-mini", "openai:tiny", "scripted"]


@pytest.mark.parametrize("name", ["gpt", "local:", "scripted:", ""])
def test_unknown_model_names_those_there_are(name: str) -> None:
    """A name that is no model's is refused with the ways to name one."""
    with pytest.raises(InputError, match="choose among phrasebook, openai"):
        named_model(name, ModelChoice())


def test_hosted_model_needs_a_server() -> None:
    """Asking for a hosted model without key or address fails before anything is written."""
    with pytest.raises(ModelMisconfigured):
        named_model("openai", ModelChoice())


def test_approved_copy_of_the_folder_is_read_with_its_brief(tmp_path: Path) -> None:
    """A folder's approved copy names the brief that it was written for; a wrong name is refused."""
    folder = tmp_path / "outdoor"
    copytree(OUTDOOR, folder)
    rmtree(folder / "approved")
    assert read_examples(folder) == []
    (folder / "approved").mkdir()
    file = folder / "approved" / "one.yaml"

    file.write_text("{brief: boot-care, copy: {subject: Dry boots slowly}}")
    read = read_examples(folder)
    file.write_text("{brief: sock-care, copy: {subject: Dry socks}}")

    assert [(one.brand, one.brief.goal) for one in read] == [
        ("Larkfell", "Help new owners look after their boots")
    ]
    with pytest.raises(InputError, match=r"sock-care\.yaml"):
        read_examples(folder)
