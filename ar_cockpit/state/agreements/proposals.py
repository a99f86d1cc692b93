"""What collectors ask finance for: accepted or refused by a credit manager, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import PROPOSALS
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import deciding
from ar_cockpit.services.lists.agreements import Page
from ar_cockpit.state.agreements.shown import AgreementList
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_KINDS = {"waiting": "watch", "accepted": "ok", "refused": "bad"}
_DECIDES = (Permission.SET_CREDIT, Permission.APPROVE_STEP)
_MOST_NAMED = 3


@dataclass
class ProposalItem:
    """A proposal, ready to draw."""

    key: str
    customer: str
    customer_href: str
    company: str
    kind: str
    about: str
    amount: str
    words: str
    proposed: str
    by: str
    state: str
    state_kind: str
    decided: str
    may_decide: bool


class ProposalsState(AgreementList, SessionState):
    """One page of proposals, and the one that is decided."""

    items: list[ProposalItem] = []
    accepting: str = ""
    refusing: str = ""
    about: str = ""
    consequences: str = ""

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    async def load(self) -> None:
        """Fill the list from the address."""
        found = await self._ask(PROPOSALS)
        self._around(found, "proposals")
        self.csv_href = self.xlsx_href = ""
        total = rows.number(found.totals.count, self.language)
        self.sums = self._count("agreements.proposals.sums", found.totals.count, total=total)
        self.items = [self._item(row, found) for row in found.rows]

    @rx.event
    @allowed(*_DECIDES)
    def ask_accepting(self, key: str) -> None:
        """Say what accepting would do; an empty key shuts the dialog."""
        self.accepting = key
        one = next((item for item in self.items if item.key == key), None)
        if one is not None:
            kind = next(kind for kind in _MEANS if self._say(f"agreements.kind.{kind}") == one.kind)
            what = ", ".join(word for word in (one.customer, one.about, one.amount) if word)
            self.consequences = self._say(f"agreements.accept.{kind}", what=what)

    @rx.event
    @allowed(*_DECIDES)
    def ask_refusing(self, key: str, about: str) -> None:
        """Open the dialog that refuses a proposal; an empty key shuts it."""
        self.refusing, self.about = key, about

    @rx.event
    @allowed(*_DECIDES)
    def accept(self) -> Any:
        """Do what was proposed."""
        key, self.accepting = int(self.accepting), ""
        with transaction() as session:
            deciding.accept(session, self.actor, key, "", self._when())
        self._notify("ok", self._say("agreements.accepted"), undo=ProposalsState.take_back(key))
        return ProposalsState.load

    @rx.event
    @allowed(*_DECIDES)
    def refuse(self, form: dict[str, Any]) -> Any:
        """Decline what was proposed, saying why."""
        key, self.refusing = int(self.refusing), ""
        with transaction() as session:
            deciding.refuse(session, self.actor, key, str(form.get("reason", "")), self._when())
        self._notify("ok", self._say("agreements.refused"), undo=ProposalsState.take_back(key))
        return ProposalsState.load

    @rx.event
    @allowed(*_DECIDES)
    def take_back(self, proposal_id: int) -> Any:
        """Let a decision wait again, and what it did be undone."""
        with transaction() as session:
            deciding.take_back(session, self.actor, proposal_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return ProposalsState.load

    def _item(self, row: Any, found: Page) -> ProposalItem:
        numbers = [one["number"] for one in row.numbers]
        more = f" +{len(numbers) - _MOST_NAMED}" if len(numbers) > _MOST_NAMED else ""
        decided = ", ".join(word for word in (self._date(row.decided_on), row.decision_note) if word)
        amount = rows.money_cents(row.amount_minor, row.currency, self.language) if row.has_amount else ""
        return ProposalItem(
            key=str(row.id),
            customer=row.customer_name,
            customer_href=self._record(row),
            company=row.company,
            kind=self._say(f"agreements.kind.{row.reason}"),
            about=", ".join(numbers[:_MOST_NAMED]) + more,
            amount=amount,
            words=row.words,
            proposed=self._date(row.proposed_on),
            by=found.names.get(row.owner, row.owner),
            state=self._say(f"agreements.proposal.{row.state}"),
            state_kind=_KINDS[row.state],
            decided=decided,
            may_decide=row.state == "waiting" and deciding.may_decide(self.actor, row.reason, row.company_id),
        )


_MEANS = ("hold", "write_off", "credit_note", "plan")
