"""The page behind a digest's link: it tells what happens, asks why, and only its form acts. No sign-in is needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.errors import CockpitError, InputError, NotFoundError
from ar_cockpit.i18n import locale_of, preferred_language, say
from ar_cockpit.i18n.refusals import refused
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.days import day
from ar_cockpit.mail.digest import Owed, step_words, sums
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import pausing
from ar_cockpit.services.collecting.pausing import Offer
from ar_cockpit.services.collecting.touchpoints import LONGEST_TEXT, Moment
from ar_cockpit.settings import get_settings

router = APIRouter(prefix=routes.PAUSE)
_TEMPLATES = Environment(loader=PackageLoader("ar_cockpit.api"), autoescape=select_autoescape())
# The address is the key: nobody keeps it. (No other site learns of it either: referrers go to our own pages only.)
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_SEE_OTHER, _NOT_FOUND, _CONFLICT = 303, 404, 409


@router.get("/{link}")
async def show(request: Request, link: str) -> Response:
    """Tell what the link is about and ask for the reason; changes nothing."""
    return await asyncio.to_thread(_show, link, _accepted(request))


@router.post("/{link}")
async def act(
    request: Request,
    link: str,
    form: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=LONGEST_TEXT * 2)] = "",
    days: Annotated[int, Form()] = 0,
) -> Response:
    """Pause the step, once, and show what became of it."""
    return await asyncio.to_thread(_act, link, _Typed(form, reason, days), _accepted(request))


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the form brought."""

    form: str = ""
    reason: str = ""
    days: int = pausing.PAUSES[0]


def _accepted(request: Request) -> str:
    return preferred_language(request.headers.get("accept-language", ""))


def _show(link: str, language: str) -> Response:
    try:
        return _page(_offer(link))
    except CockpitError as error:
        return _refused(error, language)


def _act(link: str, typed: _Typed, language: str) -> Response:
    try:
        found = _offer(link)
        when = Moment(clock.today(get_settings().zone), clock.now())
        with transaction() as session:
            pausing.accept(session, (link, typed.form), typed.reason, typed.days, when)
    except InputError as error:
        return _page(found, typed, refused(found.language, error))
    except CockpitError as error:
        return _refused(error, language)
    return RedirectResponse(f"{routes.PAUSE}/{link}", _SEE_OTHER, _HEADERS)


def _offer(link: str) -> Offer:
    with reading() as session:
        return pausing.offer(session, link, clock.today(get_settings().zone))


def _page(found: Offer, typed: _Typed | None = None, problem: str = "") -> Response:
    line, language = found.line, found.language
    locale = str(locale_of(language))
    owed = [Owed(one.number, one.due_on, one.open_minor, one.currency) for one in found.invoices]
    values = {
        "title": say(language, "pause.title", customer=line.customer_name),
        "line": line,
        "step": step_words(line.template, line.channel, language),
        "comes_on": day(line.comes_on, locale, "full"),
        "invoices": [
            (one.number, day(one.due_on, locale), amount(one.open_minor, one.currency, locale)) for one in owed
        ],
        "total": sums(owed, language),
        "paused_until": day(line.paused_until, locale, "full") if line.paused_until else "",
        "name": found.name,
        "form": found.form,
        "choices": pausing.PAUSES,
        "chosen": typed.days if typed else pausing.PAUSES[0],
        "reason": typed.reason if typed else "",
        "problem": problem,
        "last_day": day(found.last_day, locale, "full"),
        "longest": LONGEST_TEXT,
    }
    return _html("pause.html", language, found.theme, _CONFLICT if problem else 200, values)


def _refused(error: CockpitError, language: str) -> Response:
    values: dict[str, object] = {"title": say(language, "pause.over"), "problem": refused(language, error)}
    status = _NOT_FOUND if isinstance(error, NotFoundError) else _CONFLICT
    return _html("pause_over.html", language, "system", status, values)


def _html(template: str, language: str, theme: str, status: int, values: dict[str, object]) -> Response:
    given: dict[str, object] = {"say": partial(say, language), "language": language, "theme": theme}
    given |= {"sales": routes.SALES + "/"}
    return HTMLResponse(_TEMPLATES.get_template(template).render(given | values), status, _HEADERS)
