"""The French chart of accounts, as far as it tells what an entry is."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

RECEIVABLE = ("411", "413", "416")


class Touches(IntEnum):
    """Which kinds of accounts an entry has lines on."""

    SALES = 1  # 70x
    VAT = 2  # 4457x
    MONEY = 4  # 5xx
    RESULT = 8  # 6xx and 7xx: no balance sheet
    CAPITAL = 16  # 1xx and 89x: only opening and closing entries reach so far
    CUSTOMERS = 32  # 411, 413, 416
    UNREAD = 64  # a line of it was set aside


@lru_cache(maxsize=4096)
def touch(account: str) -> int:
    """Return what a line on ``account`` touches."""
    return next((int(touches) for root, touches in _ROOTS if account.startswith(root)), 0)


_ROOTS = (
    ("70", Touches.SALES | Touches.RESULT),
    ("4457", Touches.VAT),
    ("411", Touches.CUSTOMERS),
    ("413", Touches.CUSTOMERS),
    ("416", Touches.CUSTOMERS),
    ("89", Touches.CAPITAL),
    ("1", Touches.CAPITAL),
    ("5", Touches.MONEY),
    ("6", Touches.RESULT),
    ("7", Touches.RESULT),
)
