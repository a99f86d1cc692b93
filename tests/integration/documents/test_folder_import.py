"""A folder of PDFs is attached by number: the certain is done, the rest told with its reason, twice adds nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from ar_cockpit.cli import build_app
from ar_cockpit.db import session as db_session
from ar_cockpit.db.tables import AuditRow, CompanyRow, DocumentRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.services.documents.folder import FolderImport, Result, import_folder
from ar_cockpit.settings import get_settings
from tests.builders import a_customer, an_invoice
from tests.integration.documents.conftest import AT, DAY, Book
from tests.pdfs import a_pdf


def folder_of(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "scans"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def given(book: Book, **more: object) -> FolderImport:
    return replace(FolderImport(book.open, Actor.local_operator(), book.settings, AT), **more)


def results(book: Book, folder: Path, **more: object) -> dict[str, str]:
    return {file.name: file.result.value for file in import_folder(given(book, **more), folder)}


def rows(book: Book) -> list[tuple[str, str]]:
    with book.open() as session:
        return sorted((row.original_name, row.source) for row in session.exec(select(DocumentRow)))


MIXED = {
    "FA-1.pdf": a_pdf("1"),
    "2026/Facture FA_2.PDF": a_pdf("2"),
    "Delivery 4711.pdf": a_pdf("d"),
    "FA-3.pdf": b"<html>",
    "FB-1 a.pdf": a_pdf("one"),
    "FB-1 b.pdf": a_pdf("other"),
    "notes.txt": b"hello",
    ".hidden": b"",
}
TOLD = {
    "FA-1.pdf": "attached",
    "2026/Facture FA_2.PDF": "attached",
    "Delivery 4711.pdf": "unknown",
    "FA-3.pdf": "refused",
    "FB-1 a.pdf": "ambiguous",
    "FB-1 b.pdf": "ambiguous",
    "notes.txt": "refused",
}


def test_what_is_certain_is_attached_and_the_rest_says_why(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **MIXED)
    files = import_folder(given(book), folder)
    assert {file.name: file.result.value for file in files} == TOLD
    assert all(file.reason for file in files if file.result is not Result.ATTACHED)
    assert rows(book) == [("FA-1.pdf", "folder"), ("Facture FA_2.PDF", "folder")]
    with book.open() as session:
        (entry,) = session.exec(select(AuditRow))
        assert (entry.action, sorted(entry.after)) == ("document.import", ["ALFA/FA-1", "ALFA/FA-2"])


def test_twice_the_same_folder_adds_nothing(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **MIXED)
    results(book, folder)
    again = results(book, folder)
    assert again == TOLD | {"FA-1.pdf": "unchanged", "2026/Facture FA_2.PDF": "unchanged"}
    assert len(rows(book)) == 2


def test_a_dry_run_says_the_same_and_changes_nothing(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **MIXED)
    assert results(book, folder, dry_run=True) == TOLD
    assert rows(book) == []
    assert not list((book.settings.home / "documents").rglob("*.pdf"))


def test_a_changed_file_replaces_and_an_old_one_does_not_come_back(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"FA-1.pdf": a_pdf("first")})
    assert results(book, folder) == {"FA-1.pdf": "attached"}
    folder_of(tmp_path, **{"FA-1.pdf": a_pdf("second")})
    assert results(book, folder) == {"FA-1.pdf": "replaced"}
    folder_of(tmp_path, **{"FA-1.pdf": a_pdf("first")})
    assert results(book, folder) == {"FA-1.pdf": "unchanged"}


def test_two_names_for_one_and_the_same_file_are_one(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"FA-1.pdf": a_pdf(), "FA-1 copy.pdf": a_pdf()})
    assert sorted(results(book, folder).values()) == ["attached", "unchanged"]


def test_a_number_of_two_companies_needs_the_company(book: Book, tmp_path: Path) -> None:
    with book.open() as session:
        foreign = a_customer(session, session.get_one(CompanyRow, book.companies["BETA"]), "TWIN")
        an_invoice(session, foreign, "FA-1", 10_000, DAY, DAY)
    folder = folder_of(tmp_path, **{"FA-1.pdf": a_pdf()})
    (file,) = import_folder(given(book), folder)
    assert (file.result, file.reason) == (
        Result.AMBIGUOUS,
        "It may be FA-1 (ALFA) or FA-1 (BETA). Choose with --company.",
    )
    assert results(book, folder, company="BETA") == {"FA-1.pdf": "attached"}


def test_rights_bound_what_a_folder_reaches(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"FA-1.pdf": a_pdf("a"), "FB-1.pdf": a_pdf("b")})
    only_beta = book.actor(Role.COLLECTOR, "BETA")
    assert results(book, folder, actor=only_beta) == {"FA-1.pdf": "unknown", "FB-1.pdf": "attached"}
    with pytest.raises(NotFoundError, match="no company ALFA"):
        import_folder(given(book, actor=only_beta, company="ALFA"), folder)
    for role in (Role.SALES, Role.EXECUTIVE):
        with pytest.raises(ForbiddenError):
            import_folder(given(book, actor=book.actor(role)), folder)


def test_a_link_out_of_the_folder_is_not_followed(book: Book, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"FA-2.pdf": a_pdf()})
    (tmp_path / "secret.pdf").write_bytes(a_pdf("secret"))
    (folder / "FA-1.pdf").symlink_to(tmp_path / "secret.pdf")
    assert results(book, folder) == {"FA-1.pdf": "refused", "FA-2.pdf": "attached"}


def test_no_folder_and_an_empty_one_are_refused(book: Book, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        import_folder(given(book), tmp_path / "nowhere")
    with pytest.raises(InputError, match="no file"):
        import_folder(given(book), folder_of(tmp_path, **{".hidden": b""}))


def test_the_command_reports_as_json_and_ends_with_one(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = book.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("AR_DATABASE_URL", url)
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    folder = folder_of(tmp_path, **MIXED)
    answer = CliRunner().invoke(build_app({"documents"}), ["documents", "import", os.fspath(folder), "--json"])
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    told = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert told["counts"] == {
        "attached": 2,
        "replaced": 0,
        "unchanged": 0,
        "unknown": 1,
        "ambiguous": 2,
        "refused": 2,
    }
    assert {file["path"]: file["result"] for file in told["files"]} == TOLD
    assert {"path", "result", "invoice", "company", "rule", "reason"} == set(told["files"][0])
