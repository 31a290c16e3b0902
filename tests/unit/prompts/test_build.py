from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from copydesk.audiences import Signal, minimise
from copydesk.errors import InputError
from copydesk.generation import Draft
from copydesk.prompts import (
    PROMPT_VERSION,
    build,
    draft_prompt,
    prompt_versions,
    repair_prompt,
    shows_examples,
)
from tests.factories import COPY, a_brand, a_brief, a_copy, an_audience
from tests.unit.prompts.cases import PROMPTS


def test_the_system_part_is_the_same_for_every_request() -> None:
    """System parts are byte-identical whatever is asked, so providers' prompt caches hit."""
    for kinds in ({"draft.v1", "repair.v1"}, {"draft.v2", "repair.v2"}, {"judge.v1"}):
        made = [make() for name, make in PROMPTS.items() if name.rpartition(".")[0] in kinds]

        assert len({prompt.system for prompt in made}) == 1


def test_what_changes_least_comes_first() -> None:
    """The user part goes from the brand over the brief and the audience to the task."""
    user = PROMPTS["draft.v1.promotion"]().user
    places = [user.index(f"# {part}\n") for part in ("Brand", "Brief", "Audience", "Task")]

    assert sorted(places) == places


def test_the_answer_asked_for_is_the_draft_schema() -> None:
    """The fields that the system part shows are those that an answer is validated against."""
    system = PROMPTS["draft.v1.promotion"]().system
    shape = Draft.model_validate_json(system.partition('{"variants": [')[2].partition("]}\n")[0])

    assert set(Draft.model_fields) == shape.model_fields_set


def test_hashes_tell_prompts_apart() -> None:
    """One request gives one hash, and another number of variants another."""
    two, again, three = (draft_prompt(a_brief(), a_brand(), (), n) for n in (2, 2, 3))

    assert two.sha256 == again.sha256
    assert two.sha256 != three.sha256


def test_a_variable_that_is_not_there_is_an_error() -> None:
    """Templates are rendered strictly: a missing value never becomes nothing in silence."""
    with pytest.raises(UndefinedError, match="n"):
        build.templates().get_template("draft_user.v1.jinja").render()


def test_evidence_and_footer_stay_out() -> None:
    """What is not meant for readers, evidence and footer, is not shown to the model."""
    prompt = draft_prompt(a_brief(), a_brand(footer="1 Mill Lane, unsubscribe"), (), 1)

    assert "reviews export" not in prompt.user
    assert "Mill Lane" not in prompt.user


def test_long_samples_are_cut() -> None:
    """A whole style guide among the samples costs no more than six short ones."""
    brand = a_brand(samples=["word " * 2_000] * 9)
    user = draft_prompt(a_brief(), brand, (), 1).user

    assert user.count("…") == build.SAMPLES_AT_MOST
    assert len(user) < build.SAMPLES_AT_MOST * (build.SAMPLE_CHARACTERS + 30) + 2_000


def test_an_offer_that_has_ended_is_said_to_be_over() -> None:
    """The model is told that an offer does not run at the time of sending."""
    offer = {"kind": "free_shipping", "ends": "2026-03-06T00:00:00Z"}
    user = draft_prompt(a_brief(offer=offer), a_brand(), (), 1).user

    assert "runs at the time of sending: no, so it is not mentioned" in user


def test_an_offer_of_no_kind_is_none() -> None:
    """An offer of kind none is shown as no offer at all."""
    user = draft_prompt(a_brief(offer={"kind": "none"}), a_brand(), (), 1).user

    assert "## Offer\nThere is none.\n" in user


@pytest.mark.parametrize(
    ("value", "written"),
    [(98.0, "98 EUR"), (4.5, "4.50 EUR"), (1234.99, "1234.99 EUR"), (float("inf"), "inf EUR")],
)
def test_money_reads_as_people_write_it(value: float, written: str) -> None:
    """Whole amounts have no decimals and others have two."""
    assert build._money(value, "EUR") == written


@pytest.mark.parametrize(
    ("send_at", "written"),
    [
        ("2026-03-07T09:00:00Z", "Saturday 2026-03-07 09:00 UTC"),
        ("2026-03-06T23:30:00-05:30", "Friday 2026-03-06 23:30 UTC-05:30"),
    ],
)
def test_times_carry_weekday_and_zone(send_at: str, written: str) -> None:
    """A time is written in the zone that the brief gives, with the weekday there."""
    assert written in draft_prompt(a_brief(send_at=send_at), a_brand(), (), 1).user


def test_a_trial_counts_days() -> None:
    """The value of a trial is read as days, not as money."""
    user = draft_prompt(a_brief(offer={"kind": "trial", "value": 14}), a_brand(), (), 1).user

    assert "value: 14 days" in user


def test_a_signal_shows_its_words() -> None:
    """A signal is shown by its label and its coarse value, fenced."""
    user = draft_prompt(a_brief(), a_brand(), (Signal("plan", "plan", "pro"),), 1).user

    assert "plan: <data>pro</data>" in user


def test_signals_without_consent_are_not_there_to_show() -> None:
    """Without consent no signal reaches the prompt."""
    audience = an_audience(consent=False, description="Runners")
    user = draft_prompt(a_brief(), a_brand(), minimise(audience).used, 1, audience).user

    assert "trail running" not in user


def test_a_repair_asks_for_as_many_as_it_shows() -> None:
    """One rewrite is asked for each draft, in their order."""
    draft = {"angle": "news", **COPY}
    user = repair_prompt(a_brief(), a_brand(), (), [(draft, ["no"])] * 3).user

    assert "## Draft 3\n" in user
    assert "holding exactly 3, in the order of the drafts" in user


def test_versions_are_those_that_have_a_file() -> None:
    """The versions of a prompt are listed oldest first, and the one in use is among them."""
    assert prompt_versions()[0] == "v1"
    assert PROMPT_VERSION in prompt_versions()
    assert set(prompt_versions("repair")) == set(prompt_versions("draft"))


def test_unknown_version_names_those_there_are() -> None:
    """A version that was never released is refused, with those that were."""
    with pytest.raises(InputError, match=r"no prompt draft\.v99: choose one of v1"):
        draft_prompt(a_brief(), a_brand(), (), 1, version="v99")


def test_versions_without_examples_show_none() -> None:
    """Approved copy stands in prompts of version two on, and one without any has no heading."""
    asked = (a_brief(), a_brand(), (), 1)
    copy = a_copy(body="The trail is long.")

    with_copy = draft_prompt(*asked, version="v2", examples=[copy]).user
    without = draft_prompt(*asked, version="v2").user
    before = draft_prompt(*asked, version="v1", examples=[copy]).user

    assert "The trail is long." in with_copy
    assert "# Approved copy" not in without
    assert "The trail is long." not in before
    assert (shows_examples("v1"), shows_examples("v2")) == (False, True)


def test_approved_copy_is_shown_to_a_length() -> None:
    """Of a long approved body only the beginning costs tokens."""
    copy = a_copy(body="word " * 1_000)

    user = draft_prompt(a_brief(), a_brand(), (), 1, version="v2", examples=[copy]).user

    assert user.count("word ") < build.EXAMPLE_CHARACTERS / len("word ")
