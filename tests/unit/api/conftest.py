from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.api.office import Office


@pytest.fixture
def office() -> Iterator[Office]:
    """An office with one person in each role, and nothing asked for yet."""
    opened = Office.opened()
    opened.let_in()
    with opened.client:
        yield opened
