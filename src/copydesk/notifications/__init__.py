"""Telling people and programs what happened: what is told, to whom, and how it gets there."""

from copydesk.notifications.book import Book
from copydesk.notifications.notices import (
    Delivery,
    DeliveryState,
    Event,
    Lateness,
    Notice,
    Outbox,
)
from copydesk.notifications.sending import Carrier, Parcel

__all__ = [
    "Book",
    "Carrier",
    "Delivery",
    "DeliveryState",
    "Event",
    "Lateness",
    "Notice",
    "Outbox",
    "Parcel",
]
