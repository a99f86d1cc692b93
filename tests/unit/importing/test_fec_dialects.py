"""The same few entries as different programs export them: every dialect of a FEC says the same.

Alder (C1) got an invoice of 120.00, paid it, and got a credit note; Birch (C2) owes 60.00 from last year.
"""

# ruff: noqa: E501 (the files are as wide as they are)
from __future__ import annotations

from pathlib import Path

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.header import FecFile, recognise_fec
from ar_cockpit.importing.fec.reader import FecReader, Year

AS_IN_THE_LAW = """
JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise
AN|À nouveaux|1|20240101|411000|Clients|C2|Éts Birch|F099|20231115|Facture|60,00|0,00|||20240101||
AN|À nouveaux|1|20240101|110000|Report|||AN|20240101|Report|0,00|60,00|||20240101||
VT|Ventes|2|20240115|411000|Clients|C1|Alder|F100|20240114|Facture|120,00|0,00|A|20240210|20240115||
VT|Ventes|2|20240115|706000|Ventes|||F100|20240114|Facture|0,00|100,00|||20240115||
VT|Ventes|2|20240115|445710|TVA|||F100|20240114|Facture|0,00|20,00|||20240115||
BQ|Banque|3|20240210|512000|Banque|||VIR|20240210|Virement|120,00|0,00|||20240210||
BQ|Banque|3|20240210|411000|Clients|C1|Alder|VIR|20240210|Virement|0,00|120,00|A|20240210|20240210||
VT|Ventes|4|20240301|411000|Clients|C1|Alder|A101|20240301|Avoir|0,00|12,00|||20240301||
VT|Ventes|4|20240301|706000|Ventes|||A101|20240301|Avoir|10,00|0,00|||20240301||
VT|Ventes|4|20240301|445710|TVA|||A101|20240301|Avoir|2,00|0,00|||20240301||
"""

POINTS_ZEROS_AND_DAYS_FIRST = """
JOURNALCODE|JOURNALLIB|ECRITURENUM|ECRITUREDATE|COMPTENUM|COMPTELIB|COMPAUXNUM|COMPAUXLIB|PIECEREF|PIECEDATE|ECRITURELIB|DEBIT|CREDIT|ECRITURELET|DATELET|VALIDDATE|MONTANTDEVISE|IDDEVISE
RAN|Report|1|01/01/2024|411100|Clients|C2|Éts Birch|F099|15/11/2023|Facture|0000000060.00|0000000000.00|||01/01/2024||
RAN|Report|1|01/01/2024|110000|Report|||AN|01/01/2024|Report|0000000000.00|0000000060.00|||01/01/2024||
70|Journal 70|2|15/01/2024|411100|Clients|C1|Alder|F100|14/01/2024|Facture|0000000120.00|0000000000.00|A|10/02/2024|15/01/2024||
70|Journal 70|2|15/01/2024|706000|Ventes|||F100|14/01/2024|Facture|0000000000.00|0000000100.00|||15/01/2024||
70|Journal 70|2|15/01/2024|445710|TVA|||F100|14/01/2024|Facture|0000000000.00|0000000020.00|||15/01/2024||
51|Journal 51|3|10/02/2024|512000|Banque|||VIR|10/02/2024|Virement|0000000120.00|0000000000.00|||10/02/2024||
51|Journal 51|3|10/02/2024|411100|Clients|C1|Alder|VIR|10/02/2024|Virement|0000000000.00|0000000120.00|A|10/02/2024|10/02/2024||
70|Journal 70|4|01/03/2024|411100|Clients|C1|Alder|A101|01/03/2024|Avoir|0000000000.00|0000000012.00|||01/03/2024||
70|Journal 70|4|01/03/2024|706000|Ventes|||A101|01/03/2024|Avoir|0000000010.00|0000000000.00|||01/03/2024||
70|Journal 70|4|01/03/2024|445710|TVA|||A101|01/03/2024|Avoir|0000000002.00|0000000000.00|||01/03/2024||
"""

AMOUNT_AND_SIDE = """
JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Montant|Sens|EcritureLet|DateLet|ValidDate|MontantDevise|IdDevise
OUV|Ouverture|1|20240101|411000|Clients|C2|Éts Birch|F099|20231115|Facture|       60,00|D|||20240101||
OUV|Ouverture|1|20240101|110000|Report|||AN|20240101|Report|       60,00|C|||20240101||
VT|Ventes|2|20240115|411000|Clients|C1|Alder|F100|20240114|Facture|      120,00|D|A|20240210|20240115||
VT|Ventes|2|20240115|706000|Ventes|||F100|20240114|Facture|      100,00|C|||20240115||
VT|Ventes|2|20240115|445710|TVA|||F100|20240114|Facture|       20,00|C|||20240115||
BQ|Banque|3|20240210|512000|Banque|||VIR|20240210|Virement|      120,00|D|||20240210||
BQ|Banque|3|20240210|411000|Clients|C1|Alder|VIR|20240210|Virement|      120,00|C|A|20240210|20240210||
VT|Ventes|4|20240301|411000|Clients|C1|Alder|A101|20240301|Avoir|       12,00|C|||20240301||
VT|Ventes|4|20240301|706000|Ventes|||A101|20240301|Avoir|       10,00|D|||20240301||
VT|Ventes|4|20240301|445710|TVA|||A101|20240301|Avoir|        2,00|D|||20240301||
"""

SUB_ACCOUNTS = """
Journal Code|Journal Lib|Ecriture Num|Ecriture Date|Compte Num|Compte Lib|Comp Aux Num|Comp Aux Lib|Piece Ref|Piece Date|Ecriture Lib|Débit|Crédit|Ecriture Let|Date Let|Valid Date|Montant Devise|Id Devise
X1|Divers|1|20240101|411C2|Éts Birch|||F099|20231115|Facture|60||||20240101||
X1|Divers|1|20240101|110000|Report|||AN|20240101|Report||60|||20240101||
X2|Divers|2|20240115|411C1|Alder|||F100|20240114|Facture|120||A|20240210|20240115||
X2|Divers|2|20240115|706000|Ventes|||F100|20240114|Facture||100|||20240115||
X2|Divers|2|20240115|445710|TVA|||F100|20240114|Facture||20|||20240115||
X3|Divers|3|20240210|512000|Banque|||VIR|20240210|Virement|120||||20240210||
X3|Divers|3|20240210|411C1|Alder|||VIR|20240210|Virement||120|A|20240210|20240210||
X2|Divers|4|20240301|411C1|Alder|||A101|20240301|Avoir||12|||20240301||
X2|Divers|4|20240301|706000|Ventes|||A101|20240301|Avoir|10||||20240301||
X2|Divers|4|20240301|445710|TVA|||A101|20240301|Avoir|2||||20240301||
"""

DIALECTS = {
    "as in the law": AS_IN_THE_LAW,
    "points, zeros, the day first, other codes": POINTS_ZEROS_AND_DAYS_FIRST,
    "amount and side": AMOUNT_AND_SIDE,
    "amount and sign": AMOUNT_AND_SIDE.replace("|D|", "|+1|").replace("|C|", "|-1|"),
    "sub-accounts, blanks in the header, no hint in the codes": SUB_ACCOUNTS,
}
ENCODINGS = ["utf-8", "utf-8-sig", "iso8859-15", "cp1252", "utf-16"]


def recognised(folder: Path, content: str | bytes, name: str = "552100554FEC20241231.txt") -> FecFile | None:
    path = folder / name
    path.write_bytes(content.lstrip().encode() if isinstance(content, str) else content)
    return recognise_fec(path)


def read(folder: Path, content: str | bytes) -> Year:
    """Write a file and return what is read of it."""
    file = recognised(folder, content)
    assert file is not None
    return FecReader(file).year


def told(year: Year) -> list[tuple[str, str, str, str, int]]:
    """Return what the lines are, with customers by the end of their account."""
    return [
        (one.kind.value, one.line.ref, one.line.customer[-2:], one.line.piece_on.isoformat(), one.line.minor)
        for one in year.postings
    ]


THE_SAME = [
    ("invoice", "F099", "C2", "2023-11-15", 6000),
    ("invoice", "F100", "C1", "2024-01-14", 12000),
    ("payment", "VIR", "C1", "2024-02-10", -12000),
    ("credit_note", "A101", "C1", "2024-03-01", -1200),
]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", ["\t", "|"], ids=["tab", "bar"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_says_the_same(tmp_path: Path, dialect: str, delimiter: str, encoding: str) -> None:
    text = DIALECTS[dialect].lstrip().replace("|", delimiter)
    year = read(tmp_path, text.encode(encoding))
    assert told(year) == THE_SAME
    assert year.balance == 6000 - 1200
    assert year.groups == [[4, 8]]
    assert (year.rejects, year.warnings, year.line_count) == ([], [], 10)
    assert {name for name, _ in year.names.values()} == {"Alder", "Éts Birch"}
    assert [one.is_opening for one in year.postings] == [True, False, False, False]


def test_a_euro_sign_of_iso_8859_15_and_one_of_windows_are_both_read(tmp_path: Path) -> None:
    for encoding in ("iso8859-15", "cp1252"):
        year = read(tmp_path, AS_IN_THE_LAW.lstrip().replace("Éts Birch", "Cœur à 1 €").encode(encoding))
        assert ("Cœur à 1 €", 2) in year.names.values()


def test_cells_may_be_quoted_and_labels_may_hold_quotation_marks(tmp_path: Path) -> None:
    labelled = AS_IN_THE_LAW.replace("Facture|120", 'Écran 19" |120')
    assert told(read(tmp_path, labelled)) == THE_SAME
    quoted = "\n".join("|".join(f'"{cell}"' for cell in line.split("|")) for line in AS_IN_THE_LAW.strip().splitlines())
    assert told(read(tmp_path, quoted)) == THE_SAME


def test_further_columns_and_mac_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    lines = AS_IN_THE_LAW.strip().splitlines()
    wide = "\r\n".join([lines[0] + "|DateRglt|ModeRglt", *(line + "||" for line in lines[1:])])
    assert told(read(tmp_path, wide)) == THE_SAME


def test_a_fec_is_known_by_its_header_whatever_its_name(tmp_path: Path) -> None:
    file = recognised(tmp_path, AS_IN_THE_LAW, "export.csv")
    assert file is not None
    assert (file.siren, file.closes_on) == ("", None)
    file = recognised(tmp_path, AS_IN_THE_LAW)
    assert file is not None
    assert (file.siren, str(file.closes_on), str(file.begins_on)) == ("552100554", "2024-12-31", "2024-01-01")


def test_other_tables_are_none(tmp_path: Path) -> None:
    assert recognised(tmp_path, "invoice_number,customer_id,invoice_date,amount\n", "invoices.csv") is None
    assert recognised(tmp_path, b"\x89PNG\0\0", "picture.txt") is None


@pytest.mark.parametrize("column", ["CompteNum", "Debit", "EcritureDate", "EcritureLet", "PieceRef"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    with pytest.raises(InputError, match=column):
        recognised(tmp_path, AS_IN_THE_LAW.replace(column, "Autre", 1))


def test_a_side_without_its_amount_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Montant and Sens"):
        recognised(tmp_path, AMOUNT_AND_SIDE.replace("|Sens|", "|Autre|"))


def test_a_damaged_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    broken = AS_IN_THE_LAW.lstrip().encode() + "BQ|É\n".encode("cp1252")
    with pytest.raises(InputError, match="damaged"):
        recognised(tmp_path, broken)


def test_lines_set_aside_are_not_taken_for_a_year(tmp_path: Path) -> None:
    header = AS_IN_THE_LAW.strip().splitlines()[0] + "|ar_line|ar_column|ar_reason|ar_read_as\n"
    with pytest.raises(InputError, match="import it whole again"):
        recognised(tmp_path, header)
