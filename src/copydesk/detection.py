"""What tells the language of a text: py3langid, an optional extra.

Import this module freely: the engine is loaded at the first question, and takes a second or so.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN = ("en", "de", "fr", "es", "it", "nl", "pt")
"""Languages in the Latin script that are told apart. With all ninety-seven that the engine knows,
short lines are taken for rare languages."""

MISSING = "py3langid is not installed: pip install 'copydesk[languages]'"


class Detector:
    """Tells in which of the `KNOWN` languages a text is written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Any = None

    def shares(self, text: str) -> Mapping[str, float]:
        """Return the probability of each known language; they add up to one."""
        with self._lock:
            if self._engine is None:
                self._engine = _loaded()
            ranked = self._engine.rank(text)
        return {language: float(share) for language, share in ranked}

    def share(self, text: str, language: str) -> float:
        """Return the probability that `text` is in `language`; 0 for one that is not known."""
        return self.shares(text).get(language, 0.0)


@cache
def detector() -> Detector | None:
    """Return the detector of this process, or None where py3langid is not installed."""
    return Detector() if find_spec("py3langid") else None


def _loaded() -> Any:  # noqa: ANN401 - the engine has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    engine = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    engine.set_languages(list(KNOWN))
    return engine
