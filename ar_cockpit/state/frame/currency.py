"""The choice between documents of one currency and all of them converted into one, as the address carries it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ar_cockpit import routes

CONSOLIDATED = "="  # before a currency in the menu: all documents, converted into it
MAIN_CURRENCIES = ("EUR", "GBP", "USD")


def usual_currency(own: Collection[str], default: str) -> str:
    """Return what figures are in where nothing is chosen: the companies' own currency, or the usual one of several."""
    return next(iter(own)) if len(own) == 1 else default


def currency_choice(
    params: Mapping[str, str], offered: Sequence[str], consolidations: Sequence[str], usual: str
) -> tuple[str, str]:
    """Return the currency of the figures, and the same again when all documents are converted into it.

    Where the documents have several currencies, all of them in the usual one are what an address shows that names
    none; a choice that is not offered counts as none.
    """
    first = usual if usual in offered else next(iter(offered), usual)
    wanted = params.get(routes.CURRENCY_PARAM, "")
    into = params.get(routes.CONSOLIDATE_PARAM, "")
    if into not in consolidations:
        into = first if wanted not in offered and len(offered) > 1 else ""
    return into or (wanted if wanted in offered else first), into


def chosen_currency(choice: str) -> dict[str, str]:
    """Return the choice of the menu as the address has it."""
    into = choice.removeprefix(CONSOLIDATED) if choice.startswith(CONSOLIDATED) else ""
    return {routes.CURRENCY_PARAM: "" if into else choice, routes.CONSOLIDATE_PARAM: into}
