"""Batches into the ledger on both databases: an outcome for each item, by the rules of the file import, once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from starlette.testclient import TestClient

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.session import engine, transaction
from ar_cockpit.db.tables import ApiRequestRow, AuditRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import TokenScope
from ar_cockpit.services import audit, clock
from ar_cockpit.services.programs import requests
from tests.integration.api.conftest import Caller

ONE = {"customer_id": "C1", "name": "Åland & Söhne", "country": "FR", "tags": ["key", "old"], "custom": {"branch": "N"}}


def push(client: TestClient, table: str, *items: dict[str, Any], query: str = "", **headers: str) -> Any:
    """Push a batch that is taken and return its answer."""
    answer = client.post(f"/{table}/batch{query}", json={"items": items}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def outcomes(answer: Any) -> list[str]:
    """Return the outcome of each item, with the code of its first error."""
    return [" ".join([one["outcome"], *(error["code"] for error in one["errors"][:1])]) for one in answer["results"]]


@pytest.fixture
def ledger(client: TestClient) -> TestClient:
    """A client of a ledger with two customers, an invoice, a credit note and a payment."""
    push(client, "customers", ONE, {"customer_id": "T1", "name": "Tunis", "currency": "TND"})
    invoice = {"invoice_number": "I/1", "customer_id": "C1", "invoice_date": "2026-01-02", "amount": "100.00"}
    note = {"invoice_number": "N/1", "customer_id": "C1", "invoice_date": "2026-01-05", "amount": "-10.00"}
    push(client, "invoices", invoice, note)
    push(client, "payments", {"payment_id": "P1", "customer_id": "C1", "payment_date": "2026-01-20", "amount": "60.00"})
    return client


def test_the_same_batch_again_changes_nothing(client: TestClient) -> None:
    assert outcomes(push(client, "customers", ONE)) == ["created"]
    assert outcomes(push(client, "customers", ONE, ONE)) == ["unchanged", "unchanged"]
    assert outcomes(push(client, "customers", ONE | {"name": "Åland"})) == ["updated"]


def test_what_an_item_leaves_out_stays_and_null_empties_it(ledger: TestClient) -> None:
    push(
        ledger, "customers", {"customer_id": "C1", "name": "Åland", "country": None}, {"customer_id": "T1", "name": "T"}
    )
    (one,) = ledger.get("/customers?customer_id=C1").json()["items"]
    assert (one["name"], one["country"], one["tags"], one["custom"]) == ("Åland", "", ["key", "old"], {"branch": "N"})


def test_each_item_is_judged_by_itself_and_the_good_ones_are_taken(ledger: TestClient) -> None:
    day = {"invoice_date": "2026-02-01", "amount": "1.00"}
    answer = push(
        ledger,
        "invoices",
        {"invoice_number": "I/2", "customer_id": "C1"} | day,
        {"invoice_number": "I/3", "customer_id": "X"} | day,
        {"invoice_number": "I/4", "customer_id": "C1"} | day | {"amount": "1.001"},
        {"invoice_number": "I/5", "customer_id": "T1"} | day | {"amount": "1.001"},
        {"invoice_number": "I/2", "customer_id": "C1"} | day | {"amount": "2.00"},
        {"invoice_number": "I/6", "customer_id": "C1"} | day | {"company": "GAMMA"},
        {"invoice_number": "I/7", "customer_id": "C1"} | day | {"due_date": "2026-01-01"},
    )
    assert outcomes(answer) == [
        "created",
        "refused not_found",
        "refused too_many_decimals",
        "created",
        "refused duplicate",
        "refused unknown_company",
        "created",
    ]
    assert [answer[name] for name in ("created", "updated", "unchanged", "refused")] == [3, 0, 0, 4]
    assert answer["results"][4]["errors"][0]["reason"] == "Already told by item 1 with other contents"
    assert answer["results"][6]["warnings"][0]["field"] == "due_date"
    (three,) = ledger.get("/invoices?invoice_number=I/5").json()["items"]
    assert (three["amount"], three["currency"]) == ("1.001", "TND")


def test_an_atomic_batch_is_taken_whole_or_not_at_all(ledger: TestClient) -> None:
    items = [{"customer_id": "C2", "name": "New"}, {"customer_id": "C3", "name": "New", "credit_limit": "-1.00"}]
    answer = ledger.post("/customers/batch?atomic=true", json={"items": items})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ar-cockpit:problem:batch-refused"
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/items/1/credit_limit"]
    assert ledger.get("/customers?customer_id=C2").json()["items"] == []
    assert outcomes(push(ledger, "customers", items[0], query="?atomic=true")) == ["created"]


def test_allocations_settle_and_never_exceed_what_is_left(ledger: TestClient) -> None:
    part = {"payment_id": "P1", "invoice_number": "I/1"}
    assert outcomes(push(ledger, "allocations", part | {"amount": "30.00"})) == ["created"]
    assert outcomes(push(ledger, "allocations", part | {"amount": "30.00"})) == ["unchanged"]
    assert outcomes(push(ledger, "allocations", part | {"amount": "40.00"})) == ["updated"]
    later = part | {"date": "2026-02-01"}
    assert outcomes(push(ledger, "allocations", later | {"amount": "20.01"})) == ["refused exceeds_open_amount"]
    assert outcomes(push(ledger, "allocations", later | {"amount": "20.00"})) == ["created"]
    (one,) = ledger.get("/invoices?invoice_number=I/1&as_of=2026-01-31").json()["items"]
    assert (one["open"], one["days_overdue"]) == ("60.00", 0)
    assert ledger.get("/invoices?invoice_number=I/1").json()["items"][0]["open"] == "40.00"
    assert ledger.get("/payments").json()["items"][0]["unapplied"] == "0.00"


def test_a_payment_that_nets_a_credit_note_may_come_in_any_order(ledger: TestClient) -> None:
    both = [
        {"payment_id": "P1", "invoice_number": "I/1", "amount": "70.00"},
        {"payment_id": "P1", "invoice_number": "N/1", "amount": "-10.00"},
    ]
    assert outcomes(push(ledger, "allocations", *both)) == ["created", "created"]


def test_an_invoice_below_what_is_paid_of_it_is_a_conflict(ledger: TestClient) -> None:
    push(ledger, "allocations", {"payment_id": "P1", "invoice_number": "I/1", "amount": "60.00"})
    lower = {"invoice_number": "I/1", "customer_id": "C1", "invoice_date": "2026-01-02", "amount": "59.00"}
    assert outcomes(push(ledger, "invoices", lower)) == ["refused conflict"]


def test_a_settlement_date_settles_and_null_takes_it_back(ledger: TestClient) -> None:
    one = {"invoice_number": "I/1", "customer_id": "C1", "invoice_date": "2026-01-02", "amount": "100.00"}
    assert outcomes(push(ledger, "invoices", one | {"settled_date": "2026-02-03"})) == ["updated"]
    assert ledger.get("/invoices?state=settled").json()["items"][0]["settled_date"] == "2026-02-03"
    assert outcomes(push(ledger, "invoices", one | {"settled_date": None})) == ["updated"]
    assert ledger.get("/invoices?state=settled").json()["items"] == []


def test_contacts_are_known_by_mail_then_by_name(ledger: TestClient) -> None:
    ann = {"customer_id": "C1", "name": "Ann", "email": "ann@aland.example"}
    bob = {"customer_id": "C1", "name": "Bob", "phone": "1"}
    assert outcomes(push(ledger, "contacts", ann, bob)) == ["created", "created"]
    assert outcomes(push(ledger, "contacts", ann | {"email": "ANN@aland.example"}, bob)) == ["updated", "unchanged"]
    assert outcomes(push(ledger, "contacts", bob | {"is_primary": True})) == ["updated"]
    (row,) = ledger.get("/customers?customer_id=C1").json()["items"]
    told = ledger.get(f"/customers/{row['id']}").json()["contacts"]
    assert [one["name"] for one in told] == ["Bob", "Ann"]
    wrong = push(
        ledger,
        "contacts",
        ann | {"email": "no address"},
        {"customer_id": "C1", "phone": "2"},
        ann | {"customer_id": "X"},
    )
    assert outcomes(wrong) == ["refused invalid", "refused invalid", "refused not_found"]


def test_control_characters_in_keys_become_one_blank(client: TestClient) -> None:
    answer = push(client, "customers", {"customer_id": "C\x00\n1", "name": "A\x00B"})
    assert answer["results"][0]["key"] == {"customer_id": "C 1"}
    assert client.get("/customers?customer_id=C 1").json()["items"][0]["name"] == "A B"


def test_every_change_is_audited_under_the_name_of_the_token(ledger: TestClient) -> None:
    push(ledger, "customers", ONE)
    with transaction() as session:
        entries = session.exec(select(AuditRow).where(AuditRow.action == "ledger.push")).all()
        assert {one.actor_email for one in entries} == {"token:erp"}
        assert [one.object_key for one in entries] == ["customers", "invoices", "payments"]
        assert entries[1].after["sum"] == {"EUR": "90.00"}
        assert audit.first_broken_entry(session) is None


def test_the_same_key_and_body_get_the_stored_answer_and_do_nothing(client: TestClient) -> None:
    first = client.post("/customers/batch", json={"items": [ONE]}, headers={"Idempotency-Key": "k-1"})
    again = client.post("/customers/batch", json={"items": [ONE]}, headers={"Idempotency-Key": "k-1"})
    assert first.json() == again.json()
    assert first.json()["created"] == 1
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(client: TestClient, caller: Caller) -> None:
    push(client, "customers", ONE, **{"Idempotency-Key": "k-1"})
    other = client.post("/customers/batch", json={"items": [ONE, ONE]}, headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:ar-cockpit:problem:idempotency-key-reused")
    assert outcomes(push(caller(), "customers", ONE, **{"Idempotency-Key": "k-1"})) == ["unchanged"]


def test_a_refused_request_gives_its_key_back(client: TestClient) -> None:
    bad = client.post("/customers/batch", json={"items": []}, headers={"Idempotency-Key": "k-1"})
    assert bad.status_code == 422
    assert outcomes(push(client, "customers", ONE, **{"Idempotency-Key": "k-1"})) == ["created"]


def test_of_many_at_once_with_one_key_one_does_the_work(client: TestClient) -> None:
    barrier, answers = threading.Barrier(6), list[Any]()

    def ask() -> None:
        barrier.wait()
        key = {"Idempotency-Key": "race"}
        answers.append(client.post("/customers/batch", json={"items": [ONE]}, headers=key))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {one.status_code for one in answers} <= {200, 409}
    done = [one for one in answers if one.status_code == 200]
    assert {one.text for one in done} == {done[0].text}
    assert done[0].json()["created"] == 1
    assert sum("Idempotent-Replayed" not in one.headers for one in done) == 1
    with transaction() as session:
        assert len(session.exec(select(CustomerRow.id)).all()) == 1
        assert len(session.exec(select(AuditRow.id).where(AuditRow.action == "ledger.push")).all()) == 1


def test_a_key_under_way_is_told_so_until_its_lease_runs_out(client: TestClient) -> None:
    push(client, "customers", ONE, **{"Idempotency-Key": "k-0"})
    with transaction() as session:
        token_id = session.exec(select(ApiRequestRow.token_id)).one()
    taken = requests.take(engine(), token_id, "k-1", "a", clock.now())
    with pytest.raises(requests.UnderWayError):
        requests.take(engine(), token_id, "k-1", "a", clock.now())
    with transaction() as session:
        ending = update(ApiRequestRow).where(col(ApiRequestRow.key) == "k-1")
        session.execute(ending.values(lease_until=database_now(-1)))
    taken_over = requests.take(engine(), token_id, "k-1", "a", clock.now())
    assert isinstance(taken, requests.Taken)
    assert isinstance(taken_over, requests.Taken)
    with pytest.raises(requests.UnderWayError), transaction() as session:
        requests.keep(session, taken, requests.Answer(200, "slow"))
    with transaction() as session:
        requests.keep(session, taken_over, requests.Answer(200, "quick"))
    assert requests.take(engine(), token_id, "k-1", "a", clock.now()) == requests.Answer(200, "quick")


def test_a_token_of_one_company_writes_there_and_nowhere_else(client: TestClient, caller: Caller) -> None:
    push(client, "customers", ONE, ONE | {"company": "BETA"})
    beta = caller(companies=["BETA"])
    answer = push(
        beta, "customers", {"customer_id": "C1", "name": "New"}, ONE | {"company": "ALFA"}, ONE | {"company": "X"}
    )
    assert outcomes(answer) == ["updated", "refused unknown_company", "refused unknown_company"]
    reasons = [one["errors"][0]["reason"] for one in answer["results"][1:]]
    assert [reason.replace("ALFA", "X") for reason in reasons] == [reasons[1]] * 2, (
        "unknown and forbidden look the same"
    )
    names = {one["company"]: one["name"] for one in client.get("/customers").json()["items"]}
    assert names == {"ALFA": ONE["name"], "BETA": "New"}


def test_a_token_that_may_only_read_cannot_write(caller: Caller) -> None:
    answer = caller(TokenScope.LEDGER_READ).post("/customers/batch", json={"items": [ONE]})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ar-cockpit:problem:insufficient-scope")
    assert 'scope="ledger:write"' in answer.headers["www-authenticate"]


def test_thousands_in_one_batch(client: TestClient) -> None:
    push(client, "customers", ONE)
    day = {"customer_id": "C1", "invoice_date": "2026-01-02", "amount": "10.00"}
    items = [{"invoice_number": f"I{n}"} | day for n in range(3000)]
    assert push(client, "invoices", *items)["created"] == 3000
    assert push(client, "invoices", *items)["unchanged"] == 3000
    with transaction() as session:
        assert len(session.exec(select(InvoiceRow.id)).all()) == 3000
