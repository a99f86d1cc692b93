"""Who the invented customers are: where, how large, how they pay, and who looks after them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

from ar_cockpit.demo import names
from ar_cockpit.demo.habits import BROKE, Habit, habit_of
from ar_cockpit.demo.organisation import COLLECTORS, SALES, SELLERS
from ar_cockpit.demo.records import Contact, Customer

_COMPANY_SHARES = (0.46, 0.3, 0.24)
_COUNTRIES = (
    (("FR", 66), ("BE", 10), ("ES", 11), ("IT", 13)),
    (("DE", 72), ("AT", 13), ("NL", 15)),
    (("GB", 82), ("IE", 18)),
)
_TERMS = ((30, 48), (45, 22), (60, 18), (14, 12))
_MEDIAN_INVOICE = 9_000_00
_KEY_ACCOUNT, _PUBLIC, _MANUAL = 0.05, 0.04, 0.008
_ABROAD = 0.06


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer with what decides how it behaves."""

    customer: Customer
    contacts: tuple[Contact, ...]
    habit: Habit
    typical_minor: int  # the size of its invoices

    @property
    def cadence(self) -> str:
        """The cadence of the default policy that the customer is in."""
        if "key_account" in self.customer.tags:
            return "white_glove"
        return "public_sector" if "public_sector" in self.customer.tags else self.habit.cadence


def luck(seed: int, what: str, number: int) -> Random:
    """Return the source of chance for one customer: the same whatever else is generated, and in what order."""
    return Random(f"{seed}:{what}:{number}")  # noqa: S311 (an invented ledger guards no secret)


def weight_of(seed: int, number: int) -> float:
    """Return how many invoices customer ``number`` gets, in relation to the others."""
    return luck(seed, "weight", number).lognormvariate(0, 0.7)


def profile(seed: int, number: int, count: int, yearly_invoices: float, *, exports: bool = False) -> Profile:
    """Return customer ``number`` of ``count``; the one in the middle is going broke."""
    rng = luck(seed, "customer", number)
    company = rng.choices(range(len(SELLERS)), _COMPANY_SHARES)[0]
    choices = _COUNTRIES[company]
    code = rng.choices([one for one, _ in choices], [share for _, share in choices])[0]
    country = names.COUNTRIES[code]
    habit = BROKE if number == (count + 1) // 2 else habit_of(rng)
    typical = round(_MEDIAN_INVOICE * rng.lognormvariate(0, 0.9))
    name = names.firm(rng, country)
    terms = rng.choices([days for days, _ in _TERMS], [share for _, share in _TERMS])[0]
    tags = _tags(rng, habit)
    language = "nl" if code == "BE" and rng.random() < 0.4 else country.language
    collector, sales = rng.choice(COLLECTORS[company]), rng.choice(SALES[company])
    customer = Customer(
        number,
        company,
        f"C{number:05d}",
        name,
        rng.choice(country.towns),
        code,
        language,
        _currency(seed, number, company) if exports else SELLERS[company].currency,
        terms,
        _limit(rng, habit, typical * yearly_invoices * (terms + 25) / 365),
        rng.randint(*habit.score),
        sales,
        collector,
        f"{rng.randrange(10**8, 10**9)}",
        f"{code}{rng.randrange(10**10, 10**11)}",
        tags,
    )
    return Profile(customer, _contacts(rng, customer, country), habit, typical)


def _currency(seed: int, number: int, company: int) -> str:
    """Return the currency a customer is billed in: the company's, or now and then the one it exports in."""
    is_abroad = luck(seed, "currency", number).random() < _ABROAD
    return SELLERS[company].export_currency if is_abroad else SELLERS[company].currency


def _tags(rng: Random, habit: Habit) -> tuple[str, ...]:
    draw = rng.random()
    if habit is BROKE or draw > _KEY_ACCOUNT + _PUBLIC + _MANUAL:
        return ()
    if draw < _KEY_ACCOUNT:
        return ("key_account",)
    return ("public_sector",) if draw < _KEY_ACCOUNT + _PUBLIC else ("manual",)


def _limit(rng: Random, habit: Habit, usual_exposure: float) -> int:
    """Return a credit limit in round thousands, with some room; those going broke have outgrown theirs."""
    room = 0.7 if habit is BROKE else rng.uniform(1.1, 3.0)
    step = 5_000_00
    return max(2 * step, round(usual_exposure * room / step) * step)


def _contacts(rng: Random, customer: Customer, country: names.Country) -> tuple[Contact, ...]:
    domain = f"{_plain(customer.name.split()[0])}-{customer.customer_id}.example"
    first = _contact(rng, customer, country, domain, "accounts_payable")
    if rng.random() < 0.35:
        second = _contact(rng, customer, country, domain, rng.choice(("buyer", "manager")))
        return (first,) if second.name == first.name else (first, second)
    if rng.random() < 0.02:
        return (first._replace(email=""),)  # nobody knows the address: the plan says so
    return (first,)


def _contact(rng: Random, customer: Customer, country: names.Country, domain: str, role: str) -> Contact:
    name = names.person(rng, country)
    first, last = _plain(name.split()[0]), _plain(name.split()[-1])
    is_payable = role == "accounts_payable"
    email = f"{first}.{last}@{domain}"
    return Contact(customer.customer_id, name, email, names.phone(rng, country), role, customer.language, is_payable)


def _plain(word: str) -> str:
    stripped = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("ß", "ss").lower())
    return "".join(sign for sign in stripped if sign.isascii() and sign.isalnum())
