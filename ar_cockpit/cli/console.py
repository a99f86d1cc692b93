"""Where commands speak: words for people on stderr, tables on stdout, and the exit codes of the contracts."""

from __future__ import annotations

from rich.console import Console

DONE, IN_PART, REFUSED = 0, 1, 2

messages = Console(stderr=True, highlight=False, soft_wrap=True)
tables = Console(highlight=False)
