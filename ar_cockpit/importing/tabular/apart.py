"""Reading a long file in a process of its own: who is served by this one goes on, and the reading has its own core.

What is found comes over a pipe, a batch at a time: the reader waits while nobody takes one, so memory follows the
batch here and there. When this process is gone, the pipe is, and with it the reader.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import getcontext
from typing import IO, Any, NamedTuple, cast

from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.importing.records import Batch, Decision
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.values.amounts import EXACT_DIGITS

_BEGIN = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from ar_cockpit.importing.tabular.apart import serve; serve()"
)
_OBJECTS_BETWEEN = 200_000  # the collector would look for cycles in rows, where there are none


class _Surveyed(NamedTuple):
    """What the first pass found."""

    row_count: int
    decisions: tuple[Decision, ...]
    knows_repeated: bool


class _Refusal(NamedTuple):
    """Why the file is refused."""

    kind: type[RefusedError]
    sentence: str
    mend: str


class ReaderApart:
    """Reads one recognised file as :class:`CsvReader` does, in a process of its own."""

    def __init__(self, file: CsvFile) -> None:
        self.file = file
        # A session of its own: it ends with this object, and not by what a person types to end us.
        self._process = subprocess.Popen(  # noqa: S603 (our own module, no outside words)
            [sys.executable, "-c", _BEGIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self._send(sys.path, file)
            found: _Surveyed = self._receive()
        except BaseException:  # also when the importing thread is told to end: no process may stay behind
            self.close()
            raise
        self.row_count, self.decisions, self.knows_repeated = found

    def batches(self) -> Iterator[Batch[Any]]:
        """Yield the rows of the file in order, once."""
        while batch := self._receive():
            yield batch

    def close(self) -> None:
        """End the process, wherever it is."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            cast("IO[bytes]", pipe).close()
        self._process.wait()

    def _send(self, *words: Any) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        try:
            for word in words:
                pickle.dump(word, pipe)
            pipe.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def _receive(self) -> Any:
        try:
            found = pickle.load(cast("IO[bytes]", self._process.stdout))  # noqa: S301 (written by our own code)
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._ended() from error
        if isinstance(found, _Refusal):
            raise found.kind(found.sentence, found.mend)
        return found

    def _ended(self) -> RefusedError:
        return RefusedError(f"The process that reads {self.file.name} ended before the file did.", "Import it again.")


def serve() -> None:
    """Read the file that is told on standard input, and write what is found to standard output."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed on the way is no batch
    file = pickle.load(sys.stdin.buffer)  # noqa: S301 (written by our own code)
    getcontext().prec = EXACT_DIGITS
    gc.set_threshold(_OBJECTS_BETWEEN)
    try:
        with ThreadPoolExecutor(1, "teller") as teller:
            before: Future[None] | None = None
            for found in _found(file):
                content = pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
                if before:
                    before.result()  # one on its way, one in the making
                before = teller.submit(_tell, told, content)
            if before:
                before.result()
    except BrokenPipeError:
        os._exit(0)  # nobody is there any more


def _tell(told: IO[bytes], content: bytes) -> None:
    told.write(content)
    told.flush()


def _found(file: CsvFile) -> Iterator[Any]:
    try:
        reader = CsvReader(file)
        yield _Surveyed(reader.row_count, reader.decisions, reader.knows_repeated)
        yield from reader.batches()
    except RefusedError as error:
        yield _Refusal(type(error), error.sentence, error.mend)
        return
    yield None
