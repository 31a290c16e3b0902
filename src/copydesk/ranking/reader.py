"""The reader of lines: a small sentence model that gives each line one score.

Layers of all-MiniLM-L6-v2, trained further on headline experiments (see training/ranking), in
whole numbers of eight bits, run by onnxruntime.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from copydesk.guardrails.meaning.pieces import Pieces

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL = "reader.onnx"
REMEMBERED = 20_000
"""Lines whose scores are kept: a desk ranks the same copy again after every edit of another."""
_PIECES = "pieces"


class LineReader:
    """Scores lines one by one, so that no line's score depends on its company."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._pieces = Pieces(session.get_modelmeta().custom_metadata_map[_PIECES].split("\n"))
        self._remembered: dict[str, float] = {}

    @classmethod
    @cache
    def load(cls) -> LineReader:
        """Return the shipped reader. Takes some 0.1 s the first time."""
        return cls.of(resources.files("copydesk.ranking").joinpath(MODEL).read_bytes())

    @classmethod
    def of(cls, model: bytes) -> LineReader:
        """Return a reader of a model given as ONNX with its pieces among its properties."""
        import onnxruntime

        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return cls(onnxruntime.InferenceSession(model, options))

    def score(self, line: str) -> float:
        """Return the score of a line: a difference in log-odds, from no fixed zero."""
        known = self._remembered.get(line)
        if known is None:
            known = self._read(line)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[line] = known
        return known

    def _read(self, line: str) -> float:
        import numpy as np

        ids = np.array(self._pieces.rows(line.casefold().split()), dtype=np.int64)
        (score,) = self._session.run(None, {"ids": ids})
        return float(score[0])
