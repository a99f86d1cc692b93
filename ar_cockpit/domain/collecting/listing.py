"""What a list of promises, disputes, plans or proposals may be asked for: the choices of an address, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ar_cockpit.domain.figures.listing import Sort, page_of, sort_of

_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of list: what it may show (the first is usual), its ages by their last day, and what it is sorted by."""

    shows: tuple[str, ...]
    ages: tuple[tuple[str, int | None], ...]
    sorts: tuple[str, ...]

    @property
    def age_keys(self) -> tuple[str, ...]:
        """The ages by their keys."""
        return tuple(key for key, _ in self.ages)


# Ages of promises and plans are days since the day agreed; before it they are negative.
PROMISES = Listing(
    ("watched", "open", "partly", "broken", "kept", "all"),
    (("later", -8), ("week", 0), ("1-7", 7), ("8-30", 30), ("over_30", None)),
    ("promised_for", "customer", "amount", "received", "made_on"),
)
DISPUTES = Listing(
    ("open", "late", "answered", "closed", "all"),
    (("0-14", 14), ("15-30", 30), ("31-60", 60), ("over_60", None)),
    ("answer_due_on", "customer", "invoice", "opened_on", "amount", "age"),
)
PLANS = Listing(
    ("running", "active", "broken", "proposed", "completed", "ended", "all"),
    (("later", -8), ("week", 0), ("1-7", 7), ("8-30", 30), ("over_30", None)),
    ("next_on", "customer", "principal", "received", "last_on"),
)
PROPOSALS = Listing(("waiting", "decided", "all"), (), ("proposed_on", "customer", "amount"))


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A page of a list as of a day, in one currency."""

    listing: Listing
    as_of: date
    currency: str
    company: str = ""
    show: str = ""
    age: str = ""
    owner: str = ""  # whose: the collector's of the customer, of a dispute its owner's
    reason: str = ""
    customer: str = ""
    text: str = ""
    sort: Sort = field(default_factory=lambda: Sort(""))
    page: int = 1


def list_question(listing: Listing, params: Mapping[str, str], as_of: date, currency: str) -> ListQuestion:
    """Read an address; what it says wrongly counts as not said."""
    show, age = params.get("show", ""), params.get("age", "")
    return ListQuestion(
        listing,
        as_of,
        currency,
        company=params.get("company", ""),
        show=show if show in listing.shows else listing.shows[0],
        age=age if age in listing.age_keys else "",
        owner=params.get("owner", "")[:_LONGEST_TEXT],
        reason=params.get("reason", "")[:_LONGEST_TEXT],
        customer=params.get("customer", "")[:_LONGEST_TEXT],
        text=params.get("q", "").strip()[:_LONGEST_TEXT],
        sort=sort_of(params, listing.sorts, Sort(listing.sorts[0])),
        page=page_of(params),
    )
