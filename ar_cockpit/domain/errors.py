"""Business refusals: each carries a sentence fit to show and, where there is one, the mend."""


class CockpitError(Exception):
    """A refusal with a sentence for the person who asked and the mend, if one is known."""

    def __init__(self, sentence: str, mend: str = "") -> None:
        super().__init__(f"{sentence} {mend}".strip())
        self.sentence = sentence
        self.mend = mend


class RefusedError(CockpitError):
    """The request is understood and cannot be done; nothing was changed."""


class InputError(RefusedError):
    """A value from outside is missing, malformed or absurd."""


class NotFoundError(RefusedError):
    """No such thing, or none that this actor may know of: the two look the same from outside."""


class ForbiddenError(RefusedError):
    """The actor lacks the right."""


class SettingsError(RefusedError):
    """A setting is missing or wrong, or what it points at cannot be used."""


class BusyError(CockpitError):
    """Somebody else has been writing for so long that waiting any longer helps nobody; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The database is busy with something longer.", "Try again in a moment.")


class CurrencyMismatchError(CockpitError):
    """Two amounts of different currencies were combined."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"Cannot combine {left} with {right}.", "Convert one of them first.")


class SeveralCurrenciesError(RefusedError):
    """A figure was asked over several currencies without saying which."""

    def __init__(self, currencies: list[str], mend: str = "Choose one with --currency.") -> None:
        super().__init__(f"The ledger holds several currencies: {', '.join(sorted(currencies))}.", mend)
        self.currencies = sorted(currencies)
