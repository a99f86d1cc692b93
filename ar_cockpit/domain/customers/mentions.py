"""Who a note names: ``@ines.caradec``, the part of an address before its ``@``, or the whole address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_MENTION = re.compile(r"(?<![\w@.+-])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")


def handles_of(emails: Iterable[str]) -> dict[str, str]:
    """Return how each address is written in a note: its first part, the whole where two share that part."""
    known = sorted({email.lower() for email in emails})
    shared = Counter(email.partition("@")[0] for email in known)
    return {email: email if shared[email.partition("@")[0]] > 1 else email.partition("@")[0] for email in known}


def mentioned(text: str, handles: Mapping[str, str]) -> list[str]:
    """Return the addresses that ``text`` names, each once, in the order of the text; ``handles`` as above.

    A word that nobody is called is no mention, and an address in running text is none either.
    """
    by_word = {handle: email for email, handle in handles.items()} | {email: email for email in handles}
    found = (by_word.get(word.lower().rstrip(".-+")) for word in _MENTION.findall(text))
    return list(dict.fromkeys(email for email in found if email is not None))
