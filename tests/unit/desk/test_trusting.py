"""Trust at work: from decisions to the ledger, from the ledger to routes, and back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.bootstrap import bootstrap
from copydesk.desk.rehearsal import Rehearsing
from copydesk.errors import Forbidden, NotFound
from copydesk.generation import Draft, DraftRequest
from copydesk.generation.scripted import Answer, ScriptedModel
from copydesk.generations import Generation, GenerationRequest, RoutedVariant
from copydesk.publishing import PullQuery
from copydesk.review_queue import Phase, Policy, ReviewItem, ReviewQuery, Route, TrustEntry
from copydesk.review_queue.trust import Result, Segment
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.contract.nouns import an_outcome
from tests.factories import COPY, NOW, a_brand, a_brief, an_audience
from tests.unit.desk.test_asking import AXEL, MARA
from tests.unit.desk.world import ROSA, TOOL

SEGMENT = Segment("Northpeak", "promotion", "lapsed-runners")
NAME = str(SEGMENT)
FEW, ALL = 1e-9, 1.0
"""Rates at which no copy, and every copy, is audited."""
RULES = """
rules:
  - {name: blocked, when: {verdict: [block]}, route: blocked, because: It is blocked.}
  - {name: first, route: review, trust: true, because: A person reads it.}
trust:
"""


def answer(request: DraftRequest) -> Answer:
    copy = {**COPY, "subject": f"20% off trail shoes through March 8 ({request.seed})"}
    return [Draft.model_validate({"angle": "deadline", "facts": [], **copy})]


class Works:
    """A whole desk under a policy that trusts, with a clock that runs."""

    def __init__(self, folder: Path, store: MemoryStore | None = None, **terms: Any) -> None:
        self.file = folder / "policy.yaml"
        terms = {"bar": 0.9, "audit": FEW, **terms}
        said = "".join(f"  {name}: {value:.9f}\n" for name, value in terms.items())
        self.file.write_text(RULES + said, encoding="utf-8")
        self.now, self.asked = NOW, 0
        settings = Settings(database_url="memory://", policy=self.file)
        self.store = store or MemoryStore()
        self.desk = bootstrap(
            settings, store=self.store, model=ScriptedModel(answer), clock=self.clock
        )

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def ask(self, **changes: Any) -> Generation:
        self.asked += 1
        given = {"brief": a_brief(), "brand": a_brand(), "audience": an_audience(), "n": 1}
        given |= {"campaign": "spring", "seed": self.asked, **changes}
        accepted = self.desk.asking.accept(GenerationRequest.model_validate(given), MARA)
        return asyncio.run(self.desk.asking.run(accepted.id))

    def variant(self, **changes: Any) -> RoutedVariant:
        (variant,) = self.ask(**changes).variants
        return variant

    def item(self, **changes: Any) -> ReviewItem:
        variant = self.variant(**changes)
        with self.store.transaction() as tx:
            return tx.reviews.get(variant.review_id or "")

    def earned(self, number: int = 60) -> Works:
        """Enter past approvals of a segment, enough to trust it."""
        with self.store.transaction() as tx:
            for one in range(number):
                at = NOW - timedelta(days=100 - one)
                entry = TrustEntry(
                    id=f"rev_past{one}", **SEGMENT._asdict(), campaign="past",
                    generation_id=f"gen_past{one}", variant_id=f"var_past{one}", rule="first",
                    result=Result.APPROVED, created_at=at, decided_at=at,
                )  # fmt: skip
                tx.trust.put(entry)
        return self

    def phase(self) -> Phase:
        return self.desk.trusting.explain(NAME, AXEL)[0].phase

    def entries(self) -> list[TrustEntry]:
        with self.store.transaction() as tx:
            return list(tx.trust.entries(SEGMENT))

    def acts(self) -> list[str]:
        with self.store.transaction() as tx:
            return [event.act for event in tx.audit.about(NAME)]


def test_a_trusted_segments_copy_leaves_review_with_the_bound_as_its_reason(
    tmp_path: Path,
) -> None:
    """It is served at once, signed by the policy, and says that trust applied and how surely."""
    works = Works(tmp_path).earned()

    variant = works.variant()

    assert (variant.route, variant.rule, variant.trusted) == (Route.APPROVED, "first", True)
    assert "Trust applied to Northpeak/promotion/lapsed-runners" in variant.because
    assert "is above 0.90" in variant.because
    assert works.desk.serving.pull(PullQuery("spring"), TOOL).approved_by == "policy:first"


def test_a_segment_that_has_not_earned_it_is_reviewed(tmp_path: Path) -> None:
    """Ten approvals are too few, so a person reads the next copy."""
    assert Works(tmp_path).earned(10).variant().route is Route.REVIEW


def test_an_audit_is_reviewed_and_says_so(tmp_path: Path) -> None:
    """A copy that is drawn waits for a person, marked as an audit, with the reason."""
    item = Works(tmp_path, audit=ALL).earned().item()

    assert item.audit
    assert "An audit, one of 100% that a person reads" in item.routed_because


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": an_audience(sensitive=True)},
        {"audience": an_audience(recipient="r-1")},
        {"audience": an_audience(id="others")},
        {"brand": a_brand(name="Southpeak")},
        {"brief": a_brief(kind="winback")},
    ],
)
def test_trust_of_one_segment_is_no_trust_of_another(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    """Another audience, brand or kind is read by a person, and so is all that is sensitive."""
    works = Works(tmp_path).earned()

    assert works.variant(campaign="other", **changes).route is Route.REVIEW


def test_decisions_are_entered_as_they_are_made(tmp_path: Path) -> None:
    """Waiting at first, then what the first reading came to; claims change nothing."""
    works = Works(tmp_path)
    first, second = works.item(), works.item()
    waiting = [entry.result for entry in works.entries()]

    works.desk.reviewing.claim(first.id, AXEL, 1)
    works.desk.reviewing.approve(first.id, AXEL, 2)
    works.desk.reviewing.reject(second.id, AXEL, 1, "tone")

    assert waiting == [Result.WAITING, Result.WAITING]
    assert [entry.result for entry in works.entries()] == [Result.APPROVED, Result.REJECTED]


def test_the_approval_that_earns_trust_is_on_record(tmp_path: Path) -> None:
    """The segment's record says when trust was earned, by which item, with the bound."""
    works = Works(tmp_path).earned(43)
    item = works.item()

    works.desk.reviewing.approve(item.id, AXEL, 1)

    with works.store.transaction() as tx:
        (event,) = tx.audit.about(NAME)
    assert (event.act, event.details["by"]) == ("trust.earned", item.id)
    assert event.details["bound"] >= 0.9
    assert works.phase() is Phase.TRUSTED


def test_a_rejected_audit_sends_the_segment_back_by_itself(tmp_path: Path) -> None:
    """The next copy is read by a person again, and the record says why."""
    works = Works(tmp_path, audit=ALL).earned()
    audit = works.item()

    works.desk.reviewing.reject(audit.id, AXEL, 1, "untrue")

    assert works.phase() is Phase.REVIEW
    assert works.acts() == ["trust.returned"]
    assert not works.item().audit


def test_complaints_send_the_segment_back_at_the_next_request(tmp_path: Path) -> None:
    """What recipients report ends trust, once, and it does not come back as mails go on."""
    works = Works(tmp_path).earned()
    released = works.variant().variant.id
    about = {"campaign": "spring", "variant_id": released}
    complaints = [an_outcome(f"c{n}", kind="complaint", **about) for n in range(9)]
    delivered = [an_outcome(f"d{n}", kind="delivered", **about) for n in range(500)]
    with works.store.transaction() as tx:
        tx.outcomes.add([*complaints, *delivered])

    routes = [works.variant().route, works.variant().route]

    assert routes == [Route.REVIEW, Route.REVIEW]
    assert works.acts() == ["trust.returned"]
    standing, _, _ = works.desk.trusting.explain(NAME, AXEL)
    assert "9 complaints about 500 mails" in (standing.returned_because or "")


def test_another_process_tells_the_same(tmp_path: Path) -> None:
    """A standing is worked out from the store alone, so a restart changes nothing."""
    works = Works(tmp_path).earned()
    works.variant()
    before = works.desk.trusting.standings(AXEL)

    again = Works(tmp_path, store=works.store).desk.trusting.standings(AXEL)

    assert list(again) == list(before)
    assert again[0].released == 1


def test_the_ledger_can_be_written_anew_from_what_was_decided(tmp_path: Path) -> None:
    """Rebuilt where results were lost, the entries are those that were kept as it went."""
    works = Works(tmp_path)
    for verdict in ("approve", "approve", "reject", None):
        item = works.item()
        if verdict == "approve":
            works.desk.reviewing.approve(item.id, AXEL, 1)
        elif verdict == "reject":
            works.desk.reviewing.reject(item.id, AXEL, 1, "tone")
    kept = works.entries()
    forgotten = [entry.model_copy(update={"result": Result.WAITING}) for entry in kept]
    with works.store.transaction() as tx:
        for entry in forgotten:
            tx.trust.put(entry)

    number = works.desk.trusting.rebuild()

    assert number == 4
    assert works.entries() == kept


def test_a_segment_that_nobody_knows_is_not_found(tmp_path: Path) -> None:
    """The error says how segments are written; a requester may not ask at all."""
    works = Works(tmp_path).earned()

    with pytest.raises(NotFound, match="BRAND/KIND/AUDIENCE"):
        works.desk.trusting.explain("nobody", AXEL)
    with pytest.raises(Forbidden):
        works.desk.trusting.standings(MARA)
    assert works.desk.trusting.standings(ROSA, "Southpeak") == []


def test_a_policy_is_tried_on_the_past_without_changing_it(tmp_path: Path) -> None:
    """What would go elsewhere is counted by route and segment, with examples; nothing moves."""
    works = Works(tmp_path)
    for _ in range(4):
        works.ask()
    works.ask(campaign="other", audience=an_audience(id="others", sensitive=True))

    found = Rehearsing(works.desk.store, works.desk.trusting).run(Policy.load())

    (change,) = found.changes
    assert (found.copies, found.unchanged, found.other_rule) == (5, 1, 1)
    assert (change.before, change.after, change.copies) == ("review", "approved", 4)
    assert change.segments == {NAME: 4}
    assert [one.would_be_decided_by for one in change.examples] == ["passed"] * 3
    with works.store.transaction() as tx:
        assert len(tx.reviews.find(ReviewQuery())) == 5


def test_a_policy_that_would_trust_is_told_by_the_ledger_of_now(tmp_path: Path) -> None:
    """A lower bar would let copy past review by trust; `since` narrows what is looked at."""
    works = Works(tmp_path, bar=0.99).earned()
    works.ask()
    lower = Policy.load(Works(tmp_path).file)
    rehearsing = Rehearsing(works.desk.store, works.desk.trusting)

    found, none = rehearsing.run(lower), rehearsing.run(lower, NOW + timedelta(days=1))

    assert [(one.before, one.after) for one in found.changes] == [("review", "trust")]
    assert (found.reviewed_before, found.reviewed_after, none.copies) == (1, 0, 0)


def test_signatures_that_the_policy_asks_for_are_no_matter_of_trust(tmp_path: Path) -> None:
    """Where copy needs a role's signature, a trusted segment's copy waits for it all the same."""
    works = Works(tmp_path).earned()
    rules = works.file.read_text(encoding="utf-8")
    signed = "signatures:\n  - {when: {kinds: [promotion]}, roles: [principal]}\n"
    works.file.write_text(rules + signed, encoding="utf-8")
    settings = Settings(database_url="memory://", policy=works.file)
    works.desk = bootstrap(
        settings, store=works.store, model=ScriptedModel(answer), clock=works.clock
    )

    assert works.phase() is Phase.TRUSTED
    assert works.variant().route is Route.REVIEW
