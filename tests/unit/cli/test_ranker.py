"""`copydesk ranker`: learning, versions and fairness from the command line, on a real database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from copydesk.bootstrap import secret_of
from copydesk.cli import main
from copydesk.publishing.recipients import recipient_key
from copydesk.settings import Settings
from copydesk.storage.build import open_store
from tests.contract.nouns import a_campaign, an_approved, an_outcome
from tests.factories import NOW

SUBJECTS = ("Which shoes for the mud?", "New shoes for the muddy season", "Shoes at 20% off")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a database in a fresh folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'copydesk.db'}")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["ranker", *arguments])


def past_sends(folder: Path, number: int = 60, share: float = 0.04) -> str:
    pick = Random(1)
    lines = [
        f"{pick.choice(SUBJECTS)},{(NOW + timedelta(days=day - 200)).date()},5000,"
        f"{round(5000 * share * pick.uniform(0.8, 1.2))}"
        for day in range(number)
    ]
    file = folder / "past.csv"
    file.write_text("\n".join(["subject,sent_at,recipients,clicks", *lines]), encoding="utf-8")
    return str(file)


def test_a_file_of_past_sends_makes_a_version_that_can_be_taken_back(folder: Path) -> None:
    """Learn, list, and roll back: each is one command, and says what is in use."""
    learned = run("learn", "--sends", past_sends(folder), "--brand", "Northpeak", "--json")
    taught = json.loads(learned.stdout)
    assert (taught["promoted"], taught["sends"], taught["learned"]) == (True, 60, 40)

    said = run("versions").stdout
    assert taught["version"][:8] in said.replace("\n", "")
    assert "in use" in said

    assert "what ships is in use again" in run("rollback").stderr
    again = run("rollback")
    assert again.exit_code == 1
    assert "nothing was promoted" in again.stderr
    promoted = run("promote", taught["version"])
    assert "in use" in promoted.stdout


def test_what_a_version_is_to_gain_is_said_with_it(folder: Path) -> None:
    """An aim brings its own costs of those who leave; a cost that is said takes their place."""
    file = past_sends(folder, 30)
    run("learn", "--sends", file, "--brand", "A", "--objective", "conversions")
    run("learn", "--sends", file, "--brand", "A", "--unsubscribe-cost", "0.7")

    (listed,) = (json.loads(line) for line in run("versions", "--json").stdout.splitlines())
    assert listed["objectives"] == {"aim": "conversions", "unsubscribe": 0.7, "complaint": 5.0}


def test_a_file_without_a_brand_asks_for_it(folder: Path) -> None:
    """Whose sends these are is not guessed; with nothing at all, the way to begin is said."""
    ran = run("learn", "--sends", past_sends(folder))
    assert (ran.exit_code, "name the brand whose sends these are" in ran.stderr) == (2, True)

    nothing = run("learn")
    assert (nothing.exit_code, "give a file of past sends" in nothing.stderr) == (2, True)
    assert "Nothing was learned yet" in run("versions").stdout


def test_a_slip_in_a_brands_name_makes_no_brand(folder: Path) -> None:
    """A name that is nearly a known one is asked about, unless it is said to be another."""
    file = past_sends(folder, 30)
    run("learn", "--sends", file, "--brand", "Northpeak")

    slip = run("learn", "--sends", file, "--brand", "Nortpeak")
    assert (slip.exit_code, "did you mean Northpeak?" in slip.stderr) == (2, True)
    assert run("learn", "--sends", file, "--brand", "Nortpeak", "--new").exit_code == 0


def test_drift_says_what_was_looked_at(folder: Path) -> None:
    """Without enough later sends the answer is that nothing is shown, and why."""
    run("learn", "--sends", past_sends(folder), "--brand", "Northpeak")

    assert "nothing shown: " in run("drift").stdout


def shown(folder: Path, header: str = "age,offer,score") -> str:
    lines = [
        f"{group},{'20 off' if at % 10 < often else ''},{0.5 + at % 7 / 100}"
        for group, often in (("young", 4), ("old", 1))
        for at in range(500)
    ]
    file = folder / "shown.csv"
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    return str(file)


def test_an_offer_that_falls_on_few_of_a_group_is_told(folder: Path) -> None:
    """One in ten beside four in ten is below four fifths, with its interval; scores are alike."""
    file = shown(folder)
    told = json.loads(run("fairness", file, "--groups", "age", "--json").stdout)

    assert told["below"] == [{"name": "20 off", "group": "old"}]
    (old, young) = told["offers"]["20 off"]
    assert (old["shown"], old["of"], young["verdict"]) == (50, 500, "highest")
    assert old["ratio"]["low"] < 0.25 < old["ratio"]["high"] < 0.8
    assert [one["why"] for one in told["scores"]] == ["no difference shown"] * 2
    assert "below four fifths" in run("fairness", file, "--groups", "age").stdout


def test_who_got_what_may_be_in_the_database(folder: Path) -> None:
    """With a campaign, recipients of a file are found among its outcomes by their keys."""
    url = f"sqlite:///{folder / 'copydesk.db'}"
    secret = secret_of(Settings(database_url=url))
    store = open_store(url)
    with store.transaction() as tx:
        tx.campaigns.add(a_campaign())
        tx.library.add(an_approved(brand="Northpeak"))
        tx.outcomes.add([
            an_outcome(f"e{at}", kind="sent", recipient_key=recipient_key(secret, f"r{at}"))
            for at in range(120)
            if at % 2 or at % 20 == 0
        ])  # fmt: skip
    store.close()
    lines = [f"r{at},{'even' if at % 2 == 0 else 'odd'}" for at in range(120)]
    (folder / "people.csv").write_text("\n".join(["recipient,half", *lines]), encoding="utf-8")

    options = ("--groups", "half", "--campaign", "spring", "--json")
    ran = run("fairness", str(folder / "people.csv"), *options)

    told = json.loads(ran.stdout)
    (even, odd) = told["offers"]["spring: percent off 20"]
    assert (even["shown"], even["of"], odd["shown"], odd["of"]) == (6, 60, 60, 60)
    assert even["verdict"] == "below"
    assert len(told["variants"]) == 1


def test_columns_that_are_not_there_are_named(folder: Path) -> None:
    """A group that is no column, and a file that shows nothing, are refused in words."""
    ran = run("fairness", shown(folder), "--groups", "gender")
    assert (ran.exit_code, "gender: no such column; there are age" in ran.stderr) == (2, True)

    bare = run("fairness", shown(folder, "age,a,b"), "--groups", "age")
    assert (bare.exit_code, "what was shown" in bare.stderr) == (2, True)


def test_subjects_without_scores_get_them_from_the_ranker(folder: Path) -> None:
    """A column of subjects is scored, each subject once; groups of two columns go together."""
    lines = [f"{'ab'[at % 2]},x,{SUBJECTS[at % 3]}" for at in range(90)]
    (folder / "who.csv").write_text("\n".join(["g,h,subject", *lines]), encoding="utf-8")

    ran = run("fairness", str(folder / "who.csv"), "--groups", "g", "--groups", "h", "--json")

    scores = json.loads(ran.stdout)["scores"]
    assert [(one["group"], one["number"]) for one in scores] == [("a / x", 45), ("b / x", 45)]
    assert all(0 < one["mean"] < 1 for one in scores)
