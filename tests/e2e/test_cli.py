"""The command line as people use it: a real database, the phrase book, processes that die."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.e2e.processes import EXAMPLES, Desk, killable, ready, served

if TYPE_CHECKING:
    from tests.postgres import Postgres

OUTDOOR = EXAMPLES / "outdoor"
DOCUMENTS = (
    f"--brief={OUTDOOR}/briefs/spring-boots.yaml",
    f"--brand={OUTDOOR}/brand.yaml",
)
CARE = f"--audience={OUTDOOR}/audiences/paused-members.yaml"
EVERYONE = f"--audience={OUTDOOR}/audiences/lapsed-walkers.yaml"


@pytest.mark.parametrize("name", ["bank", "outdoor", "pharmacy"])
def test_demo_plays_every_example(desk: Desk, name: str) -> None:
    """`copydesk demo` ends well on every example and shows refusal, signature and pull."""
    said = desk.ok("demo", "--example", name)

    assert "✗ block" in said
    assert "maria tries to approve" in said
    assert "jonas approves" in said
    assert re.search(r"approval [0-9a-f]{64}", said)
    assert "copydesk serve" in said
    assert list(desk.folder.iterdir()) == []


def test_demo_can_keep_its_database(desk: Desk) -> None:
    """With --database the demo leaves its campaigns there, and can be played again."""
    kept = ("demo", "--database", "sqlite:///copydesk.db")

    desk.ok(*kept)
    desk.ok(*kept)

    assert "paused-members" in desk.ok("reviews", "list", "--json")


def test_generated_copy_waits_for_a_person(desk: Desk) -> None:
    """Copy for a sensitive audience is kept and waits in the queue; the queue shows it."""
    generation = desk.json("generate", *DOCUMENTS, CARE, "-n", "2", "--as", "maria")

    waiting = [routed["review_id"] for routed in generation["variants"]]
    listed = [json.loads(line) for line in desk.ok("reviews", "list", "--json").splitlines()]
    assert generation["requester"] == "maria"
    assert sorted(item["id"] for item in listed) == sorted(waiting)
    assert desk.json("reviews", "show", waiting[0])["state"] == "waiting"


def test_same_seed_writes_the_same_copy(desk: Desk) -> None:
    """In two processes a seed writes the same copy, and nothing is saved when told so."""
    asked = ("generate", *DOCUMENTS, EVERYONE, "-n", "3", "--seed", "7", "--no-save", "--json")

    one, other = (json.loads(ran.stdout) for ran in (desk.run(*asked), desk.start(*asked)))

    copies = [[v["variant"]["copy"] for v in generation["variants"]] for generation in (one, other)]
    assert copies[0] == copies[1]
    assert list(desk.folder.iterdir()) == []


def test_generation_for_people_says_what_to_type_next(desk: Desk) -> None:
    """People see ranks, scores, the copy, where it went, who wrote it, and what to type next."""
    said = desk.ok("generate", *DOCUMENTS, CARE, "-n", "2")

    assert "score 0." in said
    assert "by phrasebook" in said
    assert "waits for a person" in said
    assert "copydesk serve" in said


def test_wrong_documents_are_all_reported(desk: Desk) -> None:
    """Every problem of every document is one line with file and line; the exit status is 2."""
    (desk.folder / "brief.yaml").write_text("goal: x\nkind: promo\n")
    (desk.folder / "audience.yaml").write_text("id: a\ndescripton: b\n")

    brand = f"--brand={OUTDOOR}/brand.yaml"
    ran = desk.start("generate", "--brief=brief.yaml", brand, "--audience=audience.yaml")

    lines = ran.stderr.splitlines()
    assert ran.returncode == 2
    assert any(line.startswith("brief.yaml:2: kind: ") for line in lines)
    assert any("audience.yaml:2: " in line and "did you mean" in line for line in lines)
    assert "Traceback" not in ran.stderr


def test_wrong_setting_is_reported(desk: Desk) -> None:
    """A setting that cannot be used is reported with its file and line, by every command."""
    (desk.folder / "copydesk.yaml").write_text("modle: phrasebook\n")

    ran = desk.run("reviews", "list")

    assert ran.returncode == 2
    assert "modle" in ran.stderr
    assert "did you mean `model`" in ran.stderr


def test_users_and_keys_are_managed(desk: Desk) -> None:
    """Users and keys are added, listed, revoked and disabled; a secret is printed once."""
    password = "correct horse battery"
    desk.ok("users", "add", "jonas", "--role=approver", "--password-stdin", stdin=f"{password}\n")
    desk.ok("users", "add", "mailer", "--role=puller", "--no-password")

    secret = desk.ok("keys", "add", "mailer", "--role=puller").strip()
    key = desk.json("keys", "list", "mailer")
    desk.ok("keys", "revoke", key["id"])
    desk.ok("users", "disable", "mailer")

    users = [json.loads(line) for line in desk.ok("users", "list", "--json").splitlines()]
    assert secret.startswith(key["id"])
    assert desk.json("keys", "list", "mailer")["revoked_at"]
    assert [(user["name"], user["disabled"]) for user in users] == [
        ("jonas", False),
        ("mailer", True),
    ]


def test_roles_beyond_the_user_are_refused(desk: Desk) -> None:
    """A key cannot have a role that its user lacks; the refusal is one plain line."""
    desk.ok("users", "add", "mailer", "--role=puller", "--no-password")

    ran = desk.run("keys", "add", "mailer", "--role=approver")

    assert ran.returncode == 1
    assert "mailer does not have the role approver" in ran.stderr
    assert ran.stdout == ""


def test_doctor_names_what_is_missing_and_hides_secrets(desk: Desk) -> None:
    """Doctor is content with the defaults, and shows settings without their secrets."""
    desk.environment["COPYDESK_SECRET"] = "do-not-show-this"

    found = desk.json("doctor")

    assert found["healthy"]
    assert found["settings"]["secret"] == "(set)"
    assert "do-not-show-this" not in json.dumps(found)
    assert {"python", "models", "checks", "database"} <= {s["area"] for s in found["symptoms"]}


def test_doctor_fails_on_what_settings_ask_for_in_vain(desk: Desk) -> None:
    """A check that the settings demand and that cannot run gives the exit status 1, by name."""
    desk.environment["COPYDESK_GUARDS"] = '["rules", "detoxify"]'

    ran = desk.run("doctor")

    assert ran.returncode == 1
    assert "detoxify" in ran.stdout


def test_pull_without_campaign_is_refused(desk: Desk) -> None:
    """A campaign that does not exist gives one plain line and the exit status 1."""
    ran = desk.run("pull", "nothing")

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1


def test_openapi_is_exported(desk: Desk) -> None:
    """The OpenAPI document is printed as JSON, without opening a database."""
    document = json.loads(desk.ok("export-openapi"))

    assert "/v1/generations" in document["paths"]
    assert list(desk.folder.iterdir()) == []


def test_server_is_ready_and_stops_when_told(desk: Desk) -> None:
    """`copydesk serve` says where it is, becomes ready, names its model, and stops on SIGTERM."""
    with served(desk) as address:
        found = ready(address)

    assert found["status"] == "ready"
    assert "phrasebook" in found["model"]


def workers_below(pid: int) -> dict[str, int]:
    """Return the processes below this one, by the worker's name in their environment."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {worker_name(int(child)): int(child) for child in children}


def worker_name(pid: int) -> str:
    variables = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return next(v.partition("=")[2] for v in variables if v.startswith("COPYDESK_WORKER="))


@pytest.mark.postgres
def test_worker_that_dies_is_started_again(desk: Desk, postgres: Postgres) -> None:
    """On PostgreSQL several workers serve one port; a killed one comes back under its name."""
    desk.environment["COPYDESK_DATABASE_URL"] = postgres.url(postgres.database())
    desk.environment["COPYDESK_SECRET"] = "a secret that every worker shares"

    with killable(desk, "--workers", "2") as (address, server):
        ready(address)
        os.kill(workers_below(server.pid)["worker-0-1"], signal.SIGKILL)
        assert server.stderr is not None
        next(line for line in server.stderr if "worker-0-1 ended with status -9" in line)
        assert ready(address)["status"] == "ready"
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


@pytest.mark.postgres
def test_workers_do_not_outlive_their_parent(desk: Desk, postgres: Postgres) -> None:
    """When the process above the workers is killed, they stop, and the port is free."""
    desk.environment["COPYDESK_DATABASE_URL"] = postgres.url(postgres.database())
    desk.environment["COPYDESK_SECRET"] = "a secret that every worker shares"

    with killable(desk, "--workers", "2") as (address, server):
        ready(address)
        server.kill()
        assert server.stderr is not None
        server.stderr.read()  # ends when nobody is left to write to it

    with pytest.raises(URLError):
        urlopen(f"{address}/healthz")


def test_several_workers_need_postgresql(desk: Desk) -> None:
    """Several processes on SQLite are refused, with what would be right."""
    ran = desk.run("serve", "--workers", "2")

    assert ran.returncode == 2
    assert "PostgreSQL" in ran.stderr
