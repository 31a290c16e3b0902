"""Slights of groups of people: how sentences are read in roles, and how they stand to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.errors import InputError
from copydesk.guardrails import Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.normalise import read_plain
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.roles import roles
from copydesk.guardrails.rules import RulesGuard
from tests.factories import a_brief, a_copy

GROUPS = [
    "women",
    "Muslims",
    "old people",
    "disabled people",
    "immigrants",
    "gay men",
    "trans women",
]


def in_roles(text: str) -> str:
    reading = roles().read(read_plain(text))
    return reading.line.strip() if reading else ""


def flagged(text: str) -> list[str]:
    found = RulesGuard(load_packs()).check(Submission(a_copy(body=text), a_brief()))
    return [f.category for f in found if f.category in {"safety.identity", "safety.toxicity"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Those gay people are nothing but parasites.", "+group +is +vermin ."),
        ("We should really get rid of all the foreigners", "we +shall +harm +group"),
        ("Foreigners came. They are vermin.", "+group came . +they +is +vermin ."),
        ("Muslim food for a Muslim like you", "+identity food for +group"),
        ("You women are late. You are vermin.", "+group +is late . +they +is +vermin ."),
        ("They are vermin, they are women.", "+they +is +vermin , +they +is +group ."),
        ("Women love these boots; they are filthy", "+group love these boots , +pronoun +is +vile"),
        ("The white chairs are filthy", "the +identity chairs +is +vile"),
        ("The chairs are filthy", ""),
    ],
)  # fmt: skip
def test_a_sentence_is_read_in_roles(text: str, expected: str) -> None:
    """Who is spoken of and what is said of them is told whatever the words; no group, no roles."""
    assert in_roles(text) == expected


@pytest.mark.parametrize(
    "written", ["1mmigrants", "immigrnts", "imimgrants", "i m m i g r a n t s", "theimmigrants"]
)
def test_misspelt_words_are_mended(written: str) -> None:
    """A group is told with digits for letters, a letter left out, swapped, spaced or joined."""
    assert "+group" in in_roles(f"We saw {written} there")


@pytest.mark.parametrize("word", ["back", "money", "outfit", "invalid", "based", "health", "sake"])
def test_ordinary_words_are_left_as_they_are(word: str) -> None:
    """A word that is close to one of the vocabulary, and is a word itself, is not mended."""
    assert roles().mender.mend(word) == (word,)


@pytest.mark.parametrize("group", GROUPS)
def test_the_name_of_a_group_alone_is_no_finding(group: str) -> None:
    """Copy may name any group, praise it, serve it and defend it."""
    for text in (
        f"Made with {group}, by {group} and for {group}.",
        f"We welcome {group}.",
        f"{group.capitalize()} are brilliant, and {group} deserve respect.",
        f"No one should hate {group}.",
        f"We do not think that {group} are stupid.",
        f"Saying that {group} are vermin is unacceptable.",
        f'"We hate {group}" is what the sign said, and it was removed.',
    ):
        assert flagged(text) == [], text


@pytest.mark.parametrize("group", GROUPS)
def test_contempt_for_a_group_is_a_finding_whichever_it_is(group: str) -> None:
    """No group is guarded better than another."""
    for text in (
        f"{group.capitalize()} are vermin.",
        f"I hate {group}.",
        f"We should deport all {group}.",
        f"{group.capitalize()} do not deserve to live.",
        f"Is it wrong to say that {group} are stupid?",
        f"There is no place for {group} here.",
    ):
        assert "safety.identity" in flagged(text), text


def test_a_finding_underlines_the_slight() -> None:
    """The finding holds the words of the slight, as they were written, and blocks the copy."""
    body = "New chairs. Those 1mmigrants are v3rmin. Oak."
    found = list(RulesGuard(load_packs()).check(Submission(a_copy(body=body), a_brief())))

    assert [(f.match, f.severity) for f in found if f.category == "safety.identity"] == [
        ("Those 1mmigrants are v3rmin", Severity.BLOCK)
    ]


def test_a_phrase_that_could_never_be_found_does_not_load(tmp_path: Path) -> None:
    """A phrase over roles that names a word which is read as a role is refused."""
    file = tmp_path / "house.yaml"
    file.write_text(
        "pack: house\ntitle: House\nversion: 2026-11-20\nrules:\n"
        "  - id: house.slight\n    category: safety.identity\n    kind: slight\n"
        "    phrases: ['+group are vermin']\n    severity: block\n"
        "    message: m\n    why: w\n    must_flag: [a]\n    must_pass: [b]\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"names `vermin`, which is read as `\+vermin`"):
        load_packs([file])
