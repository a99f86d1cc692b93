"""The model card: what the forecast was measured on, how, with what errors beside others, and where it ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ar_cockpit.bench.forecast import ledgers
from ar_cockpit.bench.forecast.ledgers import DEMO_ON
from ar_cockpit.bench.forecast.marks import MARKS
from ar_cockpit.domain.forecast.backtest import Backtest, Bin
from ar_cockpit.domain.forecast.history import to_date
from ar_cockpit.services.figures.forecast_card import payload_of

_ROWS = (
    ("mae_at_issue", "days off, at issue", "{:.2f}"),
    ("mae_open", "days off, open", "{:.2f}"),
    ("auc_late", "AUC, paid late", "{:.3f}"),
    ("brier_late", "Brier, paid late", "{:.3f}"),
    ("wape_4", "WAPE, weeks 1–4", "{:.3f}"),
    ("wape_8", "WAPE, weeks 1–8", "{:.3f}"),
    ("wape_13", "WAPE, weeks 1–13", "{:.3f}"),
    ("total_28", "28-day total off", "{:.1%}"),
    ("interval_coverage", "payments inside their 80 % range", "{:.0%}"),
    ("band_coverage", "weeks inside their 80 % band", "{:.0%}"),
    ("band_width", "width of the band, of what came", "{:.2f}"),
)
_NAMES = {
    "forecast": "forecast",
    "lightgbm": "boosted trees (LightGBM)",
    "customer_mean": "customer mean",
    "customer_median": "customer median",
    "global_median": "global median",
    "due_date": "due date",
}
_WHAT = (
    "For each open or planned invoice, the chance of payment on every coming day, given that it is unpaid today; "
    "for the ledger, the sums of those chances with an 80 % band. A weighted mean of three models, fitted for each "
    "company on its own ledger: days late with shrunken customer effects (a linear model), the daily chance of "
    "payment (a complementary log-log regression with weekdays, pay runs and the customer's own pay days), and a "
    "Cox model of the pace on each customer's own clock. Earlier months choose the weights and the width of the "
    "band. The same ledger and day give the same figures. The method and what was left out: "
    "`adr/0007-forecast-method.md`.\n"
)
_PROTOCOL = (
    "Rolling origins. On each, only invoices issued and payments made by that day are known; everything else is "
    "censored there. *At issue*: invoices of the month after, forecast from their issue with models frozen at the "
    "origin. *Open*: invoices open on the origin. *Weeks*: the cash of that open ledger, no future sales. Nothing "
    "learned later (dispute flags, days late) is a feature.\n"
)
_LIMITS = """\
- A forecast knows the ledger alone: no bank line, no insolvency register, no word of a buyer that nobody wrote down.
- Ten origins of a small ledger are few: weekly errors of the IBM sample move by a few hundredths with the day of the
  month on which one looks, and differences under 2 % between methods are chance.
- Month starts are a month apart and look at the same weeks: of three, one bad summer is most of what is judged. At one
  company of the demo ledger at its usual size the band held 54 % of the weeks after three month starts, 78 % of nine.
- Weights and thresholds of the method were chosen on these same ten origins: on other ledgers expect a little less.
- The IBM sample looks simulated: payments on weekends are as frequent as others, so it says nothing of pay runs. The
  demo ledger is synthetic, made by this product, with habits, weekdays and slow payers put in by hand.
- On ledgers of customers mostly seen once, single invoices are off by twice as many days, and the weekly band is
  wide: most of what is known there is the ledger's usual course.
- A customer that stops paying for good is seen by what it leaves open, not before.
- Under 120 settled invoices the daily chances and the pace are left out, under 20 there is a wide guess only, and it
  says so.
"""


def document(on_ibm: Backtest, on_demo: Backtest, seconds: dict[str, float], picture: str) -> str:
    """Return the card as Markdown; ``picture`` is the calibration plot's path as seen from it."""
    parts = [
        "# Model card of the payment forecast\n",
        "Made by `ar-cockpit forecast card`, not by hand: run it again after a change of the method.\n",
        "## What it is\n",
        _WHAT,
        "## Data and protocol\n",
        _PROTOCOL,
        _ledger_told("IBM sample (2 466 invoices, 100 customers)", on_ibm),
        _ledger_told(f"Demo ledger (200 customers, 4 000 invoices, three companies, as of {DEMO_ON})", on_demo),
        "## Errors: IBM sample\n",
        _table(on_ibm),
        "\n## Errors: demo ledger\n",
        _table(on_demo),
        "\n## Marks on the IBM sample\n",
        _marks(on_ibm, seconds),
        "\n## Calibration of the chance of being late\n",
        f"![Share paid late against the chance that was given]({picture})\n",
        _bins("IBM sample", on_ibm.reliability["forecast"]),
        _bins("Demo ledger", on_demo.reliability["forecast"]),
        "## Limits\n",
        _LIMITS,
    ]
    return "\n".join(parts)


def figures(on_ibm: Backtest, on_demo: Backtest) -> dict[str, Any]:
    """Return what the forecast's screen shows of both ledgers."""
    known = (
        ("ibm", "IBM sample", 100, 2_466, to_date(ledgers.IBM_UNTIL), on_ibm),
        ("demo", "demo ledger", ledgers.DEMO_SIZE.customers, ledgers.DEMO_SIZE.invoices, DEMO_ON, on_demo),
    )
    told = [
        {
            "key": key,
            "name": name,
            "customers": customers,
            "invoices": invoices,
            "until": until.isoformat(),
            "card": _rounded(payload_of(made)),
        }
        for key, name, customers, invoices, until, made in known
    ]
    return {"made_by": "ar-cockpit forecast card", "ledgers": told}


def _rounded(told: Any) -> Any:
    """Return the same with five places: enough to show, and the same file on every machine."""
    if isinstance(told, dict):
        return {key: _rounded(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_rounded(value) for value in told]
    return round(float(told), 5) if isinstance(told, float) else told


def plot(series: dict[str, tuple[Bin, ...]], side: int = 360) -> str:
    """Return the calibration plot as SVG: the diagonal is a chance that holds what it says."""
    edge, size = 48, side - 72
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="11">',
        "<title>Share paid late against the chance that was given</title>",
        f'<rect width="{side}" height="{side}" fill="#ffffff"/>',
        f'<path d="M{edge} {edge + size - 24}V24H{edge + size}" fill="none"/>',
        f'<path d="M{edge} {24 + size}L{edge + size} 24" stroke="#8a8f98" stroke-dasharray="4 4"/>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at, up = edge + share * size, 24 + (1 - share) * size
        lines += [
            f'<path d="M{at:.0f} 24V{24 + size}M{edge} {up:.0f}H{edge + size}" stroke="#e3e5e8"/>',
            f'<text x="{at:.0f}" y="{40 + size}" text-anchor="middle" fill="#4a4f57">{share:.0%}</text>',
            f'<text x="{edge - 6}" y="{up + 4:.0f}" text-anchor="end" fill="#4a4f57">{share:.0%}</text>',
        ]
    for (name, bins), (colour, place) in zip(series.items(), (("#2f5fd0", 0), ("#b4541a", 1)), strict=False):
        spots = [(edge + one.chance * size, 24 + (1 - one.came) * size) for one in bins]
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        lines.append(f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        lines.append(f'<text x="{edge + 10}" y="{44 + 16 * place}" fill="{colour}">{name}</text>')
    lines.append(f'<text x="{edge + size / 2:.0f}" y="{side - 8}" text-anchor="middle">chance given</text>')
    return "\n".join([*lines, "</svg>", ""])


def _ledger_told(name: str, made: Backtest) -> str:
    first, last = (to_date(made.origins[at]).isoformat() for at in (0, -1))
    return (
        f"- {name}: {len(made.origins)} origins from {first} to {last}, {made.at_issue} invoices at issue, "
        f"{made.open_on_origin} open.\n"
    )


def _table(made: Backtest) -> str:
    methods = [name for name in _NAMES if name in made.methods]
    lines = ["| | " + " | ".join(_NAMES[name] for name in methods) + " |", "|---|" + "---:|" * len(methods)]
    for key, label, form in _ROWS:
        values = (getattr(made.methods[name], key) for name in methods)
        lines.append(f"| {label} | " + " | ".join("—" if one is None else form.format(one) for one in values) + " |")
    return "\n".join(lines) + "\n"


def _marks(made: Backtest, seconds: dict[str, float]) -> str:
    values = asdict(made.methods["forecast"]) | seconds
    lines = ["| figure | reached | pass | stretch | met |", "|---|---:|---:|---:|---|"]
    for mark in MARKS:
        span = f"{mark.least:g}–{mark.most:g}" if mark.least else f"≤ {mark.most:g}"
        value, stretch = values[mark.name], "—" if mark.stretch is None else f"{mark.stretch:g}"
        reached = "—" if value is None else f"{value:.3f}"
        lines.append(f"| {mark.name} | {reached} | {span} | {stretch} | {'yes' if mark.is_met(value) else 'no'} |")
    return "\n".join(lines) + "\n"


def _bins(name: str, bins: tuple[Bin, ...]) -> str:
    lines = [f"| {name}: chance given | paid late | invoices |", "|---:|---:|---:|"]
    lines += [f"| {one.chance:.0%} | {one.came:.0%} | {one.invoices} |" for one in bins]
    return "\n".join(lines) + "\n"
