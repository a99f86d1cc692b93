"""The whole description against the running application: right requests are served, wrong ones refused as described."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from ar_cockpit.api.app import around_the_screens
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, TokenScope
from ar_cockpit.services import clock
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.tokens import TokenOrder
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice

EXAMPLES = 6


def _forget() -> None:
    get_settings.cache_clear()
    db_session.engine.cache_clear()


@pytest.fixture(scope="module")
def token(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A token that may do everything, and a small ledger."""
    folder = tmp_path_factory.mktemp("described")
    shutil.copy(sqlite_template, folder / "ledger.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AR_HOME", str(folder))
        patch.setenv("AR_DATABASE_URL", f"sqlite:///{folder / 'ledger.db'}")
        patch.setenv("AR_API_REQUESTS_PER_MINUTE", "1000000")
        _forget()
        with transaction() as session:
            customer = a_customer(session, a_company(session))
            day = clock.now().date()
            an_invoice(session, customer, "A1", 10_000, day, day, paid=[(day, 4_000)])
            order = TokenOrder("described", tuple(TokenScope))
            made = tokens.add(session, Actor.local_operator(), order, at=clock.now())
        yield made
        db_session.engine().dispose()
    _forget()


@pytest.fixture(scope="module")
def description(token: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description as a program fetches it, with requests made from it."""
    assert token
    app, headers = around_the_screens(tmp_path_factory.mktemp("no_screens"), ["http://testserver"])
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", headers(app))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_to_its_description(description: Any, token: str, mode: GenerationMode) -> None:
    for found in description.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

        check()
