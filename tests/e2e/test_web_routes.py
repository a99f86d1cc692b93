"""What every answer carries, and which posts are refused, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from tests.e2e.conftest import Server
from tests.e2e.ledger import EMAILS

SEE_OTHER, FORBIDDEN = 303, 403


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A browser without a page: it follows nothing and keeps its cookies."""
    with httpx.Client(base_url=server.origin) as opened:
        yield opened


@pytest.mark.parametrize("path", [routes.SIGN_IN + "/", routes.HEALTH, "/nothing-here", "/app.css", routes.EXECUTIVE])
def test_every_answer_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in re.search(r"script-src [^;]*", policy)[0]
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
@pytest.mark.parametrize("path", [routes.POST_SIGN_IN, routes.POST_SIGN_OUT, routes.POST_LANGUAGE])
def test_a_form_of_another_site_is_refused(client: httpx.Client, path: str, origin: str | None) -> None:
    form = {"email": EMAILS[Role.ADMIN], "password": DEMO_PASSWORD}
    answer = client.post(path, data=form, headers={"Origin": origin} if origin else {})
    assert answer.status_code == FORBIDDEN
    assert "set-cookie" not in answer.headers


def test_a_screen_is_not_even_sent_to_a_stranger(client: httpx.Client) -> None:
    answer = client.get(routes.EXECUTIVE + "/?company=FR")
    assert answer.status_code == SEE_OTHER
    assert answer.headers["location"] == "/sign-in/?next=%2Fexecutive%2F%3Fcompany%3DFR"


def test_too_many_tries_are_slowed_down_without_saying_whether_the_account_exists(
    client: httpx.Client, server: Server
) -> None:
    form = {"email": "nobody@velmora.example", "password": "guess"}
    tries = [client.post(routes.POST_SIGN_IN, data=form, headers={"Origin": server.origin}) for _ in range(10)]
    reasons = [re.search(r"reason=(\w+)", answer.headers["location"])[1] for answer in tries]
    assert set(reasons) == {"wrong", "slow"}
    assert reasons[-1] == "slow"


def test_the_server_says_that_it_is_well(client: httpx.Client) -> None:
    told = client.get(routes.HEALTH).json()
    assert (told["status"], told["jobs"]["alive"]) == ("ok", False), "it serves, and says that no job process is there"
