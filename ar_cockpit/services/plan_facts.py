"""Everything a day's plan looks at, loaded by one query for each kind of fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session

from ar_cockpit.db.queries import cadence as facts
from ar_cockpit.db.queries.customers import holds
from ar_cockpit.db.queries.payer_scores import payer_scores
from ar_cockpit.db.queries.promises import promises_on_open_invoices
from ar_cockpit.domain.cadence import Held
from ar_cockpit.domain.cadence_day import InvoiceFacts, first_reason
from ar_cockpit.domain.cadence_plan import Addressee, CustomerFacts
from ar_cockpit.domain.policy import Policy
from ar_cockpit.mail.texts import language_for
from ar_cockpit.services.working_days import closed_countries

_HOLDS = {"hold": Held.ON_HOLD, "sales_pause": Held.PAUSED_BY_SALES}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The facts of a day, but for the open invoices themselves, which are streamed."""

    addressees: Mapping[int, Addressee]
    customers: CustomerFacts
    invoices: InvoiceFacts


def load(session: Session, wanted: ColumnElement[bool], as_of: date, policy: Policy) -> PlanFacts:
    """Return what was known on ``as_of`` of the ``wanted`` customers."""
    addressees = _addressees(session, wanted)
    by_customer, by_invoice = stops(session, wanted, as_of)
    longest = max(cadence.spacing_days for cadence in policy.cadences.values())
    tells = any(step.tell_sales_days for cadence in policy.cadences.values() for step in cadence.steps)
    customers = CustomerFacts(
        blocked=by_customer,
        since_reminder=facts.days_since_reminder(session, wanted, as_of, longest),
        touched_today=facts.touched_on(session, wanted, as_of),
        cover=facts.cover(session, wanted, as_of),
        scores=payer_scores(session, wanted, as_of) if "payer_score" in policy.fields_asked else {},
        closed_countries=closed_countries({one.country for one in addressees.values()}, as_of),
    )
    invoices = InvoiceFacts(
        blocked=by_invoice,
        done=facts.steps_done(session, wanted, as_of),
        told=facts.told(session, wanted, as_of) if tells else {},
        reviewed=facts.reviewed(session, wanted, as_of),
    )
    return PlanFacts(addressees, customers, invoices)


def _addressees(session: Session, wanted: ColumnElement[bool]) -> dict[int, Addressee]:
    contacts = facts.contacts(session, wanted)
    nobody = facts.StoredContact()
    found = {}
    for one in facts.customers(session, wanted):
        contact = contacts.get(one.customer_id, nobody)
        found[one.customer_id] = Addressee(
            customer_id=one.customer_id,
            company=one.company,
            code=one.code,
            country=one.country,
            language=one.language,
            currency=one.currency,
            terms_days=one.terms_days,
            limit_minor=one.limit_minor,
            external_score=one.external_score,
            segment=one.segment,
            tags=one.tags,
            has_sales_owner=bool(one.sales_email),
            contact_id=contact.contact_id,
            email=contact.email,
            has_phone=bool(contact.phone),
            speaks=language_for((contact.language or one.language, one.company_language)),
        )
    return found


def stops(session: Session, wanted: ColumnElement[bool], as_of: date) -> tuple[dict[int, Held], dict[int, Held]]:
    """Return why customers, and why invoices, are left alone on ``as_of``."""
    by_customer: dict[int, Held] = {}
    by_invoice = dict.fromkeys(facts.disputed(session, wanted, as_of), Held.DISPUTED)
    promised = (
        invoice_id
        for promise in promises_on_open_invoices(session, wanted, as_of)
        if (outcome := promise.outcome(as_of)) and outcome.holds
        for invoice_id in promise.invoice_ids
    )
    _stop(by_invoice, promised, Held.PROMISED)
    _stop(by_invoice, facts.written_off(session, wanted, as_of), Held.ON_HOLD)
    for hold in (one for some in holds(session, wanted, as_of).values() for one in some):
        if hold.invoice_id is None:
            _stop(by_customer, (hold.customer_id,), _HOLDS[hold.kind])
        else:
            _stop(by_invoice, (hold.invoice_id,), _HOLDS[hold.kind])
    return by_customer, by_invoice


def _stop(stopped: dict[int, Held], keys: Iterable[int], reason: Held) -> None:
    for key in keys:
        stopped[key] = first_reason(stopped.get(key), reason) or reason
