"""`copydesk brand`: from a guide to a brand file, and a score."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from copydesk.brand_voice import Brand
from copydesk.cli import main
from copydesk.documents import load
from tests.servers import FaultServer, says
from tests.unit.brand_voice.guides import GUIDE
from tests.unit.brand_voice.test_tone import own


def run(*words: object, said: str | None = None, model: str | None = None) -> Result:
    environment = {"COPYDESK_OPENAI_BASE_URL": model}
    return CliRunner(env=environment).invoke(main, ["brand", *map(str, words)], input=said)


def imported(folder: Path) -> Path:
    out = folder / "brand.yaml"
    samples = folder / "approved.jsonl"
    lines = (json.dumps({"text": text}) for text in own(1, 100))
    samples.write_text("\n".join(lines), encoding="utf-8")
    result = run("import", GUIDE, "--samples", samples, "--out", out)
    assert result.exit_code == 0, result.output
    return out


def test_a_guide_and_samples_become_a_brand_file(tmp_path: Path) -> None:
    """The file loads as a brand with the guide's entries and the samples."""
    brand = load(imported(tmp_path), Brand)

    assert (brand.name, brand.exclamations, len(brand.samples)) == ("Larkfell", "never", 100)
    assert {citation.file for citation in brand.citations} == {"guide.md", "approved.jsonl"}


def test_a_configured_model_reads_along_unless_it_is_told_not_to(tmp_path: Path) -> None:
    """Its entry is cited under its name, one that the guide does not bear out is counted."""
    guide = tmp_path / "guide.md"
    guide.write_text("We shun synergy.", encoding="utf-8")
    entry = {"field": "banned_terms", "value": "synergy", "detail": "", "sentence": 1}
    answer = json.dumps({"entries": [entry, {**entry, "value": "leverage"}]})

    with FaultServer(says(answer)) as server:
        helped = run("import", guide, "--name", "Larkfell", model=server.url)
        alone = run("import", guide, "--name", "Larkfell", "--rules-only", model=server.url)

    assert "found_by: openai:gpt-5-mini" in helped.stdout
    assert "1 entries that the guide bears out, 1 it does not" in helped.stderr
    assert "synergy" not in alone.stdout
    assert len(server.requests) == 1


def test_without_a_place_to_write_the_file_goes_to_standard_output() -> None:
    """What is printed is the file and nothing else; the counts go to standard error."""
    result = run("import", GUIDE)

    assert result.stdout.startswith("name: Larkfell\n")
    assert "none confirmed yet" in result.stderr


def test_entries_are_kept_dropped_and_left_for_later(tmp_path: Path) -> None:
    """Each entry is asked about beside its sentence, and answers are written at once."""
    out = tmp_path / "brand.yaml"
    guide = tmp_path / "guide.md"
    guide.write_text("Avoid *cheap*, *epic* and *must-have*.", encoding="utf-8")
    run("import", guide, "--name", "Larkfell", "--out", out)

    result = run("confirm", out, said="y\nn\ns\n")

    brand = load(out, Brand)
    assert brand.banned_terms == ("cheap", "must-have")
    assert [one.confirmed for one in brand.citations] == [True, False]
    assert "guide.md, line 1" in result.output


def test_all_entries_are_confirmed_at_once(tmp_path: Path) -> None:
    """For a file that was read beside its guide."""
    out = imported(tmp_path)

    result = run("confirm", out, "--all")

    assert "every entry is confirmed" in result.stderr
    assert all(citation.confirmed for citation in load(out, Brand).citations)


def test_copy_is_scored_line_by_line(tmp_path: Path) -> None:
    """The brand's own words score above a stranger's, each under its id."""
    drafts = tmp_path / "drafts.jsonl"
    drafts.write_text(
        '{"id": "ours", "copy": {"body": "It\'s steep up by the ford, so take the other socks."}}\n'
        '{"id": "theirs", "text": "Unlock exclusive savings on premium plans now!"}\n',
        encoding="utf-8",
    )

    result = run("score", drafts, "--brand", imported(tmp_path), "--json")

    ours, theirs = (json.loads(line) for line in result.stdout.splitlines())
    assert (ours["id"], theirs["id"]) == ("ours", "theirs")
    assert ours["tone"]["score"] > 80
    assert theirs["tone"]["score"] < 20


def test_a_brand_without_samples_is_told_how_many_it_needs(tmp_path: Path) -> None:
    """No score is no failure: the answer says why, and the exit status is 0."""
    draft = tmp_path / "draft.md"
    draft.write_text("The path was wet before you got there.", encoding="utf-8")
    bare = tmp_path / "brand.yaml"
    bare.write_text("name: Larkfell\n", encoding="utf-8")

    result = run("score", draft, "--brand", bare, "--json")

    assert result.exit_code == 0
    assert (
        "0 sentences of samples and 60 are needed" in json.loads(result.stdout)["tone"]["abstained"]
    )


def test_a_line_without_text_is_reported_with_its_number(tmp_path: Path) -> None:
    """A bad line ends in a status of 2, as for every file of lines."""
    drafts = tmp_path / "drafts.jsonl"
    drafts.write_text('{"id": "empty"}\n', encoding="utf-8")

    result = run("score", drafts, "--brand", imported(tmp_path))

    assert result.exit_code == 2
    assert "drafts.jsonl:1" in result.stderr
