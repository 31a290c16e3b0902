from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from copydesk.errors import GenerationError, InvalidDraft, ModelMisconfigured, ModelUnavailable
from copydesk.generation import Drafts
from copydesk.generation.openai_compatible import OpenAIModel
from tests.servers import (
    Behaviour,
    Call,
    FaultServer,
    completion,
    cuts_off,
    drips,
    has_models,
    refuses,
    refuses_format,
    refuses_option,
    replies,
    says,
    waits,
)
from tests.unit.generation.samples import a_draft, a_request, an_answer

GOOD = an_answer(a_draft(), a_draft(angle="question"))
SLOW_DOWN = {"retry-after": "0.05"}
NO_CHOICES = {**completion(""), "choices": []}


def a_model(server: FaultServer, **changes: Any) -> OpenAIModel:
    given = {"model": "tiny", "base_url": server.url, "timeout_s": 5.0, "retries": 0}
    return OpenAIModel(**{**given, **changes})


async def drafted(model: OpenAIModel) -> Drafts:
    try:
        return await model.draft(a_request())
    finally:
        await model.aclose()


def test_one_call_gives_all_variants() -> None:
    """Two variants come from one call, with what the server counted and what was asked."""
    with FaultServer(says(GOOD)) as server:
        drafts = asyncio.run(drafted(a_model(server)))

    assert len(server.requests) == 1
    assert drafts.drafts == (a_draft(), a_draft(angle="question"))
    assert drafts.model == "openai:tiny"
    assert (drafts.usage.input_tokens, drafts.usage.output_tokens) == (1200, 240)
    assert drafts.parameters == {
        "temperature": 0.9,
        "seed": 7,
        "max_tokens": 8_000,
        "response_format": "json_schema",
    }


def test_the_request_asks_for_the_schema() -> None:
    """The static part is the system message, and the schema is asked for strictly."""
    request = a_request()
    with FaultServer(says(GOOD)) as server:
        asyncio.run(drafted(a_model(server)))
    sent = server.requests[0]

    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][0]["content"] == request.prompt.system
    assert sent["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    ("behaviour", "error", "said"),
    [
        (refuses("Slow down.", 429), ModelUnavailable, "answered 429: .*Slow down"),
        (refuses("Oops.", 500), ModelUnavailable, "answered 500"),
        (replies(503, "<html>upstream</html>"), ModelUnavailable, "answered 503"),
        (cuts_off(GOOD), ModelUnavailable, "connection to http://127.0.0.1.* failed"),
        (refuses("Wrong key sk-12345", 401), ModelMisconfigured, "COPYDESK_OPENAI_API_KEY"),
        (refuses("Not yours", 403), ModelMisconfigured, "may not use tiny"),
        (refuses("No such model", 404), ModelMisconfigured, "has no model tiny"),
        (refuses("Too long a prompt", 413), ModelMisconfigured, "413.*Too long"),
        (refuses("Bad request."), ModelMisconfigured, "refused the request .400.*Bad request"),
        (refuses("Filtered", code="content_filter"), InvalidDraft, "filter refused the request"),
        (replies(200, "not JSON"), InvalidDraft, "not a chat completion"),
        (replies(200, {"object": "list"}), InvalidDraft, "choices: this field is required"),
        (replies(200, NO_CHOICES), InvalidDraft, "choices"),
        (says(GOOD, finish_reason="length"), InvalidDraft, "COPYDESK_MAX_OUTPUT_TOKENS"),
        (says(None, finish_reason="content_filter"), InvalidDraft, "filter stopped the answer"),
        (says(None, refusal="I cannot sell this."), InvalidDraft, "refused: I cannot sell"),
        (says(None), InvalidDraft, "answer is empty"),
        (says("Sure, here you go"), InvalidDraft, "not JSON"),
        (says('{"subjects": ["Buy"]}'), InvalidDraft, "variants: this field is required"),
        (says(an_answer({"subject": "Buy"})), InvalidDraft, "none of 1 drafts"),
    ],
)
def test_every_mood_of_a_server_ends_in_a_clear_state(
    behaviour: Behaviour, error: type[GenerationError], said: str
) -> None:
    """Whatever a server does, the error says which side failed and what to do."""
    with (
        FaultServer(behaviour) as server,
        pytest.raises(error, match=said) as caught,
    ):
        asyncio.run(drafted(a_model(server)))

    assert type(caught.value) is error
    assert "sk-12345" not in caught.value.message


@pytest.mark.parametrize(
    ("behaviour", "retries", "said"),
    [
        (waits(20, says(GOOD)), 0, "no answer in time"),
        (drips(0.05), 0, r"no whole answer in 1\.3 s"),
    ],
)
def test_a_server_that_keeps_us_waiting_is_unavailable(
    behaviour: Behaviour, retries: int, said: str
) -> None:
    """No answer in time is an error, and so is one that comes byte by byte without end."""
    with FaultServer(behaviour) as server, pytest.raises(ModelUnavailable, match=said):
        asyncio.run(drafted(a_model(server, timeout_s=0.3, retries=retries)))


@pytest.mark.parametrize(
    "first", [refuses("Slow down.", 429), refuses("Oops.", 500), cuts_off(GOOD)]
)
def test_what_passes_is_retried(first: Behaviour) -> None:
    """A request to wait, a server error and a lost connection are tried again."""
    with FaultServer(first, says(GOOD)) as server:
        drafts = asyncio.run(drafted(a_model(server, retries=1)))

    assert len(drafts.drafts) == 2
    assert len(server.requests) == 2


def test_retry_after_is_honoured() -> None:
    """The client waits as long as the server asks, and not its own half second and more."""
    script = (refuses("Wait.", 429), says(GOOD))
    with FaultServer(replies(429, {}, SLOW_DOWN), says(GOOD)) as server:
        began = time.monotonic()
        asyncio.run(drafted(a_model(server, retries=1)))
        asked = time.monotonic() - began
    with FaultServer(*script) as server:
        began = time.monotonic()
        asyncio.run(drafted(a_model(server, retries=1)))
        unasked = time.monotonic() - began

    assert 0.05 <= asked < unasked


def test_a_server_that_asks_for_too_long_a_wait_is_unavailable() -> None:
    """A wait beyond the time of all tries is not waited for: it fails at once."""
    with FaultServer(replies(429, {}, {"retry-after": "50"})) as server:
        model = a_model(server, retries=1, timeout_s=0.1)
        with pytest.raises(ModelUnavailable, match="asks us to wait for 50 s"):
            asyncio.run(drafted(model))


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """A refused connection says which address was tried."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://user:secret@127.0.0.1:{free.getsockname()[1]}/v1"
    model = OpenAIModel(model="tiny", base_url=url, retries=0)

    with pytest.raises(ModelUnavailable, match=r"http://127.0.0.1:\d+/v1 failed: .+") as caught:
        asyncio.run(drafted(model))
    assert "secret" not in caught.value.message


def test_without_a_key_openai_is_not_asked() -> None:
    """With neither key nor address there is nothing to ask, and the message says what to set."""
    with pytest.raises(ModelMisconfigured, match="COPYDESK_OPENAI_API_KEY"):
        asyncio.run(drafted(OpenAIModel(model="gpt-5-mini")))


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://127.0.0.1/v1", "http://", "http://[::1/v1", "http://127.0.0.1:99999"]
)
def test_what_is_no_address_is_a_wrong_setting(url: str) -> None:
    """An address that no client could use is called so before it is tried."""
    with pytest.raises(ModelMisconfigured, match="set COPYDESK_OPENAI_BASE_URL"):
        asyncio.run(drafted(OpenAIModel(model="tiny", base_url=url)))


@pytest.mark.parametrize("key", ["sk-ключ", "sk two\nlines", "  "])
def test_what_is_no_key_is_a_wrong_setting(key: str) -> None:
    """A key that no header can carry is called so, and is not repeated."""
    with pytest.raises(ModelMisconfigured, match="COPYDESK_OPENAI_API_KEY") as caught:
        asyncio.run(drafted(OpenAIModel(model="tiny", api_key=key)))
    assert key.strip() == "" or key not in caught.value.message


def test_blanks_around_key_and_address_are_no_part_of_them() -> None:
    """A key read from a file with its line break works."""
    with FaultServer(says(GOOD)) as server:
        model = a_model(server, base_url=f" {server.url}\n", api_key="sk-1\n")

        assert asyncio.run(drafted(model)).drafts


@pytest.mark.parametrize(
    ("refused", "formats"),
    [
        (["json_schema"], ["json_schema", "json_object", "json_object"]),
        (["json_schema", "json_object"], ["json_schema", "json_object", None, None]),
    ],
)
def test_a_server_without_schemas_is_asked_as_it_can(
    refused: list[str], formats: list[str | None]
) -> None:
    """What a server refuses is asked for less strictly, and not asked for again."""
    behaviour = says(GOOD)
    for kind in refused:
        behaviour = refuses_format(kind, behaviour)

    async def twice(model: OpenAIModel) -> Drafts:
        await model.draft(a_request())
        return await drafted(model)

    with FaultServer(behaviour) as server:
        drafts = asyncio.run(twice(a_model(server)))
    asked = [sent.get("response_format", {}).get("type") for sent in server.requests]

    assert asked == formats
    assert drafts.parameters["response_format"] == (formats[-1] or "none")


@pytest.mark.parametrize("option", ["temperature", "seed", "max_tokens", "response_format"])
def test_an_option_that_is_refused_is_not_sent_again(option: str) -> None:
    """Options that a model does not take are dropped, remembered, and not in the provenance."""
    with FaultServer(refuses_option(option, says(GOOD))) as server:
        drafts = asyncio.run(drafted(a_model(server)))

    assert option not in server.requests[-1]
    assert drafts.parameters.get(option) in {None, "none"}


def test_a_refused_token_limit_goes_by_its_other_name() -> None:
    """Where `max_tokens` is refused the limit is kept, as `max_completion_tokens`."""
    with FaultServer(refuses_option("max_tokens", says(GOOD))) as server:
        asyncio.run(drafted(a_model(server, max_output_tokens=900)))

    assert server.requests[-1]["max_completion_tokens"] == 900


def test_a_template_without_a_system_role_gets_one_message() -> None:
    """Where the system role is refused the system part leads the user's message."""

    def behave(call: Call) -> None:
        system = call.sent["messages"][0]["role"] == "system"
        (refuses("System role not supported") if system else says(GOOD))(call)

    with FaultServer(behave) as server:
        asyncio.run(drafted(a_model(server)))
    messages = server.requests[-1]["messages"]

    assert len(messages) == 1
    assert messages[0]["content"].startswith(a_request().prompt.system)


def test_a_refusal_that_nothing_helps_is_not_remembered() -> None:
    """After a request that no way of asking could save, the next is asked strictly again."""
    behaviours = [refuses("Bad request.")] * 3 + [says(GOOD)]

    async def twice(model: OpenAIModel) -> Drafts:
        with pytest.raises(ModelMisconfigured):
            await model.draft(a_request())
        return await drafted(model)

    with FaultServer(*behaviours) as server:
        drafts = asyncio.run(twice(a_model(server)))

    assert drafts.parameters["response_format"] == "json_schema"


def test_no_more_calls_at_a_time_than_allowed() -> None:
    """The gate holds further requests back until one is answered."""
    running, most = 0, 0
    lock = threading.Lock()

    def behave(call: Call) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.03)
        with lock:
            running -= 1
        says(GOOD)(call)

    async def many(model: OpenAIModel) -> None:
        await asyncio.gather(*(model.draft(a_request()) for _ in range(8)))
        await model.aclose()

    with FaultServer(behave) as server:
        asyncio.run(many(a_model(server, concurrency=2)))

    assert most == 2


def test_a_model_outlives_an_event_loop() -> None:
    """One model serves requests from one event loop after another."""
    with FaultServer(says(GOOD)) as server:
        model = a_model(server)
        answers = [asyncio.run(drafted(model)) for _ in range(2)]

    assert [len(answer.drafts) for answer in answers] == [2, 2]


def test_reaching_a_server_says_what_is_there() -> None:
    """A server that lists the model is reached."""
    with FaultServer(says(GOOD), lists=has_models("small", "tiny")) as server:
        reached = a_model(server).reach()

    assert reached.listed
    assert reached.words == f"{server.url} has tiny"


@pytest.mark.parametrize(
    ("lists", "said"),
    [(has_models("small"), "lists small but not"), (refuses("no", 404), "lists no models but not")],
)
def test_reaching_finds_that_the_model_is_not_listed(lists: Behaviour, said: str) -> None:
    """A server that does not list the model says what it lists: the name may be wrong."""
    with FaultServer(says(GOOD), lists=lists) as server:
        reached = a_model(server).reach()

    assert not reached.listed
    assert said in reached.words


def test_reaching_needs_the_right_key() -> None:
    """A refused key is found out by reaching, before anybody asks for copy."""
    with (
        FaultServer(says(GOOD), lists=refuses("Wrong key", 401)) as server,
        pytest.raises(ModelMisconfigured, match="refused the key"),
    ):
        a_model(server).reach()
