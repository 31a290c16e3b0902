"""What must stand in a text for an expression to match it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.guardrails.kinds import PatternRule
from copydesk.guardrails.literals import Sieve, lower, needs
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.patterns import bounded

EXPRESSIONS = [
    pattern for rule in load_packs() if isinstance(rule, PatternRule) for pattern in rule.patterns
]
EXAMPLES = [
    text
    for rule in load_packs()
    if isinstance(rule, PatternRule)
    for case in (*rule.must_flag, *rule.must_pass)
    for text in (case.text, case.subject, case.preheader, case.body)
    if text
]


@pytest.mark.parametrize(
    ("expression", "sets"),
    [
        ("built", [("built",)]),
        ("(?:made|built) in [A-Z]", [("built in ", "made in ")]),
        ("[Mm]eet .{1,9} who", [("meet ",), (" who",)]),
        ("(?:un)?like (?:some|most)", [("like most", "like some")]),
        ("x{4,}", [("xxxx",)]),
        ("(?:ha){3}", [("hahaha",)]),
        (r"\bbest\b|\d+ stars", [(" stars", "best")]),
        ("(?:best|[a-z]+)", []),
        ("(?:best)?", []),
        ("on|in", []),
        ("caf\u00c9", [("caf",)]),
        (r"say[s]? [\"\u201c]", [('say "', "say \u201c", 'says "', "says \u201c")]),
    ],
)
def test_the_strings_are_told_of_which_one_must_stand(
    expression: str, sets: list[tuple[str, ...]]
) -> None:
    """Of each set that an expression needs, one string stands in whatever it matches."""
    assert needs(expression) == sets


def test_nothing_that_matches_is_sieved_out() -> None:
    """Every shipped expression that matches an example of a rule is likely to match it."""
    compiled = [bounded(expression) for expression in EXPRESSIONS]
    sieve, met = Sieve(map(needs, EXPRESSIONS)), 0
    for text in [other for one in EXAMPLES for other in (one, one.upper(), one.title())]:
        matching = {(0, n) for n, expression in enumerate(compiled) if expression.search(text)}
        met += len(matching)
        assert matching <= sieve.likely(lower(text))
    assert met > len(EXPRESSIONS)


@given(st.text(alphabet="aiskm\u0130\u0131\u017f\u212a\u03c2\u03a3\ud800 ", max_size=12))
def test_letters_that_only_re_takes_for_ascii_are_not_missed(text: str) -> None:
    """Case is ignored as `re` ignores it, whatever letters the text holds."""
    written = ("kiss", "mask", "is mi", "i\u03c3", "\u03c3k")
    matching = {(0, n) for n, one in enumerate(written) if bounded(one).search(text)}
    assert matching <= Sieve(map(needs, written)).likely(lower(text))


def test_an_expression_that_needs_nothing_is_always_likely() -> None:
    """An expression of which nothing can be told is tried on every text."""
    assert Sieve([needs(r"[a-z]{3}")]).likely("") == {(0, 0)}


def test_strings_must_stand_in_one_part() -> None:
    """A thing is likely only in a part of the text that holds a string of each of its sets."""
    sieve = Sieve([[{"sun", "moon"}, {"rise"}]])
    assert sieve.likely("moonrise. no sun", begins=(0, 8)) == {(0, 0)}
    assert not sieve.likely("sun. rise", begins=(0, 3))
