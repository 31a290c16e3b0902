"""A rendered prompt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told. `system` is the same for every request of one template version."""

    name: str
    """Template and version, as `draft.v1`."""
    system: str
    user: str
    examples: str | None = None
    """How many approved copies it shows and by what they were chosen; None where it shows none."""

    @property
    def sha256(self) -> str:
        """Hash of both parts: equal hashes mean that the model was told the same."""
        return hashlib.sha256(f"{self.system}\x00{self.user}".encode()).hexdigest()
