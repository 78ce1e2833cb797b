"""Standard output and standard error, whatever becomes of them."""

import io
import os
import sys

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any


class Output(io.TextIOBase):
    """A stream that can always be written to, by students' code, too.

    What cannot be written is lost, and the first time that is said on standard error, unless
    nobody reads on purpose: a pipe that was closed, a stream that was closed from the start.

    Parameters:
        stream: where it leads; None for nowhere.
    """

    def __init__(self, stream: "IO[str] | None") -> None:
        super().__init__()
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows neither arrows nor every script shows their numbers instead.
            stream.reconfigure(errors="backslashreplace")
        self._stream = stream

    def __getattr__(self, name: str) -> "Any":
        return getattr(self._stream, name)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute
        """How text becomes bytes."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write a text."""
        if self._stream is not None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._give_up(self._stream, error)
        return len(text)

    def flush(self) -> None:
        """Write what waits to be written."""
        if self._stream is not None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._give_up(self._stream, error)

    def close(self) -> None:
        """Stay open: it is not the caller's."""

    def fileno(self) -> int:
        """Return the descriptor.

        Raises:
            io.UnsupportedOperation: it leads nowhere.
        """
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self._stream is not None and not self._stream.closed and self._stream.isatty()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def _give_up(self, stream: "IO[str]", error: Exception) -> None:
        self._stream = None
        if isinstance(error, BrokenPipeError) or stream is sys.__stderr__:
            return
        why = getattr(error, "strerror", None) or "it was closed"
        name = getattr(stream, "name", "standard output")
        sentence = f"Nothing can be written to {name} any more: {why}. The program goes on."
        print(sentence, file=sys.stderr)


def use_streams_that_last() -> None:
    """Let standard output and standard error take whatever is written."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # Closed from the start: the next socket would get its number, and all that is written.
            os.open(os.devnull, os.O_RDWR)
    if not isinstance(sys.stdout, Output):
        sys.stdout = Output(sys.stdout)
        sys.stderr = Output(sys.stderr)
