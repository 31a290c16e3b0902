"""What models did, as Prometheus scrapes it: attempts, calls, tokens, money, waits, the breaker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.registry import Collector

from copydesk.generation.hosted import Meter
from copydesk.generation.hosted.meter import Counted
from copydesk.generation.hosted.prices import PER

Counts = Mapping[tuple[str, str], int | float]


class ModelCounts(Collector):
    """Reads the meter when it is scraped."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def describe(self) -> Iterator[Metric]:
        """Name what there is, without counting."""
        return self.collect()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric, as it stands now."""
        counted = self._meter.counted()
        yield _counter(
            "copydesk_model_attempts",
            "Attempts to write drafts, by model and how they ended.",
            ("model", "ended"),
            counted.attempts,
        )
        yield _counter(
            "copydesk_model_calls",
            "Calls of hosted models, by model and how they ended; kept is an answer used again.",
            ("model", "ended"),
            counted.calls,
        )
        yield _counter(
            "copydesk_model_tokens",
            "Tokens of hosted models, by kind; cached_input is part of input.",
            ("model", "kind"),
            counted.tokens,
        )
        yield _counter(
            "copydesk_model_cost",
            "Money that hosted models took, by the operator's price table.",
            ("model", "currency"),
            {key: amount / PER for key, amount in counted.millionths.items()},
        )
        yield _counter(
            "copydesk_model_retries",
            "Tries after the first, by model.",
            ("model",),
            {(model, ""): retries for model, retries in counted.retries.items()},
        )
        yield from _gauges(counted)
        yield _waits(counted)


def _counter(name: str, words: str, labels: Sequence[str], counts: Counts) -> CounterMetricFamily:
    family = CounterMetricFamily(name, words, labels=labels)
    for key, count in sorted(counts.items()):
        family.add_metric(key[: len(labels)], count)
    return family


def _gauges(counted: Counted) -> Iterator[GaugeMetricFamily]:
    breaker = GaugeMetricFamily(
        "copydesk_model_breaker", "1 for the state that the breaker is in.", labels=["state"]
    )
    for state in ("closed", "open", "trying"):
        breaker.add_metric([state], float(state == counted.breaker))
    yield breaker
    left = GaugeMetricFamily(
        "copydesk_model_budget_left",
        "What is left of the day's budget, where one is set.",
        labels=["kind"],
    )
    for kind, amount in zip(("tokens", "money"), counted.left, strict=True):
        if amount is not None:
            left.add_metric([kind], amount)
    yield left


def _waits(counted: Counted) -> HistogramMetricFamily:
    steps = [(str(step), float(count)) for step, count in counted.waits.items()]
    return HistogramMetricFamily(
        "copydesk_model_wait_seconds",
        "Time that calls of hosted models waited for their turn.",
        buckets=[*steps, ("+Inf", float(counted.waited))],
        sum_value=counted.waited_s,
    )
