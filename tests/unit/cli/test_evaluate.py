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
