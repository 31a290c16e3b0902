"""What compatible servers send back: the part of a chat completion that is read, and failures."""

from __future__ import annotations

import openai
from pydantic import BaseModel, Field, ValidationError

from copydesk.documents import problems_of
from copydesk.errors import (
    GenerationError,
    InvalidDraft,
    ModelMisconfigured,
    ModelUnavailable,
)
from copydesk.generation.openai_settings import KEY_REMEDY, MODEL_REMEDY
from copydesk.variants import Usage

_BAD_REQUEST, _CONFLICT, _TIMEOUT, _TOO_MANY, _SERVER = 400, 409, 408, 429, 500
_WAIT = {_TIMEOUT, _CONFLICT, _TOO_MANY}
_FILTERED = {"content_filter", "content_policy_violation"}
_SHOWN = 300
"""Characters of a server's own words that a message repeats."""


class Said(BaseModel):
    """The message of a choice."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """One answer of a completion."""

    message: Said
    finish_reason: str | None = None


class Cached(BaseModel):
    """The part of the prompt that the server had in its cache."""

    cached_tokens: int | None = None


class Tokens(BaseModel):
    """The server's count."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: Cached | None = None


class Completion(BaseModel):
    """A chat completion, as far as it is read; checked, because compatible servers vary."""

    choices: list[Choice] = Field(min_length=1)
    usage: Tokens | None = None

    @property
    def counted(self) -> Usage:
        """The usage, in Copydesk's words."""
        tokens = self.usage or Tokens()
        cached = tokens.prompt_tokens_details
        return Usage(
            input_tokens=tokens.prompt_tokens,
            output_tokens=tokens.completion_tokens,
            cached_tokens=cached.cached_tokens if cached else None,
        )


def read_completion(body: str) -> Completion:
    """Return the completion in a response body. Raises InvalidDraft when it is none."""
    try:
        return Completion.model_validate_json(body)
    except ValidationError as error:
        problems = "; ".join(str(problem) for problem in problems_of(error, Completion))
        raise InvalidDraft(f"the server's response is not a chat completion: {problems}") from error


def said_in(completion: Completion) -> str:
    """Return what the model said. Raises InvalidDraft for a refusal, a filter or a cut answer."""
    choice = completion.choices[0]
    if choice.message.refusal:
        raise InvalidDraft(f"the model refused: {_short(choice.message.refusal)}")
    if choice.finish_reason == "content_filter":
        raise InvalidDraft("the provider's content filter stopped the answer")
    if choice.finish_reason == "length":
        raise InvalidDraft(
            "the answer was cut off at the token limit: raise COPYDESK_MAX_OUTPUT_TOKENS "
            "or ask for fewer variants"
        )
    return choice.message.content or ""


def failure(error: openai.OpenAIError, where: str, model: str) -> GenerationError:
    """Return the error of Copydesk's tree for one of the client's, in words, without the key."""
    if isinstance(error, openai.APITimeoutError):
        return perhaps_billed(
            f"{where} gave no answer in time: try again, or raise COPYDESK_OPENAI_TIMEOUT_S"
        )
    if isinstance(error, openai.APIStatusError):
        return _refusal(error, where, model)
    if isinstance(error, openai.APIConnectionError):
        words = str(error.__cause__ or "") or error.message
        failed = f"the connection to {where} failed: {_short(words)}"
        never_sent = type(error.__cause__).__name__ == "ConnectError"
        return ModelUnavailable(failed) if never_sent else perhaps_billed(failed)
    return ModelMisconfigured(f"the client for {where} cannot be used: {_short(str(error))}")


def perhaps_billed(message: str) -> ModelUnavailable:
    """Return the error for an answer that the provider may have written, but that never came."""
    error = ModelUnavailable(message)
    error.may_have_cost = True
    return error


def refused_words(error: openai.APIStatusError) -> str:
    """Return the option that a refusal names, else all its words."""
    return error.param if isinstance(error.param, str) and error.param else str(error)


def is_filtered(error: openai.APIStatusError) -> bool:
    """Return whether the provider refused for what the request says, and not for how."""
    return error.code in _FILTERED


def _refusal(error: openai.APIStatusError, where: str, model: str) -> GenerationError:
    words, status = _short(error.message), error.status_code
    if is_filtered(error):
        return InvalidDraft(f"the provider's content filter refused the request: {words}")
    if status in _WAIT or status >= _SERVER:
        return ModelUnavailable(f"{where} answered {status}: {words}")
    if isinstance(error, openai.AuthenticationError):
        # The server's own words are left out: they repeat part of the key.
        return ModelMisconfigured(f"{where} refused the key (401): {KEY_REMEDY}")
    if isinstance(error, openai.PermissionDeniedError):
        return ModelMisconfigured(f"the key may not use {model} at {where} (403): {KEY_REMEDY}")
    if isinstance(error, openai.NotFoundError):
        return ModelMisconfigured(f"{where} has no model {model} (404): {MODEL_REMEDY}")
    return ModelMisconfigured(f"{where} refused the request ({status}): {words}; {MODEL_REMEDY}")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
