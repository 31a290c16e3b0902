"""`copydesk generate --batch`, on a store in memory, against a batch API on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copydesk.access import Actor, Role
from copydesk.bootstrap import bootstrap
from copydesk.cli.batching import ask_in_batch, read_requests
from copydesk.errors import InputError
from copydesk.generations import GenerationState
from copydesk.settings import Settings
from tests.batch_server import BatchServer
from tests.factories import AUDIENCE, BRAND, BRIEF
from tests.unit.generation_hosted.test_batch import answers

ANA = Actor("ana", frozenset({Role.REQUESTER}))


def a_line(goal: str) -> str:
    brief = {**BRIEF, "goal": goal}
    return json.dumps({"brief": brief, "brand": BRAND, "audience": AUDIENCE, "n": 2})


def test_a_file_of_requests_is_written_by_one_batch(tmp_path: Path) -> None:
    """Each line becomes a generation from the batch's answer; asked again, it is the same one."""
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join([a_line("Spring"), "", a_line("Summer")]))
    with BatchServer(answers) as server:
        desk = bootstrap(Settings(database_url="memory://", openai_base_url=server.url))
        first = ask_in_batch(desk, read_requests(str(file)), ANA)
        again = ask_in_batch(desk, read_requests(str(file)), ANA)

    assert [each.state for each in first] == [GenerationState.DONE] * 2
    assert [each.id for each in again] == [each.id for each in first]
    assert [each.variants[0].variant.provenance.model for each in first] == [
        "openai:gpt-5-mini"
    ] * 2
    assert len(server.batches) == 1


def test_a_file_with_a_wrong_line_asks_nothing(tmp_path: Path) -> None:
    """A line that is no request stops the batch before it begins, and so does an empty file."""
    file = tmp_path / "requests.jsonl"
    file.write_text(a_line("Spring") + '\n{"brief": {}}\n')
    with pytest.raises(InputError, match="1 line was left out"):
        read_requests(str(file))

    file.write_text("\n")
    with pytest.raises(InputError, match="it holds no request"):
        read_requests(str(file))
