"""Versions of what was learned: names, judgement on later sends, promotion, and taking back."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import Conflict, NotFound
from copydesk.ranking.drift import watch
from copydesk.ranking.learning import Belief, learn
from copydesk.ranking.sends import PastSend
from copydesk.ranking.snapshots import Verdict, Versions, begun, judge, made_again, snapshot_of
from tests.factories import NOW
from tests.unit.ranking.test_learning import READING


def sends(days: range, share: float = 0.04, segment: str = "", seed: int = 1) -> list[PastSend]:
    pick = Random(seed)
    return [
        PastSend(
            pick.choice(["plain", "asks", "counts"]),
            NOW + timedelta(days=day),
            5000,
            round(5000 * share * pick.uniform(0.8, 1.2)),
            segment=segment,
        )
        for day in days
    ]


def judged(versions: Versions, seen: list[PastSend], later: list[PastSend]) -> Versions:
    candidate = snapshot_of(seen, (versions.active.version,))
    known = [send for send in seen if send.sent_at <= (versions.active.through or NOW)]
    known = known if versions.active.through else []
    verdict = judge(
        (candidate, learn(seen, reading=READING)),
        (versions.active, made_again(versions.active, known, reading=READING)),
        later,
    )
    return versions.judged(candidate, verdict, NOW)


def test_a_version_is_named_by_what_it_was_made_from() -> None:
    """The same sends in any order give the same name; one click more gives another."""
    seen = sends(range(10))
    made = snapshot_of(seen, ("p",))

    assert snapshot_of(seen[::-1], ("p",)) == made
    assert made.through == seen[-1].sent_at
    assert snapshot_of(sends(range(10), seed=2), ("p",)).version != made.version
    assert snapshot_of(seen, ("q",)).version != made.version
    assert snapshot_of(seen, ("p",), Belief(spread=0.4)).version != made.version


def test_a_version_is_made_again_from_its_sends_and_from_no_others() -> None:
    """Later sends are left aside; sends that were changed since are a conflict."""
    seen = sends(range(10))
    made = snapshot_of(seen, ())

    again = made_again(made, [*seen, *sends(range(50, 60))], reading=READING)
    first = learn(seen, reading=READING).predict("asks")
    assert again.predict("asks") == first
    with pytest.raises(Conflict, match="was made from 10 other sends"):
        made_again(made, seen[1:], reading=READING)


def test_a_better_version_is_promoted_and_rolled_back() -> None:
    """Having seen 60 sends of a brand beats what ships, and can be taken back by one step."""
    versions = judged(begun(), sends(range(60)), sends(range(61, 100), seed=3))

    assert versions.changes[-1].act == "promoted"
    assert versions.active.sends == 60
    back = versions.rolled_back(NOW)
    assert back.active == begun().active
    assert [change.act for change in back.changes] == ["promoted", "rolled back"]
    assert back.named(versions.active.version).sends == 60
    with pytest.raises(Conflict, match="nothing was promoted"):
        back.rolled_back(NOW)


def test_a_version_that_is_not_better_is_kept_aside() -> None:
    """What learned from sends unlike the later ones is known, and not in use."""
    versions = judged(begun(), sends(range(60), 0.2), sends(range(61, 100), 0.0125))

    assert versions.changes[-1].act == "kept"
    assert versions.active == begun().active
    assert len(versions.snapshots) == 2


def test_only_sends_after_the_data_of_both_are_judged_on() -> None:
    """Sends that a version was made from say nothing about it."""
    seen = sends(range(60))
    versions = judged(begun(), seen, [*seen, *sends(range(61, 70))])
    verdict = versions.changes[-1].verdict

    assert verdict is not None
    assert (verdict.sends, verdict.better) == (9, False)
    assert verdict.why == "9 later sends tell too little: 20 are needed"


def test_a_stale_verdict_promotes_nothing() -> None:
    """A verdict beside a version no longer in use is a conflict."""
    made = snapshot_of(sends(range(5)), ())
    verdict = Verdict(candidate=made.version, beside="gone", sends=30, better=True, why="x")

    with pytest.raises(Conflict, match="judge it again"):
        begun().judged(made, verdict, NOW)
    with pytest.raises(NotFound, match="no version gone"):
        begun().named("gone")


def test_versions_are_kept_as_json() -> None:
    """What is written is read back the same."""
    versions = judged(begun(), sends(range(60)), sends(range(61, 100), seed=3))

    assert Versions.model_validate_json(versions.model_dump_json()) == versions


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_sends_like_those_learned_from_show_no_drift(seed: int) -> None:
    """Sixty sends by the same rule as the ninety before are told to be unchanged."""
    before, now = sends(range(90), seed=seed), sends(range(90, 150), seed=seed + 1)

    assert watch(learn(before, reading=READING), before, now).found == ()


def test_a_rate_that_fell_is_told_by_segment_and_in_words() -> None:
    """Where one of two segments clicks half as often, it is named with what was expected."""
    before = [*sends(range(60), segment="north"), *sends(range(60), segment="south")]
    now = [*sends(range(60, 90), segment="north"), *sends(range(60, 90), 0.02, segment="south")]
    found = watch(learn(before, reading=READING), before, now).found

    assert (found[0].what, found[0].name) == ("rate", "south")
    assert found[0].now == pytest.approx(0.02, rel=0.1)
    assert found[0].told.startswith("clicks of south are ")
    assert "below what was expected" in found[0].told
    assert not any(drift.name == "north" for drift in found)


def test_another_audience_is_told() -> None:
    """A segment that was never sent to, and now has it all, is a change of audience."""
    before, now = sends(range(40), segment="north"), sends(range(40, 60), segment="south")
    found = watch(learn(before, reading=READING), before, now).found

    assert {drift.told for drift in found if drift.what == "audience"} == {
        "south is 100% of recipients, and was 0%", "north is 0% of recipients, and was 100%",
    }  # fmt: skip


def test_another_way_of_writing_is_told() -> None:
    """Where subjects all ask where none did, the measure of questions is named."""
    at = [NOW + timedelta(days=day) for day in range(40)]
    made = [PastSend(f"{'asks' if n >= 20 else 'says'} {n}", at[n], 5000, 60) for n in range(40)]

    def reading(subject: str) -> dict[str, float]:
        return {"shipped": 0.0, "question": (subject[:4] == "asks") + len(subject) / 99}

    (found,) = watch(learn(made[:20], reading=reading), made[:20], made[20:]).found

    assert (found.what, found.name) == ("style", "question")


def test_too_few_sends_are_not_looked_at() -> None:
    """Nine sends since say nothing, and that is said."""
    before = sends(range(40))
    watched = watch(learn(before, reading=READING), before, sends(range(40, 49)))

    assert watched == ((), "40 sends before and 9 since: 10 of each are needed")
