"""The letter: a formal notice with what the law adds to each invoice, or another step's words on paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ar_cockpit.mail.coming import coming_words
from ar_cockpit.mail.papers.frame import Pairs, column, frame, how_to_pay, reference_of
from ar_cockpit.mail.papers.parties import Recipient, Seller
from ar_cockpit.mail.papers.wording import Words, words_of
from ar_cockpit.mail.texts import labels_of, language_for


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """An invoice on a letter, with what the law adds to it up to the letter's day."""

    number: str
    invoice_on: date
    due_on: date
    open_minor: int
    interest_minor: int = 0
    fixed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """Under which law interest is claimed, and at which rate in percent a year on the letter's day."""

    law: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Prose:
    """A step's words on paper: subject, and paragraphs before and after the invoices."""

    subject: str
    before: Sequence[str]
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a letter says.

    ``is_formal`` makes it a formal notice, with ``prose`` in the company's own words and with what the law wants said
    all the same; without ``claimed`` that reserves the claim.
    """

    language: str
    on: date
    seller: Seller
    recipient: Recipient
    currency: str
    lines: Sequence[NoticeLine]
    claimed: Claimed | None = None
    prose: Prose | None = None
    is_formal: bool = True
    coming: Sequence[NoticeLine] = ()  # not due yet: told apart, not demanded

    @property
    def open_minor(self) -> int:
        """What is open of the invoices."""
        return sum(line.open_minor for line in self.lines)

    @property
    def interest_minor(self) -> int:
        """The interest on all invoices."""
        return sum(line.interest_minor for line in self.lines) if self.claimed else 0

    @property
    def fixed_minor(self) -> int:
        """The fixed sums of all invoices."""
        return sum(line.fixed_minor for line in self.lines) if self.claimed else 0

    @property
    def total_minor(self) -> int:
        """Everything together."""
        return self.open_minor + self.interest_minor + self.fixed_minor


def notice_sheet(notice: Notice) -> dict[str, Any]:
    """Return the sheet of a letter."""
    words = words_of(notice.language)
    sheet = frame(words, notice.language, notice.seller, notice.recipient, notice.on)
    sheet |= _formal(words, notice) if notice.is_formal else _prose(words, notice)
    coming = coming_words(notice.coming, notice.currency, labels_of(language_for([notice.language])))
    sheet["after"] = [*([coming] if coming else []), *sheet["after"]]
    sheet |= _table(words, notice)
    numbers = [line.number for line in notice.lines]
    seller = notice.seller
    if seller.person:
        sheet["references"].append((words.say("contact"), seller.person))
    sheet["title"] = sheet["subject"]
    sheet["sums"] = _sums(words, notice)
    sheet["pay"] = how_to_pay(words, seller, reference_of(notice.recipient, numbers))
    sheet["signature"] = seller.signature
    return sheet


def _formal(words: Words, notice: Notice) -> dict[str, Any]:
    total = words.amount(notice.total_minor, notice.currency)
    oldest = words.day(min(line.due_on for line in notice.lines), "long")
    law = notice.claimed.law if notice.claimed else ""
    demand = "demand_one" if len(notice.lines) == 1 else "demand"
    usual = Prose(
        words.say("subject", total=total),
        [words.say(demand, total=total, oldest_due=oldest)],
        [words.say("threat"), words.say("paid_meanwhile")],
    )
    said = notice.prose or usual
    of_the_law = [words.say(f"notice_{law}")] if law else []
    return {
        "registered": words.say("registered"),
        "subject": said.subject,
        "before": [_greeting(words, notice), *said.before],
        "after": [*of_the_law, *_claims(words, notice), *said.after],
    }


def _prose(words: Words, notice: Notice) -> dict[str, Any]:
    told = notice.prose or Prose("", ())
    return {"subject": told.subject, "before": [_greeting(words, notice), *told.before], "after": list(told.after)}


def _greeting(words: Words, notice: Notice) -> str:
    name = notice.recipient.person
    return words.say("greeting", name=name) if name else words.say("greeting_unnamed")


def _claims(words: Words, notice: Notice) -> list[str]:
    """Return the sentences that name interest and fixed sum, or the one that reserves them."""
    claimed = notice.claimed
    if claimed is None:
        return [words.say("reserve")]
    found = []
    if notice.interest_minor:
        found.append(
            words.say(
                "claim_interest",
                basis=words.say(f"basis_{claimed.law}"),
                rate=words.rate(claimed.rate),
                until=words.day(notice.on, "long"),
                interest=words.amount(notice.interest_minor, notice.currency),
            )
        )
    if notice.fixed_minor:
        found.append(words.say("claim_fixed", fixed=words.amount(notice.fixed_minor, notice.currency)))
    return found


def _table(words: Words, notice: Notice) -> dict[str, Any]:
    adds_interest, adds_fixed = bool(notice.interest_minor), bool(notice.fixed_minor)
    columns = [
        column(words.say("invoice"), number=False, wide=True),
        column(words.say("dated"), number=False),
        column(words.say("due"), number=False),
        column(words.say("days")),
        column(words.say("open")),
    ]
    columns += [column(words.say(key)) for key, has in (("interest", adds_interest), ("fixed", adds_fixed)) if has]

    def amounts(open_minor: int, interest: int, fixed: int) -> list[str]:
        shown = [open_minor, *([interest] if adds_interest else []), *([fixed] if adds_fixed else [])]
        return [words.amount(minor, notice.currency) for minor in shown]

    rows = [
        [
            *(line.number, words.day(line.invoice_on), words.day(line.due_on)),
            str(max(0, (notice.on - line.due_on).days)),
            *amounts(line.open_minor, line.interest_minor, line.fixed_minor),
        ]
        for line in notice.lines
    ]
    sums = amounts(notice.open_minor, notice.interest_minor, notice.fixed_minor)
    return {"columns": columns, "rows": rows, "totals": [[words.say("total"), "", "", "", *sums]]}


def _sums(words: Words, notice: Notice) -> Pairs:
    if not (notice.interest_minor or notice.fixed_minor):
        return []
    parts = (("principal", notice.open_minor), ("interest", notice.interest_minor), ("fixed", notice.fixed_minor))
    told = [(words.say(key), words.amount(minor, notice.currency)) for key, minor in parts if minor]
    until = words.day(notice.on, "long")
    return [*told, (words.say("grand_total", date=until), words.amount(notice.total_minor, notice.currency))]
