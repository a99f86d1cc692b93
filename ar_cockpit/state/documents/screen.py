"""The dialog of one invoice's document: what there is, what came before, attaching, removing, and taking it back."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx
from reflex.state import OnLoadInternalState

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import clock
from ar_cockpit.services.documents import attach
from ar_cockpit.services.documents import reading as documents
from ar_cockpit.services.documents.reading import InvoiceDocuments
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display.documents import VersionLine, version_lines
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_WORK = Permission.WORK_CUSTOMERS


class DocumentsState(SessionState):
    """The invoice whose document is looked at; its bytes never pass through here."""

    invoice: str = ""
    number: str = ""
    versions: list[VersionLine] = []
    has_current: bool = False
    may_change: bool = False
    most_mb: int = 0
    removing: str = ""
    removal_error: str = ""

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    async def show(self, invoice: str) -> None:
        """Open the dialog of an invoice."""
        self.removing = self.removal_error = ""
        await self._fill(_key(invoice))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def close(self) -> None:
        """Shut the dialog."""
        self._shut()

    @rx.event
    @allowed(_WORK)
    def attached(self, document: int, is_new: bool) -> Any:
        """Shut the dialog and tell that a file was attached, with undo; the server took it in already."""
        number = self.number
        self._shut()
        if not is_new:
            self._notify("info", self._say("documents.same", number=number))
            return None
        back = DocumentsState.withdraw(document)
        self._notify("ok", self._say("documents.attached", number=number), undo=back)
        return OnLoadInternalState.on_load_internal

    @rx.event
    @allowed(_WORK)
    def ask_removal(self, document: str) -> None:
        """Ask for the reason before a version is removed; an empty key shuts the question."""
        self.removing, self.removal_error = document, ""

    @rx.event
    @allowed(_WORK)
    async def remove(self, form: dict[str, Any]) -> Any:
        """Remove the version that was asked about."""
        key, reason = _key(self.removing), str(form.get("reason", ""))
        self.removal_error = ""
        try:
            with transaction() as session:
                attach.remove(session, self.actor, key, reason, at=clock.now())
        except InputError as error:
            self.removal_error = self._refusal(error)
            return None
        self.removing = ""
        back = DocumentsState.bring_back(key)
        return await self._changed("documents.removed", back)

    @rx.event
    @allowed(_WORK)
    async def bring_back(self, document: int) -> Any:
        """Undo a removal."""
        with transaction() as session:
            found = attach.bring_back(session, self.actor, _key(document))
        return await self._changed("documents.brought_back", number=found.invoice.number)

    @rx.event
    @allowed(_WORK)
    async def withdraw(self, document: int) -> Any:
        """Undo an attachment: the version before is shown again."""
        with transaction() as session:
            found = attach.withdraw(session, self.actor, _key(document), at=clock.now())
        return await self._changed("documents.withdrawn", number=found.invoice.number)

    def _shut(self) -> None:
        self.invoice = self.number = self.removing = self.removal_error = ""
        self.versions = []

    async def _changed(self, sentence: str, undo: Any = None, number: str = "") -> Any:
        """Tell what was done, and show the dialog, if it is open, and the list behind it anew."""
        self._notify("ok", self._say(sentence, number=number or self.number), undo=undo)
        if self.invoice:
            await self._fill(int(self.invoice))
        return OnLoadInternalState.on_load_internal

    async def _fill(self, invoice_id: int) -> None:
        found = await asyncio.to_thread(_ask, self.actor, invoice_id)
        self.invoice, self.number = str(invoice_id), found.invoice.number
        self.versions = version_lines(found, self.language)
        self.has_current = any(one.is_current for one in found.versions)
        self.may_change = found.may_change
        self.most_mb = get_settings().document_max_mb


def _ask(actor: Actor, invoice_id: int) -> InvoiceDocuments:
    with reading() as session:
        return documents.documents_of(session, actor, invoice_id)


def _key(written: Any) -> int:
    """Return a key as the browser sent it; what is none finds nothing."""
    return int(written) if str(written).isdecimal() and len(str(written)) < 10 else 0
