"""A company's own words, checked before they are kept: plain fields and if/else, nothing that loops, calls or computes.

The sandbox of Jinja2 keeps templates from the machine, yet not from its time and memory (``'a' * 10**9``, loops in
loops). So the parsed text may hold nothing but what is listed here; filling it then takes time in its own length only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ar_cockpit.domain.policy.model import INSTALMENT
from ar_cockpit.mail.texts import TemplateWords, compiled

LONGEST = {"subject": 200, "before": 4000, "after": 4000}  # characters as written
DEEPEST = 5  # an if in an if in an if …
MOST_PARTS = 300
FILTERS = ("upper", "lower")
# Every field words may name, with what it holds for one invoice and a person, and for several and nobody in particular.
FIELDS: Mapping[str, tuple[str | int, str | int]] = {
    "contact_name": ("Claire Vautrin", ""),
    "customer_name": ("Maison Alder", "Maison Alder"),
    "company_name": ("Velmora", "Velmora"),
    "count": (1, 3),
    "numbers": ("A-1", "A-1, A-2, A-3"),
    "total": ("1,250.00 EUR", "3,750.00 EUR"),
    "oldest_due": ("28 February 2026", "28 February 2026"),
    "instalment": ("500.00 EUR", ""),  # of a payment plan, in the notice ahead of it
    "instalment_due": ("28 February 2026", ""),
    "reference": ("C1 / A-1", "C1 / A-1, A-2, A-3"),
    "iban": ("FR76 3000", ""),
    "bic": ("AGRIFRPP", ""),
    "person": ("Inès Caradec", "Velmora"),
    "phone": ("+33 4 72", ""),
}
# Fields that one template alone fills: elsewhere they would be empty, and nobody would see it before the customer.
ONLY_IN = {"instalment": INSTALMENT, "instalment_due": INSTALMENT}
_KINDS = (
    *(nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare),
    *(nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter),
)
_PARSER = ImmutableSandboxedEnvironment(trim_blocks=True, autoescape=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one part: a code and its values, for a sentence in the reader's language, and the line."""

    part: str  # subject before after
    line: int
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def fields_of(template: str) -> list[str]:
    """Return the fields that the words of a template may name."""
    return [name for name in FIELDS if ONLY_IN.get(name, template) == template]


def problems(words: TemplateWords, template: str = INSTALMENT) -> list[Problem]:
    """Return everything that keeps ``words`` from being kept as those of ``template``; empty when they are fine.

    In reading order; the default is the one template that may name every field.
    """
    found: list[Problem] = []
    for part in LONGEST:
        found += _part_problems(part, getattr(words, part))
    return found or list(_strangers(words, template)) or list(_filled_problems(words))


def _strangers(words: TemplateWords, template: str) -> Iterator[Problem]:
    """Yield the fields that have a value in another template alone."""
    known = fields_of(template)
    for part in LONGEST:
        for node in _PARSER.parse(getattr(words, part)).find_all(nodes.Name):
            if node.name not in known:
                yield Problem(part, node.lineno, "elsewhere", {"name": node.name})


def _part_problems(part: str, written: str) -> list[Problem]:
    if len(written) > LONGEST[part]:
        return [Problem(part, 1, "long", {"length": str(len(written)), "most": str(LONGEST[part])})]
    if part != "after" and not written.strip():
        return [Problem(part, 1, "empty")]
    if part == "subject" and len(written.strip().splitlines()) > 1:
        return [Problem(part, 2, "lines")]
    return _parsed_problems(part, written)


def _parsed_problems(part: str, written: str) -> list[Problem]:
    try:
        walked = list(_walk(part, _PARSER.parse(written).body, 0))
    except TemplateSyntaxError as error:
        return [Problem(part, error.lineno, "syntax")]
    except (RecursionError, ValueError):  # brackets in brackets without end; a number of thousands of digits
        return [Problem(part, 1, "deep", {"most": str(DEEPEST)})]
    if len(walked) > MOST_PARTS:
        return [Problem(part, 1, "many", {"most": str(MOST_PARTS)})]
    return [one for one in walked if one is not None]


def _walk(part: str, some: list[nodes.Node], depth: int) -> Iterator[Problem | None]:
    """Yield one entry for each node: its problem, or ``None``; what is not allowed is not entered."""
    for node in some:
        problem = _problem(part, node, depth)
        yield problem
        if problem is None:
            yield from _walk(part, list(node.iter_child_nodes()), depth + isinstance(node, nodes.If | nodes.CondExpr))


def _problem(part: str, node: nodes.Node, depth: int) -> Problem | None:
    if not isinstance(node, _KINDS):
        return Problem(part, node.lineno, "forbidden", {"what": type(node).__name__})
    if depth > DEEPEST:
        return Problem(part, node.lineno, "deep", {"most": str(DEEPEST)})
    if isinstance(node, nodes.Name) and node.name not in FIELDS:
        near = get_close_matches(node.name, FIELDS, n=1, cutoff=0)[0]
        return Problem(part, node.lineno, "field", {"name": node.name, "near": near})
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
        return Problem(part, node.lineno, "filter", {"name": node.name, "known": ", ".join(FILTERS)})
    return None


def _filled_problems(words: TemplateWords) -> Iterator[Problem]:
    """Fill the words for one invoice and for several: a comparison of a name with a number shows only then."""
    text = compiled(words)
    for part in LONGEST:
        for place in (0, 1):
            try:
                said = getattr(text, part).render({name: held[place] for name, held in FIELDS.items()})
            except (TemplateError, TypeError):
                yield Problem(part, 1, "compare")
                break
            if part == "subject" and not said.strip():
                yield Problem(part, 1, "empty")
                break
