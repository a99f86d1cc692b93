"""The key in an address: any number may be asked for, and those that no record can have are nobody's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

_LARGEST = 2**31 - 1  # that the database can hold
NOBODY = 0


def _kept(key: int) -> int:
    return key if key <= _LARGEST else NOBODY


Key = Annotated[int, Path(ge=NOBODY), AfterValidator(_kept)]
