from __future__ import annotations

from tests.tiny_models import tiny_llama

__all__ = ["tiny_llama"]
