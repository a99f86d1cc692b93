"""A mapping written down as the TOML that :mod:`ar_cockpit.importing.tabular.mapping` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as Named
from dataclasses import replace

from ar_cockpit.importing.tabular.mapping import FULL, Constant, Derived, Mapping, Source

_DELETE = "\x7f"


def written(mapping: Mapping) -> Mapping:
    """Return ``mapping`` with the text that reads as it."""
    return replace(mapping, text=to_toml(mapping))


def to_toml(mapping: Mapping) -> str:
    """Return ``mapping`` as TOML, with what is not as usual only."""
    lines = ["version = 1", f"name = {_text(mapping.name)}", f"table = {_text(mapping.table.value)}"]
    if mapping.content != FULL:
        lines.append(f"content = {_text(mapping.content)}")
    if mapping.sheet:
        lines.append(f"sheet = {_text(mapping.sheet)}")
    lines.append(f"header = {_list(mapping.header)}")
    lines += [f"date_format = {_text(mapping.date_format)}", f"decimal_mark = {_text(mapping.decimal_mark)}"]
    if mapping.round_amounts:
        lines.append("round_amounts = true")
    if mapping.whole_numbers:
        lines.append(f"whole_numbers = {_list(mapping.whole_numbers)}")
    lines += _section("columns", mapping.columns) + _section("customer", mapping.customer)
    plain = {key: one for key, one in mapping.custom.items() if isinstance(one, str)}
    lines += _section("custom", plain)
    for key, one in mapping.custom.items():
        if isinstance(one, Derived):
            lines += _derived(key, one)
    return "\n".join(lines) + "\n"


def _section(name: str, sources: Named[str, Source]) -> list[str]:
    if not sources:
        return []
    return ["", f"[{name}]", *(f"{_text(target)} = {_source(source)}" for target, source in sources.items())]


def _source(source: Source) -> str:
    return f"{{ constant = {_text(source.value)} }}" if isinstance(source, Constant) else _text(source)


def _derived(key: str, one: Derived) -> list[str]:
    return [
        "",
        f"[custom.{_text(key)}]",
        f"when = {_list((one.left, one.comparison, one.right))}",
        f"as = {_text(one.compared_as)}",
        f"then = {_text(one.then)}",
        f"else = {_text(one.otherwise)}",
    ]


def _list(words: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, words)) + "]"


def _text(word: str) -> str:
    """Return a basic string: its escapes are those of JSON, and one more."""
    return json.dumps(word, ensure_ascii=False).replace(_DELETE, "\\u007f")
