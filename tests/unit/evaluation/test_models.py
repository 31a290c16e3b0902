"""The names of models in an evaluation."""

from __future__ import annotations

from copydesk.evaluation import short_names


def test_paths_are_shown_by_their_last_part() -> None:
    """A folder's name tells the model; where it stands on a disk is nobody's business."""
    names = ["phrasebook", "openai:org/model", "local:/models/tiny", "scripted:a/b.yaml"]

    assert list(short_names(names).values()) == [
        "phrasebook",
        "openai:org/model",
        "local:tiny",
        "scripted:b.yaml",
    ]


def test_paths_that_end_alike_are_shown_whole() -> None:
    """Two models never share a name."""
    names = ["local:/old/tiny", "local:/new/tiny"]

    assert list(short_names(names).values()) == names
