"""A causal language model in this process: weights, tokenizer and one call of `generate`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from jinja2 import TemplateError

from copydesk.errors import ModelMisconfigured, ModelUnavailable
from copydesk.generation.answers import messages
from copydesk.generation.schema_mask import SchemaMask
from copydesk.prompts import Prompt
from copydesk.variants import Usage

INSTALL = "install the extra: pip install 'copydesk[ml]'"
POINT = "point COPYDESK_TRANSFORMERS_MODEL at a directory with config, tokenizer and weights"
ROOM_AT_LEAST = 64
"""Fewer tokens than this hold no answer at all."""


class Sampling(NamedTuple):
    """How tokens are drawn. A temperature of 0 takes the likeliest."""

    temperature: float
    seed: int
    max_output_tokens: int


class Written(NamedTuple):
    """The text of an answer and what it took."""

    text: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """A loaded model. Not for several threads at once: torch's random state is one for all."""

    model: Any
    tokenizer: Any
    vocabulary: Any
    device: str

    def write(
        self, prompt: Prompt, schema: Mapping[str, Any], sampling: Sampling, stop: threading.Event
    ) -> Written:
        """Return an answer that fits the schema.

        Raises:
            InvalidDraft: the token limit cut it off.
            ModelMisconfigured: the prompt fills the model's context.
            ModelUnavailable: the device ran out of memory.
        """
        import torch

        asked = self._tokens(prompt)
        length = int(asked.shape[1])
        mask = SchemaMask(self.vocabulary, schema, length, stop)
        with torch.inference_mode(), torch.random.fork_rng(self._random_states()):
            torch.manual_seed(sampling.seed)
            try:
                output = self.model.generate(asked, **self._options(asked, sampling, mask))
            except torch.OutOfMemoryError as error:
                raise ModelUnavailable(f"{self.device} ran out of memory: {error}") from error
        mask.check_whole()
        text = self.tokenizer.decode(
            output[0, length:], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        usage = Usage(input_tokens=length, output_tokens=int(output.shape[1]) - length)
        return Written(text, usage)

    def _options(self, asked: Any, sampling: Sampling, mask: SchemaMask) -> dict[str, Any]:  # noqa: ANN401
        import torch

        greedy = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        drawn = {"do_sample": True, "temperature": sampling.temperature}
        return {
            "attention_mask": torch.ones_like(asked),
            "max_new_tokens": self._room(int(asked.shape[1]), sampling.max_output_tokens),
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


def load(path: str, device: str | None) -> LocalEngine:
    """Load the model at `path`, a directory or a hub name, onto `device`, found out when None.

    Raises:
        ModelMisconfigured: a package or the weights are missing, or do not fit each other.
    """
    try:
        import llguidance.hf
        import torch
        from safetensors import SafetensorError
        from transformers import AutoTokenizer
    except ImportError as error:
        raise ModelMisconfigured(f"{error.name} is not installed: {INSTALL}") from error
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model = _weights(path).to(chosen).eval()
        vocabulary = llguidance.hf.from_tokenizer(
            tokenizer,
            n_vocab=model.config.get_text_config().vocab_size,
            eos_token=_ends(model, tokenizer),
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelMisconfigured(f"{path} cannot be loaded: {_line(error)}; {POINT}") from error
    return LocalEngine(model, tokenizer, vocabulary, chosen)


def _weights(path: str) -> Any:  # noqa: ANN401 - of an optional extra
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    model, report = AutoModelForCausalLM.from_pretrained(path, output_loading_info=True)
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
