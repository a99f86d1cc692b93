"""The files that go with a message, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ar_cockpit.mail.texts import Labels

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with a mail."""

    file_name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Enclosures:
    """The papers of a message: a statement of account, invoices by number, and those that had to stay behind."""

    statement: bool = False
    invoices: Sequence[str] = ()
    left_out: Sequence[str] = ()


def enclosed(papers: Enclosures, labels: Labels) -> str:
    """Return what is enclosed and what can be asked for, empty when the message carries nothing."""
    told = []
    if papers.statement or papers.invoices:
        values = {"statement": papers.statement, "count": len(papers.invoices), "numbers": _some(papers.invoices)}
        told.append(labels.sentences["enclosed"].render(values))
    if papers.left_out:
        told.append(labels.sentences["left_out"].render({"numbers": _some(papers.left_out)}))
    return " ".join(told)


def _some(numbers: Sequence[str]) -> str:
    return ", ".join(islice(numbers, MOST_NAMED)) + (", …" if len(numbers) > MOST_NAMED else "")
