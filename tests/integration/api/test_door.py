"""The door of the API: tokens, their pace, and what a request may look like; every refusal is a problem document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result

from ar_cockpit.api.v1.edge import door
from ar_cockpit.cli import build_app
from ar_cockpit.db.session import engine, transaction
from ar_cockpit.db.tables import ApiTokenRow, AuditRow, CompanyRow
from ar_cockpit.domain.access import Actor, Grant, Role, TokenScope
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import clock
from ar_cockpit.services.lists import feeds
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.pace import Pace
from ar_cockpit.services.programs.tokens import TokenOrder
from ar_cockpit.settings import get_settings
from tests.integration.api.conftest import OPERATOR, Caller, MakeToken

AT = datetime(2026, 3, 31, 12, 0, 30, tzinfo=UTC)
READ = (TokenScope.LEDGER_READ,)


def test_only_the_digest_of_a_token_is_kept(make_token: MakeToken) -> None:
    token = make_token(name="erp")
    with transaction() as session:
        row = session.exec(select(ApiTokenRow)).one()
        assert token not in str(row)
        assert token.startswith(row.hint)
        entry = session.exec(select(AuditRow).where(AuditRow.action == "token.add")).one()
    assert token not in str(entry)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "Bearer " + "x" * 10_000])
def test_without_a_known_token_nothing_is_answered(server: ASGIApp, header: str) -> None:
    client = TestClient(server, "https://cockpit.example/api/v1")
    for path in ("/customers", "/nothing", "/customers/batch"):
        answer = client.get(path, headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_ends_with_its_day_and_when_it_is_revoked(server: ASGIApp) -> None:
    assert server
    with transaction() as session:
        ends = TokenOrder("short", READ, (), AT + timedelta(days=1))
        token = tokens.add(session, OPERATOR, ends, at=AT)
        assert tokens.program(session, token, at=AT + timedelta(hours=23)) is not None
        assert tokens.program(session, token, at=AT + timedelta(days=1)) is None
        tokens.revoke(session, OPERATOR, "short", at=AT)
        assert tokens.program(session, token, at=AT) is None
        with pytest.raises(RefusedError):
            tokens.revoke(session, OPERATOR, "short", at=AT)


def test_a_revoked_token_is_refused_at_its_next_call(caller: Caller, client: TestClient) -> None:
    one = caller(name="old")
    assert one.get("/customers").status_code == 200
    with transaction() as session:
        tokens.revoke(session, OPERATOR, "old", at=clock.now())
    assert one.get("/customers").status_code == 401
    assert client.get("/customers").status_code == 200


def test_an_administrator_of_one_company_makes_tokens_for_it_only(server: ASGIApp) -> None:
    assert server
    with transaction() as session:
        alfa = session.exec(select(CompanyRow.id).where(CompanyRow.code == "ALFA")).one()
        admin = Actor(1, "a@alfa.example", "A", (Grant(Role.ADMIN, alfa),))
        tokens.add(session, admin, TokenOrder("alfa", READ, ["ALFA"]), at=AT)
        tokens.add(session, OPERATOR, TokenOrder("everything", READ), at=AT)
        assert [one.name for one in tokens.listed(session, admin)] == ["alfa"]
        with pytest.raises(ForbiddenError):
            tokens.add(session, admin, TokenOrder("all", READ), at=AT)
        with pytest.raises(NotFoundError):
            tokens.add(session, admin, TokenOrder("beta", READ, ["BETA"]), at=AT)
        with pytest.raises(NotFoundError):
            tokens.revoke(session, admin, "everything", at=AT)
        for role in set(Role) - {Role.ADMIN}:
            with pytest.raises(ForbiddenError):
                tokens.add(session, Actor(2, "b@x.example", "B", (Grant(role),)), TokenOrder("no", READ), at=AT)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(TokenOrder("with blank", READ), id="a name of two words"),
        pytest.param(TokenOrder("none", ()), id="no scope"),
        pytest.param(TokenOrder("late", READ, (), AT - timedelta(days=1)), id="expired already"),
    ],
)
def test_a_senseless_token_is_not_made(server: ASGIApp, order: TokenOrder) -> None:
    assert server
    with transaction() as session, pytest.raises(InputError):
        tokens.add(session, OPERATOR, order, at=AT)


def test_the_minute_is_counted_over_all_processes(make_token: MakeToken) -> None:
    make_token()
    with transaction() as session:
        token_id = session.exec(select(ApiTokenRow.id)).one()
    one, other = Pace(engine(), 40), Pace(engine(), 40)
    waits = [pace.seconds_to_wait(token_id, AT) for _ in range(30) for pace in (one, other)]
    assert waits.count(0) == 40
    assert waits[-1] == 30
    assert one.seconds_to_wait(token_id, AT + timedelta(seconds=30)) == 0
    with transaction() as session:
        used = session.exec(select(ApiTokenRow.last_used_at)).one()
    assert used == AT + timedelta(seconds=30)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # only a single file has one writer
def test_a_busy_file_keeps_no_reader_waiting(make_token: MakeToken) -> None:
    make_token()
    with transaction() as session:
        token_id = session.exec(select(ApiTokenRow.id)).one()
    with transaction():
        assert Pace(engine(), 40).seconds_to_wait(token_id, AT) == 0


def test_too_many_requests_are_told_how_long_to_wait(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    client = caller()
    monkeypatch.setenv("AR_API_REQUESTS_PER_MINUTE", "2")
    get_settings.cache_clear()
    monkeypatch.setattr(clock, "now", lambda: AT)
    answers = [client.get("/customers") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "30"
    assert answers[2].headers["content-type"] == "application/problem+json"


REFUSED: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("GET", "/nothing", {}, 404),
    ("GET", "/customers/999", {}, 404),
    ("GET", "/customers/0", {}, 404),
    ("GET", "/customers/99999999999999999999", {}, 404),
    ("DELETE", "/customers", {}, 405),
    ("GET", "/customers/batch", {}, 405),
    ("GET", "/customers", {"headers": {"Accept": "text/html"}}, 406),
    ("GET", "/customers", {"headers": {"Accept": "application/json;q=0"}}, 406),
    ("POST", "/customers/batch", {"content": "a=b", "headers": {"Content-Type": "text/plain"}}, 415),
    ("POST", "/customers/batch", {"data": {"a": "b"}}, 415),
    ("POST", "/customers/batch", {"content": "{", "headers": {"Content-Type": "application/json"}}, 400),
    ("POST", "/customers/batch", {"json": {"items": [{"customer_id": 5}]}}, 422),
    ("POST", "/customers/batch", {"json": {"items": [{"customer_id": "A", "name": "A", "limit": "1"}]}}, 422),
    ("POST", "/invoices/batch", {"json": {"items": [{"invoice_date": 20260101}]}}, 422),
    ("GET", "/kpi?as_of=0", {}, 422),  # not the first of January 1970
    ("GET", "/invoices?due_from=1700000000", {}, 422),
    ("GET", "/customers?limit=501", {}, 422),
    ("GET", "/customers?offset=5", {}, 422),
    ("GET", "/customers?customer_id=%00", {}, 422),
)


def test_every_refusal_is_a_problem_document(client: TestClient) -> None:
    for method, path, options, status in REFUSED:
        answer = client.request(method, path, **options)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path
        told = answer.json()
        assert {"type", "title", "status", "detail"} <= told.keys()
        assert told["status"] == status
        assert "errors" in told if status == 422 else True


def test_an_address_of_several_methods_names_them_all(client: TestClient) -> None:
    allowed = {path: client.put(path).headers["allow"] for path in ("/webhooks", "/webhooks/1", "/customers/batch")}
    assert allowed == {
        "/webhooks": "GET, POST",
        "/webhooks/1": "DELETE, GET, PATCH",
        "/customers/batch": "POST",
    }


def test_the_place_of_a_mistake_is_named(client: TestClient) -> None:
    item = {"payment_id": "P", "customer_id": "C", "payment_date": "2026-02-30", "amount": "1,50"}
    told = client.post("/payments/batch", json={"items": [item]}).json()
    assert {error["pointer"] for error in told["errors"]} == {"#/items/0/payment_date", "#/items/0/amount"}
    assert told["detail"] == "2 parts of the request are wrong."


def test_a_body_beyond_the_limit_is_not_read(client: TestClient) -> None:
    heads = {"Content-Type": "application/json"}
    told = client.post("/customers/batch", content=b"x" * (door.MOST_BYTES + 1), headers=heads)
    streamed = client.post("/customers/batch", content=(b"x" * 1024 * 1024 for _ in range(9)), headers=heads)
    assert (told.status_code, streamed.status_code) == (413, 413)
    assert streamed.headers["content-type"] == "application/problem+json"


def test_a_failure_of_ours_shows_no_trace(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(feeds, "customers", fail)
    answer = client.get("/customers")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_the_description_is_of_the_api_alone_and_keeps_the_policy(server: ASGIApp) -> None:
    answer = TestClient(server, "https://cockpit.example").get("/api/v1/openapi.json")
    document = answer.json()
    assert all(not path.startswith(("/auth", "/upload", "/download")) for path in document["paths"])
    assert "InvoiceBatch" in document["components"]["schemas"]
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert TestClient(server, "https://cockpit.example").get("/openapi.json").status_code == 404


def test_forms_of_other_sites_are_still_refused_beside_the_api(server: ASGIApp) -> None:
    client = TestClient(server, "https://cockpit.example")
    assert client.post("/auth/sign-in", data={"email": "a"}).status_code == 403
    assert client.post("/api/v1/customers/batch", json={}).status_code == 401


def test_tokens_by_the_command_line(server: ASGIApp) -> None:
    assert server

    def run(*words: str) -> Result:
        return CliRunner().invoke(build_app({"tokens"}), ["token", *words])

    made = run("add", "erp", "--scope", "ledger:read", "--scope", "figures:read", "--expires", "2099-12-31")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("ar_")
    (listed,) = json.loads(run("list", "--json").stdout)["tokens"]
    assert (listed["name"], listed["state"], listed["companies"]) == ("erp", "active", [])
    assert listed["scopes"] == ["figures:read", "ledger:read"]
    assert made.stdout.strip() not in run("list").stdout
    assert isinstance(run("add", "erp", "--scope", "ledger:read").exception, RefusedError)
    assert run("revoke", "erp").exit_code == 0
    assert json.loads(run("list", "--json").stdout)["tokens"][0]["state"] == "revoked"
    assert isinstance(run("revoke", "nobody").exception, NotFoundError)
