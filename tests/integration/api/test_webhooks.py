"""Webhooks on both databases: told in the transaction of the fact, signed, at least once, to public addresses only."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from typer.testing import CliRunner

from ar_cockpit.cli import build_app
from ar_cockpit.db.instants import database_now
from ar_cockpit.db.queries import webhooks as queries
from ar_cockpit.db.session import engine, transaction
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WebhookEventRow,
)
from ar_cockpit.domain.access import Permission, TokenScope
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.webhooks.events import MOST_TRIES, EventType
from ar_cockpit.jobs import deliver_webhooks, tidy_interfaces
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services import clock, reach
from ar_cockpit.services.collecting import commitments, holds, promise_outcomes, undo
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.webhooks import delivery, outbox
from ar_cockpit.services.webhooks.delivery import Orders
from tests.builders import a_customer, an_invoice
from tests.integration.api.conftest import OPERATOR, Caller
from tests.integration.api.receiver import Receiver, receiving

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def customer(server: ASGIApp) -> CustomerRow:
    """A customer of the first company with two open invoices."""
    assert server
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "ALFA")).one()
        row = a_customer(session, company, name="Åland")
        for number in ("I1", "I2"):
            an_invoice(session, row, number, 10_000, date(2026, 1, 1), date(2026, 1, 31))
    return row


async def here(_host: str, _port: int) -> list[str]:
    """Resolve every name to this machine."""
    await asyncio.sleep(0)
    return ["127.0.0.1"]


ORDERS = Orders(allow_private=True, resolve=here)


def registered(receiver: Receiver, *events: EventType, company: str = "") -> tuple[int, str]:
    """Register the receiver for these events (all by default) and return its key and secret."""
    with transaction() as session:
        row = WebhookEndpointRow(
            company_id=session.exec(select(CompanyRow.id).where(CompanyRow.code == company)).one() if company else None,
            url=receiver.url(),
            events=[one.value for one in events or EventType],
            secret="whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
            created_at=NOW,
            created_by="test",
        )
        session.add(row)
        session.flush()
        return row.id, row.secret


def told(*, of_type: str = "") -> list[dict[str, Any]]:
    """Return the data of the events written so far."""
    with transaction() as session:
        rows = session.exec(select(WebhookEventRow).order_by(col(WebhookEventRow.id))).all()
        return [one.data for one in rows if of_type in ("", one.type)]


def an_event(session: Session, company_id: int, number: str = "N") -> None:
    """Write one event."""
    outbox.note(session, EventType.HOLD_SET, [(company_id, {"customer_id": number})])


def deliveries() -> list[tuple[str, int]]:
    """Return state and tries of every delivery."""
    with transaction() as session:
        rows = session.exec(select(WebhookDeliveryRow).order_by(col(WebhookDeliveryRow.id))).all()
        return [(one.state, one.attempts) for one in rows]


def settle_by_push(client: TestClient, *numbers: str) -> None:
    """Pay these invoices through the API."""
    amount = {"customer_id": "C1", "payment_date": "2026-03-01", "amount": "100.00"}
    pay = [{"payment_id": f"P{number}"} | amount for number in numbers]
    parts = [{"payment_id": f"P{number}", "invoice_number": number, "amount": "100.00"} for number in numbers]
    assert client.post("/payments/batch", json={"items": pay}).json()["created"] == len(numbers)
    assert client.post("/allocations/batch", json={"items": parts}).json()["created"] == len(numbers)


def test_a_settled_invoice_is_told_signed_and_once(
    customer: CustomerRow, client: TestClient, receiver: Receiver
) -> None:
    assert customer
    _, secret = registered(receiver)
    settle_by_push(client, "I1")
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter(delivered=1)
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter()
    ((headers, body),) = receiver.heard
    document = Webhook(secret).verify(body, headers)
    assert document["data"] == {
        "company": "ALFA",
        "customer_id": "C1",
        "invoice_number": "I1",
        "kind": "invoice",
        "amount": "100.00",
        "currency": "EUR",
        "settled_date": "2026-03-01",
    }
    names = {name.lower(): value for name, value in headers.items()}
    assert (document["type"], document["version"], document["id"]) == ("invoice.settled", 1, names["webhook-id"])
    assert names["host"] == f"hooks.example:{receiver.port}", "the name is kept although the address was spoken to"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"100.00", b"900.00"), headers)


def test_nothing_is_written_that_nobody_wants(customer: CustomerRow, client: TestClient, receiver: Receiver) -> None:
    assert customer
    settle_by_push(client, "I1")
    registered(receiver, EventType.HOLD_SET)
    registered(receiver, company="BETA")
    settle_by_push(client, "I2")
    assert told() == []


def test_an_event_is_as_lasting_as_its_fact(customer: CustomerRow, client: TestClient, receiver: Receiver) -> None:
    registered(receiver)
    items = [
        {"invoice_number": "I1", "customer_id": "C1", "invoice_date": "2026-01-01", "amount": "100.00"}
        | {"settled_date": "2026-02-01"},
        {"invoice_number": "I9", "customer_id": "nobody", "invoice_date": "2026-01-01", "amount": "1.00"},
    ]
    assert client.post("/invoices/batch?atomic=true", json={"items": items}).status_code == 409
    assert told() == []
    assert client.post("/invoices/batch", json={"items": items}).json()["updated"] == 1
    assert [one["invoice_number"] for one in told()] == ["I1"]
    assert customer


def test_holds_and_their_release_are_told(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    when = Moment(DAY, clock.now())
    with transaction() as session:
        line = reach.customer(session, OPERATOR, Permission.WORK_CUSTOMERS, customer.id)
        holds.set_hold(session, OPERATOR, line, "No order without payment", when)
        released = holds.release_hold(session, OPERATOR, line, when)
        undo.undo(session, OPERATOR, released, at=clock.now())
        until = DAY + timedelta(days=3)
        (invoice,) = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, ["I1"], DAY)
        firm = FirmStep("firm", (invoice.invoice_id,))
        holds.pause_step(session, OPERATOR, customer.id, firm, "Trade fair", until, when)
    heads = {"company": "ALFA", "customer_id": "C1", "name": "Åland", "date": "2026-03-02"}
    reason = {"reason": "No order without payment"}
    assert told(of_type="hold.set") == [heads | reason, heads | reason], "set, and set again by the undoing"
    assert told(of_type="hold.released") == [heads]


def test_a_broken_promise_is_told_once(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    with transaction() as session:
        line = reach.customer(session, OPERATOR, Permission.WORK_CUSTOMERS, customer.id)
        invoices = reach.invoices_numbered(session, OPERATOR, Permission.WORK_CUSTOMERS, ["I1", "I2"], DAY)
        commitments.record_promise(
            session, OPERATOR, line, invoices, PromiseWording(DAY + timedelta(days=2)), Moment(DAY, NOW)
        )
    for days in (5, 6, 7):
        with transaction() as session:
            promise_outcomes.settle(session, OPERATOR, DAY + timedelta(days=days))
    (data,) = told()
    assert (data["invoices"], data["amount"], data["promised_for"]) == (["I1", "I2"], "200.00", "2026-03-04")
    assert data["broken_on"] == "2026-03-08"


def test_thousands_of_settlements_are_written_set_by_set(
    customer: CustomerRow, client: TestClient, receiver: Receiver
) -> None:
    assert customer
    registered(receiver, company="ALFA")
    registered(receiver)
    day = {"customer_id": "C1", "invoice_date": "2026-01-02", "amount": "10.00", "settled_date": "2026-02-01"}
    items = [{"invoice_number": f"N{n}"} | day for n in range(400)]
    assert client.post("/invoices/batch", json={"items": items}).json()["created"] == 400
    assert len({one["invoice_number"] for one in told()}) == 400
    assert Counter(deliveries()) == Counter({("waiting", 0): 800})


def test_a_failing_receiver_is_tried_again_less_and_less_then_disabled(
    customer: CustomerRow, client: TestClient, receiver: Receiver
) -> None:
    key, _ = registered(receiver)
    receiver.answers = [500]
    with transaction() as session:
        an_event(session, customer.company_id)
        session.execute(update(WebhookDeliveryRow).values(next_attempt_at=NOW))
    at, waits = NOW, []
    for _ in range(MOST_TRIES):
        assert delivery.deliver(engine(), OPERATOR, replace(ORDERS, now=lambda now=at: now)).total() == 1
        early = replace(ORDERS, now=lambda now=at: now + timedelta(seconds=20))
        assert delivery.deliver(engine(), OPERATOR, early).total() == 0
        with transaction() as session:
            following = session.exec(select(WebhookDeliveryRow.next_attempt_at)).one()
        waits.append(following - at)
        at = following
    assert waits[:-1] == sorted(waits[:-1])
    assert timedelta(hours=35) < sum(waits[:-1], timedelta()) < timedelta(hours=56)
    assert deliveries() == [("failed", MOST_TRIES)]
    assert len({body for _, body in receiver.heard}) == 1
    webhook = client.get(f"/webhooks/{key}").json()
    assert (webhook["state"], "It answered 500" in webhook["reason"]) == ("disabled", True)
    (log,) = client.get(f"/webhooks/{key}/deliveries").json()["items"]
    assert [one["number"] for one in log["attempts"]] == [*range(1, MOST_TRIES + 1)]
    assert (log["attempts"][0]["status"], log["attempts"][0]["snippet"]) == (500, "no thanks")
    assert client.patch(f"/webhooks/{key}", json={"state": "active"}).json()["reason"] == ""


def test_one_success_ends_a_failure(customer: CustomerRow, receiver: Receiver) -> None:
    key, _ = registered(receiver)
    receiver.answers = [503, 200]
    with transaction() as session:
        an_event(session, customer.company_id)
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter(waiting=1)
    later = replace(ORDERS, now=lambda: clock.now() + timedelta(hours=1))
    assert delivery.deliver(engine(), OPERATOR, later) == Counter(delivered=1)
    ids = {name.lower(): value for heads, _ in receiver.heard for name, value in heads.items()}
    assert len({heads.get("webhook-id") or heads.get("Webhook-Id") for heads, _ in receiver.heard}) == 1
    assert ids["content-type"] == "application/json"
    with transaction() as session:
        assert session.get_one(WebhookEndpointRow, key).failing_since is None


def test_a_receiver_that_is_gone_is_disabled_at_once_and_told_nothing_more(
    customer: CustomerRow, receiver: Receiver
) -> None:
    key, _ = registered(receiver)
    receiver.answers = [410]
    with transaction() as session:
        for number in range(6):
            an_event(session, customer.company_id, str(number))
    delivery.deliver(engine(), OPERATOR, ORDERS)
    assert len(receiver.heard) <= 4
    assert {state for state, _ in deliveries()} <= {"waiting", "cancelled"}
    with transaction() as session:
        assert session.get_one(WebhookEndpointRow, key).state == "disabled"
        an_event(session, customer.company_id)
    assert len(told()) == 6


def test_redirects_are_not_followed(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    receiver.answers, receiver.location = [302], receiver.url("elsewhere.example")
    with transaction() as session:
        an_event(session, customer.company_id)
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter(waiting=1)
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
def test_no_private_address_is_spoken_to(
    customer: CustomerRow, client: TestClient, receiver: Receiver, addresses: list[str]
) -> None:
    key, _ = registered(receiver)
    asked = []

    async def rebinding(host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        asked.append(host)
        return addresses

    with transaction() as session:
        session.get_one(WebhookEndpointRow, key).url = f"https://hooks.example:{receiver.port}/in"
        an_event(session, customer.company_id)
    orders = replace(ORDERS, allow_private=False, resolve=rebinding)
    assert delivery.deliver(engine(), OPERATOR, orders) == Counter(waiting=1)
    assert (receiver.heard, asked) == ([], ["hooks.example"]), "resolved once, and nothing connected"
    (log,) = client.get(f"/webhooks/{key}/deliveries").json()["items"]
    assert "address" in log["attempts"][0]["error"]


def test_plain_http_is_not_spoken_without_the_setting(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    with transaction() as session:
        an_event(session, customer.company_id)
    assert delivery.deliver(engine(), OPERATOR, replace(ORDERS, allow_private=False)) == Counter(waiting=1)
    assert receiver.heard == []


def test_a_delivery_whose_process_was_killed_is_tried_again(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    with transaction() as session:
        an_event(session, customer.company_id)
        assert len(queries.claim(session, "killed", clock.now(), most=8, of_each=4)) == 1
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter()
    with transaction() as session:
        session.execute(update(WebhookDeliveryRow).values(lease_until=database_now(-1)))
    assert delivery.deliver(engine(), OPERATOR, ORDERS) == Counter(delivered=1)
    with transaction() as session:
        late = queries.Tried(NOW, "waiting", NOW, 500, 1)
        assert not queries.settle(session, "killed", 1, late), "what is no longer ours is not recorded"
    assert deliveries() == [("delivered", 1)]


def test_processes_side_by_side_send_each_event_once(customer: CustomerRow, receiver: Receiver) -> None:
    for _ in range(3):
        registered(receiver)
    with transaction() as session:
        for number in range(8):
            an_event(session, customer.company_id, str(number))
    threads = [threading.Thread(target=delivery.deliver, args=(engine(), OPERATOR, ORDERS)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(deliveries()) == Counter({("delivered", 1): 24})
    assert len(receiver.heard) == 24


def test_webhooks_by_the_api(client: TestClient, caller: Caller) -> None:
    given = {"url": "https://hooks.example/in", "events": ["hold.set", "hold.set"], "company": "ALFA"}
    made = client.post("/webhooks", json=given)
    assert (made.status_code, made.json()["events"], made.json()["company"]) == (201, ["hold.set"], "ALFA")
    assert made.json()["secret"].startswith("whsec_")
    key = made.json()["id"]
    assert "secret" not in client.get("/webhooks").json()["items"][0]
    assert client.post(f"/webhooks/{key}/secret").json()["secret"] != made.json()["secret"]
    changed = client.patch(f"/webhooks/{key}", json={"events": ["invoice.settled"], "state": "disabled"}).json()
    assert (changed["events"], changed["state"], changed["reason"]) == (
        ["invoice.settled"],
        "disabled",
        "Disabled by erp.",
    )
    beta = caller(companies=["BETA"])
    for refused in (
        beta.get(f"/webhooks/{key}"),
        beta.patch(f"/webhooks/{key}", json={"state": "active"}),
        beta.delete(f"/webhooks/{key}"),
        beta.get(f"/webhooks/{key}/deliveries"),
        beta.post("/webhooks", json=given),
    ):
        assert refused.status_code == 404
    assert beta.get("/webhooks").json() == {"items": []}
    assert beta.post("/webhooks", json=given | {"company": None}).json()["company"] == "BETA"
    assert caller(TokenScope.LEDGER_READ).get("/webhooks").status_code == 403
    assert client.post("/webhooks", json=given | {"url": "https://127.0.0.1/in"}).status_code == 422
    assert client.delete(f"/webhooks/{key}").status_code == 204
    assert client.get(f"/webhooks/{key}").status_code == 404


def test_the_log_goes_on_by_cursor(customer: CustomerRow, client: TestClient, receiver: Receiver) -> None:
    key, _ = registered(receiver)
    with transaction() as session:
        for number in range(5):
            an_event(session, customer.company_id, str(number))
    first = client.get(f"/webhooks/{key}/deliveries?limit=3").json()
    second = client.get(f"/webhooks/{key}/deliveries?limit=3&cursor={first['next']}").json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 2, None]
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert ids == sorted(set(ids), reverse=True)


def test_old_events_are_forgotten_once_nothing_is_on_its_way(customer: CustomerRow, receiver: Receiver) -> None:
    registered(receiver)
    with transaction() as session:
        an_event(session, customer.company_id, "arrived")
    delivery.deliver(engine(), OPERATOR, ORDERS)
    with transaction() as session:
        an_event(session, customer.company_id, "waiting")
    later = clock.now() + tidy_interfaces.EVENTS_KEPT + timedelta(days=1)
    assert tidy_interfaces.run(Tick(later, later.date()))["events"] == 1
    assert told() == [{"customer_id": "waiting"}]
    assert deliver_webhooks.is_needed(Tick(later, later.date()))


def test_webhooks_by_the_command_line(customer: CustomerRow, receiver: Receiver) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(build_app({"webhooks"}), ["webhook", *words])

    made = run("add", "https://hooks.example/in", "--event", "hold.set", "--company", "ALFA")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("whsec_")
    (listed,) = json.loads(run("list", "--json").stdout)["webhooks"]
    number = str(listed["number"])
    assert (listed["events"], listed["company"], listed["state"]) == (["hold.set"], "ALFA", "active")
    with transaction() as session:
        session.get_one(WebhookEndpointRow, listed["number"]).url = receiver.url()
        an_event(session, customer.company_id)
    delivery.deliver(engine(), OPERATOR, ORDERS)
    (one,) = json.loads(run("deliveries", number, "--json").stdout)["deliveries"]
    assert (one["state"], one["attempts"][0]["status"]) == ("delivered", 204)
    assert run("deliveries", number).exit_code == 0
    assert run("disable", number).exit_code == 0
    assert run("enable", number).exit_code == 0
    assert run("remove", number).exit_code == 0
    assert json.loads(run("list", "--json").stdout) == {"webhooks": []}
