"""Display rows of what the customer page shows after the record: domain values in, formatted strings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ar_cockpit import routes
from ar_cockpit.domain.customers.behaviour import BANDS, Distribution, pays_at_month_end
from ar_cockpit.domain.customers.numbers import grouped
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.services.customers.onboarding import Identity
from ar_cockpit.services.customers.page import CustomerMore, Kept, SegmentChange, SegmentNow, StoredFile
from ar_cockpit.services.reminders.run import Upcoming
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import key_title

_KILOBYTE = 1024
_HUNDREDTHS = 100
_STEPS_SHOWN = 8


@dataclass
class BandRow:
    """How many invoices were paid how late."""

    label: str
    count: str
    share: str
    href: str = ""  # the invoices that are counted


@dataclass
class PartRow:
    """What one part takes from the payer score."""

    label: str
    taken: str
    why: str


@dataclass
class NumberRow:
    """A number that the customer is known by."""

    label: str
    value: str


@dataclass
class ChangeRow:
    """A move from one segment to another."""

    day: str
    text: str
    score: str


@dataclass
class StepRow:
    """A message or task that is coming."""

    day: str
    text: str
    about: str
    icon: str


@dataclass
class FileRow:
    """A file about the customer."""

    key: str
    name: str
    about: str
    href: str
    finance_only: bool


@dataclass
class SegmentView:
    """Where the customer belongs, since when and why."""

    name: str = ""
    cadence: str = ""
    since: str = ""
    why: str = ""
    score: str = ""
    parts: list[PartRow] = field(default_factory=list)


@dataclass
class TermsView:
    """What is agreed with the customer, and whether it is archived."""

    rate: str = ""
    rate_plain: str = ""
    archived: str = ""


def band_rows(found: Distribution, language: str, lead: str) -> list[BandRow]:
    """Return the table behind the chart, each number with the invoices it counts."""
    total = found.total
    return [
        BandRow(
            say(language, f"record.band.{band.key}"),
            rows.number(number, language),
            f"{rows.number(100 * number / total, language)} %" if total else rows.NOTHING,
            f"{lead}late={band.key}" if number else "",
        )
        for band, number in zip(BANDS, found.counts, strict=True)
    ]


def behaviour_summary(found: Distribution, language: str) -> str:
    """Return what the chart says, in a sentence."""
    if not found.total:
        return say(language, "record.behaviour.none")
    shares = {"punctual": found.punctual, "very_late": found.very_late}
    told = {name: f"{rows.number(100 * number / found.total, language)} %" for name, number in shares.items()}
    return count(language, "record.behaviour.summary", found.total, total=rows.number(found.total, language), **told)


def month_end_words(share: float | None, language: str) -> str:
    """Return whether the customer pays at month ends."""
    if share is None:
        return ""
    key = "record.month_end.habit" if pays_at_month_end(share) else "record.month_end.none"
    return say(language, key, share=f"{rows.number(100 * share, language)} %")


def kept_words(kept: tuple[int, int], language: str) -> str:
    """Return how many promises were kept."""
    number, decided = kept
    return count(language, "collector.kept", decided, kept=number) if decided else say(language, "record.promises.none")


def segment_view(found: CustomerMore, language: str) -> SegmentView:
    """Return where the customer belongs, with the facts by which the policy put it there."""
    now = found.segment
    if now is None:
        return SegmentView()
    return SegmentView(
        name=key_title(now.segment, language),
        cadence=key_title(now.cadence, language) if now.cadence else "",
        since=rows.day(now.since_on, language),
        why=_why(now, found.kept, language),
        score="" if now.score is None else str(now.score),
        parts=_parts(now, language),
    )


def _why(now: SegmentNow, kept: Kept, language: str) -> str:
    if kept.segment_named:
        return say(language, "record.segment.named")
    known = catalogue(language)
    told = [
        f"{known.get(f'record.fact.{name}', name)} {_fact(value)}"
        for name, value in now.facts.items()
        if name != "named" and value not in ("", "None", None, [])
    ]
    facts = ", ".join(told) if told else say(language, "record.segment.everyone")
    if not now.policy_number:
        return say(language, "record.segment.why_shipped", facts=facts)
    return say(language, "record.segment.why", number=now.policy_number, facts=facts)


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _parts(now: SegmentNow, language: str) -> list[PartRow]:
    if now.score is None:
        return []
    return [
        PartRow(
            say(language, f"segment.part.{part}"), f"−{taken}" if taken else "0", say(language, f"record.part.{part}")
        )
        for part, taken in now.parts.items()
    ]


def identity_rows(found: Identity, language: str) -> list[NumberRow]:
    """Return the numbers that are known of a customer, bank accounts in groups of four."""
    told = {"registration": found.registration, "vat": found.vat, "lei": found.lei, "iban": grouped(found.iban)}
    return [NumberRow(say(language, f"onboarding.field.{kind}"), value) for kind, value in told.items() if value]


def change_rows(changes: Sequence[SegmentChange], language: str) -> list[ChangeRow]:
    """Return the moves between segments, the newest first."""
    known = catalogue(language)
    told = []
    for one in changes:
        values = {"from": key_title(one.before, language), "to": key_title(one.after, language), **one.facts}
        key = f"timeline.segment.{one.reason}"
        text = say(language, key if key in known else "timeline.segment.facts", **values)
        scores = (one.score_before, one.score_after)
        moved = " → ".join(rows.NOTHING if score is None else str(score) for score in scores)
        told.append(ChangeRow(rows.day(one.changed_on, language), text, "" if scores == (None, None) else moved))
    return told


def step_rows(coming: Sequence[Upcoming], language: str) -> list[StepRow]:
    """Return what is coming, the nearest first."""
    icons = {"call": "phone", "letter": "mail-open", "sms": "message-square", "allocate": "split"}
    told = []
    for one in sorted(coming, key=lambda step: step.on)[:_STEPS_SHOWN]:
        template = say(language, f"template.{one.template}") if _knows(language, one.template) else one.template
        text = say(language, f"timeline.upcoming.{one.channel}", template=template)
        about = [
            count(language, "timeline.invoices", len(one.invoices)),
            rows.money(one.total_minor, one.currency, language),
        ]
        if not one.step:
            about.append(say(language, "record.step.if_broken"))
        told.append(StepRow(rows.weekday(one.on, language), text, ", ".join(about), icons.get(one.channel, "mail")))
    return told


def _knows(language: str, template: str) -> bool:
    return f"template.{template}" in catalogue(language)


def file_rows(files: Sequence[StoredFile], names: dict[str, str], language: str) -> list[FileRow]:
    """Return the files, the newest first."""
    return [
        FileRow(
            key=str(one.file_id),
            name=one.original_name,
            about=" · ".join(
                (
                    size_words(one.size_bytes, language),
                    rows.day(one.uploaded_at.date(), language),
                    names.get(one.uploaded_by, one.uploaded_by),
                )
            ),
            href=f"{routes.DOCUMENTS}/customers/{one.file_id}?download=1",
            finance_only=one.finance_only,
        )
        for one in files
    ]


def size_words(size: int, language: str) -> str:
    """Return a file's size in kilobytes or megabytes."""
    if size >= _KILOBYTE * _KILOBYTE:
        return say(language, "record.file.mb", size=rows.number(size / _KILOBYTE / _KILOBYTE, language))
    return say(language, "record.file.kb", size=rows.number(max(1, round(size / _KILOBYTE)), language))


def terms_view(found: CustomerMore, language: str) -> TermsView:
    """Return the agreed rate and the archive's words."""
    kept = found.kept
    at = kept.archived_at
    archived = ""
    if at is not None:
        name = found.names.get(kept.archived_by, kept.archived_by)
        archived = say(language, "record.archived", day=rows.day(at.date(), language), name=name)
    if kept.late_rate_bp is None:
        return TermsView(say(language, "record.rate.company"), "", archived)
    percent = f"{kept.late_rate_bp / _HUNDREDTHS:.2f}".rstrip("0").rstrip(".")
    return TermsView(say(language, "record.rate.agreed", rate=percent), percent, archived)
