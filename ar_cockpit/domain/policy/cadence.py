"""Reading a cadence and its steps, held to an order that never goes back in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from ar_cockpit.domain.policy.lines import Path
from ar_cockpit.domain.policy.model import (
    ATTACHMENTS,
    DEFAULT_TELL_DAYS,
    STEP_TEMPLATES,
    WEEKDAYS,
    Cadence,
    Channel,
    Step,
    Tone,
)
from ar_cockpit.domain.policy.reading import MOST_DAYS, Reading, choose

_KEYS = (
    *("key", "title", "spacing_days", "spacing_until", "minimum_amount", "send_on", "window"),
    *("names_broken_promises", "thank_you_every", "instalment_notice_days", "step"),
)
_STEP_KEYS = (
    *("key", "title", "offset", "channel", "template", "tone"),
    *("approve", "tell_sales_days", "attach", "interest"),
)
_CHANNELS = tuple(channel.value for channel in Channel if channel is not Channel.ALLOCATE)
TOLD_OF = (Tone.FIRM, Tone.FORMAL_NOTICE)
RESERVED = ("allocate", "manual", "occasion", "tell")  # steps the product records by itself


def read_cadence(reading: Reading, path: Path, table: Mapping[str, Any]) -> Cadence:
    """Return the cadence written in ``table``."""
    reading.known(path, table, _KEYS)
    return Cadence(
        reading.word(path, table, "key"),
        _steps(reading, path, table),
        reading.days(path, table, "spacing_days", 15),
        reading.days(path, table, "spacing_until", 60),
        _minimum(reading, path, table),
        _send_on(reading, path, table),
        _window(reading, path, table),
        reading.title(path, table),
        reading.flag(path, table, "names_broken_promises"),
        reading.days(path, table, "thank_you_every", 0),
        reading.days(path, table, "instalment_notice_days", 0),
    )


def _steps(reading: Reading, path: Path, table: Mapping[str, Any]) -> tuple[Step, ...]:
    tables = reading.tables(path, table, "step")
    if not tables and "step" not in table:
        reading.add(path, "the cadence has no step.", "Add a [[cadence.step]]; the tag 'manual' keeps customers out.")
    steps: list[Step] = []
    for place, one in enumerate(tables):
        steps.append(_step(reading, (*path, "step", place), one, _tone_before(steps)))
    seen: set[str] = set()
    for place, step in enumerate(steps):
        if step.key in seen:
            where = (*path, "step", place, "key")
            reading.add(where, f"there are two steps {step.key!r}.", "Give each step of a cadence a key of its own.")
        seen.add(step.key)
    for place, (before, after) in enumerate(pairwise(steps), 1):
        if after.offset <= before.offset:
            later, earlier = f"{after.key!r} ({after.offset:+d})", f"{before.key!r} ({before.offset:+d})"
            said = f"step {later} does not come after {earlier}: the order goes back in time."
            reading.add((*path, "step", place, "offset"), said, "Sort the steps by offset, one for each day.")
    return tuple(steps)


def _tone_before(steps: Sequence[Step]) -> Tone:
    """Return the tone of a step that names none: that of the written step before it."""
    return next((step.tone for step in reversed(steps) if step.channel is not Channel.CALL), Tone.FRIENDLY)


def _step(reading: Reading, path: Path, table: Mapping[str, Any], before: Tone) -> Step:
    reading.known(path, table, _STEP_KEYS)
    key = reading.word(path, table, "key")
    if key.split(":")[0] in RESERVED:
        reading.add((*path, "key"), f"the key {key!r} is kept for the product itself.", "Choose another key.")
    if "offset" not in table:
        reading.add(path, "'offset' is missing.", "Add offset = 3 (days after the due date; negative: before).")
    channel = reading.word(path, table, "channel", _CHANNELS)
    usual = Tone.FRIENDLY if channel == Channel.CALL.value else before
    tone = reading.word(path, table, "tone", [one.value for one in Tone]) if "tone" in table else usual.value
    known_tone = Tone(tone) if tone in set(Tone) else Tone.FRIENDLY
    return Step(
        key,
        reading.days(path, table, "offset", 0, least=-MOST_DAYS),
        Channel(channel) if channel in _CHANNELS else Channel.EMAIL,
        reading.word(path, table, "template", STEP_TEMPLATES),
        known_tone,
        reading.flag(path, table, "approve"),
        reading.days(path, table, "tell_sales_days", DEFAULT_TELL_DAYS if known_tone in TOLD_OF else 0),
        _attach(reading, path, table),
        reading.flag(path, table, "interest"),
        reading.title(path, table),
    )


def _attach(reading: Reading, path: Path, table: Mapping[str, Any]) -> tuple[str, ...]:
    given = table.get("attach", [])
    where = (*path, "attach")
    if not isinstance(given, list):
        reading.add(where, "'attach' is not a list.", 'Write attach = ["statement", "invoices"].')
        return ()
    for one in given:
        if one not in ATTACHMENTS:
            reading.add(where, f"{one!r} cannot be attached.", choose(str(one), ATTACHMENTS))
    return tuple(one for one in ATTACHMENTS if one in given)


def _minimum(reading: Reading, path: Path, table: Mapping[str, Any]) -> Decimal:
    given = table.get("minimum_amount", 0)
    try:
        amount = Decimal(given) if isinstance(given, (str, int, Decimal)) and not isinstance(given, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0:
        where = (*path, "minimum_amount")
        reading.add(where, "'minimum_amount' is not an amount.", 'Write minimum_amount = "10.00".')
        return Decimal(0)
    return amount


def _send_on(reading: Reading, path: Path, table: Mapping[str, Any]) -> frozenset[int]:
    given = table.get("send_on", list(WEEKDAYS[:5]))
    where = (*path, "send_on")
    if not isinstance(given, list) or not given:
        reading.add(where, "'send_on' names no day.", 'Write send_on = ["mon", "tue"].')
        return frozenset()
    for day in given:
        if day not in WEEKDAYS:
            reading.add(where, f"{day!r} is not a day of the week.", choose(str(day), WEEKDAYS))
    return frozenset(WEEKDAYS.index(day) for day in given if day in WEEKDAYS)


def _window(reading: Reading, path: Path, table: Mapping[str, Any]) -> tuple[time, time]:
    given = table.get("window", ["09:00", "17:00"])
    mend = 'Write window = ["09:00", "17:00"], the customer\'s local time.'
    times = [_time(one) for one in given] if isinstance(given, list) and len(given) == 2 else []
    match times:
        case [time() as start, time() as end] if start < end:
            return start, end
        case _:
            reading.add((*path, "window"), "'window' is not a span of two times.", mend)
            return time(9), time(17)


def _time(given: Any) -> time | None:
    if isinstance(given, time):
        return given
    try:
        return time.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
