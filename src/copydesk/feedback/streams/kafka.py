"""Kafka, and what speaks its protocol, by confluent-kafka (librdkafka): the extra `kafka`."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from copydesk.errors import SettingsError, StreamLost
from copydesk.feedback.streams.ports import Message

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, TopicPartition

log = logging.getLogger(__name__)

AT_ONCE = 500
WAIT_S = 0.2
"""For so long more messages are waited for, so that a pull soon knows of them."""
FIXED = {"enable.auto.commit": False, "enable.partition.eof": True}
"""What at-least-once needs: offsets are committed by us, after storing."""
DEFAULTS = {"auto.offset.reset": "earliest", "client.id": "copydesk"}


class KafkaStream:
    """A member of a consumer group that reads one topic.

    `properties` are librdkafka's own, by name: `bootstrap.servers` at least.

    Raises:
        SettingsError: the extra is not installed, or a property is not known or wrong.
    """

    def __init__(self, topic: str, group: str, properties: Mapping[str, str]) -> None:
        self._topic = topic
        self._ended: set[int] = set()
        self._consumer = _consumer(group, properties)
        self._consumer.subscribe([topic], on_assign=self._assigned)

    def read(self) -> Sequence[Message]:
        """Return at most 500 messages, those of a fifth of a second. Raises StreamLost."""
        found = []
        for message in self._consumer.consume(AT_ONCE, WAIT_S):
            error, partition = message.error(), message.partition() or 0
            if error is not None:
                self._met(error, partition)
                continue
            self._ended.discard(partition)
            value, offset = message.value() or b"", message.offset() or 0
            found.append(Message(value, message.topic() or self._topic, partition, offset))
        return found

    def done(self, messages: Sequence[Message]) -> None:
        """Commit behind these; where the group was divided anew meanwhile they come again."""
        from confluent_kafka import KafkaException, TopicPartition

        last = {one.partition: one.offset for one in messages}
        behind: list[TopicPartition] = [
            TopicPartition(self._topic, number, offset + 1) for number, offset in last.items()
        ]
        try:
            self._consumer.commit(offsets=behind, asynchronous=False)
        except KafkaException as error:
            log.warning("stream.not_committed: %s: they will be read again", error)

    @property
    def is_at_end(self) -> bool:
        """Whether every partition that is ours was read to its end."""
        mine = {one.partition for one in self._consumer.assignment()}
        return bool(mine) and mine <= self._ended

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()

    def _assigned(self, _: Consumer, partitions: Sequence[TopicPartition]) -> None:
        log.info("stream.assigned: %s", ", ".join(str(one.partition) for one in partitions))
        self._ended.clear()

    def _met(self, error: KafkaError, partition: int) -> None:
        from confluent_kafka import KafkaError as Codes

        if error.code() == Codes._PARTITION_EOF:  # noqa: SLF001 - its public name
            self._ended.add(partition)
        elif error.fatal() or error.code() in {
            Codes.UNKNOWN_TOPIC_OR_PART,
            Codes.TOPIC_AUTHORIZATION_FAILED,
            Codes.GROUP_AUTHORIZATION_FAILED,
        }:
            raise StreamLost(f"{self._topic}: {error.str()}")
        else:
            log.warning("stream.trouble: %s", error.str())


def _consumer(group: str, properties: Mapping[str, str]) -> Consumer:
    try:
        from confluent_kafka import Consumer, KafkaException
    except ImportError as error:
        raise SettingsError(
            "Events from Kafka need the extra: pip install 'copydesk[kafka]'"
        ) from error
    clash = sorted({*FIXED, "group.id"} & properties.keys())
    if clash:
        raise SettingsError(f"COPYDESK_KAFKA: {', '.join(clash)}: Copydesk sets this itself")
    if "bootstrap.servers" not in properties:
        raise SettingsError(
            'COPYDESK_KAFKA: say where the brokers are: {"bootstrap.servers": "kafka:9092"}'
        )
    given: dict[str, Any] = {**DEFAULTS, **properties, **FIXED, "group.id": group}
    try:
        return Consumer(given)
    except KafkaException as error:
        raise SettingsError(f"COPYDESK_KAFKA: {error.args[0].str()}") from error
