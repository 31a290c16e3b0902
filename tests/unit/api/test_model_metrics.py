from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from copydesk.api.model_metrics import ModelCounts
from copydesk.generation.hosted import Meter
from copydesk.variants import Usage
from tests.unit.api.office import Office


def scraped(meter: Meter) -> str:
    registry = CollectorRegistry()
    registry.register(ModelCounts(meter))
    return generate_latest(registry).decode()


def test_what_hosted_models_took_is_scraped() -> None:
    """Calls, tokens, money, retries and waits are there by model; budget and breaker, too."""
    meter = Meter()
    meter.watch(lambda: (1_000, 2.5), lambda: "open")
    meter.note_attempt("openai:m", "answered")
    meter.note_call("m", "kept")
    meter.note_usage("m", Usage(input_tokens=10, output_tokens=5, cached_tokens=8), 2_500, "EUR")
    meter.note_retry("m")
    meter.note_retry("m")
    for seconds in (0.0, 3.0, 500.0):
        meter.note_wait(seconds)

    lines = scraped(meter).splitlines()

    assert {
        'copydesk_model_attempts_total{ended="answered",model="openai:m"} 1.0',
        'copydesk_model_calls_total{ended="kept",model="m"} 1.0',
        'copydesk_model_tokens_total{kind="cached_input",model="m"} 8.0',
        'copydesk_model_cost_total{currency="EUR",model="m"} 0.0025',
        'copydesk_model_retries_total{model="m"} 2.0',
        'copydesk_model_breaker{state="open"} 1.0',
        'copydesk_model_breaker{state="closed"} 0.0',
        'copydesk_model_budget_left{kind="tokens"} 1000.0',
        'copydesk_model_wait_seconds_bucket{le="0.01"} 1.0',
        'copydesk_model_wait_seconds_bucket{le="5.0"} 2.0',
        'copydesk_model_wait_seconds_bucket{le="+Inf"} 3.0',
        "copydesk_model_wait_seconds_sum 503.0",
    } <= set(lines)


def test_without_a_budget_none_is_left() -> None:
    """Where no limit is set no number pretends that there is one."""
    assert "copydesk_model_budget_left{" not in scraped(Meter())


def test_the_service_tells_of_its_models(office: Office) -> None:
    """/metrics has the state of the breaker before any model was asked."""
    assert 'copydesk_model_breaker{state="closed"} 1.0' in office.get(None, "/metrics").text
