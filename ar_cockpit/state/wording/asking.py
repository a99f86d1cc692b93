"""What the page of templates asks the services, away from the event loop."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.lists import search
from ar_cockpit.services.reminders import templates
from ar_cockpit.services.reminders.templates import Place, TemplatePreview, TemplateVersion, TemplateWords
from ar_cockpit.state.frame.session import Choice


class Draft(NamedTuple):
    """Words that are not saved, and the version they began from."""

    subject: str
    before: str
    after: str
    based_on: int

    @property
    def words(self) -> TemplateWords:
        """As they would be saved."""
        return TemplateWords(self.subject, self.before, self.after)


class Found(NamedTuple):
    """What the services say of a place."""

    companies: list[Choice]
    company: str
    own: set[tuple[str, str]]
    words: TemplateWords
    versions: list[TemplateVersion]


def load_place(actor: Actor, place: Place) -> Found:
    """Return what there is at a place: the words in force, their versions, and where else own words stand."""
    with reading() as session:
        companies = templates.companies(session, actor)
        codes = [one.code for one in companies]
        company = place.company if place.company in codes else next(iter(codes), "")
        here = place._replace(company=company)
        return Found(
            [Choice(one.code, one.name) for one in companies],
            company,
            templates.own(session, actor, company),
            templates.words_in_force(session, actor, here),
            templates.history(session, actor, here),
        )


def find_customers(actor: Actor, words: str, company: str) -> search.Found:
    """Return the customers of a company that begin with ``words``."""
    with reading() as session:
        return search.find(session, actor, words, company_code=company)


def preview_of(actor: Actor, place: Place, code: str, as_of: date, draft: TemplateWords | None) -> TemplatePreview:
    """Return the message to the customer ``code``, or to one that such a message would be about."""
    with reading() as session:
        customer_id = templates.customer_for_preview(session, actor, place, code, as_of)
        return templates.preview(
            session, actor, place.template, place.language, customer_id, as_of, draft=draft, company=place.company
        )
