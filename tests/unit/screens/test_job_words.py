"""Every job says on screen what it is called and what it does."""

from __future__ import annotations

import pytest

from ar_cockpit.i18n import LANGUAGES, catalogue
from ar_cockpit.jobs.schedule import JOBS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("job", [job.name for job in JOBS])
def test_a_job_has_a_name_and_says_what_it_does(job: str, language: str) -> None:
    words = catalogue(language)
    assert {f"jobs.name.{job}", f"jobs.what.{job}"} <= words.keys()
