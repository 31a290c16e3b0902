from pathlib import Path

import pytest

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load, parse, parse_json_line
from copydesk.errors import InputError

WRONG = """\
goal: Sell shoes
kind: promo
sector: apparel
jurisdictions: [US]
locale: en-US
send_at: 2026-03-07
product:
  name: Shoe
  prize: 98
facts:
  - id: drop
    text: 6 mm drop
  - id: drop
    txt: again
"""


def problems(text: str) -> dict[str, str]:
    with pytest.raises(InputError) as raised:
        parse(text, Brief, "brief.yaml")
    return {problem.field: str(problem) for problem in raised.value.problems}


def test_a_wrong_value_is_named_with_its_file_line_and_what_would_be_right() -> None:
    """A kind that does not exist is answered with file, line, what it holds and the kinds."""
    found = problems(WRONG)["kind"]

    assert found.startswith("brief.yaml:2: kind: ")
    assert "'promo'" in found
    assert "'promotion'" in found


def test_an_unknown_field_is_answered_with_the_nearest_known_one() -> None:
    """A misspelt field asks whether the right one was meant, on its own line."""
    found = problems(WRONG)

    assert found["product.prize"].startswith("brief.yaml:9: product.prize: no such field")
    assert "did you mean `price`?" in found["product.prize"]
    assert found["facts[1].txt"].startswith("brief.yaml:14: facts[1].txt")


def test_a_missing_field_points_at_the_document_that_lacks_it() -> None:
    """A required field that is missing is named at the line of what it should be in."""
    assert problems(WRONG)["facts[1].text"] == (
        "brief.yaml:13: facts[1].text: this field is required"
    )


def test_a_time_without_a_zone_is_refused_with_an_example() -> None:
    """Dates stay text in YAML, so that a missing zone can be asked for."""
    assert "give the time with its zone, as 2026-03-07T09:00:00Z" in problems(WRONG)["send_at"]


@pytest.mark.parametrize("text", ["goal: [", "a: b: c", "\tgoal: x"])
def test_what_is_not_yaml_is_said_with_its_line(text: str) -> None:
    """Broken YAML is an input error with the line where it breaks."""
    with pytest.raises(InputError, match=r"brief\.yaml:1: this is not valid YAML"):
        parse(text, Brief, "brief.yaml")


def test_the_words_yes_and_no_stay_words() -> None:
    """Only true and false are booleans, as in YAML 1.2: Norway keeps its code."""
    with pytest.raises(InputError) as raised:
        parse("locale: no", Brief)
    locale = next(p for p in raised.value.problems if p.field == "goal")

    assert locale.remedy == "this field is required"
    assert "locale" not in {problem.field for problem in raised.value.problems}


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    """A missing file is reported with its name and no traceback."""
    with pytest.raises(InputError, match="name a file that exists"):
        load(tmp_path / "nowhere.yaml", Brief)


def test_a_file_in_another_encoding_is_an_input_error(tmp_path: Path) -> None:
    """A file that is not UTF-8 asks to be saved as UTF-8."""
    file = tmp_path / "brief.yaml"
    file.write_bytes("goal: Frühling".encode("latin-1"))

    with pytest.raises(InputError, match="save it as UTF-8"):
        load(file, Brief)


def test_a_bad_line_of_json_is_named_by_its_number() -> None:
    """A line of a JSONL file that is not JSON is named by file and line."""
    with pytest.raises(InputError, match=r"copy\.jsonl:7: write one JSON object a line"):
        parse_json_line("{goal: x}", Brief, "copy.jsonl", 7)


def test_a_key_given_twice_is_refused_with_its_line() -> None:
    """YAML would keep the last in silence: half of what was written would be lost."""
    twice = WRONG.replace("sector: apparel", "sector: apparel\nkind: welcome")

    assert str(problems(twice)["kind"]) == "brief.yaml:4: kind: given twice: keep one of the two"


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[" * 100_000 + "]" * 100_000, "at most 32 deep"),
        ("{" * 5_000, "at most 32 deep"),
        ("- " * 5_000 + "x", "at most 32 deep"),
        ("goal: &a [*a]", "`*a` stands for what it is part of"),
        (BOMB, "aliases may stand for 10,000 values at most"),
    ],
)
def test_a_document_that_is_made_to_exhaust_its_reader_is_refused(text: str, remedy: str) -> None:
    """Deep nesting would end the process; aliases of aliases would keep it for hours."""
    assert remedy in problems(text)[""]


def test_an_alias_stands_for_what_was_written_once() -> None:
    """Where it stands for little, as in documents that people write."""
    text = "name: &name Northpeak\nvoice: [plain, *name]\n"

    assert parse(text, Brand).voice == ("plain", "Northpeak")
