"""Words in files: keys, names, flags, codes; control characters become one blank, and it is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from babel.numbers import list_currencies

from ar_cockpit.importing.records import Flawed, Reason

Value = object
Reader = Callable[[Sequence[str]], Sequence[Value]]

KEY_LENGTH, NAME_LENGTH, EMAIL_LENGTH, TEXT_LENGTH = 100, 300, 254, 2000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONE_CONTROL = re.compile(" ?[\x00-\x1f\x7f-\x9f\u2028\u2029]+ ?")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s,;:<>()\[\]\"\\.]+")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][a-z]{2,4})?", re.IGNORECASE | re.ASCII)
_TRUE = frozenset({"1", "yes", "y", "true", "oui", "ja", "x"})
_FALSE = frozenset({"", "0", "no", "n", "false", "non", "nein"})
_KINDS = {
    "": "",
    "invoice": "invoice",
    "credit_note": "credit_note",
    "credit note": "credit_note",
    "credit-note": "credit_note",
    "creditnote": "credit_note",
}
_LARGEST_INTEGER = 2**31 - 1
_INTEGER = re.compile(r"[+-]?\d{1,10}(?:\.0+)?", re.ASCII)


def has_control(text: str) -> bool:
    """Whether ``text`` holds a line end or another control character."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def without_control(text: str) -> str:
    """Return ``text`` with each run of control characters (and the blanks around it) as one blank."""
    return _LONE_CONTROL.sub(" ", text)


def text_reader(longest: int = TEXT_LENGTH) -> Reader:
    """Return a reader of free text up to ``longest`` characters."""
    return partial(_read_text, longest)


def _read_text(longest: int, values: Sequence[str]) -> Sequence[Value]:
    if max(map(len, values), default=0) <= longest:
        return values
    return [value if len(value) <= longest else Reason(f"Longer than {longest} characters") for value in values]


def read_flags(values: Sequence[str]) -> list[Value]:
    """Return ``True`` or ``False`` for 1 and 0, and for yes and no in the usual words."""
    return _each(_flag, values)


def read_kinds(values: Sequence[str]) -> list[Value]:
    """Return ``invoice``, ``credit_note`` or empty."""
    return _each(_kind, values)


def read_currencies(values: Sequence[str]) -> list[Value]:
    """Return ISO 4217 codes."""
    return _each(_currency, values)


def read_integers(values: Sequence[str]) -> list[Value]:
    """Return whole numbers, ``None`` for empty cells."""
    return _each(_integer, values)


def read_days(values: Sequence[str]) -> list[Value]:
    """Return payment terms: whole days between 0 and ten years."""
    return [
        Reason("Not between 0 and 3650 days") if isinstance(days, int) and not 0 <= days <= 3650 else days
        for days in read_integers(values)
    ]


def read_emails(values: Sequence[str]) -> list[Value]:
    """Return e-mail addresses; what is none is left out, with a warning."""
    return _each(_email, values)


def read_lower(values: Sequence[str]) -> list[Value]:
    """Return short words in lower case."""
    return [value.lower() if len(value) <= EMAIL_LENGTH else Reason("Too long") for value in values]


def read_languages(values: Sequence[str]) -> list[Value]:
    """Return two-letter languages; what is none is left out, with a warning."""
    return _each(_language, values)


def read_countries(values: Sequence[str]) -> list[Value]:
    """Return two-letter countries; what is none is left out, with a warning."""
    return _each(_country, values)


def read_tags(values: Sequence[str]) -> list[Value]:
    """Return the words between semicolons, each once, in order."""
    return [tuple(dict.fromkeys(tag.strip() for tag in value.split(";") if tag.strip())) for value in values]


def read_roles(values: Sequence[str]) -> list[Value]:
    """Return a contact's role as one lower-case word."""
    return ["_".join(value.lower().split())[:KEY_LENGTH] for value in values]


def _each(read: Callable[[str], Value], values: Sequence[str]) -> list[Value]:
    """Return what ``read`` makes of each value; equal cells of a batch are read once."""
    known = {value: read(value) for value in set(values)}
    return [known[value] for value in values]


def _kind(value: str) -> Value:
    kind = _KINDS.get(value.lower())
    return Reason("Neither invoice nor credit_note") if kind is None else kind


@lru_cache(maxsize=10_000)
def _currency(value: str) -> Value:
    code = value.upper()
    if not code or code in list_currencies():
        return code
    return Reason("Not a currency code of ISO 4217, such as EUR")


def _flag(value: str) -> Value:
    word = value.lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else Reason("Neither 1 nor 0")


def _integer(value: str) -> Value:
    if not value:
        return None
    if not _INTEGER.fullmatch(value):
        return Reason("Not a whole number")
    number = int(value.partition(".")[0])
    return number if abs(number) <= _LARGEST_INTEGER else Reason("Too large a number")


def _email(value: str) -> Value:
    if not value or (len(value) <= EMAIL_LENGTH and _EMAIL.fullmatch(value)):
        return value
    return Flawed("", "Not an e-mail address; left out")


def _language(value: str) -> Value:
    found = _LANGUAGE.fullmatch(value)
    if found or not value:
        return found[1].lower() if found else ""
    return Flawed("", "Not a two-letter language, such as fr; left out")


def _country(value: str) -> Value:
    code = value.upper()
    if not code or (len(code) == len("FR") and code.isascii() and code.isalpha()):
        return "GB" if code == "UK" else code
    return Flawed("", "Not a two-letter country, such as FR; left out")
