"""The key that signs links and forms: the one that is set, or one made once and kept in ``AR_HOME``."""

from __future__ import annotations

import os
import secrets
from functools import cache

from itsdangerous import URLSafeTimedSerializer

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.settings import Settings, get_settings, prepare_home

KEY_FILE = "secret_key"
_LEAST_LENGTH = 16


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Return what signs and reads values of one ``purpose``; those of another are as good as forged."""
    return URLSafeTimedSerializer(_key(get_settings()), salt=purpose)


def _key(settings: Settings) -> str:
    return settings.secret_key or _kept(settings)


@cache
def _kept(settings: Settings) -> str:
    """Return the key kept in the home folder, making it at the first call; of several processes one makes it."""
    file = prepare_home(settings) / KEY_FILE
    made = file.with_name(f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if not file.exists():
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48), encoding="ascii")
            try:
                os.link(made, file)  # whole or not at all, and never over another's
            except FileExistsError:
                pass
            finally:
                made.unlink()
        key = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(f"{file} cannot be kept: {error.strerror}.", "Set AR_SECRET_KEY.") from error
    if len(key) < _LEAST_LENGTH:
        raise SettingsError(f"{file} holds no key.", "Remove it, or set AR_SECRET_KEY.")
    return key
