"""Exchange rates as pages tell them: the words are those of files and mails."""

from ar_cockpit.i18n.rates import are_old, missing_told, rates_listed, rates_told

__all__ = ["are_old", "missing_told", "rates_listed", "rates_told"]
