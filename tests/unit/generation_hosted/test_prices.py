from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.errors import InputError
from copydesk.generation.hosted import Price, PriceTable
from copydesk.variants import Usage

TABLE = """\
currency: USD
as_of: 2026-03-01
models:
  gpt-*: {input: 2, output: 8}
  gpt-5-mini*: {input: 0.25, cached_input: 0.025, output: 2, batch: 0.5}
  gpt-5-mini: {input: 1, output: 1}
"""


def test_the_nearest_name_gives_the_price(tmp_path: Path) -> None:
    """The exact name comes before any pattern, and the longest pattern before shorter ones."""
    file = tmp_path / "prices.yaml"
    file.write_text(TABLE)
    table = PriceTable.load(file)

    inputs = {name: table.of(name) for name in ("gpt-5-mini", "gpt-5-mini-2025", "gpt-4", "qwen3")}

    assert {name: price and price.input for name, price in inputs.items()} == {
        "gpt-5-mini": 1,
        "gpt-5-mini-2025": 0.25,
        "gpt-4": 2,
        "qwen3": None,
    }


@pytest.mark.parametrize(
    ("usage", "batch", "millionths"),
    [
        (Usage(input_tokens=1_000_000), False, 250_000),
        (Usage(input_tokens=1_000_000, cached_tokens=1_000_000), False, 25_000),
        (Usage(output_tokens=1_000), False, 2_000),
        (Usage(input_tokens=1_000_000, output_tokens=1_000), True, 126_000),
        (Usage(input_tokens=1), False, 1),
        (Usage(), False, 0),
    ],
)
def test_tokens_cost_what_the_table_says(usage: Usage, batch: bool, millionths: int) -> None:
    """Cached input and batches are cheaper, and a fraction of a millionth is rounded up."""
    price = Price(input=0.25, cached_input=0.025, output=2, batch=0.5)

    assert price.of(usage, batch=batch) == millionths


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("currency: dollars", "currency"),
        ("models: {m: {input: -1, output: 1}}", "input"),
        ("models: {m: {input: 1}}", "output"),
        ("modles: {}", "did you mean `models`"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, line: str, said: str) -> None:
    """A price table with a mistake says which field it is."""
    file = tmp_path / "prices.yaml"
    whole = {"currency": "currency: USD", "models": "models: {}"}
    file.write_text("\n".join([*(v for k, v in whole.items() if not line.startswith(k)), line]))

    with pytest.raises(InputError, match=said):
        PriceTable.load(file)
