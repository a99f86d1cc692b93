"""What the lists of documents and customers share: filters in words, and where a row or an export leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ar_cockpit import routes
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.listing import Part
from ar_cockpit.i18n import locale_of, say
from ar_cockpit.state.display.titles import key_title
from ar_cockpit.state.frame.navigation import address, carried, cockpit_of

if TYPE_CHECKING:
    from ar_cockpit.state.frame.session import SessionState


@dataclass
class Filter:
    """A filter in force beside the tabs, and the address without it."""

    label: str
    href: str


def part_told(part: Part, names: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the part of the customers in words, by the parameter that chooses it; empty for what is not chosen."""
    people = {"sales": part.sales, "collector": part.collector}
    told = {key: say(language, f"parts.told.{key}", name=names.get(one, one)) for key, one in people.items() if one}
    segment = say(language, "parts.told.segment", name=key_title(part.segment, language)) if part.segment else ""
    country = say(language, "parts.told.country", name=country_name(part.country, language)) if part.country else ""
    return {"segment": segment, "country": country, "sales": "", "collector": ""} | told


def country_name(code: str, language: str) -> str:
    """Return a country's name as the reader knows it."""
    return str(locale_of(language).territories.get(code.upper(), code))


def record_address(state: SessionState, company: str, customer: str) -> str:
    """Return the address of a customer in the cockpit this person works in."""
    return _of_customer(state, cockpit_of(state._may), company, customer)


def customer_address(state: SessionState, company: str, customer: str) -> str:
    """Return the address of a customer's own page."""
    return _of_customer(state, routes.CUSTOMER, company, customer)


def _of_customer(state: SessionState, route: str, company: str, customer: str) -> str:
    kept = {name: value for name, value in carried(state.params).items() if name != routes.COMPANY_PARAM}
    return address(route, kept | {routes.COMPANY_PARAM: company, routes.CUSTOMER_PARAM: customer})


def download_address(name: str, state: SessionState) -> str:
    """Return the address of the file that holds what the page's address shows; empty for who may not export."""
    if not state._may(Permission.EXPORT):
        return ""
    chosen = {
        routes.AS_OF_PARAM: state.as_of,
        routes.CURRENCY_PARAM: "" if state.consolidate else state.currency,
        routes.CONSOLIDATE_PARAM: state.consolidate,
        routes.COMPANY_PARAM: state.company,
        "lang": state.language,
    }
    given = {key: value for key, value in (dict(state.params) | chosen).items() if value}
    return f"{routes.DOWNLOADS}/{name}?{urlencode(given)}"
