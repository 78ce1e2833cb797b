"""A file that somebody edits: looked at, but not too often, and read once it was saved."""

import time
from collections.abc import Mapping
from pathlib import Path

from gui.tutor.assignment import Function
from gui.tutor.source import Source

# Whoever has saved a file and goes on to the window has waited longer than that.
LOOK_SECONDS = 0.25


class SavedFile:
    """A file that somebody edits.

    What is gone, empty or without markers counts only when it was seen so twice: an editor may be
    about to write it.

    Parameters:
        path: where it is.
        functions: those that students fill in.

    Attributes:
        next_look: before then it need not be looked at again; as `time.monotonic` tells it.
    """

    def __init__(self, path: Path, functions: Mapping[str, Function]) -> None:
        self.next_look = 0.0
        self._path = path
        self._functions = functions
        self._stamp: tuple[int, int] | None = None
        self._is_doubted = False

    def read(self) -> Source:
        """Read it as it is."""
        self._stamp = self._stamp_now()
        self.next_look = time.monotonic() + LOOK_SECONDS
        return Source(self._path, self._functions)

    def look(self) -> Source | None:
        """Read it if it is another than when it was read; None if it need not be."""
        now = time.monotonic()
        if now < self.next_look:
            return None
        self.next_look = now + LOOK_SECONDS
        stamp = self._stamp_now()
        was_doubted, self._is_doubted = self._is_doubted, False
        if stamp == self._stamp:
            return None
        source = Source(self._path, self._functions)
        if not any(portion.is_marked for portion in source.portions.values()) and not was_doubted:
            self._is_doubted = True
            return None
        self._stamp = stamp
        return source

    def _stamp_now(self) -> tuple[int, int] | None:
        """Return the time and size of the file; None if there is none."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
