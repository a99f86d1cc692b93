"""Who is signed in, what they chose to look at, and what they are told: the parent of every page's state."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import reflex as rx
from reflex.event import Event, EventSpec
from reflex.state import OnLoadInternalState

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, ForbiddenError, RefusedError
from ar_cockpit.i18n import LANGUAGES, catalogue, count, preferred_language, say
from ar_cockpit.i18n.refusals import refusal, refused
from ar_cockpit.services import clock, invariants
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people import companies, sign_in, users
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed, public
from ar_cockpit.state.frame.acting import act, aside
from ar_cockpit.state.frame.cookies import cookie
from ar_cockpit.state.frame.currency import MAIN_CURRENCIES, chosen_currency, currency_choice, usual_currency
from ar_cockpit.state.frame.navigation import NavLink, address, nav_links, of_figures

log = logging.getLogger(__name__)
_NOTICES_KEPT = 4
_LEDGER_PERMISSIONS = (Permission.VIEW_CUSTOMERS, Permission.VIEW_STANDING, Permission.IMPORT_LEDGER)


@dataclass
class Notice:
    """One sentence in the corner; ``kind`` is ok, info, watch or bad."""

    key: int
    kind: str
    text: str
    mend: str = ""
    can_undo: bool = False


@dataclass
class Choice:
    """An entry of a menu."""

    value: str
    label: str


class _Held(NamedTuple):
    """What stays on the server between two events of one tab (a tuple: Reflex wraps dataclasses in proxies)."""

    token: str | None = None  # none yet: the tab has not sent an event
    actor: Actor | None = None
    touched_at: datetime | None = None
    companies: tuple[CompanySummary, ...] = ()


class SessionState(rx.State):
    """The signed-in person and the choices in the address; page states derive from it.

    Handlers use ``self.actor``, ``self.as_of_date``, ``self.company``, ``self.currency`` and ``self.language``;
    they tell people something with ``self._notify(...)`` and raise ``CockpitError`` for a refusal.
    """

    language: str = "en"
    user_name: str = ""
    user_email: str = ""
    user_initials: str = ""
    permissions: list[str] = []
    nav: list[NavLink] = []
    companies: list[Choice] = []
    company: str = ""
    company_name: str = ""
    currencies: list[str] = []
    currency: str = ""  # the one that figures are shown in
    consolidate: str = ""  # the same one when documents of all currencies are converted into it
    consolidations: list[str] = []
    as_of: str = ""
    as_of_label: str = ""
    as_of_banner: str = ""
    today: str = ""
    params: dict[str, str] = {}
    notices: list[Notice] = []
    _held: _Held = _Held()
    _undo: dict[int, tuple[str, dict[str, Any]]] = {}

    @rx.var
    def t(self) -> dict[str, str]:
        """Every sentence of the screens in the reader's language."""
        return catalogue(self.language)

    @property
    def actor(self) -> Actor:
        """The person signed in; raises ``ForbiddenError`` when there is none."""
        if self._held.actor is None:
            raise ForbiddenError("You are not signed in.")
        return self._held.actor

    @property
    def as_of_date(self) -> date:
        """The day every figure is as of."""
        return date.fromisoformat(self.as_of)

    @rx.event
    @allowed()
    def set_param(self, name: str, value: str) -> EventSpec:
        """Put one choice into the address (an empty one leaves it); the page then loads as from a bookmark."""
        return self._choose(**{name: value})

    @rx.event
    @allowed()
    def choose_currency(self, choice: str) -> EventSpec:
        """Show documents of one currency, or with ``=`` before it, all of them converted into it."""
        return self._choose(**chosen_currency(choice), page="")

    @rx.event
    @allowed()
    def sort_by(self, name: str, key: str) -> EventSpec:
        """Sort by a column: first its natural order, then the other, then as it was."""
        steps = {key: f"-{key}", f"-{key}": ""}
        return rx.redirect(self._address(**{name: steps.get(self.params.get(name, ""), key)}))

    @rx.event
    @allowed()
    def choose_day(self, form: dict[str, Any]) -> EventSpec:
        """Show every figure as of another day; today is no choice."""
        day = str(form.get("day", ""))
        return self._choose(**{routes.AS_OF_PARAM: "" if day == self.today else day})

    @rx.event
    @allowed()
    async def choose_language(self, language: str) -> EventSpec:
        """Speak another language from now on, here and in the next session; the page formats its figures anew."""
        await act(users.set_preferences, self.actor, language=language)
        self.language = language
        self._read_address(force=True)
        return OnLoadInternalState.on_load_internal

    @rx.event
    @public
    def close_notice(self, key: int) -> None:
        """Take one notice away."""
        self.notices = [notice for notice in self.notices if notice.key != key]

    @rx.event
    @allowed()
    def undo(self, key: int) -> Event | None:
        """Take back what a notice told of; the handler that does it checks the right again."""
        undo = self._undo.pop(key, None)
        self.notices = [notice for notice in self.notices if notice.key != key]
        return Event(name=undo[0], payload=undo[1]) if undo else None

    @rx.event
    @public
    def tell_failure(self, reference: str) -> None:
        """Say that something broke, with the reference under which the log has it."""
        mend = self._say("shell.failure.mend", reference=reference[:20])
        self._notify("bad", self._say("shell.failure"), mend=mend)

    def _say(self, key: str, **values: object) -> str:
        """Return a sentence of the catalogue in the reader's language."""
        return say(self.language, key, **values)

    def _count(self, key: str, number: int, **values: object) -> str:
        """Return a sentence of the catalogue in the plural form of ``number``."""
        return count(self.language, key, number, **values)

    def _notify(self, kind: str, text: str, *, mend: str = "", undo: EventSpec | None = None) -> None:
        """Show a notice: ok, info and watch leave by themselves, bad stays until it is closed."""
        key = secrets.randbelow(2**31)
        if undo is not None:
            (event,) = Event.from_event_type(undo)
            self._undo[key] = (event.name, event.payload)
        told = [one for one in self.notices if one.can_undo or (one.kind, one.text, one.mend) != (kind, text, mend)]
        self.notices = [*told[1 - _NOTICES_KEPT :], Notice(key, kind, text, mend, undo is not None)]

    def _notify_error(self, error: CockpitError) -> None:
        self._notify("bad", refusal(self.language, error.sentence), mend=refusal(self.language, error.mend))

    def _refusal(self, error: CockpitError) -> str:
        """Return a refusal with its mend in the reader's language, to be shown where it happened."""
        return refused(self.language, error)

    def _address(self, path: str = "", **changes: str) -> str:
        """Return this page's address (or ``path``'s) with some choices changed."""
        leads = of_figures(self._held.actor, self.router.url.path, path)
        return address(path or self.router.url.path, dict(self.params) | leads | changes)

    def _choose(self, **changes: str) -> EventSpec:
        """Put choices into the address; the rail carries them at once, for who goes on before the page has loaded."""
        self.nav = nav_links(self.actor.roles, dict(self.params) | changes)
        return rx.redirect(self._address(**changes))

    def _when(self) -> Moment:
        """Return the moment of an act; the past can be looked at, not acted in."""
        if self.as_of != self.today:
            raise RefusedError(self._say("collector.past"), self._say("collector.past.mend"))
        return self._when_today()

    def _when_today(self) -> Moment:
        """Return the moment of a decision, which is of today whatever day is looked at."""
        return Moment(date.fromisoformat(self.today), clock.now())

    def _may(self, permission: Permission) -> bool:
        """Return whether the person signed in holds ``permission`` anywhere."""
        return self._held.actor is not None and self._held.actor.may(permission)

    def _admit(self, any_of: tuple[Permission, ...], is_public: bool) -> tuple[bool, Any]:
        """Look the session row up, then say whether the handler may run and what to answer if not."""
        self._settle()
        if is_public:
            return True, None
        if self._held.actor is None:
            here = self.router.url
            there = f"{here.path}?{here.query}" if here.query else here.path
            return False, rx.redirect(address(routes.SIGN_IN, {"next": routes.safe_target(there or routes.HOME)}))
        if any_of and not any(self._held.actor.may(permission) for permission in any_of):
            self._notify("bad", self._say("shell.forbidden"))
            return False, None
        return True, None

    def _settle(self) -> None:
        """Bring the tab in line with the session row and the address; another person starts with a clean state."""
        now = clock.now()
        token = cookie(self.router.headers.cookie, routes.SESSION_COOKIE)
        who = None
        if token:
            with reading() as session:
                who = sign_in.signed_in(session, token, at=now)
        if token != self._held.token or (who.actor if who else None) != self._held.actor:
            self._begin(token, who)
        if who is None:
            given = cookie(self.router.headers.cookie, routes.LANGUAGE_COOKIE)
            self.language = given if given in LANGUAGES else preferred_language(self.router.headers.accept_language)
        self._touch(token, now)
        self._read_address()

    def _begin(self, token: str, who: sign_in.SignedIn | None) -> None:
        self._get_root_state().reset()
        self._held = _Held(token)
        if who is None:
            return
        actor = who.actor
        ledger = next((permission for permission in _LEDGER_PERMISSIONS if actor.may(permission)), None)
        with reading() as session:
            seen = companies.visible_companies(session, actor, ledger) if ledger else []
            differences = invariants.told_last(session, actor)
        self._held = _Held(token, actor, None, tuple(seen))
        self.language = who.language
        self.user_name, self.user_email = actor.name, actor.email
        self.user_initials = rows.initials(actor.name)
        self.permissions = sorted(permission.value for permission in Permission if actor.may(permission))
        self.companies = [Choice(company.code, company.name) for company in seen]
        self._read_address(force=True)
        if differences:
            self._notify("bad", self._count("shell.differences", differences), mend=self._say("shell.differences.mend"))

    def _touch(self, token: str, now: datetime) -> None:
        held = self._held
        if held.actor and (held.touched_at is None or now - held.touched_at > sign_in.TOUCH_EVERY):
            aside(sign_in.touch, token, at=now)
            self._held = _Held(token, held.actor, now, held.companies)

    def _read_address(self, *, force: bool = False) -> None:
        """Take company, currency and day from the address; what it names wrongly counts as not chosen."""
        today = clock.today(get_settings().zone)
        params = dict(self.router.url.query_parameters)
        if not force and params == self.params and self.today == today.isoformat():
            return
        self.params, self.today = params, today.isoformat()
        if self._held.actor is None:
            return
        chosen = next((c for c in self._held.companies if c.code == params.get(routes.COMPANY_PARAM)), None)
        self.company, self.company_name = (chosen.code, chosen.name) if chosen else ("", "")
        shown = [chosen] if chosen else self._held.companies
        with reading() as session:
            self.currencies = companies.currencies_of(session, shown)
        self.consolidations = sorted({*MAIN_CURRENCIES, *(one.currency for one in self._held.companies)})
        usual = usual_currency({one.currency for one in shown}, get_settings().default_currency)
        self.currency, self.consolidate = currency_choice(params, self.currencies, self.consolidations, usual)
        self._read_day(params.get(routes.AS_OF_PARAM, ""), today)
        self.nav = nav_links(self._held.actor.roles, params)

    def _read_day(self, wanted: str, today: date) -> None:
        try:
            on = min(date.fromisoformat(wanted), today)
        except ValueError:
            on = today
        label = rows.weekday_year(on, self.language)
        self.as_of, self.as_of_label = on.isoformat(), label
        self.as_of_banner = "" if on == today else self._say("shell.as_of.banner", date=label)
