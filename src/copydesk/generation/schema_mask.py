"""Holding a local model's output to a JSON schema, token by token, with llguidance."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from copydesk.errors import InvalidDraft, ModelMisconfigured

AS_ASKED: Mapping[str, Any] = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}
"""JSON is spaced as in the prompt's example: a model that is pushed off the spacing it would choose
writes worse, and one that may choose freely can fill its answer with blanks."""


class SchemaMask:
    """Serves one call of `generate` as its logits processor and, by `is_over`, as its end.

    Only tokens that lead on to an answer of this schema keep their scores. Generation ends when
    the answer is whole, or when `stop` is set because nobody waits for it any more.
    """

    def __init__(
        self,
        vocabulary: Any,  # noqa: ANN401 - an llguidance.LLTokenizer, which is an optional extra
        schema: Mapping[str, Any],
        prompt_tokens: int,
        stop: threading.Event,
    ) -> None:
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=AS_ASKED)
        self._matcher = LLMatcher(vocabulary, grammar, log_level=0)
        if self._matcher.is_error():
            raise ModelMisconfigured(f"the schema cannot be enforced: {self._matcher.get_error()}")
        self._read = prompt_tokens
        self._stop = stop

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ANN401 - tensors
        """Return the scores with every token that would break the schema at minus infinity."""
        import torch

        self._read_on(input_ids)
        # llguidance.torch would compile this with a C++ compiler, which few servers have.
        bias = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        forbidden = bias.to(scores.device)[: scores.shape[-1]] == 0
        return scores.masked_fill(forbidden, float("-inf"))

    def is_over(self, input_ids: Any, scores: Any, **_: object) -> Any:  # noqa: ANN401, ARG002
        """Return, as a tensor of one, whether to stop."""
        import torch

        self._read_on(input_ids)
        over = self._stop.is_set() or self._matcher.is_stopped()
        return torch.tensor([over], device=input_ids.device)

    def check_whole(self) -> None:
        """Raise InvalidDraft unless the answer came to its end."""
        if self._matcher.is_error():
            raise InvalidDraft(f"the answer left the schema: {self._matcher.get_error()}")
        if not self._matcher.is_accepting():
            raise InvalidDraft(
                "the answer was cut off at the token limit: raise COPYDESK_MAX_OUTPUT_TOKENS "
                "or ask for fewer variants"
            )

    def _read_on(self, input_ids: Any) -> None:  # noqa: ANN401 - a tensor
        for token in input_ids[0, self._read :].tolist():
            if not self._matcher.is_stopped():
                self._matcher.consume_token(token)
        self._read = input_ids.shape[1]
