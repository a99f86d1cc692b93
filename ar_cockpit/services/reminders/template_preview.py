"""A template as it would go to a customer, or to an invented one: looked at, never sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from sqlmodel import Session, col

from ar_cockpit.db.queries.letters import STATEMENT
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.ladder import OpenInvoice
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.policy.model import INSTALMENT, THANKS
from ar_cockpit.mail.brand import Brand
from ar_cockpit.mail.compose import Composed, InterestClaim, Letter, Line, Sender, compose
from ar_cockpit.mail.enclosures import Enclosures
from ar_cockpit.mail.short import compose_short
from ar_cockpit.mail.texts import TemplateWords
from ar_cockpit.services import reach
from ar_cockpit.services.papers.statements import statement_name
from ar_cockpit.services.reminders.extras import INVOICES, extras_for
from ar_cockpit.services.reminders.extras import Wish as Carried
from ar_cockpit.services.reminders.facts import addressees
from ar_cockpit.services.reminders.looks import looks_of
from ar_cockpit.services.reminders.outgoing import Manner, gather, letter_of
from ar_cockpit.services.reminders.showing import shown_html
from ar_cockpit.settings import get_settings

SAMPLE_ADDRESS = "camille.martin@maison-alder.example"
COURTESY = "courtesy"
_QUIET = frozenset({COURTESY, INSTALMENT, THANKS})  # ask for nothing: no call is referred to
_MOST_LINES = 12
_SAMPLE_RATE, _DAYS = Decimal(10), 365


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """A message as it would read; ``attachments`` name the papers it would carry, ``is_sample`` what was invented."""

    recipient: str
    subject: str
    html: str  # pictures put in place: it can be shown as it is
    text: str
    contact_name: str
    customer_name: str
    language: str
    attachments: tuple[str, ...] = ()
    is_sample: bool = False


class Wish(NamedTuple):
    """What a preview is of."""

    template: str
    language: str
    as_of: date
    words: TemplateWords | None = None  # not saved yet; none: those in force
    brand: Brand | None = None  # likewise
    attach: tuple[str, ...] = ()
    interest: bool = False
    step: str = ""  # whose own words, where it has some
    is_short: bool = False  # as on a telephone's screen


def for_customer(session: Session, actor: Actor, customer_id: int, wish: Wish) -> TemplatePreview:
    """Return the message about what the customer owes, as it would go; where it owes nothing, invoices are invented."""
    line = reach.customer(session, actor, Permission.VIEW_CUSTOMERS, customer_id)
    addressee = next(addressees(session, col(CustomerRow.id) == customer_id))
    chosen = _chosen(session, customer_id, wish)
    ids = [one.invoice_id for one in chosen]
    contacts = [addressee.contact_id] if addressee.contact_id else []
    papers = gather(session, wish.as_of, [customer_id], ids, contacts)
    manner = Manner(
        template=wish.template,
        language=wish.language or addressee.speaks,
        contact_name=papers.names.get(addressee.contact_id or 0, ""),
        currency=chosen[0].currency if chosen else addressee.currency,
        is_notice=wish.template == COURTESY,
        step=wish.step,
        is_short=wish.is_short,
    )
    if not chosen:
        letter = _without_invoices(session, line.company_id, manner, line.name, wish)
        return _shown(session, letter, wish, addressee.email, _sample_papers(letter, wish), is_sample=True)
    letter = letter_of(papers, papers.writers[customer_id], ids, manner)
    carried = Carried(customer_id, ids, wish.attach, wish.interest, wish.template not in _QUIET)
    listed = [papers.lines[one] for one in ids]
    letter, enclosed = extras_for(session, wish.as_of, [carried]).added_to(letter, carried, listed)
    return _shown(session, letter, wish, addressee.email, [row["file_name"] for row in enclosed], is_sample=False)


def for_sample(
    session: Session, company_id: int, wish: Wish, sender: Mapping[str, str] = MappingProxyType({})
) -> TemplatePreview:
    """Return the message to an invented customer of a company: for those who may see no real one.

    ``sender`` holds what is different about who writes, by the names of ``Sender``.
    """
    company = _company(session, company_id)
    manner = Manner(wish.template, wish.language or company.language, "Camille Martin", company.currency)
    letter = _without_invoices(session, company_id, manner, "Maison Alder", wish)
    letter = replace(letter, sender=replace(letter.sender, **sender))
    return _shown(session, letter, wish, SAMPLE_ADDRESS, _sample_papers(letter, wish), is_sample=True)


def _shown(
    session: Session, letter: Letter, wish: Wish, recipient: str, enclosed: Sequence[str], *, is_sample: bool
) -> TemplatePreview:
    chosen = (("words", wish.words), ("brand", wish.brand), ("instalment", _sample_instalment(letter)))
    given = {name: value for name, value in chosen if value is not None}
    letter = replace(letter, **given)  # type: ignore[arg-type]  # a field's name goes with its value
    made: Composed = compose_short(letter) if wish.is_short else compose(letter)
    markup = f'<p style="font:15px sans-serif">{escape(made.text)}</p>' if wish.is_short else made.html
    return TemplatePreview(
        recipient=recipient,
        subject=made.subject,
        html=shown_html(session, markup, made.images),
        text=made.text,
        contact_name=letter.contact_name,
        customer_name=letter.customer_name,
        language=letter.language,
        attachments=tuple(enclosed),
        is_sample=is_sample,
    )


def _chosen(session: Session, customer_id: int, wish: Wish) -> list[OpenInvoice]:
    """Return what such a message would list: what is due, or for a notice what is not due yet, in one currency."""
    question = facts.open_invoices_of_few(col(CustomerRow.id) == customer_id, wish.as_of)
    owed = [OpenInvoice._make(row[:5]) for row in session.execute(question)]
    owed.sort(key=lambda one: (-one.days, one.number))
    fitting = [one for one in owed if (one.days < 0) == (wish.template == COURTESY)] or owed
    return [one for one in fitting if one.currency == fitting[0].currency][:_MOST_LINES]


def _without_invoices(session: Session, company_id: int, manner: Manner, customer_name: str, wish: Wish) -> Letter:
    company = _company(session, company_id)
    looks = looks_of(session, [company_id])
    return Letter(
        template=manner.template,
        language=manner.language,
        sender=Sender(
            company=company.name,
            address=company.address,
            iban=company.iban or get_settings().mail_iban,
            bic=company.bic,
            person="Inès Caradec",
            phone=company.phone,
        ),
        customer_code="C-1001",
        customer_name=customer_name,
        contact_name=manner.contact_name,
        currency=manner.currency,
        lines=_sample_lines(wish),
        interest=_sample_claim(wish) if wish.interest else None,
        enclosures=_sample_enclosures(wish),
        is_notice=wish.template == COURTESY,
        brand=looks.brand(company_id),
        words=looks.own_words(company_id, manner.template, manner.language, wish.step, is_short=wish.is_short),
    )


def _sample_lines(wish: Wish) -> list[Line]:
    due = 7 if wish.template == COURTESY else -12
    first, second = (wish.as_of + timedelta(days=due + later) for later in (0, 5))
    month = timedelta(days=30)
    return [
        Line("2026-0417", first - month, first, 248_000, "PO-7741"),
        Line("2026-0432", second - month, second, 96_540),
    ]


def _sample_instalment(letter: Letter) -> InstalmentDue | None:
    """Return a third of what is listed, in a week, for the notice ahead of an instalment."""
    if letter.template != INSTALMENT:
        return None
    due_on = max(line.due_on for line in letter.lines) + timedelta(days=30)
    return InstalmentDue(0, due_on, sum(line.open_minor for line in letter.lines) // 3)


def _sample_enclosures(wish: Wish) -> Enclosures:
    numbers = [line.number for line in _sample_lines(wish)]
    return Enclosures(STATEMENT in wish.attach, numbers if INVOICES in wish.attach else [])


def _sample_papers(letter: Letter, wish: Wish) -> list[str]:
    """Return the names that the papers of the invented message would have."""
    statement = [statement_name(letter.language, letter.customer_code, wish.as_of)] if STATEMENT in wish.attach else []
    return [*statement, *(f"{number}.pdf" for number in letter.enclosures.invoices)]


def _sample_claim(wish: Wish) -> InterestClaim | None:
    """Return a claim of the size that the invented invoices would give: to show where it stands, and how it reads."""
    late = [(line, (wish.as_of - line.due_on).days) for line in _sample_lines(wish) if line.due_on < wish.as_of]
    interest = sum(line.open_minor * days for line, days in late) * _SAMPLE_RATE / (_DAYS * 100)
    return InterestClaim(_SAMPLE_RATE, round(interest), 4000 * len(late), wish.as_of) if late else None


def _company(session: Session, company_id: int) -> CompanyRow:
    row = session.get(CompanyRow, company_id)
    if row is None:
        raise NotFoundError("There is no such company.")
    return row
