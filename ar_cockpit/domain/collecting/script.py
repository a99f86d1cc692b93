"""What to say in a call: the points to go through, drawn from what is known of the customer. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ar_cockpit.domain.reasons import Fact, Reason

FEW_DAYS = 10


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known before a call."""

    contact: str = ""
    overdue_minor: int = 0
    currency: str = ""
    overdue_count: int = 0
    oldest_days: int = 0
    disputed: tuple[str, ...] = ()  # numbers of invoices
    promised_minor: int = 0
    promise_broken: bool = False
    reminders: int = 0
    usual_days_late: int | None = None


def script(facts: CallFacts) -> tuple[Reason, ...]:
    """Return the points of a call in the order in which they come up; the last one is always to agree a date."""
    points = [Reason("greet_named", {"name": facts.contact}) if facts.contact else Reason("greet")]
    if facts.overdue_count:
        about: dict[str, Fact] = {
            "count": facts.overdue_count,
            "amount_minor": facts.overdue_minor,
            "currency": facts.currency,
            "days": facts.oldest_days,
        }
        points.append(Reason("overdue", about))
    else:
        points.append(Reason("nothing_overdue"))
    if facts.promise_broken:
        points.append(Reason("broken"))
    elif facts.promised_minor:
        points.append(Reason("promised", {"amount_minor": facts.promised_minor, "currency": facts.currency}))
    if facts.disputed:
        points.append(Reason("disputed", {"count": len(facts.disputed), "invoices": ", ".join(facts.disputed[:3])}))
    if facts.reminders:
        points.append(Reason("reminded", {"count": facts.reminders}))
    late = facts.usual_days_late
    if late is not None and facts.oldest_days > max(0, late) + FEW_DAYS:
        points.append(Reason("unusual", {"days": max(0, late)}))
    return (*points, Reason("ask"), Reason("fallback"))
