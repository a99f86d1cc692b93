"""A mail server that takes everything at once, or after a while: `python -m ar_cockpit.bench.sink 20 --tell`."""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_ID = re.compile(rb"(?im)^message-id:\s*(<[^>]+>)")
_LONGEST = 1 << 24


@contextmanager
def sink(delay_ms: float = 0.0, *, tells: bool = False) -> Iterator[tuple[int, IO[str]]]:
    """Run one as a process of its own; yield its port and what it tells: ``R`` for an envelope, an id for a mail."""
    command = [sys.executable, "-m", "ar_cockpit.bench.sink", str(delay_ms), *(["--tell"] if tells else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1)  # noqa: S603 (our own module)
    assert process.stdout is not None  # noqa: S101 (it is piped)
    try:
        yield int(process.stdout.readline()), process.stdout
    finally:
        process.kill()
        process.wait()


class _Conversation:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, tells: bool) -> None:
        self.reader, self.writer, self.delay, self.tells = reader, writer, delay, tells

    async def hold(self) -> None:
        await self._say(b"220 sink")
        while line := await self.reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                await self._data()
            elif verb == b"EHLO":
                await self._say(b"250-sink\r\n250 8BITMIME")
            elif verb == b"QUIT":
                await self._say(b"221 good-bye")
                return
            else:
                if verb == b"RCPT":
                    self._tell("R")
                await self._say(b"250 fine")

    async def _data(self) -> None:
        await self._say(b"354 go on")
        content = await self.reader.readuntil(b"\r\n.\r\n")
        found = _ID.search(content)
        self._tell(found[1].decode() if found else "?")
        await self._say(b"250 taken")

    async def _say(self, words: bytes) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)
        self.writer.write(words + b"\r\n")

    def _tell(self, words: str) -> None:
        if self.tells:
            sys.stdout.write(f"{words}\n")
            sys.stdout.flush()


async def _serve(delay: float, *, tells: bool) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Conversation(reader, writer, delay, tells).hold()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender was killed
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=_LONGEST)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("delay_ms", type=float)
    given.add_argument("--tell", action="store_true")
    options = given.parse_args()
    asyncio.run(_serve(options.delay_ms / 1000, tells=options.tell))
