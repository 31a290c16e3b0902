"""The judge behind the API and the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from fastapi.testclient import TestClient

from copydesk.api.app import create_app
from copydesk.bootstrap import bootstrap
from copydesk.cli import main
from copydesk.generation import ScriptedAnswerer
from copydesk.settings import Settings
from tests.factories import BRIEF
from tests.servers import FaultServer, says
from tests.unit.api.office import Clock, Office
from tests.unit.guardrails.judgements import CHARGE, INVENTED, judged


def test_a_check_is_judged_once() -> None:
    """`/v1/check` asks the judge, names it, and asks nobody when the same copy comes again."""
    judge = ScriptedAnswerer([judged([CHARGE])])
    desk = bootstrap(Settings(database_url="memory://", guards=("judge",)), judge=judge)
    office = Office(desk, TestClient(create_app(desk)), Clock())
    office.let_in()
    sent = {"brief": BRIEF, "copy": INVENTED.model_dump(mode="json")}
    first, second = (office.call("ada", "POST", "/v1/check", json=sent).json() for _ in range(2))

    assert first == second
    assert [one["category"] for one in first["findings"]] == ["legal.origin_claim"]
    assert first["engines"]["judge"] == "scripted, policy judge.v1"


def test_the_command_line_asks_the_configured_server(tmp_path: Path) -> None:
    """`copydesk check` sends each line to the model that `judge_model` names."""
    line = {"brief": BRIEF, "copy": INVENTED.model_dump(mode="json")}
    (tmp_path / "drafts.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with FaultServer(says(judged([CHARGE]))) as server:
        settings = {"openai_base_url": server.url, "guards": ["judge"], "judge_model": "strict"}
        (tmp_path / "copydesk.yaml").write_text(json.dumps(settings), encoding="utf-8")
        given = ["--settings", str(tmp_path / "copydesk.yaml")]
        ran = CliRunner().invoke(main, [*given, "check", str(tmp_path / "drafts.jsonl"), "--json"])

    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["engines"]["judge"] == "openai:strict, policy judge.v1"
    assert [sent["model"] for sent in server.requests] == ["strict"]
