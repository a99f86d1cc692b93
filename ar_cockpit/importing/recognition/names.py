"""What columns are usually called: canonical names, English and French words, and the fields of the usual systems."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources

EXACT, SIMILAR = 100, 50
_LIKELIEST, _KNOWN_AT_LEAST = 95, 70

# A balance says that the file holds what is open, not what was issued.
_BALANCES = re.compile(r"\b(open|remaining|outstanding|balance|solde|reste|restant|ouvert|offener|saldo)\b")
_DUE_AMOUNT = re.compile(r"(amount due(?! original)|montant du)\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CODES = "eur usd gbp chf cad aud jpy sek nok dkk pln czk huf ron mad tnd xof cny inr brl mxn zar sgd"
_CURRENCY_WORD = re.compile(rf"\b({_CODES.replace(' ', '|')})\b")
_SIGNS = {"€": "EUR", "£": "GBP"}


@lru_cache(maxsize=4_000)
def plain(name: str) -> str:
    """Return a column's name as words: lower case, no accents, ``N° Facture`` as ``n facture``."""
    parted = _CAMEL.sub(" ", name.replace("°", " ").replace("º", " "))
    bare = unicodedata.normalize("NFKD", parted.lower())
    letters = "".join(sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign))
    return " ".join(letters.split())


@cache
def _listed() -> dict[str, list[str]]:
    """Return the usual names of each target, the likeliest first."""
    return tomllib.loads(resources.files(__package__).joinpath("usual_names.toml").read_text(encoding="utf-8"))


@cache
def _usual() -> dict[str, dict[str, int]]:
    """Return, by target, every usual name without its blanks, with how well it fits."""
    return {
        target: {
            name.replace(" ", ""): max(_KNOWN_AT_LEAST, _LIKELIEST - place)
            for place, name in reversed(list(enumerate(listed)))
        }
        for target, listed in _listed().items()
    }


@lru_cache(maxsize=20_000)
def fit(target: str, name: str) -> int:
    """Return how well a column called ``name`` fits ``target`` by its name alone: 0 (not at all) to 100."""
    words = plain(name)
    if not words:
        return 0
    if words == target.replace("_", " "):
        return EXACT
    usual = _usual()[target]
    without = _CURRENCY_WORD.sub("", words).strip()
    found = usual.get(words.replace(" ", "")) or usual.get(without.replace(" ", ""))
    if found:
        return found
    return SIMILAR if any(f" {name} " in f" {words} " for name in _longer()[target]) else 0


@cache
def _longer() -> dict[str, tuple[str, ...]]:
    """Return, by target, the usual names of two words or more: they are recognised within longer ones too."""
    return {target: tuple(name for name in listed if " " in name) for target, listed in _listed().items()}


def currency_in(name: str) -> str:
    """Return the currency that a column's name tells, such as EUR in ``Montant (EUR)``, or an empty string."""
    sign = next((code for sign, code in _SIGNS.items() if sign in name), "")
    found = _CURRENCY_WORD.search(plain(name))
    return sign or (found[1].upper() if found else "")


def is_balance(name: str) -> bool:
    """Whether a column of amounts holds what is still open."""
    words = plain(name)
    return bool(_BALANCES.search(words) or _DUE_AMOUNT.search(words))
