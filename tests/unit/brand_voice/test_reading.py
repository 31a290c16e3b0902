"""Reading guides: every sentence with its place, whatever the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.brand_voice.guides.brand_file import build
from copydesk.brand_voice.guides.learning import learn
from copydesk.brand_voice.guides.reading import read_blocks, read_guide
from copydesk.brand_voice.guides.samples import read_samples
from copydesk.errors import InputError
from tests.unit.brand_voice.guides import HTML, read, write_docx, write_pdf


def test_a_sentence_of_markdown_knows_its_line_and_headings() -> None:
    """The second line of a paragraph is the line that its sentence is cited with."""
    found = read("# Guide\n\n## Voice\n\nBe plain.\nWe are warm.\n")

    assert [(s.text, s.place, s.headings) for s in found[2:]] == [
        ("Be plain.", "line 5", ("Guide", "Voice")),
        ("We are warm.", "line 6", ("Guide", "Voice")),
    ]


def test_front_matter_gives_a_title_and_moves_no_line() -> None:
    """YAML in front of a page is not read as rules, and lines are counted through it."""
    found = read("---\ntitle: Voice\nbanned: Never use cheap.\n---\n\nBe plain.\n")

    assert [(s.text, s.place) for s in found] == [("Voice", "line 2"), ("Be plain.", "line 6")]


def test_abbreviations_end_no_sentence() -> None:
    """A full stop after e.g. or Inc. is no end."""
    found = read("Use symbols, e.g. The ampersand, in names of Larkfell Inc. Products only.")

    assert len(found) == 1


def test_words_set_apart_are_marked_and_the_citation_is_plain() -> None:
    """Italics, code and quotation marks all set a word apart; the citation shows none of markup."""
    [sentence] = read('Avoid *epic*, `cheap` and "must-have".')

    assert sentence.tagged == "Avoid «epic», «cheap» and «must-have»."
    assert sentence.text == 'Avoid epic, cheap and "must-have".'


def test_html_is_read_without_its_navigation(tmp_path: Path) -> None:
    """Lists, tables and words in italics of a page teach; its menu and styles do not."""
    path = tmp_path / "guide.html"
    path.write_text(HTML, encoding="utf-8")
    brand = build(learn(read_guide(path)), "Northpeak").brand

    assert brand.banned_terms == ("cheap", "crush it")
    assert brand.preferred_terms == {"customers": "runners"}
    assert [pair.do for pair in brand.pairs] == ["The trail is wet."]
    assert brand.citations[-1].place == "line 11"


def test_word_documents_are_cited_by_paragraph(tmp_path: Path) -> None:
    """Headings and lists of a Word document are known by their styles."""
    brand = build(learn(read_guide(write_docx(tmp_path / "guide.docx"))), "Northpeak").brand

    assert (brand.banned_terms, brand.exclamations, brand.mechanics.oxford_comma) == (
        ("cheap",),
        "never",
        True,
    )
    assert {citation.place for citation in brand.citations} == {"paragraph 3", "paragraph 5"}


def test_pdf_files_are_cited_by_page_and_line(tmp_path: Path) -> None:
    """Larger letters are headings, hyphens items, and a sentence goes on over a line's end."""
    brand = build(learn(read_guide(write_pdf(tmp_path / "guide.pdf"))), "Northpeak").brand

    assert (brand.banned_terms, brand.exclamations, brand.mechanics.oxford_comma) == (
        ("cheap",),
        "never",
        True,
    )
    assert "page 1, line 6" in {citation.place for citation in brand.citations}


@pytest.mark.parametrize("name", ["guide.pdf", "guide.docx"])
def test_a_broken_file_is_bad_input_that_names_the_file(tmp_path: Path, name: str) -> None:
    """What a parser cannot open is told with the file, not with a traceback."""
    path = tmp_path / name
    path.write_bytes(b"this is neither")

    with pytest.raises(InputError, match=rf"{name}: .*save it again"):
        read_blocks(path)


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read(tmp_path: Path) -> None:
    """The remedy lists what a guide may be saved as."""
    with pytest.raises(InputError, match=r"save it as one of .*\.docx"):
        read_blocks(tmp_path / "guide.pages")


def test_a_guide_without_words_is_refused(tmp_path: Path) -> None:
    """A scan holds no text, and the error says what to do."""
    path = tmp_path / "guide.md"
    path.write_text("\n\n", encoding="utf-8")

    with pytest.raises(InputError, match="text recognition"):
        read_blocks(path)


def test_samples_are_read_from_lines_of_copy_and_from_tables(tmp_path: Path) -> None:
    """Slots of copy, texts and a column of a CSV are samples; labels of a word or two are not."""
    lines = tmp_path / "approved.jsonl"
    lines.write_text(
        '{"copy": {"subject": "Mud season", "body": "The mud is back and so are we."}}\n'
        '{"text": "Good boots make rain the path\'s problem."}\n',
        encoding="utf-8",
    )
    table = tmp_path / "approved.csv"
    table.write_text("id,description\n1,The upper has another thousand miles.\n", encoding="utf-8")

    found = [lesson for path in (lines, table) for lesson in read_samples(path)]

    assert [(lesson.value, lesson.sentence.place) for lesson in found] == [
        ("The mud is back and so are we.", "line 1"),
        ("Good boots make rain the path's problem.", "line 2"),
        ("The upper has another thousand miles.", "row 1"),
    ]
