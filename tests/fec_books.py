"""An accountant in a few lines: consistent books of random customers over some years, in any dialect of FEC."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

SIREN = "552100554"
COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
JOURNALS = {"AN": "À nouveaux", "VT": "Ventes", "BQ": "Banque", "OD": "Opérations diverses", "HA": "Achats"}


class Dialect(NamedTuple):
    """How a file is written."""

    delimiter: str = "\t"
    encoding: str = "utf-8"
    mark: str = ","
    padding: str = ""  # 0 or a blank
    date_format: str = "%Y%m%d"
    sides: str = "Debit"  # Debit, D or +1
    has_auxiliaries: bool = True
    headers: str = "as in the law"  # or shouted, or with blanks
    line_end: str = "\r\n"

    @property
    def columns(self) -> list[str]:
        """The header."""
        names = list(COLUMNS)
        if self.sides != "Debit":
            names[11:13] = ["Montant", "Sens"]
        if self.headers == "shouted":
            return [name.upper() for name in names]
        return (
            ["IdDevise" if name == "Idevise" else name.replace("Num", " Num") for name in names]
            if (self.headers == "with blanks")
            else names
        )

    def amount(self, minor: int) -> str:
        """Return cents as this dialect writes them."""
        text = f"{minor // 100}{self.mark}{minor % 100:02d}"
        return text.rjust(14, self.padding) if self.padding else text

    def two_amounts(self, minor: int) -> tuple[str, str]:
        """Return debit and credit, or amount and side."""
        if self.sides == "Debit":
            return self.amount(max(minor, 0)), self.amount(max(-minor, 0))
        side = ("D", "C") if self.sides == "D" else ("+1", "-1")
        return self.amount(abs(minor)), side[minor < 0]


AS_IN_THE_LAW = Dialect()


@dataclass
class Open:
    """A line on a customer's account, with its letter."""

    customer: str
    root: str
    ref: str
    piece_on: date
    minor: int
    letter: str = ""
    lettered_on: date | None = None


class Row(NamedTuple):
    """A line of the file."""

    journal: str
    number: int
    on: date
    account: str
    line: Open
    minor: int


@dataclass
class Books:
    """A company's books."""

    seed: int
    opens_by_line: bool = True
    first_year: int = 2022
    rows: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    open: list[Open] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing."""
        self.random = random.Random(self.seed)  # noqa: S311 (no secret)

    def keep(self, years: int, acts: int) -> list[int]:
        """Keep the books for some years, and return them."""
        for year in range(self.first_year, self.first_year + years):
            if year > self.first_year:
                self._carry_over(year)
            for on in sorted(date(year, 1, 2) + timedelta(self.random.randrange(360)) for _ in range(acts)):
                act = self.random.choice(
                    [
                        self.bill,
                        self.bill,
                        self.credit,
                        self.receive,
                        self.receive,
                        self.pay_in_part,
                        self.refund,
                        self.doubt,
                        self.net,
                        self.lose,
                    ]
                )
                act(on)
        return list(range(self.first_year, self.first_year + years))

    def bill(self, on: date) -> None:
        """Write an invoice."""
        gross = self.random.randrange(1, 500_000)
        tax = gross // 6
        ref = f"F{self.made:04d}" if self.random.random() < 0.8 else f"F{on.month:02d}"
        self._enter("VT", on, [self._line(on, gross, ref)], [("706000", tax - gross), ("445710", -tax)])

    def credit(self, on: date) -> None:
        """Write a credit note."""
        gross = self.random.randrange(1, 50_000)
        self._enter("VT", on, [self._line(on, -gross, f"A{self.made:04d}")], [("709000", gross)])

    def receive(self, on: date) -> None:
        """Take the money for some of what a customer owes, and letter it."""
        owed = self._owed(on)
        if owed:
            paid = -sum(one.minor for one in owed)
            line = Open(owed[0].customer, owed[0].root, self.random.choice(["VIR", "CHQ", ""]), on, paid)
            self._enter("BQ", on, [line], [("512000", -paid)])
            self._letter([*owed, line], on)

    def pay_in_part(self, on: date) -> None:
        """Take money that settles nothing in particular."""
        paid = self.random.randrange(1, 90_000)
        self._enter("BQ", on, [self._line(on, -paid, "ACOMPTE")], [("512000", paid)])

    def refund(self, on: date) -> None:
        """Pay a credit back, lettered with it."""
        owing = [one for one in self.open if one.minor < 0 and one.piece_on <= on]
        if owing:
            one = self.random.choice(owing)
            line = Open(one.customer, one.root, "REMB", on, -one.minor)
            self._enter("BQ", on, [line], [("512000", one.minor)])
            self._letter([one, line], on)

    def doubt(self, on: date) -> None:
        """Move an invoice to the doubtful accounts."""
        owed = [one for one in self._owed(on) if one.root == "411" and one.minor > 0][:1]
        for one in owed:
            out = Open(one.customer, "411", one.ref, on, -one.minor)
            into = Open(one.customer, "416", one.ref, on, one.minor)
            self._enter("OD", on, [out, into], [])
            self._letter([one, out], on)

    def net(self, on: date) -> None:
        """Letter a credit with an invoice of the same amount."""
        credits_ = [one for one in self.open if one.minor < 0 and one.root == "411"]
        if credits_:
            one = self.random.choice(credits_)
            line = Open(one.customer, "411", f"F{self.made:04d}", on, -one.minor)
            self._enter("VT", on, [line], [("706000", one.minor)])
            self._letter([one, line], on)

    def lose(self, on: date) -> None:
        """Write a debt off as lost."""
        owed = [one for one in self._owed(on) if one.minor > 0][:1]
        for one in owed:
            line = Open(one.customer, one.root, "PERTE", on, -one.minor)
            self._enter("OD", on, [line], [("654000", one.minor)])
            self._letter([one, line], on)

    def balance(self, year: int) -> int:
        """Return what the customers' accounts balance to in a year's file."""
        return sum(row.minor for row in self.rows[year] if row.account.startswith(("411", "413", "416")))

    def write(self, folder: Path, year: int, dialect: Dialect = AS_IN_THE_LAW) -> Path:
        """Write a year's file."""
        path = folder / f"{SIREN}FEC{year}1231.txt"
        lines = [dialect.delimiter.join(dialect.columns), *(self._written(row, dialect) for row in self.rows[year])]
        path.write_bytes("".join(line + dialect.line_end for line in lines).encode(dialect.encoding))
        return path

    def _written(self, row: Row, dialect: Dialect) -> str:
        line, day = row.line, dialect.date_format
        is_customer = row.account[:3] in ("411", "416")
        auxiliary = line.customer if is_customer and dialect.has_auxiliaries else ""
        account = row.account if auxiliary or not is_customer else f"{row.account[:3]}{line.customer}"
        cells = [
            *(row.journal, JOURNALS[row.journal], f"{row.number}", f"{row.on:{day}}", account),
            *(f"Société {line.customer}" if not auxiliary else "Clients", auxiliary),
            *(f"Société {line.customer}" if auxiliary else "", line.ref, f"{line.piece_on:{day}}", "Écriture n° 1"),
            *dialect.two_amounts(row.minor),
            *(line.letter if is_customer else "", f"{line.lettered_on:{day}}" if line.letter and is_customer else ""),
            *(f"{row.on:{day}}", "", ""),
        ]
        return dialect.delimiter.join(cells)

    def _line(self, on: date, minor: int, ref: str) -> Open:
        return Open(f"C{self.random.randrange(3)}", "411", ref, on, minor)

    def _owed(self, on: date) -> list[Open]:
        """Return some lines of one customer and account that together are owed."""
        customer, root = f"C{self.random.randrange(3)}", self.random.choice(["411", "411", "416"])
        lines = [one for one in self.open if (one.customer, one.root) == (customer, root) and one.piece_on <= on]
        some = self.random.sample(lines, min(len(lines), self.random.randrange(1, 4)))
        return some if sum(one.minor for one in some) > 0 else []

    def _enter(self, journal: str, on: date, lines: list[Open], others: list[tuple[str, int]]) -> None:
        self.made += 1
        rows = [Row(journal, self.made, on, f"{line.root}000", line, line.minor) for line in lines]
        rows += [Row(journal, self.made, on, account, lines[0], minor) for account, minor in others if minor]
        self.rows[on.year] += rows
        self.open += lines

    def _letter(self, lines: list[Open], on: date) -> None:
        self.made += 1
        assert sum(line.minor for line in lines) == 0
        for line in lines:
            line.letter, line.lettered_on = f"L{self.made}", on
            self.open.remove(line)

    def _carry_over(self, year: int) -> None:
        """Write the opening entry: each open line, or one balance for each account."""
        on, self.made = date(year, 1, 1), 1  # numbers begin again
        lines = list(self._opening(on))
        self.open = []
        if lines:
            self._enter("AN", on, lines, [("110000", -sum(line.minor for line in lines))])

    def _opening(self, on: date) -> Iterator[Open]:
        if self.opens_by_line:
            yield from (Open(one.customer, one.root, one.ref, one.piece_on, one.minor) for one in self.open)
            return
        totals: dict[tuple[str, str], int] = defaultdict(int)
        for one in self.open:
            totals[one.customer, one.root] += one.minor
        yield from (Open(customer, root, "AN", on, minor) for (customer, root), minor in totals.items() if minor)


def fec(*entries: str, year: int = 2024) -> str:
    """Return a file from lines of journal, entry, day, account, customer, reference, debit, credit, letter, day.

    The reference may carry the day of the document: F1@20231115.
    """
    lines = ["|".join(COLUMNS)]
    for line in filter(str.strip, "\n".join(entries).splitlines()):
        journal, number, day, account, customer, ref, debit, credit, *letter = line.split()
        customer, ref = ("" if cell == "-" else cell for cell in (customer, ref))
        code, lettered = [*letter, "", ""][:2]
        ref, _, piece_on = ref.partition("@")
        on = day if len(day) > len("0131") else f"{year}{day}"
        name = f"Name {customer}" if customer else ""
        lines.append(
            f"{journal}|Journal|{number}|{on}|{account}|Compte|{customer}|{name}|{ref}|{piece_on or on}|Libellé|"
            f"{debit}|{credit}|{code}|{lettered}|{on}||"
        )
    return "\n".join(lines) + "\n"
