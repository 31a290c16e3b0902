"""The reader: a small sentence model that gives each sentence a score for every category.

Three layers of all-MiniLM-L6-v2, trained further on the corpus (see training/guardrails), in
whole numbers of eight bits, run by onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from copydesk.guardrails.meaning.pieces import Pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

    Floats = NDArray[np.float32]

REMEMBERED = 20_000
"""Sentences whose scores are kept: variants of a request, and edits of one, share most."""
_PIECES = "pieces"


class Reader:
    """Scores sentences one by one, so that no sentence's score depends on its company."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._pieces = Pieces(session.get_modelmeta().custom_metadata_map[_PIECES].split("\n"))
        self._remembered: dict[tuple[str, ...], Floats] = {}

    @classmethod
    @cache
    def load(cls) -> Reader:
        """Return the shipped reader. Takes some 0.2 s the first time, imports included."""
        import onnxruntime

        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = resources.files("copydesk.guardrails.meaning").joinpath("reader.onnx")
        return cls(onnxruntime.InferenceSession(model.read_bytes(), options))

    def logits(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Return one row of raw scores, one column a category, for each sentence of words."""
        import numpy as np

        scores = [self._one(tuple(words)) for words in rows]
        return np.stack(scores)

    def _one(self, words: tuple[str, ...]) -> Floats:
        import numpy as np

        known = self._remembered.get(words)
        if known is None:
            ids = np.array([self._pieces.rows(words)], dtype=np.int64)
            (scores,) = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
            known = scores[0]
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[words] = known
        return known
