"""Kafka, on the broker that librdkafka carries for tests: its protocol over a real socket."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer, TopicPartition

from copydesk.cli import main
from copydesk.errors import SettingsError
from copydesk.feedback.streams.kafka import KafkaStream

TOPIC = "shop-events"


class Broker:
    """One broker, with the client in whose process it lives."""

    def __init__(self) -> None:
        quiet = {"log_level": 0}
        self.producer = Producer({"test.mock.num.brokers": 1, **quiet})
        brokers = self.producer.list_topics(timeout=10).brokers.values()
        self.address = ",".join(f"{one.host}:{one.port}" for one in brokers)

    def send(self, *values: bytes) -> None:
        for number, value in enumerate(values):
            self.producer.produce(TOPIC, value, partition=number % 2)
        assert self.producer.flush(10) == 0

    @property
    def properties(self) -> dict[str, str]:
        return {"bootstrap.servers": self.address, "fetch.wait.max.ms": "50"}

    def committed(self, group: str) -> dict[int, int]:
        reader = Consumer({"bootstrap.servers": self.address, "group.id": group})
        places = reader.committed([TopicPartition(TOPIC, n) for n in (0, 1)], timeout=10)
        reader.close()
        return {place.partition: place.offset for place in places}


@pytest.fixture
def broker() -> Broker:
    return Broker()


def event(number: int) -> bytes:
    one = {
        "event_id": str(number), "kind": "cart_abandoned", "at": str(datetime.now(UTC)),
        "recipient": f"r{number}", "consent": True,
    }  # fmt: skip
    return json.dumps(one).encode()


def test_the_command_reads_a_topic_and_commits_behind_what_it_stored(
    broker: Broker, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two partitions to their end: events in the store, the poison told with its place."""
    broker.send(event(1), event(2), b"poison", event(3), event(1))
    rules, refused = tmp_path / "triggers.yaml", tmp_path / "refused.jsonl"
    rule = {"name": "cart", "on": "cart_abandoned", "campaign": "spring", "audience": "carts"}
    rules.write_text(json.dumps({"triggers": [rule]}), encoding="utf-8")
    monkeypatch.setenv("COPYDESK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COPYDESK_SECRET", "0123456789abcdef")
    monkeypatch.setenv("COPYDESK_TRIGGERS", str(rules))
    monkeypatch.setenv("COPYDESK_KAFKA", json.dumps(broker.properties))

    command = ["events", "consume", "--topic", TOPIC, "--refused", str(refused), "--to-the-end"]
    done = CliRunner().invoke(main, command)

    assert (done.exit_code, done.stderr) == (0, "5 read, 3 new, 1 refused\n")
    assert broker.committed("copydesk") == {0: 3, 1: 2}
    assert json.loads(refused.read_text())["message"] == f"{TOPIC}[0]@1"
    with sqlite3.connect(tmp_path / "copydesk.db") as database:
        assert database.execute("SELECT count(*) FROM standings").fetchone() == (3,)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "say where the brokers are"),
        ({"bootstrap.servers": "x", "group.id": "mine"}, "group.id: Copydesk sets this itself"),
        ({"bootstrap.servers": "x", "no.such.thing": "1"}, "No such configuration property"),
    ],
)
def test_properties_that_cannot_be_used_are_refused(properties: dict[str, str], said: str) -> None:
    """With the name of the setting, and before anything is read."""
    with pytest.raises(SettingsError, match=said):
        KafkaStream(TOPIC, "copydesk", properties)
