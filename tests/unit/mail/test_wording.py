"""A company's own words: plain fields and if/else, refused where they are wrong, with line and mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.policy.model import TEMPLATES
from ar_cockpit.mail.compose import Letter, Line, Sender, compose
from ar_cockpit.mail.texts import LANGUAGES, TemplateWords, shipped_words
from ar_cockpit.mail.wording import FIELDS, MOST_PARTS, Problem, fields_of, problems

FINE = TemplateWords(
    "{{ customer_name }}: {{ total }}",
    "{% if count == 1 %}One{% elif count > 5 %}Many{% else %}{{ count }}{% endif %} by {{ oldest_due|upper }}",
    "",
)


def of(before: str) -> list[Problem]:
    """Return what is wrong with a text above the table."""
    return problems(replace(FINE, before=before))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_shipped_text_could_have_been_saved(template: str, language: str) -> None:
    assert problems(shipped_words(template, language), template) == []


def test_fields_conditions_and_two_filters_are_fine() -> None:
    assert problems(FINE) == []
    assert of("{{ contact_name if contact_name and not phone == '' else customer_name|lower }}") == []


def test_an_unknown_field_is_named_with_its_line_and_the_nearest_known_one() -> None:
    (problem,) = of("Dear\n\n{{ custmer_name }}")
    assert (problem.part, problem.line, problem.code) == ("before", 3, "field")
    assert problem.values == {"name": "custmer_name", "near": "customer_name"}


def test_a_field_in_a_branch_that_no_sample_takes_is_still_found() -> None:
    assert [one.code for one in of("{% if count > 999 %}{{ nothing }}{% endif %}")] == ["field"]


def test_a_field_that_another_template_alone_fills_is_refused_here() -> None:
    words = replace(FINE, after="Thanks.\n{% if instalment %}{{ instalment_due }}{% endif %}")
    assert problems(words, "instalment") == []
    found = problems(words, "reminder")
    assert {(one.part, one.line, one.code) for one in found} == {("after", 2, "elsewhere")}
    assert {one.values["name"] for one in found} == {"instalment", "instalment_due"}
    assert "instalment" not in fields_of("reminder")


def test_every_part_is_looked_at() -> None:
    found = problems(TemplateWords("{{ a }}", "{{ b }}", "x\n{{ c }}"))
    assert [(one.part, one.line) for one in found] == [("subject", 1), ("before", 1), ("after", 2)]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("{{ 'a' * 10**9 }}", id="a string of a gigabyte"),
        pytest.param("{% for a in numbers %}{% for b in numbers %}x{% endfor %}{% endfor %}", id="a loop in a loop"),
        pytest.param("{% for a in range(10**9) %}x{% endfor %}", id="a long loop"),
        pytest.param("{{ ''.__class__.__mro__ }}", id="the inside of Python"),
        pytest.param("{{ numbers.format('x') }}", id="a call"),
        pytest.param("{{ numbers[0] }}", id="an item"),
        pytest.param("{{ count + 1 }}", id="arithmetic"),
        pytest.param("{{ numbers ~ numbers }}", id="joining"),
        pytest.param("{{ [count, count] }}", id="a list"),
        pytest.param("{% set total = '0' %}{{ total }}", id="another value for a field"),
        pytest.param("{% include 'layout.txt' %}", id="a file"),
        pytest.param("{% macro a() %}{% endmacro %}", id="a macro"),
        pytest.param("{{ self }}", id="the template itself"),
        pytest.param("{% if numbers is defined %}x{% endif %}", id="a test"),
    ],
)
def test_nothing_that_loops_calls_or_computes_is_kept(written: str) -> None:
    assert {one.code for one in of(written)} <= {"forbidden", "field"}
    assert of(written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("{{ customer_name", "syntax", id="an open brace"),
        pytest.param("{% if count %}x", "syntax", id="an open condition"),
        pytest.param("{% nonsense %}", "syntax", id="no such tag"),
        pytest.param("{{ customer_name|center(80) }}", "filter", id="a filter that is not offered"),
        pytest.param("{{ customer_name|nonsense }}", "filter", id="a filter that there is not"),
        pytest.param("{% if customer_name > 3 %}x{% endif %}", "compare", id="a word against a number"),
        pytest.param("x" * 4001, "long", id="too long"),
        pytest.param(" \n ", "empty", id="empty"),
        pytest.param("{% if count %}" * 7 + "x" + "{% endif %}" * 7, "deep", id="seven conditions deep"),
        pytest.param("{{ " + "(" * 1900 + "count" + ")" * 1900 + " }}", "deep", id="brackets without end"),
        pytest.param("{{ " + "not " * 900 + "count }}", "many", id="a long chain of nots"),
        pytest.param("{{count}}" * MOST_PARTS, "many", id="hundreds of fields"),
    ],
)
def test_what_cannot_be_kept_says_why(written: str, code: str) -> None:
    assert {one.code for one in of(written)} == {code}


def test_a_subject_is_one_line_and_never_empty() -> None:
    assert [one.code for one in problems(replace(FINE, subject="one\ntwo"))] == ["lines"]
    assert [one.code for one in problems(replace(FINE, subject="{% if count > 99 %}x{% endif %}"))] == ["empty"]


def test_a_message_fills_every_field_that_words_may_name() -> None:
    everything = TemplateWords("s", "\n\n".join(f"{name}=<{{{{ {name} }}}}>" for name in FIELDS), "")
    assert problems(everything) == []
    sender = Sender("Velmora", iban="FR7630006000011234567890189", bic="AGRIFRPP", person="Inès", phone="+33 4")
    line = Line("A-1", date(2026, 1, 29), date(2026, 2, 28), 125000)
    part = InstalmentDue(1, date(2026, 3, 31), 50000)
    letter = Letter("firm", "en", sender, "C1", "Alder", "Claire", "EUR", (line,), instalment=part, words=everything)
    made = compose(letter)
    assert "<>" not in made.body
    assert "customer_name=<Alder>" in made.text
    assert "customer_name=&lt;Alder&gt;" in made.html
