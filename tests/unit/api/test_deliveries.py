from fastapi.testclient import TestClient

from copydesk.api.app import create_app
from copydesk.bootstrap import bootstrap
from copydesk.generation.scripted import ScriptedModel
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.factories import NOW
from tests.unit.feedback.test_sendgrid import EVENT, delivery, forged, public


def a_client() -> TestClient:
    settings = Settings.model_validate(
        {"database_url": "memory://", "webhook_keys": {"sendgrid": public()}}
    )
    model = ScriptedModel([])
    return TestClient(
        create_app(bootstrap(settings, store=MemoryStore(), model=model, clock=lambda: NOW))
    )


def test_a_tools_delivery_counts_once_without_a_key_of_ours() -> None:
    """The signature is the credential; the same delivery again changes nothing."""
    sent = delivery(EVENT)
    client = a_client()

    answers = [
        client.post("/v1/outcomes/sendgrid", content=sent.body, headers=dict(sent.headers))
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.json()["new"] for answer in answers] == [1, 0]


def test_a_forged_delivery_is_refused_in_words() -> None:
    """Another key's signature is 401 with the setting to look at."""
    sent = forged()

    answer = a_client().post("/v1/outcomes/sendgrid", content=sent.body, headers=dict(sent.headers))

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:copydesk:problem:bad-signature"


def test_an_unknown_tool_is_not_found_with_the_known_ones() -> None:
    """A path of a tool that is not understood names those that are."""
    answer = a_client().post("/v1/outcomes/fax", content=b"[]")

    assert answer.status_code == 404
    assert "sendgrid" in answer.json()["detail"]
