"""Approved copy as rows: what holds at this moment, the same bytes every time, and no formulas."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.audiences import Consent
from copydesk.errors import Conflict
from copydesk.publishing import ApprovedCopy, Campaign, PullQuery, Shelf
from copydesk.publishing.exporting import Export, Stock, left_out_at, row_of, standing_at
from copydesk.publishing.formats import COLUMNS, Format, as_file
from copydesk.publishing.spreadsheets import BEGINS, guarded, plain
from tests.contract.test_experiments import an_experiment
from tests.factories import NOW, a_copy, an_audience
from tests.unit.publishing.campaigns import (
    POLICY,
    a_campaign,
    approved,
    key_of,
    shelf,
    with_fallback,
)

CAMPAIGN = with_fallback(a_campaign())
ENDED = NOW + timedelta(days=7)


def exported(campaign: Campaign, *copies: ApprovedCopy) -> Export:
    found = standing_at(Stock(shelf(campaign, *copies)), NOW)
    rows = tuple(row_of(one, "neutral") for one in found)
    return Export(campaign=campaign.id, dialect="neutral", rows=rows)


def ids(campaign: Campaign, *copies: ApprovedCopy, at: timedelta = timedelta()) -> list[str]:
    return [one.approved.id for one in standing_at(Stock(shelf(campaign, *copies)), NOW + at)]


def test_what_a_pull_can_choose_is_what_is_exported() -> None:
    """Every copy that some recipient is served is there, and nothing else, fallback last."""
    copies = [approved(CAMPAIGN, name) for name in ("var_b", "var_a")]
    served = shelf(CAMPAIGN, *copies)
    pulled = {served.choose(PullQuery("spring", f"r{i}"), NOW).approved for i in range(50)}

    assert ids(CAMPAIGN, *copies) == ["var_a", "var_b", "fallback"]
    assert {copy.id for copy in pulled if copy} == {"var_a", "var_b"}


def test_void_copy_and_copy_of_an_ended_offer_are_left_out_with_the_reason() -> None:
    """Neither is a row; the file's reader is told of both."""
    void = approved(CAMPAIGN, "var_b", approval_hash="f" * 64)
    both = Stock(shelf(CAMPAIGN, approved(CAMPAIGN, "var_a"), void))

    assert [one.approved.id for one in standing_at(both, ENDED)] == ["fallback"]
    assert left_out_at(both, ENDED) == (
        "var_b for lapsed-runners: its approval is void",
        "var_a for lapsed-runners: the offer has ended",
    )


def test_who_objected_gets_no_row_of_their_own() -> None:
    """Copy for one person who objected to it stays in the house."""
    anna = an_audience(id="anna", recipient="anna-1", consent=Consent.OBJECTED)
    campaign = a_campaign(anna)
    hers = approved(campaign, "var_a", "anna")

    assert ids(campaign, hers) == []
    assert "object" in left_out_at(Stock(shelf(campaign, hers)), NOW)[0]


def test_who_objected_by_what_they_did_gets_no_row_either() -> None:
    """An objection that came as an event counts like one in the audience, for that person alone."""
    anna, bert = (an_audience(id=name, recipient=f"{name}-1") for name in ("anna", "bert"))
    campaign = a_campaign(anna, bert)
    both = shelf(campaign, *(approved(campaign, f"var_{one.id}", one.id) for one in (anna, bert)))
    found = list(standing_at(Stock(both, frozenset({"anna"})), NOW))

    assert [one.approved.id for one in found] == ["var_bert"]


def test_a_variant_that_an_experiment_stopped_is_left_out() -> None:
    """Nobody gets it by pull, so nobody gets it by file; the others are there."""
    running = an_experiment(stopped={"var_2": "complaints"})
    copies = [approved(CAMPAIGN, name) for name in ("var_1", "var_2")]
    stock = Stock(Shelf.of(CAMPAIGN, copies, POLICY, key_of, [running]))

    assert [one.approved.id for one in standing_at(stock, NOW)] == ["var_1", "fallback"]
    assert left_out_at(stock, NOW) == (
        "var_2 for lapsed-runners: the experiment stopped it: complaints",
    )


def test_a_row_has_its_dates_its_mark_and_its_annotation() -> None:
    """Dates are the offer's; a fallback that stands without the offer has neither."""
    row, fallback = exported(CAMPAIGN, approved(CAMPAIGN, "var_a", written_by="phrasebook")).rows

    assert (str(row.not_before), str(row.not_after)) == (
        "2026-03-01 00:00:00+00:00", "2026-03-08 23:59:59+00:00",
    )  # fmt: skip
    assert (row.mark.origin.value, len(row.annotations)) == ("phrasebook", 1)
    assert (fallback.not_after, fallback.annotations) == (None, ())


@pytest.mark.parametrize("wanted", list(Format))
def test_the_same_export_is_the_same_bytes(wanted: Format) -> None:
    """Written twice, from copies in any order, a file does not differ in a byte."""
    one, two = approved(CAMPAIGN, "var_a"), approved(CAMPAIGN, "var_b")

    assert as_file(exported(CAMPAIGN, one, two), wanted) == as_file(
        exported(CAMPAIGN, two, one), wanted
    )


def test_parquet_keeps_times_and_truths_as_such() -> None:
    """A warehouse reads moments with their zone, and booleans, not text."""
    import pyarrow.parquet as pq

    content = as_file(exported(CAMPAIGN, approved(CAMPAIGN, "var_a")), Format.PARQUET).content
    table = pq.read_table(io.BytesIO(content))

    assert tuple(table.column_names) == COLUMNS
    row, fallback = table.to_pylist()
    assert row["not_after"].isoformat() == "2026-03-08T23:59:59+00:00"
    assert (row["edited"], fallback["annotations"]) == (False, None)


@given(cell=st.text())
def test_every_cell_is_read_back_to_the_letter_and_none_is_run(cell: str) -> None:
    """Through the guard and back any text is what it was, and no guarded text is a formula."""
    assert plain(guarded(cell)) == cell
    assert not guarded(cell).startswith(BEGINS)


def test_a_formula_in_copy_is_text_in_the_file() -> None:
    """Copy that begins like a formula begins with an apostrophe in CSV, and is itself in JSON."""
    evil = "=HYPERLINK(1)"
    row = (
        exported(CAMPAIGN, approved(CAMPAIGN, "var_a")).rows[0].model_copy(update={"subject": evil})
    )
    export = Export(campaign="spring", dialect="neutral", rows=(row,))
    read = list(csv.DictReader(io.StringIO(as_file(export, Format.CSV).content.decode())))

    assert read[0]["subject"] == "'" + evil
    assert plain(read[0]["subject"]) == evil
    assert json.loads(as_file(export, Format.JSON).content)["rows"][0]["subject"] == evil


def test_copy_that_a_tool_cannot_express_is_named() -> None:
    """The error says which copy it is, for which audience, and what the tool would read."""
    copy = a_copy(subject="*|IF:X|* 20% off")
    bad = approved(CAMPAIGN, "var_a").model_copy(update={"copy_": copy})
    stock = Stock(shelf(CAMPAIGN, approved(CAMPAIGN, "var_a")))
    standing = next(standing_at(stock, NOW))

    with pytest.raises(Conflict, match="var_a for lapsed-runners"):
        row_of(standing._replace(approved=bad), "mailchimp", key_of("anna-1"))
