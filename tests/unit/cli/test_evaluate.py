"""`copydesk eval`: models and prompts side by side."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from copydesk.cli import main
from copydesk.evaluation import Evaluation

OUTDOOR = Path(__file__).parents[3] / "examples" / "outdoor"
SCRIPT = """
repeat: true
answers:
  - drafts:
      - angle: news
        subject: Your boots can be resoled
        preheader: Our workshop takes them in
        body: "Read the care guide: https://larkfell.example/care"
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["eval", str(OUTDOOR), *arguments])


def test_models_are_compared_in_a_table_and_on_a_page(tmp_path: Path) -> None:
    """A row for each model, a table on the terminal, and a page where one was asked for."""
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT)
    written = tmp_path / "eval.html"

    table = run("--models", f"scripted:{script}", "-n", "1", "--html", str(written))
    told = run("--models", f"scripted:{script}", "-n", "1", "--json")

    evaluation = Evaluation.model_validate_json(told.stdout)
    assert "accepted after checks" in table.stdout
    assert "Your boots can be resoled" in written.read_text()
    assert [row.prompt for row in evaluation.rows] == ["v1"]
    assert len(evaluation.results) == 4


def test_unknown_prompt_version_is_refused() -> None:
    """A version that was never released is an error that lists those that were."""
    ran = run("--prompts", "v1,v99")

    assert ran.exit_code == 2
    assert "no prompt version v99: choose among v1" in ran.stderr


def test_the_phrase_book_takes_part_once() -> None:
    """It reads no prompt, so further versions of the prompts would only repeat it."""
    told = run("--models", "phrasebook", "--prompts", "v1,v2", "-n", "1", "--json")

    (row,) = Evaluation.model_validate_json(told.stdout).rows
    assert (row.entrant, row.prompt) == ("phrasebook", "reads no prompt")


def test_versions_of_the_prompts_are_judged_and_recorded(tmp_path: Path) -> None:
    """A model that writes the same by both versions is a tie, on the terminal and in the record."""
    script, written = tmp_path / "script.yaml", tmp_path / "record.md"
    script.write_text(SCRIPT)

    models = ("--models", f"scripted:{script}", "--prompts", "v1,v2", "-n", "1")
    table = run(*models, "--record", str(written))

    tie = "v2 beside v1 with scripted:script.yaml: no better, and ties stay with v1."
    assert tie in " ".join(table.stdout.split())
    assert tie in written.read_text()


def test_entrants_that_do_not_fit_beside_each_other_get_a_table_of_their_own(
    tmp_path: Path,
) -> None:
    """Nothing is cut off at the edge of a narrow terminal."""
    names = [f"scripted:{tmp_path / name}.yaml" for name in ("ash", "birch", "cedar", "elm")]
    for name in names:
        Path(name.removeprefix("scripted:")).write_text(SCRIPT)

    table = run("--models", ",".join(names), "-n", "1").stdout

    assert table.count("accepted after checks") == 2
    assert table.count("scripted:") == 4
    assert max(map(len, table.splitlines())) <= 80
