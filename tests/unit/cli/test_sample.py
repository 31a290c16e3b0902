"""`copydesk example`: a request to send, or files to start from."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from copydesk import documents
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.cli import main
from copydesk.generations import GenerationRequest


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["example", *arguments])


def test_example_is_a_request_of_the_api() -> None:
    """An example is printed as the body of a request, for either audience."""
    everyone = GenerationRequest.model_validate_json(run("bank").stdout)
    sensitive = GenerationRequest.model_validate_json(
        run("bank", "--sensitive", "--campaign", "care", "-n", "2").stdout
    )

    assert not everyone.audience.sensitive
    assert sensitive.audience.sensitive
    assert (sensitive.campaign, sensitive.n) == ("care", 2)


def test_example_is_written_as_files(tmp_path: Path) -> None:
    """With --to the documents are written as YAML that reads back as the same."""
    folder = tmp_path / "mine"

    ran = run("pharmacy", "--to", str(folder))

    asked = GenerationRequest.model_validate_json(run("pharmacy").stdout)
    assert ran.exit_code == 0
    assert documents.load(folder / "brief.yaml", Brief) == asked.brief
    assert documents.load(folder / "brand.yaml", Brand) == asked.brand
    assert documents.load(folder / "audience.yaml", Audience) == asked.audience


def test_files_that_are_there_are_left_alone(tmp_path: Path) -> None:
    """A file that is there already is an error, and stays as it is."""
    (tmp_path / "brief.yaml").write_text("mine")

    ran = run("--to", str(tmp_path))

    assert ran.exit_code == 2
    assert (tmp_path / "brief.yaml").read_text() == "mine"
    assert not (tmp_path / "brand.yaml").exists()


def test_unknown_example_is_refused() -> None:
    """An example that does not exist is an error that lists those that do."""
    ran = run("bakery")

    assert ran.exit_code == 2
    assert "bank, outdoor, pharmacy" in ran.stderr


def test_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """A folder that cannot be made is named in one plain line."""
    (tmp_path / "file").write_text("")

    ran = run("--to", str(tmp_path / "file" / "folder"))

    assert ran.exit_code == 1
    assert ran.stderr == f"{tmp_path}/file/folder: Not a directory\n"
