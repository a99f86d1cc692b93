"""Who a customer is: its numbers, and which customers of a company may be the same as one that is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, false, func, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import CustomerIdentityRow, CustomerRow, RoleGrantRow, UserRow
from ar_cockpit.domain.customers.numbers import IBAN, LEI, REGISTRATION, VAT

MOST_ALIKE = 400  # whose names are looked at, those with the same number first
_SIREN = 9


@dataclass(frozen=True, slots=True)
class Sought:
    """What the customer that is taken in is known by; numbers are packed, empty ones are not looked for."""

    company_id: int
    code: str
    fragments: Sequence[str]  # beginnings and ends of the words of its name
    registration: str = ""
    vat: str = ""
    lei: str = ""
    iban: str = ""
    siren: str = ""  # told by its registration or by its VAT number


class Alike(NamedTuple):
    """A customer that may be the same, and whether by a number."""

    customer_id: int
    code: str
    name: str
    city: str
    is_archived: bool
    has_code: bool
    has_registration: bool
    has_vat: bool
    has_lei: bool
    has_iban: bool

    @property
    def numbers(self) -> list[str]:
        """Which numbers are the same."""
        told = ((REGISTRATION, self.has_registration), (VAT, self.has_vat), (LEI, self.has_lei), (IBAN, self.has_iban))
        return [kind for kind, is_same in told if is_same]


class Identity(NamedTuple):
    """The numbers of a customer."""

    registration: str
    vat: str
    lei: str
    iban: str
    onboarded_by: str


def alike(session: Session, sought: Sought) -> list[Alike]:
    """Return the customers with the code or a number of ``sought``, and such as may have its name."""
    row, identity = CustomerRow, CustomerIdentityRow
    registration, vat = _packed(col(row.registration_number)), _packed(col(row.vat_number))
    same = {
        "code": col(row.code) == sought.code if sought.code else false(),
        "registration": _same_registration(registration, vat, sought),
        "vat": vat == sought.vat if sought.vat else false(),
        "lei": col(identity.lei) == sought.lei if sought.lei else false(),
        "iban": col(identity.iban) == sought.iban if sought.iban else false(),
    }
    by_number = or_(*same.values())
    named = [func.lower(col(row.name)).contains(part, autoescape=True) for part in sought.fragments]
    question = (
        select(
            col(row.id),
            col(row.code),
            col(row.name),
            col(row.city),
            col(row.archived_at).is_not(None),
            *(case((condition, True), else_=False) for condition in same.values()),
        )
        .outerjoin(identity, col(identity.customer_id) == col(row.id))
        .where(col(row.company_id) == sought.company_id, or_(by_number, *named))
        .order_by(case((by_number, 0), else_=1), col(row.name), col(row.id))
        .limit(MOST_ALIKE)
    )
    return [Alike(*values[:4], *map(bool, values[4:])) for values in session.execute(question)]


def identity_of(session: Session, customer_id: int) -> Identity:
    """Return the numbers of a customer."""
    row, more = CustomerRow, CustomerIdentityRow
    question = (
        select(
            col(row.registration_number),
            col(row.vat_number),
            func.coalesce(col(more.lei), ""),
            func.coalesce(col(more.iban), ""),
            func.coalesce(col(more.onboarded_by), ""),
        )
        .outerjoin(more, col(more.customer_id) == col(row.id))
        .where(col(row.id) == customer_id)
    )
    return Identity(*session.execute(question).one())


def holders(session: Session, company_id: int, roles: Sequence[str]) -> list[tuple[str, str]]:
    """Return (e-mail, name) of the active users who hold one of ``roles`` in a company, by name."""
    user, grant = UserRow, RoleGrantRow
    question = (
        select(col(user.email), col(user.name))
        .join(grant, col(grant.user_id) == col(user.id))
        .where(col(user.is_active), col(grant.role).in_(roles))
        .where(or_(col(grant.company_id).is_(None), col(grant.company_id) == company_id))
        .distinct()
        .order_by(col(user.name), col(user.email))
    )
    return [(email, name or email) for email, name in session.execute(question)]


def _packed(number: SQLColumnExpression[str]) -> ColumnElement[str]:
    """Return a number as an import left it without what people put between its signs."""
    return func.upper(func.replace(func.replace(func.replace(number, " ", ""), ".", ""), "-", ""))


def _same_registration(registration: Any, vat: Any, sought: Sought) -> ColumnElement[bool]:
    """Return who is registered alike: a SIREN is also told by a SIRET that begins with it, and by a VAT number."""
    if sought.siren:
        whole = func.length(registration).in_((_SIREN, _SIREN + 5))
        return or_(
            and_(func.substr(registration, 1, _SIREN) == sought.siren, whole),
            and_(func.substr(vat, 1, 2) == "FR", func.substr(vat, 5) == sought.siren),
        )
    packed = "".join(sign for sign in sought.registration.upper() if sign not in " .-")
    return registration == packed if packed else false()
