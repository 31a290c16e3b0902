"""What a tool delivers, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Delivery(NamedTuple):
    """One request of a tool: signatures are over the raw bytes, so they are kept."""

    body: bytes
    headers: Mapping[str, str]
    """By lower-case name."""
    at: datetime
    """When it arrived."""
