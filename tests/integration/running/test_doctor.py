"""`doctor` looks at the set-up and the ledger, says the mend, and ends with 1 when something is bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services import audit
from tests.commands import run


def doctor(home: Path, *more: str, **settings: str) -> tuple[int, dict[str, Any]]:
    """Run the command and return its exit code and its document."""
    done = run("doctor", "--json", *more, cwd=home.parent, **({"AR_HOME": home} | settings))
    return done.returncode, json.loads(done.stdout)


def health(document: dict[str, Any]) -> dict[str, str]:
    return {line["check"]: line["health"] for line in document["checks"]}


def test_a_new_place_is_sound_and_what_is_not_set_yet_has_its_mend(tmp_path: Path) -> None:
    code, document = doctor(tmp_path / "home")
    assert code == 0
    assert "bad" not in health(document).values()
    warned = {line["check"]: line["mend"] for line in document["checks"] if line["health"] == "warn"}
    assert {"address", "secret key", "mail server", "job process"} <= warned.keys()
    assert all(warned.values())


def test_each_thing_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    code, document = doctor(home, AR_SMTP_URL="smtp://127.0.0.1:1?tls=none", AR_BASE_URL="cockpit", AR_SECRET_KEY="x")
    found = health(document)
    assert code == 1
    assert (found["home"], found["mail server"], found["address"], found["secret key"]) == (
        "warn",
        "bad",
        "bad",
        "warn",
    )


@pytest.mark.parametrize(
    "settings", [{"AR_TIMEZONE": "Mars/Base"}, {"AR_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}]
)
def test_a_bad_setting_or_an_unreachable_database_is_a_line_and_no_traceback(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    code, document = doctor(tmp_path, **settings)
    assert code == 1
    assert [line["check"] for line in document["checks"] if line["health"] == "bad"] in (["settings"], ["database"])


def test_a_difference_is_bad_with_its_rows_and_rebuild_says_what_it_changed(tmp_path: Path) -> None:
    doctor(tmp_path)
    engine = make_engine(f"sqlite:///{tmp_path / 'ar_cockpit.db'}")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO company (id, code, name, country, currency, timezone, language, iban, bic, address, phone,"
                " mail_from, mail_reply_to, targets, is_demo)"
                " VALUES (1, 'ALFA', 'A', '', 'EUR', 'UTC', 'en', '', '', '', '', '', '', '{}', 0)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO ledger_flow (company_id, currency, day, documents, sold_minor, open_minor, past_0_minor,"
                " past_30_minor, past_60_minor, past_90_minor, past_120_minor)"
                " VALUES (1, 'EUR', '2026-01-01', 1, 7, 7, 0, 0, 0, 0, 0)"
            )
        )
        connection.execute(text("UPDATE figures_state SET flows_are_built = 1"))
    engine.dispose()
    code, document = doctor(tmp_path)
    bad = [line for line in document["checks"] if line["health"] == "bad"]
    assert (code, len(bad)) == (1, 1)
    assert bad[0]["rows"][0]["day"] == "2026-01-01"
    code, document = doctor(tmp_path, "--rebuild")
    assert (code, document["rebuilt"]) == (0, {"ALFA": 1, "customers": 0})


def test_an_entry_of_the_audit_that_was_changed_is_told(tmp_path: Path) -> None:
    doctor(tmp_path)
    engine = make_engine(f"sqlite:///{tmp_path / 'ar_cockpit.db'}")
    with transaction(engine) as session:
        for number in (1, 2):
            audit.record(session, Actor.local_operator(), "test", ("thing", str(number)))
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET object_key = '3' WHERE object_key = '1'"))
    engine.dispose()
    code, document = doctor(tmp_path)
    assert (code, health(document)["audit trail"]) == (1, "bad")
