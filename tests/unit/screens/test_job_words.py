"""Every job says on screen what it is called and what it does."""

from __future__ import annotations

import pytest

from ar_cockpit.i18n import LANGUAGES, catalogue
from ar_cockpit.jobs.schedule import JOBS
from ar_cockpit.mail.incoming import Kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("job", [job.name for job in JOBS])
def test_a_job_has_a_name_and_says_what_it_does(job: str, language: str) -> None:
    words = catalogue(language)
    assert {f"jobs.name.{job}", f"jobs.what.{job}"} <= words.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_run_counts_has_a_word(language: str) -> None:
    states = {"sent", "failed", "unknown", "queued", "cancelled", "delivered", "waiting", "lost"}
    rules = {"open_amounts", "settlement_dates", "overpaid", "unapplied_cash", "overdrawn_payments", "owners"}
    rules |= {"sums_by_day", "ageing_by_day", "balances", "packs", "priorities"}
    promised = {"open", "kept", "broken"} | {f"plans_{state}" for state in ("active", "broken", "completed")}
    night = {"judged", "moved", "alerts", "scores", "ended", "released", "assigned", "written", "files", "removed"}
    counted = states | rules | promised | night | {"answers", "events", *(kind.value for kind in Kind)}
    assert {f"jobs.count.{key}" for key in counted} - catalogue(language).keys() == set()
