"""A company's own words of a template: previewed, saved as versions, used by every message, taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import AuditRow, CompanyRow, CustomerRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.mail.texts import shipped_words
from ar_cockpit.services.reminders import templates
from ar_cockpit.services.reminders.templates import Place, TemplateWords, WordingError
from tests.builders import a_company
from tests.reminding import DAY, OPERATOR, a_debtor, queued, run

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
HERE = Place("ALFA", "reminder", "en")
OWN = TemplateWords("{{ customer_name }} owes {{ total }}", "Our own words about {{ numbers }}.", "Thanks.")


def actor(role: Role, company_id: int | None = None) -> Actor:
    return Actor(1, f"{role}@x.example", "Ada", (Grant(role, company_id),))


def test_own_words_are_in_every_message_from_then_on_and_the_shipped_ones_come_back(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1")
        assert templates.save(session, OPERATOR, HERE, OWN, at=AT) == 1
        assert templates.own(session, OPERATOR, "ALFA") == {("reminder", "en")}
    run(engine)
    with transaction(engine) as session:
        (message,) = session.exec(select(MessageRow))
        assert message.subject == "Customer C1 owes €500.00"
        assert "Our own words about C1-1." in message.text_body
        assert "Our own words about C1-1." in message.html_body
        assert templates.restore(session, OPERATOR, HERE, 0, at=AT) == 2
        assert templates.words_in_force(session, OPERATOR, HERE) == shipped_words("reminder", "en")
        assert templates.own(session, OPERATOR, "ALFA") == set()


def test_versions_say_who_and_when_and_an_earlier_one_can_be_had_again(session: Session) -> None:
    a_company(session)
    manager = actor(Role.CREDIT_MANAGER)
    other = TemplateWords("Second", "Second text", "")
    assert templates.history(session, manager, HERE) == []
    assert templates.save(session, manager, HERE, OWN, at=AT) == 1
    assert templates.save(session, manager, HERE, OWN, at=AT) == 1  # nothing changed
    assert templates.save(session, manager, HERE, other, at=AT + timedelta(days=1), based_on=1) == 2
    assert templates.restore(session, manager, HERE, 1, at=AT + timedelta(days=2)) == 3
    told = [
        (one.number, one.words, one.restored_number, one.saved_by) for one in templates.history(session, manager, HERE)
    ]
    who = "credit_manager@x.example"
    assert told == [(3, OWN, 1, who), (2, other, None, who), (1, OWN, None, who)]
    entries = session.exec(select(AuditRow).where(AuditRow.action == "template.save").order_by(AuditRow.id)).all()
    assert [(one.object_key, one.after["number"]) for one in entries] == [("ALFA/reminder/en", n) for n in (1, 2, 3)]
    with pytest.raises(NotFoundError):
        templates.restore(session, manager, HERE, 9, at=AT)


def test_who_saves_over_somebody_s_newer_words_is_told(session: Session) -> None:
    a_company(session)
    templates.save(session, actor(Role.ADMIN), HERE, OWN, at=AT, based_on=0)
    with pytest.raises(RefusedError, match=r"admin@x\.example changed these words"):
        templates.save(session, OPERATOR, HERE, TemplateWords("x", "y", ""), at=AT, based_on=0)


def test_words_that_cannot_be_filled_are_neither_saved_nor_shown(session: Session) -> None:
    a_company(session)
    wrong = TemplateWords("Fine", "{{ custmer_name }}", "")
    for act in (
        lambda: templates.save(session, OPERATOR, HERE, wrong, at=AT),
        lambda: templates.preview(session, OPERATOR, "reminder", "en", None, DAY, draft=wrong),
    ):
        with pytest.raises(WordingError, match=r"custmer_name.*customer_name") as refused:
            act()
        assert [(one.part, one.line) for one in refused.value.problems] == [("before", 1)]
    assert templates.history(session, OPERATOR, HERE) == []


def test_a_preview_is_written_about_what_the_customer_owes_and_changes_nothing(session: Session) -> None:
    a_debtor(session, "C1", days_late=20)
    (customer,) = session.exec(select(CustomerRow))
    shown = templates.preview(
        session, OPERATOR, "firm", "fr", customer.id, DAY, attach=("statement", "invoices"), interest=True
    )
    assert shown.recipient == "c1@x.example"
    assert "500,00" in shown.subject
    assert "C1-1" in shown.text
    assert "40,00" in shown.text  # the fixed sum, computed for this very invoice
    assert (shown.contact_name, len(shown.attachments), shown.is_sample) == ("Ann Lee", 1, False)
    assert "C1" in shown.attachments[0]  # the statement; the invoice has no file
    assert templates.preview(session, OPERATOR, "firm", "", customer.id, DAY).language == "en"  # the contact's
    assert session.exec(select(MessageRow)).all() == []
    nothing_owed = templates.preview(session, OPERATOR, "firm", "en", customer.id, date(2025, 1, 1))
    assert nothing_owed.is_sample
    assert nothing_owed.customer_name == "Customer C1"


def test_who_may_see_no_customer_sees_an_invented_one(session: Session) -> None:
    a_debtor(session, "C1")
    (customer,) = session.exec(select(CustomerRow))
    admin = actor(Role.ADMIN)
    shown = templates.preview(
        session, admin, "reminder", "de", None, DAY, draft=OWN, interest=True, attach=("invoices", "statement")
    )
    assert len(shown.attachments) == 3
    assert shown.is_sample
    assert shown.customer_name == "Maison Alder"
    assert "Our own words" in shown.html
    assert "Verzugszinsen" in shown.text
    with pytest.raises(ForbiddenError):
        templates.preview(session, admin, "reminder", "de", customer.id, DAY)
    with pytest.raises(ForbiddenError):
        templates.preview(session, actor(Role.COLLECTOR), "reminder", "de", None, DAY)


def test_nobody_words_for_a_company_that_is_not_theirs(session: Session) -> None:
    a_company(session)
    beta = a_company(session, "BETA")
    theirs = actor(Role.CREDIT_MANAGER, beta.id)
    with pytest.raises(NotFoundError):
        templates.save(session, theirs, HERE, OWN, at=AT)
    assert templates.save(session, theirs, HERE._replace(company="BETA"), OWN, at=AT) == 1
    assert templates.own(session, OPERATOR, "ALFA") == set()
    (alfa,) = session.exec(select(CompanyRow).where(CompanyRow.code == "ALFA"))
    assert templates.words_in_force(session, OPERATOR, HERE) == shipped_words("reminder", "en"), alfa.code


def test_words_changed_after_queueing_do_not_change_what_was_frozen(engine: Engine) -> None:
    queued(engine, "a@x.example")
    with transaction(engine) as session:
        (before,) = session.exec(select(MessageRow.text_body))
        templates.save(session, OPERATOR, HERE, OWN, at=AT)
    with transaction(engine) as session:
        assert session.exec(select(MessageRow.text_body)).one() == before


def test_a_step_may_have_words_of_its_own_beside_those_of_its_template(engine: Engine) -> None:
    alone = HERE._replace(template="reminder@reminder_2")
    words = TemplateWords("Again, {{ customer_name }}", "A second time about {{ numbers }}.", "")
    with transaction(engine) as session:
        a_debtor(session, "C1")
        assert templates.words_in_force(session, OPERATOR, alone) == shipped_words("reminder", "en")
        templates.save(session, OPERATOR, HERE, OWN, at=AT)
        assert templates.words_in_force(session, OPERATOR, alone) == OWN  # those of the template, until it has its own
        assert templates.save(session, OPERATOR, alone, words, at=AT) == 1
        assert templates.own(session, OPERATOR, "ALFA") == {("reminder", "en"), ("reminder@reminder_2", "en")}
        shown = templates.preview(session, OPERATOR, "reminder@reminder_2", "en", None, DAY)
        assert "A second time about" in shown.text
    run(engine, DAY)
    run(engine, DAY + timedelta(days=15))
    with transaction(engine) as session:
        rows = session.exec(select(MessageRow).order_by(MessageRow.business_on)).all()
        assert [(row.template, row.subject) for row in rows] == [
            ("reminder", "Customer C1 owes €500.00"),
            ("reminder", "Again, Customer C1"),
        ]
        assert templates.restore(session, OPERATOR, alone, 0, at=AT) == 2
        assert templates.words_in_force(session, OPERATOR, alone) == OWN


@pytest.mark.parametrize("template", ["letters", "reminder@", "reminder@a/b", "instalment@one", "@one"])
def test_words_are_kept_under_names_that_a_message_can_have(session: Session, template: str) -> None:
    a_company(session)
    with pytest.raises(InputError, match="There is no template"):
        templates.save(session, actor(Role.CREDIT_MANAGER), HERE._replace(template=template), OWN, at=AT)
