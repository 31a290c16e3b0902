"""`copydesk check` and `copydesk rank` on files of lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main
from copydesk.cli.ranked import TOGETHER
from tests.factories import BRAND, BRIEF, COPY

GOOD: dict[str, Any] = {"id": "good", "brief": BRIEF, "brand": BRAND, "copy": COPY}
BAD: dict[str, Any] = {**GOOD, "id": "bad", "copy": {**COPY, "subject": "50% off trail shoes"}}
CANDIDATES: dict[str, Any] = {
    "id": "two",
    "candidates": [
        {"id": "b", "copy": {"subject": "NEWS!!!"}},
        {"id": "a", "copy": {"subject": "Ready for the muddy season?"}},
    ],
}


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def lines_in(folder: Path, *lines: dict[str, Any] | str) -> str:
    file = folder / "lines.jsonl"
    written = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    return str(file)


def answers(ran: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_each_line_is_answered(tmp_path: Path) -> None:
    """Each line of copy gets a line with its id, verdict and findings, in order."""
    ran = run("check", lines_in(tmp_path, GOOD, BAD))

    good, bad = answers(ran)
    assert ran.exit_code == 0
    assert (good["id"], bad["id"]) == ("good", "bad")
    assert bad["verdict"] == "block"
    assert [f["match"] for f in bad["findings"] if f["severity"] == "block"]
    assert good["verdict"] == "pass"


def test_standard_input_is_read() -> None:
    """`-` reads standard input, with a byte order mark and empty lines passed over."""
    ran = run("check", "-", stdin=f"\ufeff{json.dumps(GOOD)}\n\n{json.dumps({'copy': COPY})}\n")

    assert [answer["id"] for answer in answers(ran)] == ["good", "3"]


def test_labels_are_refused_and_passed_over_when_lenient(tmp_path: Path) -> None:
    """A field that is not known is an error with file and line, and passed over with --lenient."""
    file = lines_in(tmp_path, {**GOOD, "expect": "pass"})

    strict, lenient = run("check", file), run("check", file, "--lenient")

    assert strict.exit_code == 2
    assert f"{file}:1: expect: no such field" in strict.stderr
    assert lenient.exit_code == 0
    assert [answer["id"] for answer in answers(lenient)] == ["good"]


def test_lenient_passes_over_labels_of_the_line_alone(tmp_path: Path) -> None:
    """A field inside the brief that is not known is an error, lenient or not."""
    file = lines_in(tmp_path, {**GOOD, "brief": {**BRIEF, "goall": "x"}})

    assert "brief.goall" in run("check", file, "--lenient").stderr


@pytest.mark.parametrize("line", ["{", "[1]", '{"copy": 3}', '{"id": "x"}', "\udcff"])
def test_bad_line_does_not_stop_the_rest(tmp_path: Path, line: str) -> None:
    """A line that does not fit is reported with file and number; the rest goes on; exit 2."""
    file = tmp_path / "lines.jsonl"
    text = f"{json.dumps(GOOD)}\n{line}\n{json.dumps(BAD)}\n"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    ran = run("check", str(file))

    assert ran.exit_code == 2
    assert f"{file}:2: " in ran.stderr
    assert [answer["id"] for answer in answers(ran)] == ["good", "bad"]


def test_missing_file_is_named() -> None:
    """A file that is not there is an error of input that names it, without a traceback."""
    ran = run("check", "nowhere.jsonl")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("nowhere.jsonl: ")
    assert "Traceback" not in ran.output


@pytest.mark.parametrize(
    ("fail_on", "status"), [("block", 1), ("review", 1), (None, 0)], ids=["block", "review", "not"]
)
def test_verdicts_can_fail_a_build(tmp_path: Path, fail_on: str | None, status: int) -> None:
    """With --fail-on, a verdict as bad or worse gives the exit status 1."""
    options = ["--fail-on", fail_on] if fail_on else []

    assert run("check", lines_in(tmp_path, BAD), *options).exit_code == status


def test_candidates_are_ranked(tmp_path: Path) -> None:
    """Each line of candidates gets a line with all of them, best first."""
    ran = run("rank", lines_in(tmp_path, CANDIDATES))

    (answer,) = answers(ran)
    assert answer["id"] == "two"
    scores = {scored["id"]: scored["score"] for scored in answer["ranking"]}
    assert scores.keys() == {"a", "b"}
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert set(answer["ranking"][0]) == {"id", "score", "low", "high", "breakdown"}


def test_the_ranker_can_be_named(tmp_path: Path) -> None:
    """The learned ranker tells what an average line has; the transparent one adds up its rules."""
    told = {}
    for name in ("learned", "transparent"):
        (answer,) = answers(run("rank", lines_in(tmp_path, CANDIDATES), "--ranker", name))
        told[name] = {part["name"] for part in answer["ranking"][0]["breakdown"]}

    assert {"average", "subject.wording", "body"} <= told["learned"]
    assert "early_meaning" in told["transparent"]


def test_no_candidates_is_an_error(tmp_path: Path) -> None:
    """A line without candidates is reported, and the others are ranked."""
    file = lines_in(tmp_path, {"id": "none", "candidates": []}, CANDIDATES)

    ran = run("rank", file)

    assert ran.exit_code == 2
    assert f"{file}:1: candidates: " in ran.stderr
    assert [answer["id"] for answer in answers(ran)] == ["two"]


def test_a_check_says_what_each_claim_rests_on(tmp_path: Path) -> None:
    """With --bindings each answer lists the claims of the copy, and without it does not."""
    file = lines_in(tmp_path, GOOD)
    (plain,), (bound,) = answers(run("check", file)), answers(run("check", file, "--bindings"))

    assert "bindings" not in plain
    assert {"20% off": ["offer.value"], "6 mm": ["facts.drop"]}.items() <= {
        one["match"]: one["rests_on"] for one in bound["bindings"]
    }.items()


def test_several_processes_answer_as_one_does(tmp_path: Path) -> None:
    """A long file ranked by two processes gives the same lines in the same order, and one error."""
    subjects = [f"What {n} bakers found in the attic" for n in range(TOGETHER + 5)]
    requests = [
        {"id": str(n), "candidates": [{"id": "a", "copy": {"subject": subject}}]}
        for n, subject in enumerate(subjects)
    ]
    file = lines_in(tmp_path, *requests, "{")

    alone, spread = (run("rank", file, "--workers", workers) for workers in ("1", "2"))

    assert spread.stdout == alone.stdout
    assert [answer["id"] for answer in answers(spread)] == [each["id"] for each in requests]
    assert spread.stderr == alone.stderr
    assert f"{file}:{len(requests) + 1}: " in spread.stderr
    assert spread.exit_code == alone.exit_code == 2


def test_copy_of_a_tool_is_checked_in_its_own_dialect(tmp_path: Path) -> None:
    """--dialect reads every line as that tool's copy, unless the line names another."""
    plain = {"preheader": "Mud is coming soon", "body": "Ready for it?"}
    braze = {"id": "a", "copy": {**plain, "subject": "Hi there {{${first_name}}}"}}
    mailchimp = {"id": "b", "copy": {**plain, "subject": "Hi there *|FNAME|*"}}
    mailchimp["dialect"] = "mailchimp"
    bad = {"id": "c", "copy": {**plain, "subject": "{% x %}"}}
    ran = run("check", lines_in(tmp_path, braze, mailchimp, bad), "--dialect", "braze")

    matches = [[f["match"] for f in one["findings"]] for one in answers(ran)]
    assert matches == [["{{${first_name}}}"], ["*|FNAME|*"]]
    assert ":3: copy.subject, line 1, column 1: this is code of Braze" in ran.stderr
    assert ran.exit_code == 2
