"""Several questions about one thing asked as one statement, composed and compiled once.

A question about one customer is answered in microseconds; composing it anew takes a hundred times that, and each round
trip to a server some more. So the questions themselves, the same that are asked of many customers at once, become
scalar subqueries of one statement, which returns the rows of each as JSON.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from ar_cockpit.db.types import UtcDateTime

Day = date | BindParameter[date]
Rows = list[list[Any]]
Decoder = Callable[[Any], Any]

# What a question is about that is composed before anybody asks it.
AS_OF: BindParameter[date] = bindparam("as_of", None, type_=Date())
CUSTOMER: BindParameter[int] = bindparam("customer", None, type_=Integer())

_BITS = 32
_PLACE = re.compile(r"%\((\w+)\)s|%%")
_EARLIER = re.compile(r"(\w+)_(\d+)_days_earlier")


def earlier(day: Day, span: timedelta) -> Day:
    """Return the day a ``span`` before another, which may become known only when the question is asked."""
    if isinstance(day, date):
        return day - span
    return bindparam(f"{day.key}_{span.days}_days_earlier", None, type_=Date())


class Together:
    """Questions that ``compose`` makes when they are first asked, and the one statement that asks them all."""

    def __init__(self, compose: Callable[[], Mapping[str, Select[*tuple[Any, ...]]]]) -> None:
        self._compose = compose
        self._statements: dict[str, _Statement] = {}

    def ask(self, session: Session, **values: Any) -> dict[str, Rows]:
        """Return the rows of every question by its name."""
        session.flush()
        connection = session.connection()
        dialect = connection.dialect
        statement = self._statements.get(dialect.name)
        if statement is None:  # two threads that both compose it compose the same
            statement = self._statements[dialect.name] = _Statement(self._compose(), dialect)
        return statement.rows(statement.ask(connection, values))


class _Statement:
    """The questions as one statement of one dialect, with how its values are told and its answers read."""

    def __init__(self, questions: Mapping[str, Select[*tuple[Any, ...]]], dialect: Dialect) -> None:
        asked = (_as_json(question, dialect) for question in questions.values())
        whole = _with_constants(select(*asked))
        compiled = whole.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self._dates_are_text = dialect.name == "sqlite"
        self._number = int if self._dates_are_text else _number_of_one_size
        self._sql, self._order = (
            (str(compiled), compiled.positiontup or []) if self._dates_are_text else _numbered(str(compiled))
        )
        self._earlier = {name: _span(name) for name in compiled.params if _EARLIER.fullmatch(name)}
        # What is left of the constants, as the number of a LIMIT; what is to be told has no value yet.
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._decoders = {name: _decoders(question, dialect) for name, question in questions.items()}

    def ask(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[str]:
        """Return the one row of answers, by the driver itself.

        Psycopg would take a long statement apart each time to find its parameters, which takes longer than the answer.
        """
        placed, dialect = self._placed(values), connection.dialect
        driver: Any = connection.connection.driver_connection
        dbapi: Any = dialect.loaded_dbapi
        answers: Sequence[str]
        try:
            if self._dates_are_text:
                answers = driver.execute(self._sql, placed).fetchone()
            else:
                answers = dbapi.RawCursor(driver).execute(self._sql, placed, prepare=True).fetchone()
        except dbapi.Error as error:
            raise DBAPIError.instance(self._sql, placed, error, dbapi.Error, dialect=dialect) from error
        return answers

    def _placed(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values in the order of their places."""
        named = self._constants | {name: self._stored(value) for name, value in values.items()}
        for name, (day, span) in self._earlier.items():
            named[name] = self._stored(values[day] - span)
        return tuple([named[name] for name in self._order])

    def rows(self, answers: Sequence[str]) -> dict[str, Rows]:
        """Return the rows of every question, from their JSON."""
        found: dict[str, Rows] = {}
        for (name, decoders), answer in zip(self._decoders.items(), answers, strict=True):
            rows = found[name] = [] if answer == "[]" else json.loads(answer)
            for row in rows:
                for place, decode in decoders:
                    if row[place] is not None:
                        row[place] = decode(row[place])
        return found

    def _stored(self, value: Any) -> Any:
        if isinstance(value, int):
            return self._number(value)
        return value.isoformat() if self._dates_are_text and isinstance(value, date) else value


def _number_of_one_size(value: int) -> Any:
    """Return a number as PostgreSQL's integer, however small it is.

    Psycopg tells small numbers as ``smallint``: another type, and so another prepared statement, which the server plans
    for its first five values. Only what no integer column can hold goes as it is.
    """
    return _integer()(value) if value.bit_length() < _BITS else value


@cache
def _integer() -> Any:
    return importlib.import_module("psycopg.types.numeric").Int4  # an extra: SQLite alone needs no driver


def _numbered(sql: str) -> tuple[str, list[str]]:
    """Return a statement of psycopg with its parameters by number, as PostgreSQL itself has them, and their names."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACE.sub(place, sql), names


def _with_constants(question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a question with its constants written out, all but what is told when it is asked.

    Where a partial index might serve, SQLite makes a plan for the very value of a parameter, and anew each time.
    """

    def write_out(bound: BindParameter[Any]) -> None:
        bound.literal_execute = bound.unique

    return visitors.cloned_traverse(question, {}, {"bindparam": write_out})


def _as_json(question: Select[*tuple[Any, ...]], dialect: Dialect) -> Any:
    """Return a question as a subquery with one value: a JSON list of its rows, in their order."""
    rows = question.subquery()
    listed: ColumnElement[str]
    if dialect.name == "postgresql":
        listed = func.coalesce(cast(func.json_agg(func.json_build_array(*rows.c)), String), "[]")
    else:
        listed = func.json_group_array(func.json_array(*rows.c), type_=String())
    return select(listed).scalar_subquery()


def _span(name: str) -> tuple[str, timedelta]:
    day, days = _EARLIER.fullmatch(name).groups()  # type: ignore[union-attr]  # asked of names that match
    return day, timedelta(days=int(days))


def _decoders(question: Select[*tuple[Any, ...]], dialect: Dialect) -> list[tuple[int, Decoder]]:
    """Return how the columns that JSON has no word for are read, by their place."""
    found = ((place, _decoder(column.type, dialect)) for place, column in enumerate(question.selected_columns))
    return [(place, decoder) for place, decoder in found if decoder is not None]


def _decoder(kind: TypeEngine[Any], dialect: Dialect) -> Decoder | None:
    if isinstance(kind, Date):
        return date.fromisoformat
    if dialect.name != "postgresql":
        return kind.dialect_impl(dialect).result_processor(dialect, None)
    if isinstance(kind, UtcDateTime):
        return lambda told: kind.process_result_value(datetime.fromisoformat(told), dialect)
    return None
