"""A model trained on experiments of one's own: from a file to a ranker that uses it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("scipy")
from copydesk.cli import main
from copydesk.errors import InputError
from copydesk.ranking import RankRequest
from copydesk.ranking.build import READER, ModelFiles, build_ranker
from copydesk.ranking.reader import LineReader
from copydesk.ranking.training.plain import train

HEADER = "clickability_test_id,headline,impressions,clicks"
WORDS = ("river", "lantern", "harvest", "marble", "engine", "velvet", "compass", "orchard")


def experiments(folder: Path, tests: int) -> Path:
    """Write invented experiments in which lines about harvests win and those about engines lose."""
    pick = random.Random(1)
    rows = [
        f"t{test},{word} story number {test} told by {pick.choice(WORDS)},3000,"
        f"{60 + 40 * (word == 'harvest') - 30 * (word == 'engine') + pick.randint(-5, 5)}"
        for test in range(tests)
        for word in ("harvest", "engine", "river")
    ]
    file = folder / "experiments.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return file


def test_experiments_become_a_model_that_ranks(tmp_path: Path) -> None:
    """The command writes a directory, says how good it is, and the ranker of it has learned."""
    out = tmp_path / "model"
    ran = CliRunner().invoke(
        main, ["ranker", "train", str(experiments(tmp_path, 110)), "--out", str(out)]
    )
    assert ran.exit_code == 0, ran.output
    assert "330 arms of 110 stories" in ran.stderr
    assert "all: " in ran.stdout

    ranker = build_ranker("learned", ModelFiles(out))
    lines = {"engine": "engine story told by velvet", "harvest": "harvest story told by velvet"}
    candidates = [{"id": name, "copy": {"subject": line}} for name, line in lines.items()]
    ranking = ranker.rank(RankRequest.model_validate({"candidates": candidates}))
    assert [one.id for one in ranking.ranking] == ["harvest", "engine"]
    assert ranker.name != build_ranker("learned", ModelFiles()).name


def test_too_few_experiments_are_refused(tmp_path: Path) -> None:
    """Ten tests cannot tell how good a model is, and nothing is written."""
    file = experiments(tmp_path, 10)
    with pytest.raises(InputError, match="10 stories with at least two lines each are too few"):
        train([file], tmp_path / "model", LineReader.load(), b"", print)

    assert not (tmp_path / "model" / READER).exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("headline,impressions\nOne,3\n", "needs the columns clickability_test_id"),
        (f"{HEADER}\nt1,One,many,3\n", "cannot be read"),
        ("", "are too few"),
    ],
)
def test_a_file_that_holds_no_experiments_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """What is missing or wrong is said with the file's name, not as a traceback."""
    file = tmp_path / "wrong.csv"
    file.write_text(text, encoding="utf-8")

    ran = CliRunner().invoke(main, ["ranker", "train", str(file), "--out", str(tmp_path / "m")])

    assert ran.exit_code == 2
    assert "wrong.csv" in ran.stderr
    assert told in ran.stderr
