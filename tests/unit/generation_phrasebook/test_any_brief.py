"""Whatever the brief holds, drafts come, and hold their limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Kind, OfferKind, Sector
from copydesk.errors import InvalidDraft
from copydesk.generation.phrasebook import limits
from copydesk.generation.phrasebook.house import House
from copydesk.variants import Text
from tests.unit.generation_phrasebook.asking import answer, figures_in, support, texts

MOMENTS = st.integers(0, 7_000).map(lambda days: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days))
WORDS = st.sampled_from(
    [
        "Ridgeline",
        "shoe",
        "Any",
        "the",
        "Boots,",
        "12",
        "mg",
        "{{",
        "}}",
        "iPhone",
        "\u200b",
        "Æ",
        "°",
    ]
)
LINES = st.one_of(
    st.text(min_size=1, max_size=200), st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
).filter(str.strip)
MONEY = st.one_of(st.none(), st.floats(0, 10**7, allow_nan=False))
FACTS = st.lists(LINES, max_size=6).map(
    lambda said: [{"id": f"f{number}", "text": text} for number, text in enumerate(said)]
)


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Any] | None:
    kind = draw(st.sampled_from(list(OfferKind)))
    starts, ends = sorted([draw(MOMENTS), draw(MOMENTS)])
    return {
        "kind": kind,
        "value": draw(st.floats(0.5, 100)),
        "code": draw(st.one_of(st.none(), st.just("SPRING20"))),
        "starts": draw(st.sampled_from([None, starts])),
        "ends": draw(st.sampled_from([None, ends])),
        "extendable": draw(st.booleans()),
        "conditions": draw(st.one_of(st.none(), LINES)),
        "regular_price": draw(MONEY),
        "lowest_price_30d": draw(MONEY),
    }


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    return Brief.model_validate(
        {
            "goal": "Any",
            "kind": draw(st.sampled_from(list(Kind))),
            "sector": draw(st.sampled_from(get_args(Sector))),
            "jurisdictions": draw(st.sampled_from([["US"], ["UK", "EU"], ["EU"]])),
            "locale": draw(st.sampled_from(["en-US", "en-GB", "de-DE", "zh-Hans-CN", "xx", "en"])),
            "send_at": draw(MOMENTS),
            "product": {"name": draw(LINES), "price": draw(MONEY), "currency": "EUR"},
            "offer": draw(st.one_of(st.none(), offers())),
            "facts": draw(FACTS),
            "links": draw(st.sampled_from([[], ["https://shop.example/a"]])),
            "cta": draw(st.one_of(st.none(), LINES)),
        }
    )


BRANDS = st.builds(
    Brand,
    name=LINES,
    formality=st.sampled_from(["casual", "neutral", "formal"]),
    exclamations=st.sampled_from(["never", "sparing", "free"]),
    emoji=st.sampled_from(["never", "sparing", "free"]),
    banned_terms=st.lists(st.sampled_from(["look", "cheap", "full price", "few"]), max_size=2),
    preferred_terms=st.dictionaries(st.sampled_from(["offer", "note"]), LINES, max_size=1),
    voice=st.lists(st.sampled_from(["warm", "dry humour", "exact", "expert"]), max_size=2),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(brief=briefs(), brand=BRANDS, seed=st.integers(0, 10**6))
def test_any_brief_is_written_within_limits(brief: Brief, brand: Brand, seed: int) -> None:
    """No exception, at least one draft, subjects and preheaders that fit, tags with fallbacks."""
    house = House(brand, (brief.product.name, brand.name))
    written = answer(brief, brand, n=4, seed=seed).drafts

    assert 1 <= len(written) <= 4
    for draft in written:
        assert limits.subject_fits(draft.subject)
        assert limits.preheader_fits(draft.preheader)
        assert "\n" not in draft.subject + draft.preheader
        assert all(tag.fallback for tag in Text(draft.body).tags)
        assert not house.bans(draft.subject.replace(brief.product.name, ""))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(brief=briefs(), brand=BRANDS)
def test_any_figure_stands_in_the_brief(brief: Brief, brand: Brand) -> None:
    """No number is written that the brief does not carry, and `free` only where it is offered."""
    carried = support(brief, brand)
    for written in texts(answer(brief, brand, n=4).drafts):
        assert {figure for figure in figures_in(written) if figure not in carried} == set()
        assert "free" in carried or "free" not in written.casefold() or "bogo" in carried


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(brief=briefs(), banned=st.lists(st.text(min_size=1, max_size=12), max_size=6))
def test_any_ban_is_kept(brief: Brief, banned: list[str]) -> None:
    """Whatever is banned is not written, or the answer is that there are no words left."""
    brand = Brand(name="Northpeak", banned_terms=tuple(term for term in banned if term.strip()))
    house = House(brand, (brief.product.name, brand.name))
    try:
        written = answer(brief, brand, n=3).drafts
    except InvalidDraft:
        return

    assert not any(house.bans(draft.preheader) for draft in written)
