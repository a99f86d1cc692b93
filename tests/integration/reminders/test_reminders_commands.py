"""The commands of reminding: what they print, and what they end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ar_cockpit.db.session import make_engine
from tests.commands import Done, run
from tests.reminding import DAY, POLICY, Moody, mail_server, queued

Command = Callable[..., Done]


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path) -> Command:
    """Run a command of the product against the test's database."""
    return partial(run, cwd=tmp_path, AR_DATABASE_URL=sqlite_url, AR_HOME=tmp_path)


@pytest.fixture
def ledger(sqlite_url: str) -> Engine:
    """The same database, from inside."""
    return make_engine(sqlite_url)


def test_a_policy_file_is_checked_loaded_and_comes_out_as_it_went_in(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    assert command("policy", "check", str(file)).returncode == 0
    assert json.loads(command("policy", "load", str(file), "--json").stdout) == {"version": 1}
    assert command("policy", "export").stdout == POLICY


@pytest.mark.parametrize("word", ["check", "load"])
def test_a_bad_policy_is_refused_with_line_and_mend_and_nothing_changes(
    command: Command, tmp_path: Path, word: str
) -> None:
    before = command("policy", "export").stdout
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.replace('template = "courtesy"', 'template = "curtesy"'))
    done = command("policy", word, str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Line 15: there is no template 'curtesy'. Did you mean 'courtesy'?")
    assert command("policy", "export").stdout == before


def test_a_policy_file_that_is_not_there_is_one_clear_line(command: Command) -> None:
    done = command("policy", "check", "nowhere.toml")
    assert (done.returncode, done.stderr) == (
        2,
        "nowhere.toml cannot be read: No such file or directory. Check the path.\n",
    )


def test_sending_tells_counts_and_ends_with_one_when_a_person_is_needed(command: Command, ledger: Engine) -> None:
    queued(ledger, "ok@x.example", "r550@x.example")
    with mail_server(Moody()) as mailer:
        server = {"AR_SMTP_URL": f"smtp://127.0.0.1:{mailer.port}?tls=none"}
        done = command("outbox", "send", "--json", "--as-of", DAY.isoformat(), **server)
        again = command("outbox", "send", "--json", **server)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"sent": 1, "queued": 0, "failed": 1, "unknown": 0, "cancelled": 0}
    assert (again.returncode, sum(json.loads(again.stdout).values())) == (0, 0)
    listed = json.loads(command("outbox", "list", "--json").stdout)["messages"]
    assert [one["state"] for one in listed] == ["sent", "failed"]
    assert set(listed[0]) == {
        "message_id",
        "customer",
        "contact",
        "step",
        "state",
        "attempts",
        "queued_at",
        "sent_at",
        "error",
    }


def test_an_unknown_message_is_resolved_by_its_id_and_no_other(command: Command, ledger: Engine) -> None:
    queued(ledger, "drop-after@x.example", "ok@x.example")
    with mail_server(Moody()) as mailer:
        command("outbox", "send", AR_SMTP_URL=f"smtp://127.0.0.1:{mailer.port}?tls=none")
    unknown, sent = (one["message_id"] for one in json.loads(command("outbox", "list", "--json").stdout)["messages"])
    assert command("outbox", "resolve", sent, "--as-sent").returncode == 2
    assert command("outbox", "resolve", unknown).returncode == 2
    assert command("outbox", "resolve", unknown.strip("<>"), "--send-again").returncode == 0
    states = [one["state"] for one in json.loads(command("outbox", "list", "--json").stdout)["messages"]]
    assert states == ["queued", "sent"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "No mail server is set."),
        ("smtp://127.0.0.1:1?tls=none", "cannot be reached: Connection refused."),
        ("ftp://x", "AR_SMTP_URL cannot be read."),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_one_clear_line(
    command: Command, ledger: Engine, url: str, said: str
) -> None:
    queued(ledger, "ok@x.example")
    done = command("outbox", "send", AR_SMTP_URL=url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert json.loads(command("outbox", "list", "--json").stdout)["messages"][0]["attempts"] == 0


def test_all_is_stopped_and_released_and_approvals_are_listed_from_the_command_line(
    command: Command, ledger: Engine
) -> None:
    queued(ledger, "one@x.example")
    day = ("--as-of", DAY.isoformat())
    assert command("cadence", "stop", "--reason", "Wrong bank details").returncode == 0
    again = command("cadence", "stop", "--reason", "Again")
    assert (again.returncode, "stopped already" in again.stderr) == (2, True)
    held = json.loads(command("cadence", "plan", "--json", *day).stdout)["held"]
    assert [one["reason"] for one in held] == ["on_hold"]
    assert command("cadence", "release").returncode == 0
    assert json.loads(command("cadence", "approvals", "--json", *day).stdout)["waiting"] == []
    refused = command("cadence", "approve", "C000-1", *day)
    assert (refused.returncode, "no step that waits" in refused.stderr) == (2, True)


def test_a_simulation_tells_days_collectors_and_the_difference_to_todays_policy(
    command: Command, ledger: Engine, tmp_path: Path
) -> None:
    queued(ledger, "m0@x.example", "m1@x.example")
    draft = tmp_path / "draft.toml"
    draft.write_text(POLICY.replace("offset = 18", "offset = 5"))
    asked = ("cadence", "simulate", "--days", "20", "--no-payments", "--as-of", DAY.isoformat())
    done = command(*asked, "--policy", str(draft), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    later = {day["date"]: day["messages"] for day in said["days"] if day["messages"]}
    today = {day["date"]: day["messages"] for day in said["today"]["days"] if day["messages"]}
    assert (later, today) == ({"2026-03-18": 2}, {"2026-03-18": 2}), "the spacing holds under both"
    assert said["days"][15]["message_totals"] == {"EUR": "1000.00"}
    assert said["collectors"] == [{"collector": "", "messages": 2, "tasks": 0, "approvals": 0, "hours": 0.0}]
    assert sum(day["messages"] for day in said["difference"]["days"]) == 0
    assert (said["difference"]["expected_cash_moved"], said["effect"]) == (None, None), "not known, and not invented"
    assert said["held"] == {"not_due_yet": {"invoices": 2, "totals": {"EUR": "1000.00"}}}
    table = command(*asked)
    assert (table.returncode, "Wed 18 Mar" in table.stdout) == (0, True)


def test_a_simulation_of_a_bad_draft_or_of_too_many_days_is_refused(command: Command, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(POLICY.replace('template = "courtesy"', 'template = "curtesy"'))
    done = command("cadence", "simulate", "--days", "5", "--policy", str(draft), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Line 15: there is no template 'curtesy'. Did you mean 'courtesy'?")
    assert command("cadence", "simulate", "--days", "400").returncode == 2
