from hypothesis import given
from hypothesis import strategies as st

from copydesk.audiences import SIGNALS_AT_MOST, Consent, minimise
from tests.factories import an_audience


def test_without_consent_no_signal_is_used() -> None:
    """Consent withheld or objected keeps every signal from the model, and says so."""
    for consent in (False, "withheld", "objected"):
        use = minimise(an_audience(consent=consent))

        assert use.used == ()
        assert set(use.withheld) == {"last_category"}


def test_consent_is_withheld_unless_it_is_given() -> None:
    """An audience that says nothing of consent has not given it."""
    audience = an_audience()
    silent = type(audience).model_validate(
        {"id": "a", "description": "b", "signals": {"plan": "Pro"}}
    )

    assert silent.consent is Consent.WITHHELD


def test_numbers_are_seen_in_coarse_steps_only() -> None:
    """A model learns that somebody bought lately, not when."""
    use = minimise(an_audience(signals={"days_since_last_order": 17}))

    assert [signal.value for signal in use.used] == ["within the last month"]


def test_a_signal_that_is_not_on_the_list_is_withheld_by_name() -> None:
    """Names outside the allow-list never reach a model."""
    use = minimise(an_audience(signals={"email": "ana@example.com", "plan": "Pro"}))

    assert [signal.name for signal in use.used] == ["plan"]
    assert use.withheld == {"email": "not on the allow-list"}


def test_a_value_outside_its_form_is_withheld_with_the_form() -> None:
    """A tier that does not exist, an address as a category, a word as a number: none is used."""
    signals = {
        "loyalty_tier": "diamond hands",
        "last_category": "ana@example.com",
        "orders_12m": "many",
    }
    use = minimise(an_audience(signals=signals))

    assert use.used == ()
    assert set(use.withheld) == set(signals)


names = st.sampled_from(
    ["last_category", "plan", "interests", "season", "orders_12m", "tenure_months", "x", "email"]
)
values = st.one_of(
    st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)


@given(st.dictionaries(names, values))
def test_every_signal_is_either_used_or_accounted_for(signals: dict[str, object]) -> None:
    """Nothing is lost between the used and the withheld, and the used are few."""
    use = minimise(an_audience(signals=signals))

    assert {signal.name for signal in use.used} | set(use.withheld) == set(signals)
    assert len(use.used) <= SIGNALS_AT_MOST
