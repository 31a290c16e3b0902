"""What models cost: a table that the operator keeps, as providers change their prices at will."""

from __future__ import annotations

import math
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.variants import Usage

PER = 1_000_000
"""Prices are for a million tokens, and money is counted in millionths: one times the other."""

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Noun):
    """What a million tokens cost."""

    input: Amount
    output: Amount
    cached_input: Amount | None = None
    """Of input that the provider had in its prompt cache; as `input` when left out."""
    batch: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Part of the price that is asked for in the batch API, as 0.5 for half."""

    def of(self, usage: Usage, *, batch: bool = False) -> int:
        """Return what these tokens cost, in millionths of the currency, rounded up."""
        cached = min(usage.cached_tokens or 0, usage.input_tokens or 0)
        cheaper = self.input if self.cached_input is None else self.cached_input
        fresh = (usage.input_tokens or 0) - cached
        whole = fresh * self.input + cached * cheaper + (usage.output_tokens or 0) * self.output
        return math.ceil(whole * (self.batch if batch else 1.0))


class PriceTable(Noun):
    """The file that the setting `prices` names."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    as_of: date | None = None
    """When somebody last looked the prices up."""
    models: dict[str, Price]
    """By the model's name; `*` stands for the rest of a name, as in `gpt-5-mini*`."""

    @classmethod
    def load(cls, file: Path) -> PriceTable:
        """Read the file. Raises InputError with the line of whatever is wrong."""
        return documents.load(file, cls)

    def of(self, model: str) -> Price | None:
        """Return the price under the exact name, else under the longest pattern that fits."""
        fitting = [name for name in self.models if fnmatchcase(model, name)]
        if model in self.models or not fitting:
            return self.models.get(model)
        return self.models[max(fitting, key=len)]
