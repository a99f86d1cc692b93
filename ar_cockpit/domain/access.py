"""Who may do what: roles, permissions and the actor every service is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ar_cockpit.domain.errors import ForbiddenError


class Role(StrEnum):
    """The five roles; a person holds each for all companies or for named ones."""

    EXECUTIVE = "executive"
    COLLECTOR = "collector"
    SALES = "sales"
    CREDIT_MANAGER = "credit_manager"
    ADMIN = "admin"


class TokenScope(StrEnum):
    """What a program's token is good for: the role of a machine."""

    LEDGER_READ = "ledger:read"
    LEDGER_WRITE = "ledger:write"
    FIGURES_READ = "figures:read"
    ORDERS_CHECK = "orders:check"
    WEBHOOKS_MANAGE = "webhooks:manage"


class Permission(StrEnum):
    """What a service asks for before it answers or acts."""

    VIEW_FIGURES = "view_figures"  # KPIs, ageing, forecasts
    VIEW_CUSTOMERS = "view_customers"  # customer records, invoices, timeline
    VIEW_STANDING = "view_standing"  # standing, order check, planned reminders
    VIEW_QUEUE = "view_queue"  # the collectors' day
    VIEW_PLAN = "view_plan"  # cadence plan, outbox
    EXPORT = "export"
    WORK_CUSTOMERS = "work_customers"  # message, call, promise, dispute, snooze, hold
    WRITE_NOTE = "write_note"
    VIEW_INTERNAL = "view_internal"  # notes and files that are for finance alone
    PAUSE_STEP = "pause_step"  # pause a firm step with a reason
    APPROVE_STEP = "approve_step"
    SET_TARGETS = "set_targets"  # goals and limits of the key figures
    SET_CREDIT = "set_credit"  # limits, credit holds
    ASK_CREDIT = "ask_credit"  # wish for another limit
    APPROVE_CREDIT = "approve_credit"  # a step of a request
    RESERVE_CREDIT = "reserve_credit"  # let an accepted order count against the limit
    ONBOARD_CUSTOMERS = "onboard_customers"  # take a new customer in before its first invoice
    IMPORT_LEDGER = "import_ledger"
    EDIT_POLICY = "edit_policy"
    RUN_JOBS = "run_jobs"  # cadence run, outbox send, jobs
    LEAD_TEAM = "lead_team"  # whose customers are whose, who covers whom, goals, what the order of the day counts
    MANAGE_USERS = "manage_users"
    VIEW_AUDIT = "view_audit"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_WEBHOOKS = "manage_webhooks"


_P = Permission
_READ = {_P.VIEW_FIGURES, _P.VIEW_CUSTOMERS, _P.VIEW_STANDING, _P.VIEW_INTERNAL, _P.EXPORT}
_COLLECT = _READ | {_P.VIEW_QUEUE, _P.VIEW_PLAN, _P.WORK_CUSTOMERS, _P.WRITE_NOTE, _P.PAUSE_STEP, _P.IMPORT_LEDGER}
_ORDERS = {_P.ASK_CREDIT, _P.RESERVE_CREDIT}
_CREDIT = {_P.APPROVE_STEP, _P.SET_CREDIT, _P.APPROVE_CREDIT, _P.SET_TARGETS, _P.EDIT_POLICY, _P.RUN_JOBS}
_LEAD = {_P.LEAD_TEAM, _P.ONBOARD_CUSTOMERS}
GRANTS: dict[Role | TokenScope, frozenset[Permission]] = {
    Role.EXECUTIVE: frozenset(_READ | {_P.APPROVE_CREDIT}),
    Role.COLLECTOR: frozenset(_COLLECT | {_P.ASK_CREDIT}),
    Role.SALES: frozenset({_P.VIEW_STANDING, _P.VIEW_CUSTOMERS, _P.WRITE_NOTE, _P.PAUSE_STEP} | _ORDERS),
    Role.CREDIT_MANAGER: frozenset(_COLLECT | _ORDERS | _CREDIT | _LEAD),
    Role.ADMIN: frozenset(
        {
            _P.EDIT_POLICY,
            _P.RUN_JOBS,
            _P.MANAGE_USERS,
            _P.VIEW_AUDIT,
            _P.IMPORT_LEDGER,
            _P.MANAGE_TOKENS,
            _P.MANAGE_WEBHOOKS,
        }
    ),
    TokenScope.LEDGER_READ: frozenset({_P.VIEW_CUSTOMERS}),
    TokenScope.LEDGER_WRITE: frozenset({_P.IMPORT_LEDGER}),
    TokenScope.FIGURES_READ: frozenset({_P.VIEW_FIGURES, _P.VIEW_STANDING}),
    TokenScope.ORDERS_CHECK: frozenset({_P.VIEW_STANDING, _P.RESERVE_CREDIT}),
    TokenScope.WEBHOOKS_MANAGE: frozenset({_P.MANAGE_WEBHOOKS}),
}
# Sales see their own customers only; every other role that sees customers sees its company's.
_OWN_CUSTOMERS_ONLY = frozenset({Role.SALES})


@dataclass(frozen=True, slots=True)
class Grant:
    """One role, for one company or (``None``) for all."""

    role: Role | TokenScope
    company_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The companies a permission reaches: ``None`` is all; ``own_only_ids`` reach own customers only."""

    company_ids: frozenset[int] | None
    own_only_ids: frozenset[int] | None = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is reached at all."""
        return self.company_ids == frozenset() and self.own_only_ids == frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the local operator) on whose behalf a service acts."""

    user_id: int | None
    email: str
    name: str
    grants: tuple[Grant, ...]

    @classmethod
    def local_operator(cls) -> Actor:
        """Return the operator at the machine itself, who holds all roles for all companies."""
        return cls(None, "operator@localhost", "Local operator", tuple(Grant(role) for role in Role))

    @property
    def roles(self) -> frozenset[Role | TokenScope]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def scope(self, permission: Permission) -> Scope:
        """Return what ``permission`` reaches; raise ``ForbiddenError`` when it reaches nothing."""
        full = [g.company_id for g in self._granting(permission) if g.role not in _OWN_CUSTOMERS_ONLY]
        own = [g.company_id for g in self._granting(permission) if g.role in _OWN_CUSTOMERS_ONLY]
        scope = Scope(_reach(full), _reach(own))
        if scope.is_empty:
            raise ForbiddenError("You do not have the right to do this.", "Ask your administrator for the role.")
        return scope

    def may(self, permission: Permission, company_id: int | None = None, *, owns: bool = False) -> bool:
        """Return whether ``permission`` is held: anywhere, or in ``company_id``; ``owns`` admits own-customer roles."""
        return any(
            (company_id is None or grant.company_id in (None, company_id))
            and (company_id is None or owns or grant.role not in _OWN_CUSTOMERS_ONLY)
            for grant in self._granting(permission)
        )

    def require(self, permission: Permission, company_id: int | None = None, *, owns: bool = False) -> None:
        """Raise ``ForbiddenError`` unless :meth:`may` holds."""
        if not self.may(permission, company_id, owns=owns):
            raise ForbiddenError("You do not have the right to do this.", "Ask your administrator for the role.")

    def _granting(self, permission: Permission) -> list[Grant]:
        return [grant for grant in self.grants if permission in GRANTS[grant.role]]


def _reach(company_ids: list[int | None]) -> frozenset[int] | None:
    if None in company_ids:
        return None
    return frozenset(company_id for company_id in company_ids if company_id is not None)
