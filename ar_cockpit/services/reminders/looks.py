"""The words and looks that companies gave themselves, as their messages are written with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.mail.brand import Brand, Logo
from ar_cockpit.mail.texts import TemplateWords, of_step

_PLAIN = Brand()


@dataclass(frozen=True, slots=True)
class Looks:
    """What some companies set; whatever they did not is as shipped."""

    words: Mapping[tuple[int, str, str], TemplateWords]
    brands: Mapping[int, Brand]

    def brand(self, company_id: int) -> Brand:
        """Return a company's brand."""
        return self.brands.get(company_id, _PLAIN)

    def own_words(
        self, company_id: int, template: str, language: str, step: str = "", *, is_short: bool = False
    ) -> TemplateWords | None:
        """Return a company's own words: the step's, else the template's; ``None``: the shipped ones are in force.

        The template's are made for mails: a short message has those of its step alone.
        """
        if is_short:
            return self.words.get((company_id, of_step(template, step), language))
        of_template = self.words.get((company_id, template, language))
        if not step:
            return of_template
        return self.words.get((company_id, of_step(template, step), language), of_template)


def looks_of(session: Session, company_ids: Collection[int]) -> Looks:
    """Return the words and brands of companies: one question for each, however many messages there are."""
    return Looks(
        {place: TemplateWords(*one) for place, one in wording.own_words(session, company_ids).items()},
        {key: to_brand(one) for key, one in wording.brands(session, company_ids).items()},
    )


def to_brand(one: wording.StoredBrand) -> Brand:
    """Return a stored brand as messages are drawn with it."""
    return Brand(one.accent, Logo(*one.logo) if one.logo else None, one.signature, one.legal, one.shows_qr)
