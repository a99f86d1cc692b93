"""What a foreign file seems to be: columns by name and by content, each with its evidence."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.importing.recognition.as_toml import to_toml, written
from ar_cockpit.importing.recognition.evidence import evidence_for
from ar_cockpit.importing.recognition.names import currency_in, fit, is_balance, plain
from ar_cockpit.importing.recognition.preview import preview
from ar_cockpit.importing.recognition.profile import profiles_of
from ar_cockpit.importing.recognition.propose import Proposal, propose, targets_of, with_source
from ar_cockpit.importing.recognition.sample import sample_of
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.columns import COLUMNS
from ar_cockpit.importing.tabular.csv_rows import Row
from ar_cockpit.importing.tabular.mapping import CONTENTS, Constant, Derived, Mapping, parse, shipped


def rows_of(*lines: str) -> list[Row]:
    return [Row(line, cells.split(";"), "") for line, cells in enumerate(lines, 2)]


def proposed(header: str, *lines: str, hint: str = "export") -> Proposal:
    return propose(header.split(";"), rows_of(*lines), hint)


def read_from(found: Proposal) -> dict[str, str]:
    return {target: one.column for target, one in found.suggestions.items()}


# One header a line, as the systems write it; what follows is what each column is.
HEADERS = [
    (
        "N° pièce;Code client;Nom du client;Date pièce;Échéance;Montant TTC;Devise",
        Table.INVOICES,
        "invoice_number customer_id customer.name invoice_date due_date amount currency",
    ),
    (
        "KUNNR;NAME1;BELNR;BLDAT;BUDAT;NETDT;WRBTR;WAERS;BUKRS;AUGDT",
        Table.INVOICES,
        "customer_id customer.name invoice_number invoice_date - due_date amount currency company settled_date",
    ),
    (
        "Customer;Name 1;Document Number;Document Date;Net Due Date;Amount in doc. curr.;Doc. currency;Company Code",
        Table.INVOICES,
        "customer_id customer.name invoice_number invoice_date due_date amount currency company",
    ),
    (
        "Customer No.;Document No.;Posting Date;Due Date;Remaining Amount;Original Amount;Currency Code",
        Table.INVOICES,
        "customer_id invoice_number invoice_date due_date - amount currency",
    ),
    (
        "CT_Num;CT_Intitule;EC_RefPiece;EC_Date;EC_Echeance;EC_Montant",
        Table.INVOICES,
        "customer_id customer.name invoice_number invoice_date due_date amount",
    ),
    (
        "TRX_NUMBER;CUSTOMER_NUMBER;TRX_DATE;DUE_DATE;AMOUNT_DUE_ORIGINAL;AMOUNT_DUE_REMAINING;INVOICE_CURRENCY_CODE",
        Table.INVOICES,
        "invoice_number customer_id invoice_date due_date amount - currency",
    ),
    (
        "Receipt No;Customer No;Receipt date;Amount;Invoice No",
        Table.PAYMENTS,
        "payment_id customer_id payment_date amount -",
    ),
    (
        "N° règlement;Code client;Date de règlement;Montant;Mode de règlement",
        Table.PAYMENTS,
        "payment_id customer_id payment_date amount method",
    ),
    ("Payment ID;Invoice number;Amount", Table.ALLOCATIONS, "payment_id invoice_number amount"),
    (
        "Code client;Raison sociale;Courriel;Pays;Délai de paiement;N° TVA",
        Table.CUSTOMERS,
        "customer_id name email country payment_terms_days vat_number",
    ),
]


@pytest.mark.parametrize(("header", "table", "targets"), HEADERS, ids=[header[:30] for header, _, _ in HEADERS])
def test_usual_headers_are_recognised_by_name(header: str, table: Table, targets: str) -> None:
    found = proposed(header)
    expected = {
        target: column for target, column in zip(targets.split(), header.split(";"), strict=True) if target != "-"
    }
    assert found.mapping.table is table
    assert read_from(found) == expected
    assert found.missing == ()


@pytest.mark.parametrize("table", Table)
def test_canonical_headers_are_recognised_whole(table: Table) -> None:
    names = [column.name for column in COLUMNS[table]]
    found = propose(names, [], table.value)
    assert found.mapping.table is table
    assert found.mapping.columns == {name: name for name in names}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("N° Facture", "n facture"),
        ("invoiceNumber", "invoice number"),
        ("due_in-date ", "due in date"),
        ("Échéance", "echeance"),
    ],
)
def test_names_are_compared_as_words(name: str, words: str) -> None:
    assert plain(name) == words


def test_every_target_has_usual_names() -> None:
    targets = {target.removeprefix("customer.") for table in Table for target in targets_of(table)}
    assert all(fit(target, target) == 100 for target in targets)


@pytest.mark.parametrize(
    ("name", "code"), [("Montant (EUR)", "EUR"), ("converted_usd", "USD"), ("Total €", "EUR"), ("Amount", "")]
)
def test_a_currency_in_the_name_of_the_amount_is_a_constant(name: str, code: str) -> None:
    assert currency_in(name) == code
    found = proposed(f"Invoice;Customer;Invoice date;{name}")
    assert found.mapping.columns.get("currency") == (Constant(code) if code else None)


def test_a_balance_makes_a_file_of_open_items_unless_it_tells_what_was_settled() -> None:
    assert is_balance("Solde")
    assert not is_balance("Amount due original")
    assert proposed("Invoice;Customer;Invoice date;Solde").mapping.content == "open_items"
    assert proposed("Invoice;Customer;Invoice date;Montant TTC;Solde").mapping.content == "full"
    assert proposed("Invoice;Customer;Invoice date;Solde;Paid on").mapping.content == "full"


def test_columns_without_a_telling_name_are_guessed_by_what_they_hold() -> None:
    found = proposed(
        "col1;col2;col3;col4;col5",
        *("A-1;27/02/2026;1 204,10;ALDER;EUR", "A-2;28/02/2026;3,50;ALDER;USD", "A-3;01/03/2026;4,00;BIRCH;EUR"),
    )
    assert read_from(found) == {
        "invoice_number": "col1",
        "customer_id": "col4",
        "invoice_date": "col2",
        "amount": "col3",
        "currency": "col5",
    }
    assert all(one.is_guess for one in found.suggestions.values())


def test_addresses_are_found_by_what_they_are() -> None:
    found = proposed("Code client;Raison sociale;Divers", "C1;Alder;a@alder.example", "C2;Birch;b@birch.example")
    assert read_from(found)["email"] == "Divers"


def test_a_name_that_its_cells_contradict_is_not_believed() -> None:
    found = proposed(
        "Invoice;Customer;Invoice date;Due;Amount", "A;C;2026-01-01;monthly;1.00", "B;C;2026-01-02;weekly;2.00"
    )
    assert "due_date" not in found.mapping.columns


def evidence(target: str, *values: str) -> dict[str, dict[str, object]]:
    (profile,) = profiles_of(["Column"], rows_of(*values))
    return {one.kind: dict(one.values) for one in evidence_for(target, profile)}


def test_the_evidence_names_counts_and_the_line_that_proves_it() -> None:
    told = evidence("invoice_date", "01/02/2026", "27/02/2026", "03/03/2026")
    assert told["all_dates"]["n"] == 3
    assert told["order_day_first"] == {"example": "27/02/2026", "line": 3}
    told = evidence("amount", "1 204,50", "7", "n/a", "1,5")
    assert (told["some_amounts"]["n"], told["some_amounts"]["of"]) == (3, 4)
    assert told["mark_comma"] == {"n": 2, "of": 4}
    assert evidence("amount", "1,5", "2.50", "3.75")["mark_mixed"] == {
        "comma": 1,
        "point": 2,
        "example": "1,5",
        "line": 2,
    }
    assert evidence("invoice_date", "01/02/2026")["order_open"]["line"] == 2
    assert evidence("invoice_date", "13/02/2026", "02/14/2026")["order_mixed"]["line"] == 3
    assert evidence("email", "a@b.example", "nobody", "")["some_emails"]["n"] == 1
    assert evidence("invoice_number", "A", "A", "A", "B")["repeated"] == {"n": 2, "of": 4}
    assert evidence("invoice_number", "7.0", "8.0")["whole"] == {"example": "7.0", "line": 2}
    assert evidence("currency", "", "")["empty"] == {"of": 2}


@pytest.mark.parametrize(
    ("cells", "date_format", "mark"),
    [
        (("27/02/2026;1,5", "01/03/2026;2,50"), "dd/mm/yyyy", ","),
        (("02/27/2026;1.5", "01/03/2026;2.50"), "mm/dd/yyyy", "."),
        (("01/02/2026;15", "01/03/2026;2.500"), "auto", "auto"),
        (("27/02/2026;1.5", "02/27/2026;2,50"), "auto", "auto"),
    ],
)
def test_date_order_and_decimal_mark_are_fixed_only_where_the_cells_prove_them(
    cells: Sequence[str], date_format: str, mark: str
) -> None:
    mapping = proposed("Invoice date;Amount;Invoice;Customer", *(f"{one};A;C" for one in cells)).mapping
    assert (mapping.date_format, mapping.decimal_mark) == (date_format, mark)


@pytest.mark.parametrize("name", ["b2b_open_items", "ibm_accounts_receivable"])
def test_real_extracts_are_recognised_as_the_shipped_mapping_reads_them(shared_data: Path, name: str) -> None:
    path = shared_data / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *cells = islice(csv.reader(stream), 3000)
    found = propose(header, [Row(line, row, "") for line, row in enumerate(cells, 2)], name).mapping
    by_hand = next(one for one in shipped() if one.name == name)
    constants = {key for key, one in by_hand.columns.items() if isinstance(one, Constant)}
    assert {key: one for key, one in by_hand.columns.items() if key not in constants} == {
        key: one for key, one in found.columns.items() if key not in constants
    }
    assert (found.whole_numbers, found.round_amounts) == (by_hand.whole_numbers, by_hand.round_amounts)


def test_the_rows_are_shown_as_a_mapping_will_read_them(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Invoice;Customer;Invoice date;Amount\nA;C;27/02/2026;1.250,00\nB;C;31/02/2026;7,123\nD;C\n")
    sample = sample_of(path, "x.csv")
    mapping = propose(sample.file.header, sample.rows, "x").mapping
    shown = preview(sample, mapping, "EUR")
    assert (shown.read, shown.good, {key: str(total) for key, total in shown.sums.items()}) == (
        3,
        1,
        {"EUR": "1250.00"},
    )
    assert [(one.line, [cell.reason for cell in one.cells if cell.reason]) for one in shown.lines[1:]] == [
        (3, ["February 2026 has 28 days (the column is read as dd/mm/yyyy)", "More decimals than EUR has (2)"]),
        (4, ["The row has 2 cells where the header has 4"]),
    ]
    assert preview(sample, with_source(mapping, "amount", None), "EUR").sums == {}


# --- written down and read again ---------------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@given(
    columns=st.lists(NAMES, min_size=4, max_size=4),
    constant=NAMES,
    custom=st.dictionaries(NAMES, NAMES, max_size=3),
    content=st.sampled_from(CONTENTS),
    sheet=st.one_of(st.just(""), NAMES),
)
def test_a_mapping_is_read_as_it_was_written(
    columns: list[str], constant: str, custom: dict[str, str], content: str, sheet: str
) -> None:
    required = dict(zip(("invoice_number", "customer_id", "invoice_date", "amount"), columns, strict=True))
    mapping = written(
        Mapping(
            "m",
            Table.INVOICES,
            {**required, "currency": Constant(constant)},
            header=tuple(columns),
            custom={**custom, "told": Derived("a", "<", "b", "date", "yes", "no")},
            customer={"name": columns[0]},
            whole_numbers=(columns[1],),
            content=content,
            sheet=sheet,
        )
    )
    assert parse(mapping.text, "other") == mapping


@pytest.mark.parametrize("mapping", shipped(), ids=lambda one: one.name)
def test_shipped_mappings_survive_being_written(mapping: Mapping) -> None:
    again = parse(to_toml(mapping), mapping.name)
    assert written(again) == written(mapping)
