"""Settings: the only reader of the environment and of ``.env``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ar_cockpit.domain.errors import InputError, SettingsError
from ar_cockpit.domain.money import check_currency

_DOCUMENTS = "documents"


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="AR_", env_file=".env", extra="ignore", env_ignore_empty=True)

    home: Path = Path("~/.local/share/ar-cockpit")
    database_url: str = ""
    smtp_url: str = ""
    smtp_urls: str = ""
    mail_from: str = "receivables@localhost"
    mail_reply_to: str = ""
    mail_iban: str = ""
    imap_url: str = ""
    imap_urls: str = ""
    base_url: str = ""
    secret_key: str = ""
    documents_url: str = ""
    document_max_mb: int = Field(default=25, ge=1, le=1024)
    redis_url: str = ""
    timezone: str = "Europe/Paris"
    default_currency: str = "EUR"
    default_company: str = "MAIN"
    default_terms_days: int = 30
    promise_grace_days: int = 3
    rates_max_age_days: int = 60
    upload_max_mb: int = Field(default=200, ge=1, le=10_000)
    api_requests_per_minute: int = Field(default=600, ge=1)
    webhook_allow_private: bool = False
    host: str = "127.0.0.1"
    port: int = 3000

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not a time zone, such as Europe/Paris") from error
        return value

    @field_validator("default_currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        try:
            return check_currency(value)
        except InputError as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside; see ``docs/settings.md``."""

    home: Path
    database_url: str
    smtp_url: str
    smtp_urls: str
    mail_from: str
    mail_reply_to: str
    mail_iban: str
    imap_url: str
    imap_urls: str
    base_url: str
    secret_key: str
    documents_url: str
    document_max_mb: int
    redis_url: str
    timezone: str
    default_currency: str
    default_company: str
    default_terms_days: int
    promise_grace_days: int
    rates_max_age_days: int
    upload_max_mb: int
    api_requests_per_minute: int
    webhook_allow_private: bool
    host: str
    port: int

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which business dates are told when a company names none."""
        return ZoneInfo(self.timezone)

    @property
    def keeps_documents_at_home(self) -> bool:
        """Whether documents are kept in the folder that is made for them, not at an address somebody chose."""
        return self.documents_url == str(self.home / _DOCUMENTS)


@cache
def get_settings() -> Settings:
    """Read the settings once; raise ``SettingsError`` naming the variable and the mend."""
    try:
        given = _Environment()
    except ValidationError as error:
        first = error.errors()[0]
        name = "AR_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        mend = f"Correct {name}; docs/settings.md lists them all."
        raise SettingsError(f"{name} is wrong: {reason}.", mend) from error
    home = given.home.expanduser().resolve()
    values = given.model_dump() | {
        "home": home,
        "database_url": given.database_url or f"sqlite:///{home / 'ar_cockpit.db'}",
        "documents_url": given.documents_url or str(home / _DOCUMENTS),
        "mail_reply_to": given.mail_reply_to or given.mail_from,
    }
    return Settings(**values)


def prepare_home(settings: Settings) -> Path:
    """Create ``AR_HOME``, private to its owner, and return it; raise ``SettingsError`` when it can't be written."""
    probe = settings.home / ".writable"
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_text("")
        probe.unlink(missing_ok=True)  # another process may look at the same time
    except OSError as error:
        raise SettingsError(
            f"AR_HOME {settings.home} cannot be written: {error.strerror}.", "Point AR_HOME at a folder of yours."
        ) from error
    return settings.home
