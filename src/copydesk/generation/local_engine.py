"""A causal language model in this process: weights, tokenizer and one call of `generate`."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jinja2 import TemplateError

from copydesk.errors import InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation.answers import longest_answer, messages
from copydesk.generation.local_memory import GIGABYTE, Memory, Placing
from copydesk.generation.schema_mask import SchemaMask
from copydesk.prompts import Prompt
from copydesk.variants import Usage

INSTALL = "install the extra: pip install 'copydesk[ml]'"
POINT = "point COPYDESK_TRANSFORMERS_MODEL at a directory with config, tokenizer and weights"
ROWS_AT_MOST = 20
"""More than this nobody asks for."""
ROOM_AT_LEAST = 64
"""Fewer tokens than this hold no answer at all."""


class Sampling(NamedTuple):
    """How tokens are drawn. A temperature of 0 takes the likeliest."""

    temperature: float
    seed: int
    max_output_tokens: int


class Written(NamedTuple):
    """Answers, and what they took."""

    rows: tuple[str | InvalidDraft, ...]
    """Text, or what is wrong with it: in the order of the schemas."""
    usage: Usage
    at_once: int

    def and_then(self, more: Written) -> Written:
        """Return both, one after the other; a prompt counts each time that it is read."""
        usage = Usage(
            input_tokens=(self.usage.input_tokens or 0) + (more.usage.input_tokens or 0),
            output_tokens=(self.usage.output_tokens or 0) + (more.usage.output_tokens or 0),
        )
        return Written((*self.rows, *more.rows), usage, max(self.at_once, more.at_once))

    @property
    def texts(self) -> list[str]:
        """The answers that came to their end."""
        return [row for row in self.rows if isinstance(row, str)]

    def checked(self) -> Written:
        """Return it as it is. Raises InvalidDraft where no answer came to its end."""
        if self.rows and not self.texts:
            raise next(row for row in self.rows if isinstance(row, InvalidDraft))
        return self


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """A loaded model. Not for several threads at once: torch's random state is one for all."""

    model: Any
    tokenizer: Any
    vocabulary: Any
    device: str
    memory: Memory

    def write(
        self,
        prompt: Prompt,
        schemas: Sequence[Mapping[str, Any]],
        sampling: Sampling,
        stop: threading.Event,
    ) -> Written:
        """Return an answer for each schema that came to its end, written side by side.

        As many are written at once as memory has room for; where it runs out, half as many.

        Raises:
            InvalidDraft: the token limit cut all of them off.
            ModelMisconfigured: the prompt fills the model's context, or the bound of memory.
            ModelUnavailable: the device has no memory free, or ran out of it with one alone.
        """
        import torch

        asked = self._tokens(prompt)
        longest = max(map(longest_answer, schemas))
        room = self._room(int(asked.shape[1]), min(sampling.max_output_tokens, longest))
        rows = min(len(schemas), self._rows(int(asked.shape[1]) + room))
        written = Written((), Usage(input_tokens=0, output_tokens=0), 1)
        with torch.inference_mode(), torch.random.fork_rng(self._random_states()):
            torch.manual_seed(sampling.seed)
            while len(written.rows) < len(schemas) and not stop.is_set():
                part = schemas[len(written.rows) : len(written.rows) + rows]
                try:
                    written = written.and_then(self._rows_of(asked, part, sampling, room, stop))
                except torch.OutOfMemoryError as error:
                    if rows == 1:
                        words = f"{self.device} ran out of memory: {error}"
                        raise ModelUnavailable(words) from error
                    rows //= 2
                    torch.cuda.empty_cache()
        return written.checked()

    def _rows_of(
        self,
        asked: Any,  # noqa: ANN401 - a tensor
        schemas: Sequence[Mapping[str, Any]],
        sampling: Sampling,
        room: int,
        stop: threading.Event,
    ) -> Written:
        length, count = int(asked.shape[1]), len(schemas)
        mask = SchemaMask(self.vocabulary, schemas, length, stop)
        options = self._options(sampling, room, mask)
        if count > 1:
            options["past_key_values"] = self._read_once(asked, count)
        ids = asked.repeat(count, 1)
        output = self.model.generate(ids, attention_mask=ids.new_ones(ids.shape), **options)
        texts = [
            mask.why_not_whole(row)
            or self.tokenizer.decode(
                output[row, length:], skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
            for row in range(count)
        ]
        usage = Usage(input_tokens=length, output_tokens=mask.tokens_read)
        return Written(tuple(texts), usage, count)

    def _read_once(self, asked: Any, count: int) -> Any:  # noqa: ANN401 - tensors, and a cache
        """Read the prompt once for all rows: that is most of the work on a processor.

        A model whose memory is no plain cache reads it for each row.
        """
        cache = self.model(asked[:, :-1], use_cache=True, logits_to_keep=1).past_key_values
        if not hasattr(cache, "batch_repeat_interleave"):
            return None
        cache.batch_repeat_interleave(count)
        return cache

    def _rows(self, tokens: int) -> int:
        """Return how many rows of so many tokens fit into memory."""
        free = self.memory.free_bytes(self.device)
        if free is None:
            return ROWS_AT_MOST
        rows = int(free // (tokens * self.memory.bytes_a_token))
        if rows < 1:
            said = (
                f"an answer of {tokens} tokens, prompt included, needs "
                f"{tokens * self.memory.bytes_a_token / GIGABYTE:.1f} GB beside the weights, and "
                f"{free / GIGABYTE:.1f} GB are free on {self.device}"
            )
            if self.memory.bound_bytes is None:
                raise ModelUnavailable(f"{said}: free some, or choose a smaller model")
            raise ModelMisconfigured(
                f"{said}: raise COPYDESK_TRANSFORMERS_MEMORY_GB, or choose a smaller model"
            )
        return min(rows, ROWS_AT_MOST)

    def _options(self, sampling: Sampling, room: int, mask: SchemaMask) -> dict[str, Any]:
        greedy = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        drawn = {"do_sample": True, "temperature": sampling.temperature}
        return {
            "max_new_tokens": room,
            "num_beams": 1,
            "num_return_sequences": 1,
            "pad_token_id": self._pad(),
            "logits_processor": [mask],
            "stopping_criteria": [mask.is_over],
            **(drawn if sampling.temperature > 0 else greedy),
        }

    def _tokens(self, prompt: Prompt) -> Any:  # noqa: ANN401 - a tensor
        if not self.tokenizer.chat_template:
            text = f"{prompt.system}\n\n{prompt.user}\n\n"
            return self.tokenizer(text, return_tensors="pt")["input_ids"].to(self.device)
        try:
            return self._templated(messages(prompt))
        except TemplateError:  # some templates know no system role
            return self._templated(messages(prompt, system_role=False))

    def _templated(self, messages: list[dict[str, str]]) -> Any:  # noqa: ANN401 - a tensor
        encoded = self.tokenizer.apply_chat_template(
            messages,
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
            enable_thinking=False,  # where a template knows it: the schema has no room for it
        )
        return encoded["input_ids"].to(self.device)

    def _random_states(self) -> list[Any]:
        """Return the devices, beside the processor, whose random state a seed changes."""
        return [self.model.device] if self.model.device.type == "cuda" else []

    def _room(self, asked: int, wanted: int) -> int:
        context = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        room = wanted if context is None else min(wanted, context - asked)
        if room < ROOM_AT_LEAST:
            raise ModelMisconfigured(
                f"the prompt takes {asked} of the model's {context} tokens and leaves no room for "
                "an answer: choose a model with a larger context"
            )
        return int(room)

    def _pad(self) -> int | None:
        pad: int | None = self.tokenizer.pad_token_id
        return self.tokenizer.eos_token_id if pad is None else pad


def load(path: str, placing: Placing = Placing()) -> LocalEngine:  # noqa: B008 - it is frozen
    """Load the model at `path`, a directory or a hub name, where and how `placing` says.

    Raises:
        ModelMisconfigured: a package or the weights are missing, do not fit each other, or do not
            fit into the bound of memory.
    """
    try:
        import llguidance.hf
        from safetensors import SafetensorError
        from transformers import AutoTokenizer
    except ImportError as error:
        raise ModelMisconfigured(f"{error.name} is not installed: {INSTALL}") from error
    device = placing.chosen_device()
    placing.make_room_for(path, device)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model = _weights(path, placing.chosen_dtype(device)).to(device).eval()
        vocabulary = llguidance.hf.from_tokenizer(
            tokenizer,
            n_vocab=model.config.get_text_config().vocab_size,
            eos_token=_ends(model, tokenizer),
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelMisconfigured(f"{path} cannot be loaded: {_line(error)}; {POINT}") from error
    memory = Memory.of(model, placing.memory_gb)
    return LocalEngine(model, tokenizer, vocabulary, device, memory)


def _weights(path: str, dtype: str) -> Any:  # noqa: ANN401 - of an optional extra
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    model, report = AutoModelForCausalLM.from_pretrained(
        path, output_loading_info=True, dtype=dtype
    )
    if report["missing_keys"]:
        # transformers fills them with random numbers and goes on.
        missing = ", ".join(sorted(report["missing_keys"])[:3])
        raise ValueError(f"it lacks weights of a causal language model ({missing})")
    return model


def _ends(model: Any, tokenizer: Any) -> list[int]:  # noqa: ANN401 - of an optional extra
    """Return every token that ends an answer: chat models have others than their tokenizer's."""
    stated = model.generation_config.eos_token_id
    listed = stated if isinstance(stated, list) else [stated]
    found = {token for token in [*listed, tokenizer.eos_token_id] if token is not None}
    if not found:
        raise ValueError("neither tokenizer nor generation config names an end-of-text token")
    return sorted(found)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
