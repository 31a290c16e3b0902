"""Holding a local model's output to a JSON schema, token by token, with llguidance."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
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

    Each row of the batch has a schema of its own. Only tokens that lead on to an answer of it keep
    their scores. A row ends when its answer is whole; all end when `stop` is set because nobody
    waits for them any more.
    """

    def __init__(
        self,
        vocabulary: Any,  # noqa: ANN401 - an llguidance.LLTokenizer, which is an optional extra
        schemas: Sequence[Mapping[str, Any]],
        prompt_tokens: int,
        stop: threading.Event,
    ) -> None:
        self._matchers = [_matcher(vocabulary, schema) for schema in schemas]
        self._read = prompt_tokens
        self._stop = stop
        self.tokens_read = 0
        """Tokens of all rows, without what only fills up the shorter ones."""

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ANN401 - tensors
        """Return the scores with every token that would break the schema at minus infinity."""
        import torch

        self._read_on(input_ids)
        for row, matcher in enumerate(self._matchers):
            if matcher.is_stopped():
                continue  # what follows a whole answer is padding
            # llguidance.torch would compile this with a C++ compiler, which few servers have.
            bias = torch.frombuffer(bytearray(matcher.compute_logit_bias()), dtype=torch.uint8)
            forbidden = bias.to(scores.device)[: scores.shape[-1]] == 0
            scores[row] = scores[row].masked_fill(forbidden, float("-inf"))
        return scores

    def is_over(self, input_ids: Any, scores: Any, **_: object) -> Any:  # noqa: ANN401, ARG002
        """Return, as a tensor with one place for each row, whether to stop."""
        import torch

        self._read_on(input_ids)
        over = [self._stop.is_set() or matcher.is_stopped() for matcher in self._matchers]
        return torch.tensor(over, device=input_ids.device)

    def why_not_whole(self, row: int) -> InvalidDraft | None:
        """Return what is wrong with a row's answer unless it came to its end."""
        matcher = self._matchers[row]
        if matcher.is_error():
            return InvalidDraft(f"the answer left the schema: {matcher.get_error()}")
        if not matcher.is_accepting():
            return InvalidDraft(
                "the answer was cut off at the token limit: raise COPYDESK_MAX_OUTPUT_TOKENS "
                "or ask for fewer variants"
            )
        return None

    def _read_on(self, input_ids: Any) -> None:  # noqa: ANN401 - a tensor
        for matcher, tokens in zip(
            self._matchers, input_ids[:, self._read :].tolist(), strict=True
        ):
            for token in tokens:
                if not matcher.is_stopped():
                    matcher.consume_token(token)
                    self.tokens_read += 1
        self._read = input_ids.shape[1]


def _matcher(vocabulary: Any, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of the extra
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=AS_ASKED)
    matcher = LLMatcher(vocabulary, grammar, log_level=0)
    if matcher.is_error():
        raise ModelMisconfigured(f"the schema cannot be enforced: {matcher.get_error()}")
    return matcher
