"""Calling hosted models: their limits, what they cost, and never paying twice for one answer."""

from copydesk.generation.hosted.breaker import Breaker
from copydesk.generation.hosted.budget import Budget, Limits
from copydesk.generation.hosted.ledger import Ledger, MemoryLedger, Settled, Spent
from copydesk.generation.hosted.meter import Meter
from copydesk.generation.hosted.prices import Price, PriceTable
from copydesk.generation.hosted.provider import Provider
from copydesk.generation.hosted.turns import Turns

__all__ = [
    "Breaker",
    "Budget",
    "Ledger",
    "Limits",
    "MemoryLedger",
    "Meter",
    "Price",
    "PriceTable",
    "Provider",
    "Settled",
    "Spent",
    "Turns",
]
