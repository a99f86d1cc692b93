"""Every address of the product, and the few names the browser and the server share, once."""

from __future__ import annotations

from urllib.parse import urlsplit

# Screens
HOME = "/"
SIGN_IN = "/sign-in"
EXECUTIVE = "/executive"
CHANGES = "/executive/changes"
REPORTED = "/executive/reported"
TARGETS = "/executive/targets"
REPORTS = "/executive/reports"
FORECAST = "/forecast"
CASH_AHEAD = "/forecast/cash"
WHAT_WORKS = "/forecast/what-works"
COLLECTOR = "/collector"
RESULTS = "/collector/results"
TEAM = "/collector/team"
SALES = "/sales"
CREDIT = "/credit"
CUSTOMERS = "/customers"
CUSTOMER = "/customers/record"
NEW_CUSTOMER = "/customers/new"
INVOICES = "/invoices"
PROMISES = "/promises"
DISPUTES = "/disputes"
PLANS = "/plans"
PROPOSALS = "/proposals"
INBOX = "/inbox"
IMPORTS = "/imports"
SETTLEMENTS = "/imports/settlements"
REMINDERS = "/reminders"
APPROVALS = "/reminders/approvals"
OUTBOX = "/reminders/outbox"
SETTINGS = "/settings"
CADENCES = "/settings/cadences"
TEMPLATES = "/settings/templates"
BRANDS = "/settings/brands"
JOBS = "/settings/jobs"
QUEUE = "/settings/queue"

# Answered by the server itself
POST_SIGN_IN = "/auth/sign-in"
POST_SIGN_OUT = "/auth/sign-out"
POST_LANGUAGE = "/auth/language"
HEALTH = "/health"
MAILBOX = "/mailbox"
DOWNLOADS = "/download"
UPLOADS = "/upload"
DOCUMENTS = "/documents"
LETTERS = "/letters"
STATEMENTS = "/statements"
PAUSE = "/pause"
API = "/api/v1"

SESSION_COOKIE = "ar_session"
LANGUAGE_COOKIE = "ar_language"
WEB_MANIFEST = "manifest.json"

# A view is its address: these choices follow the reader from screen to screen.
COMPANY_PARAM = "company"
CURRENCY_PARAM = "currency"  # documents of this currency, or
CONSOLIDATE_PARAM = "consolidate"  # all of them, converted into this one
AS_OF_PARAM = "as_of"
# The customer that a collector, sales or customer screen shows, by code; the company stands in COMPANY_PARAM.
CUSTOMER_PARAM = "customer"
ENDING = "ENDING"  # stands in the address of a picture for svg or png


def safe_target(target: str) -> str:
    """Return ``target`` if it is a path on this site, else the home page: sign-in never leads elsewhere."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    harmless = "\\" not in target and all(character.isprintable() for character in target)
    return target if inside and harmless and not target.startswith((SIGN_IN, "/auth/")) else HOME
