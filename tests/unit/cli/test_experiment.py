"""`copydesk experiment`: on a database of its own, and on files of past sends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main
from copydesk.storage.build import open_store
from tests.unit.desk.trial import ARMS, Trial

SENDS = """subject,sent_at,recipients,clicks
One,2026-03-01T09:00:00Z,5000,40
Two,2026-03-01T09:00:00Z,5000,90
Three,2026-03-08T09:00:00Z,10000,120
"""


class Shop:
    """A folder with a database in which a campaign has three approved variants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "COPYDESK_DATABASE_URL": f"sqlite:///{folder / 'copydesk.db'}",
            "COPYDESK_RANKER": "transparent",
            "COLUMNS": "140",
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["experiment", *arguments], env=self.environment)

    def ok(self, *arguments: str) -> str:
        ran = self.run(*arguments)
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def furnished(shop: Shop) -> Shop:
    store = open_store(shop.environment["COPYDESK_DATABASE_URL"])
    Trial(store).furnished()
    store.close()
    return shop


def test_an_experiment_from_its_plan_to_its_end(furnished: Shop) -> None:
    """Each step prints how it stands: the least lift before it starts, then each arm."""
    plan = "id: subjects\ncampaign: spring\nrecipients: 60000\ncontrol: var_1\nlooks: 3\n"
    planned = furnished.ok("plan", furnished.file("plan.yaml", plan))
    started = furnished.ok("start", "subjects")
    updated = furnished.run("update")
    stopped = json.loads(furnished.ok("stop", "subjects", "--because", "Enough.", "--json"))

    assert "60,000 recipients find a lift of 28% in four of five cases" in planned
    assert "version 1" in started
    assert all(arm in started for arm in ARMS)
    assert "arm 1  var_1  " in started
    assert "rates are what the scores expect" in started
    assert (updated.exit_code, updated.stderr) == (0, "1 updated\n")
    assert (stopped["state"], stopped["because"]) == ("stopped", "Enough.")
    assert "subjects" in furnished.ok("list")


def test_evaluation_abstains_where_nothing_was_sent(furnished: Shop) -> None:
    """It says how much the log is worth, and how much is needed."""
    plan = '{"id": "subjects", "campaign": "spring", "recipients": 900, "control": "var_1"}'
    furnished.ok("plan", furnished.file("plan.json", plan))
    furnished.ok("start", "subjects")

    told = furnished.ok("evaluate", "subjects", "var_1=0.5", "var_2=0.5")
    assert "no estimate: 0 sends are worth 0 of this policy; 50 are needed" in told
    assert furnished.run("evaluate", "subjects", "var_1").exit_code == 2


def test_what_dividing_would_gain_is_told_before_a_send(shop: Shop) -> None:
    """Beside an even split, an A/B test and plain Thompson, with the chance of a false winner."""
    asked = ("--recipients", "20000", "--arms", "3", "--base-rate", "0.02", "--runs", "60")
    told = shop.ok("simulate", *asked)

    for way in ("even split", "A/B test of 20 %", "plain Thompson", "P(best) squared"):
        assert way in told
    assert "calls a false winner" in told
    assert "finds a lift of 37% or more" in told


def test_past_sends_are_played_again(shop: Shop) -> None:
    """Variants sent at one moment are an experiment; the rate of all is the base rate."""
    file = shop.file("sends.csv", SENDS)
    answer = json.loads(shop.ok("simulate", file, "--recipients", "9000", "--runs", "60", "--json"))
    even = next(gain for gain in answer["gains"] if gain["way"] == "even split")

    assert answer["experiments"] == 60
    assert even["answers"] == pytest.approx(9000 * 0.013, rel=0.1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("test,rate\na,0.01\na,0.02\nb,0.03\n", None),
        ("test,rate\na,0.01\nb,0.02\n", "no test has two variants"),
        ("test,rate\na,1.2\na,0.1\n", "rates.csv:2: rate: give a share above 0 and below 0.5"),
        ("subject,clicks\nOne,3\n", "sent_at: this column is needed"),
    ],
)
def test_a_file_of_rates_is_read_or_refused_with_its_line(
    shop: Shop, text: str, told: str | None
) -> None:
    """What is wrong, in which line, and what would be right."""
    file = shop.file("rates.csv", text)
    ran = shop.run("simulate", file, "--recipients", "9000", "--runs", "50")

    assert ran.exit_code == (2 if told else 0)
    assert (told or "") in ran.output


def test_a_question_that_makes_no_sense_is_refused(shop: Shop) -> None:
    """Two recipients are no list, and a rate is a share."""
    ran = shop.run("simulate", "--recipients", "2", "--base-rate", "3")

    assert ran.exit_code == 2
    assert "recipients" in ran.stderr
    assert "base_rate" in ran.stderr
