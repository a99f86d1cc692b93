"""Triggers that mark what is kept beside the ledger as out of date, whoever writes and by whatever means.

What is derived (sums by day, stored priorities) may be relied on exactly as long as nothing it was made of changed.
That is a rule under concurrency, so the database itself keeps it: a writer needs to know nothing of it, and an import
that copies rows in bulk, a colleague's act and a correction by hand in `psql` are all noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, inspect, text

# Table -> how the customers of a changed row are found; `{row}` is the row, or the table of changed rows.
_CUSTOMERS: dict[str, tuple[str, ...]] = {
    "customer": ("SELECT {row}.id AS customer_id {of}",),
    "allocation": (
        "SELECT i.customer_id {of_join} invoice i {on} i.id = {row}.invoice_id",
        "SELECT p.customer_id {of_join} payment p {on} p.id = {row}.payment_id",
    ),
    "promise_invoice": ("SELECT p.customer_id {of_join} promise p {on} p.id = {row}.promise_id",),
} | dict.fromkeys(
    (
        *("invoice", "payment", "dispute", "promise", "touchpoint", "message", "contact"),
        *("hold", "step_approval", "customer_chance"),
    ),
    ("SELECT {row}.customer_id {of}",),
)
# What the sums by day are made of: other columns may change without them.
_SUMMED = {
    "invoice": ("company_id", "currency", "invoice_on", "due_on", "amount_minor"),
    "allocation": ("company_id", "invoice_id", "allocated_on", "amount_minor"),
}
# What the ledger's packs are made of besides, which few writers change: what the sums are made of brings the rest.
_PACKED = {
    "invoice": ("id", ("customer_id", "kind", "closed_on")),
    "payment": ("id", ("company_id", "customer_id", "currency", "paid_on")),
    "allocation": ("id", ("payment_id",)),
}
_EVENTS = ("insert", "update", "delete")
# What else the sums by customer and kind are made of, after which events; and the key, which a segment has none of.
_GROUPED = {
    "invoice": ("id", ("company_id", "customer_id", "open_minor", "closed_on"), ("update",)),
    "customer": ("id", ("company_id", "currency", "country", "sales_email", "collector_email"), _EVENTS),
    "customer_segment": ("customer_id", ("company_id", "segment", "score"), _EVENTS),
}
_BALANCES = "customer_balance"  # without it, in the midst of the migrations, there is nothing to take back
# Rules by which everybody is judged: after a change of one all are, see `_FORGET`.
RULES = ("policy_version", "queue_weights", "reminder_stop")
_FORGET = "UPDATE figures_state SET priorities_on = '0001-01-01' WHERE priorities_on > '0001-01-01'"
_COUNTED = "writes = abs(writes) + 1"  # negative while somebody watches
TAKE_BACK = f"UPDATE figures_state SET flows_are_built = false, {_COUNTED}"
IN_BULK = "ar_cockpit.in_bulk"  # on PostgreSQL "on" in a transaction that marks for itself, see `aside`


def ensure(connection: Connection) -> None:
    """Make the triggers that are not there; SQLite drops them with a table that a migration writes anew."""
    drop(connection)
    for statement in _statements(connection.dialect.name, _there(connection)):
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take the triggers away."""
    there = _there(connection)
    for name, table in names():
        if table not in there:
            continue
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
    if connection.dialect.name == "postgresql":
        for name, _ in names():
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def names() -> list[tuple[str, str]]:
    """Return every trigger with its table."""
    priorities = [(f"mark_priority_{table}_{event}", table) for table in _CUSTOMERS for event in _EVENTS]
    flows = [(f"mark_flows_{table}_{event}", table) for table in _SUMMED for event in _EVENTS]
    rules = [(f"forget_priorities_{table}_{event}", table) for table in RULES for event in _EVENTS]
    balances = [(f"mark_balances_{table}_{event}", table) for table, (*_, of) in _GROUPED.items() for event in of]
    packs = [(f"mark_packs_{table}_update", table) for table in _PACKED]
    return [*priorities, *flows, *rules, *balances, *packs, ("begin_figures_state", "company")]


def missing(connection: Connection) -> list[str]:
    """Return the triggers that are not there."""
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.dialect.name == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    found = set(connection.execute(text(catalogue)).scalars())
    return sorted(name for name, _ in names() if name not in found)


def _there(connection: Connection) -> frozenset[str]:
    """Return the tables there are: in the middle of the migrations some are not yet, or no longer."""
    return frozenset(inspect(connection).get_table_names())


def _statements(dialect: str, there: frozenset[str]) -> Iterator[str]:
    write = _on_postgresql if dialect == "postgresql" else _on_sqlite
    yield from write({table: questions for table, questions in _CUSTOMERS.items() if table in there})
    if _BALANCES in there:
        yield from _of_groups_on_postgresql() if dialect == "postgresql" else _of_groups_on_sqlite()
    for table, event in ((table, event) for table in RULES if table in there for event in _EVENTS):
        name = f"forget_priorities_{table}_{event}"
        if dialect == "postgresql":
            yield from _function(name, _FORGET)
            yield f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        else:
            yield f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} BEGIN {_FORGET}; END"


def _on_sqlite(customers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for table, questions in customers.items():
        for event in _EVENTS:
            rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
            company = f"{rows[-1]}.company_id"
            found = " UNION ".join(
                question.format(row=row, of="", of_join="FROM", on="WHERE") for row in rows for question in questions
            )
            # Nothing is stored yet: a first import of a million rows need not leave a million marks.
            kept = f"(SELECT priorities_on FROM figures_state WHERE company_id = {company}) IS NOT NULL"
            yield (
                f"CREATE TRIGGER mark_priority_{table}_{event} AFTER {event.upper()} ON {table} WHEN {kept} BEGIN"
                f" INSERT INTO priority_mark (customer_id) {found}; END"
            )
    for table, columns in _SUMMED.items():
        for event in _EVENTS:
            rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
            listed = ", ".join(f"{row}.company_id" for row in rows)
            of = f" OF {', '.join(columns)}" if event == "update" else ""
            yield (
                f"CREATE TRIGGER mark_flows_{table}_{event} AFTER {event.upper()}{of} ON {table} BEGIN"
                f" {TAKE_BACK}"
                f" WHERE company_id IN ({listed}) AND (flows_are_built OR writes < 0); END"  # in use, or watched
            )
    for table, (_, columns) in _PACKED.items():
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
        yield (
            f"CREATE TRIGGER mark_packs_{table}_update AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {changed}"
            f" BEGIN {TAKE_BACK} WHERE company_id IN (OLD.company_id, NEW.company_id)"
            f" AND (flows_are_built OR writes < 0); END"
        )
    yield (
        "CREATE TRIGGER begin_figures_state AFTER INSERT ON company BEGIN"
        " INSERT INTO figures_state (company_id, flows_are_built, writes) VALUES (NEW.id, 0, 0); END"
    )


def _on_postgresql(customers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for table, questions in customers.items():
        for event in _EVENTS:
            found = " UNION ".join(
                question.format(row=rows, of=f"FROM {rows}", of_join=f"FROM {rows} JOIN", on="ON")
                for rows in _transition(event)
                for question in questions
            )
            body = f"INSERT INTO priority_mark (customer_id) SELECT DISTINCT customer_id FROM ({found}) AS found"
            yield from _statement_trigger(f"mark_priority_{table}_{event}", table, event, body)
    for table, columns in _SUMMED.items():
        for event in _EVENTS:
            found = " UNION ".join(f"SELECT company_id FROM {rows}" for rows in _transition(event))
            if event == "update":
                found = _companies_of_changed("id", columns)
            # Unconditional: the row's lock lets writers and whoever sums the company up take turns.
            body = f"{TAKE_BACK} WHERE company_id IN ({found})"
            yield from _statement_trigger(f"mark_flows_{table}_{event}", table, event, body)
    for table, (key, columns) in _PACKED.items():
        body = f"{TAKE_BACK} WHERE company_id IN ({_companies_of_changed(key, columns)})"
        yield from _statement_trigger(f"mark_packs_{table}_update", table, "update", body)
    yield from _function(
        "begin_figures_state",
        "INSERT INTO figures_state (company_id, flows_are_built, writes) VALUES (NEW.id, false, 0)",
    )
    yield (
        "CREATE TRIGGER begin_figures_state AFTER INSERT ON company FOR EACH ROW EXECUTE FUNCTION begin_figures_state()"
    )


def _of_groups_on_sqlite() -> Iterator[str]:
    for table, (_, columns, events) in _GROUPED.items():
        for event in events:
            rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
            listed = ", ".join(f"{row}.company_id" for row in rows)
            changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
            of, when = (f" OF {', '.join(columns)}", f" WHEN {changed}") if event == "update" else ("", "")
            yield (
                f"CREATE TRIGGER mark_balances_{table}_{event} AFTER {event.upper()}{of} ON {table}{when} BEGIN"
                f" UPDATE figures_state SET balances_on = NULL"
                f" WHERE company_id IN ({listed}) AND balances_on IS NOT NULL; END"
            )


def _of_groups_on_postgresql() -> Iterator[str]:
    for table, (key, columns, events) in _GROUPED.items():
        for event in events:
            found = " UNION ".join(f"SELECT company_id FROM {rows}" for rows in _transition(event))
            if event == "update":
                found = _companies_of_changed(key, columns)
            # Unconditional for the same reason as above.
            body = f"UPDATE figures_state SET balances_on = NULL, {_COUNTED} WHERE company_id IN ({found})"
            yield from _statement_trigger(f"mark_balances_{table}_{event}", table, event, body)


def _companies_of_changed(key: str, columns: tuple[str, ...]) -> str:
    """Return the question for the companies, before and after, of rows of which one of ``columns`` changed."""
    told = ", ".join(f"{{row}}.{name}" for name in columns)
    before, after = told.format(row="before_rows"), told.format(row="after_rows")
    changed = f"JOIN before_rows USING ({key}) WHERE ({before}) IS DISTINCT FROM ({after})"
    return (
        f"SELECT after_rows.company_id FROM after_rows {changed}"
        f" UNION SELECT before_rows.company_id FROM after_rows {changed}"
    )


def _transition(event: str) -> tuple[str, ...]:
    return {"insert": ("after_rows",), "update": ("before_rows", "after_rows"), "delete": ("before_rows",)}[event]


def _statement_trigger(name: str, table: str, event: str, body: str) -> Iterator[str]:
    told = {"before_rows": "OLD TABLE AS before_rows", "after_rows": "NEW TABLE AS after_rows"}
    referencing = " ".join(told[rows] for rows in _transition(event))
    yield from _function(name, body)
    yield (
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {referencing}"
        f" FOR EACH STATEMENT WHEN (current_setting('{IN_BULK}', true) IS DISTINCT FROM 'on')"
        f" EXECUTE FUNCTION {name}()"
    )


def _function(name: str, body: str) -> Iterator[str]:
    yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
