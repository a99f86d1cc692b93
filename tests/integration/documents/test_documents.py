"""An invoice's document: attached, replaced, removed and taken back, seen by those who may and by nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import AuditRow, DocumentRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.documents.pdf import NotAPdfError
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError, SettingsError
from ar_cockpit.services.audit import first_broken_entry
from ar_cockpit.services.documents import attach, reading
from ar_cockpit.services.documents.storage import Store, TooLargeError
from ar_cockpit.services.documents.sweep import sweep
from ar_cockpit.services.job_runs import scheduler_actor
from tests.integration.documents.conftest import AT, Book
from tests.pdfs import a_pdf


def files(book: Book) -> set[str]:
    return {path.stem for path in (book.settings.home / "documents").rglob("*.pdf")}


def shown(book: Book, number: str, actor: Actor | None = None) -> bytes | None:
    with book.open() as session:
        found = reading.documents_of(session, actor or book.actor(Role.EXECUTIVE), book.invoices[number])
    current = next((one for one in found.versions if one.is_current), None)
    return reading.content(book.settings, current) if current else None


def kinds(book: Book, number: str, role: Role = Role.COLLECTOR) -> list[str]:
    with book.open() as session:
        found = reading.documents_of(session, book.actor(role), book.invoices[number])
    return ["removed" if one.removed_at else "current" if one.is_current else "older" for one in found.versions]


def audited(session: Session) -> list[str]:
    return [row.action for row in session.exec(select(AuditRow).order_by(col(AuditRow.id)))]


def test_a_pdf_is_kept_under_its_content_and_read_back_whole(book: Book) -> None:
    pdf = a_pdf("FA-1")
    done = book.attach("FA-1", pdf)
    assert done.is_new
    assert shown(book, "FA-1") == pdf
    with book.open() as session:
        row = session.exec(select(DocumentRow)).one()
        assert (row.original_name, row.source, row.size_bytes) == ("FA-1.pdf", "upload", len(pdf))
        assert files(book) == {row.sha256}
        assert audited(session) == ["document.attach"]
        assert first_broken_entry(session) is None


def test_no_name_of_an_uploader_becomes_a_path() -> None:
    assert attach.shown_name("../../etc/passwd\x00\r\n.pdf") == "passwd.pdf"
    assert attach.shown_name("C:\\temp\\<b>x</b>.pdf") == "b>.pdf"
    assert attach.shown_name("a" * 900) == "a" * 200


def test_the_same_file_again_adds_nothing(book: Book) -> None:
    first = book.attach("FA-1", a_pdf())
    again = book.attach("FA-1", a_pdf())
    assert (again.document_id, again.is_new) == (first.document_id, False)
    assert kinds(book, "FA-1") == ["current"]


def test_one_file_may_belong_to_two_invoices_and_is_kept_once(book: Book) -> None:
    book.attach("FA-1", a_pdf())
    book.attach("FA-2", a_pdf())
    assert len(files(book)) == 1
    assert shown(book, "FA-1") == shown(book, "FA-2") == a_pdf()


def test_a_new_file_replaces_the_old_one_which_stays_as_a_version(book: Book) -> None:
    old = book.attach("FA-1", a_pdf("first"))
    new = book.attach("FA-1", a_pdf("second"))
    assert shown(book, "FA-1") == a_pdf("second")
    assert kinds(book, "FA-1") == ["current", "older"]
    with book.open() as session:
        assert session.get_one(DocumentRow, old.document_id).replaced_by_id == new.document_id


def test_a_removal_says_why_and_can_be_taken_back(book: Book) -> None:
    done = book.attach("FA-1", a_pdf())
    who = book.actor(Role.CREDIT_MANAGER)
    with book.open() as session:
        attach.remove(session, who, done.document_id, "wrong customer", at=AT)
    assert shown(book, "FA-1") is None
    assert kinds(book, "FA-1") == ["removed"]
    assert kinds(book, "FA-1", Role.EXECUTIVE) == []
    with book.open() as session:
        attach.bring_back(session, who, done.document_id)
    assert shown(book, "FA-1") == a_pdf()
    with book.open() as session:
        assert audited(session) == ["document.attach", "document.remove", "document.remove.undo"]


def test_a_removal_without_a_reason_is_refused(book: Book) -> None:
    done = book.attach("FA-1", a_pdf())
    with pytest.raises(InputError, match="reason"), book.open() as session:
        attach.remove(session, book.actor(Role.COLLECTOR), done.document_id, "  ", at=AT)
    assert shown(book, "FA-1") == a_pdf()


def test_an_attachment_taken_back_shows_the_version_before(book: Book) -> None:
    book.attach("FA-1", a_pdf("first"))
    new = book.attach("FA-1", a_pdf("second"))
    with book.open() as session:
        attach.withdraw(session, book.actor(Role.COLLECTOR), new.document_id, at=AT)
    assert shown(book, "FA-1") == a_pdf("first")
    assert kinds(book, "FA-1") == ["removed", "current"]


def test_an_older_version_brought_back_stays_an_older_version(book: Book) -> None:
    old = book.attach("FA-1", a_pdf("first"))
    book.attach("FA-1", a_pdf("second"))
    who = book.actor(Role.COLLECTOR)
    with book.open() as session:
        attach.remove(session, who, old.document_id, "private remark on it", at=AT)
    with book.open() as session:
        attach.bring_back(session, who, old.document_id)
    assert kinds(book, "FA-1") == ["current", "older"]


def test_what_was_undone_too_late_or_twice_is_refused(book: Book) -> None:
    done, who = book.attach("FA-1", a_pdf()), book.actor(Role.COLLECTOR)
    with pytest.raises(RefusedError, match="too old"), book.open() as session:
        attach.withdraw(session, who, done.document_id, at=AT + timedelta(days=2))
    with pytest.raises(RefusedError, match="not removed"), book.open() as session:
        attach.bring_back(session, who, done.document_id)
    with book.open() as session:
        attach.remove(session, who, done.document_id, "mistake", at=AT)
    with pytest.raises(RefusedError, match="already"), book.open() as session:
        attach.remove(session, who, done.document_id, "mistake", at=AT)
    book.attach("FA-1", a_pdf("another"))
    with pytest.raises(RefusedError, match="Another file"), book.open() as session:
        attach.bring_back(session, who, done.document_id)


WORKERS = {Role.COLLECTOR, Role.CREDIT_MANAGER}
SEES = {
    (Role.EXECUTIVE, ""): {"FA-1", "FA-3", "FB-1"},
    (Role.EXECUTIVE, "ALFA"): {"FA-1", "FA-3"},
    (Role.COLLECTOR, "ALFA"): {"FA-1", "FA-3"},
    (Role.COLLECTOR, "BETA"): {"FB-1"},
    (Role.CREDIT_MANAGER, "BETA"): {"FB-1"},
    (Role.SALES, ""): {"FA-1"},
    (Role.SALES, "BETA"): set(),
    (Role.ADMIN, ""): set(),
}


def test_each_role_sees_the_documents_of_its_invoices_only(book: Book) -> None:
    done = {number: book.attach(number, a_pdf(number)).document_id for number in ("FA-1", "FA-3", "FB-1")}
    for (role, company), numbers in SEES.items():
        actor = book.actor(role, company)
        with book.open() as session:
            seen = {number for number, key in done.items() if not refused(reading.document, session, actor, key)}
        assert seen == numbers, (role, company)


def refused(act: Callable[..., Any], *given: Any, **more: Any) -> bool:
    """Return whether ``act`` is refused as one refuses who may not even know of the thing."""
    try:
        act(*given, **more)
    except (NotFoundError, ForbiddenError):
        return True
    return False


def test_only_collectors_and_credit_managers_of_the_company_attach_and_remove(book: Book) -> None:
    done = book.attach("FA-1", a_pdf()).document_id
    for role, company in product(Role, ("ALFA", "BETA")):
        actor = book.actor(role, company)
        with Session(book.engine) as session:  # rolled back: each role finds the same
            answers = [
                refused(attach.target, session, actor, book.invoices["FA-1"]),
                refused(attach.remove, session, actor, done, "no", at=AT),
                refused(attach.bring_back, session, actor, done) if role in WORKERS else True,
            ]
            session.rollback()
            answers.append(refused(attach.withdraw, session, actor, done, at=AT))
        may = role in WORKERS and company == "ALFA"
        assert answers == ([False] * 4 if may else [True] * 4), (role, company)
    assert shown(book, "FA-1") == a_pdf()


def test_a_removed_document_is_gone_for_those_who_only_look(book: Book) -> None:
    done = book.attach("FA-1", a_pdf())
    with book.open() as session:
        attach.remove(session, book.actor(Role.COLLECTOR), done.document_id, "wrong", at=AT)
    with book.open() as session:
        assert reading.document(session, book.actor(Role.COLLECTOR), done.document_id)
        for role in (Role.EXECUTIVE, Role.SALES):
            with pytest.raises(NotFoundError):
                reading.document(session, book.actor(role), done.document_id)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"<html></html>", NotAPdfError, id="no PDF"),
        pytest.param(a_pdf(padding=1024 * 1024), TooLargeError, id="over the limit"),
        pytest.param(b"", NotAPdfError, id="nothing"),
    ],
)
def test_what_is_refused_leaves_neither_file_nor_row(book: Book, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        book.attach("FA-1", content)
    assert files(book) == set()
    assert kinds(book, "FA-1") == []


def test_of_uploads_at_the_same_time_one_is_shown_and_none_is_lost(book: Book) -> None:
    contents = [a_pdf(f"version {number}") for number in range(6)]
    ready = threading.Barrier(len(contents))

    def one(content: bytes) -> bool:
        ready.wait()
        return book.attach("FA-1", content).is_new

    with ThreadPoolExecutor(len(contents)) as pool:
        assert all(pool.map(one, contents))
    assert sorted(kinds(book, "FA-1")) == ["current", *["older"] * 5]
    assert shown(book, "FA-1") in contents
    with book.open() as session:
        loose = [row for row in session.exec(select(DocumentRow)) if not row.is_current and not row.replaced_by_id]
        assert loose == []
        assert first_broken_entry(session) is None


def test_a_sweep_takes_old_files_without_a_row_and_nothing_else(book: Book) -> None:
    kept = book.attach("FA-1", a_pdf("kept"))
    with pytest.raises(NotFoundError):  # the file stands before the row, which never comes
        book.attach("FB-1", a_pdf("orphan"), book.actor(Role.COLLECTOR, "ALFA"))
    assert len(files(book)) == 2
    now = AT.now(AT.tzinfo)
    assert sweep(book.open, scheduler_actor(), book.settings, at=now) == {"files": 0, "removed": 0}
    later = now + timedelta(days=2)
    assert sweep(book.open, scheduler_actor(), book.settings, at=later) == {"files": 2, "removed": 1}
    with book.open() as session:
        assert files(book) == {session.get_one(DocumentRow, kept.document_id).sha256}


def test_a_file_that_a_sweep_took_on_the_way_is_put_back(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Store.keep

    def swept(self: Store, incoming: object) -> object:
        kept = keep(self, incoming)  # type: ignore[arg-type]
        self.remove(kept.sha256)
        return kept

    monkeypatch.setattr(Store, "keep", swept)
    book.attach("FA-1", a_pdf())
    assert shown(book, "FA-1") == a_pdf()


def test_a_file_missing_or_damaged_in_the_store_is_told_and_never_shown(book: Book) -> None:
    book.attach("FA-1", a_pdf("first"))
    (path,) = (book.settings.home / "documents").rglob("*.pdf")
    path.write_bytes(a_pdf("other"))
    with pytest.raises(NotFoundError, match="damaged"):
        shown(book, "FA-1")
    path.unlink()
    with pytest.raises(NotFoundError, match="missing"):
        shown(book, "FA-1")
    book.attach("FA-2", a_pdf("first"))
    assert shown(book, "FA-1") == a_pdf("first")


def test_another_store_is_used_when_its_driver_is_there() -> None:
    kept = Store("memory://documents-of-a-test")
    with Path(__file__).open("rb") as anything:
        kept.put("ab" * 32, anything)
    with kept.open("ab" * 32, Path(__file__).stat().st_size) as file:
        assert file.read() == Path(__file__).read_bytes()
    assert list(kept.older_than(AT.replace(year=2999))) == ["ab" * 32]


@pytest.mark.parametrize("url", ["gs://bucket/folder", "nonsense://x"])
def test_a_store_without_a_driver_is_one_clear_line(url: str) -> None:
    with pytest.raises(SettingsError, match="AR_DOCUMENTS_URL cannot be used"):
        Store(url)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(SettingsError, match="cannot be written"), Path(__file__).open("rb") as anything:
        Store(str(tmp_path / "taken")).put("ab" * 32, anything)
