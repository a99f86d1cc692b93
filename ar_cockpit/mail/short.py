"""A message for the screen of a telephone: one paragraph that says what is open, how to pay and whom to call. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ar_cockpit.mail.compose import LONGEST_SUBJECT, Composed, Letter, one_line, values_of
from ar_cockpit.mail.texts import Labels, compiled, labels_of, shipped_words

_ENDS = (".", "!", "?")


def compose_short(letter: Letter) -> Composed:
    """Return the message: ``letter.words``, the step's own without their subject, else what the template is about."""
    words = compiled(letter.words or shipped_words(letter.template, letter.language))
    labels = labels_of(letter.language)
    values = values_of(letter, labels)
    subject = one_line(words.subject.render(values))[:LONGEST_SUBJECT]
    if letter.words:
        said: Iterator[str] = iter((words.before.render(values), words.after.render(values)))
    else:
        said = _said(letter, labels, values, subject)
    text = one_line(" ".join(said))
    return Composed(subject, text, f"{text}\n", "")


def _said(letter: Letter, labels: Labels, values: dict[str, Any], subject: str) -> Iterator[str]:
    colon = labels.words["colon"]
    yield _sentence(f"{letter.sender.company}{colon}{subject}")
    if values["asks_for_money"]:
        if values["total"] not in subject:
            yield _sentence(f"{labels.words['amount']}{colon}{values['total']}")
        if values["iban"]:
            yield _sentence(f"IBAN {values['iban']}")
        yield _sentence(f"{labels.words['reference']} {values['reference']}")
    if values["phone"]:
        yield _sentence(f"{labels.words['questions']} {values['person']}, {values['phone']}")


def _sentence(said: str) -> str:
    return said if said.endswith(_ENDS) else f"{said}."
