"""What lies in a folder or an archive, archives inside archives too, as one list of files.

Nothing is unpacked by name, so no name can lead out of anywhere. What archives hold is kept in one
nameless file that the system forgets with this process.
"""

import io
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from tests.grading import archives
from tests.grading.archives import (
    CLASS,
    EMPTY,
    MOST_FILE_BYTES,
    STUDENT,
    ArchiveError,
    Limits,
    is_archive,
)

IGNORED = frozenset(("__MACOSX", "__pycache__", "node_modules", "Thumbs.db", "desktop.ini"))
# What the desk may read; of an archive nothing else is kept.
READ = (".py", ".pyw", ".txt", ".yml")
UNREADABLE = (".7z", ".rar", ".docx", ".doc", ".odt", ".pages", ".rtf", ".ipynb", ".gz", ".xz")
# Of other files deeper than platforms put them, one in a folder is enough to know that it is used.
SHALLOW = 3
MARKS = ("submission_metadata.yml", "timestamp.txt", "protocol.py")
DEEPEST = 24
LONGEST_PATH = 4096
# Of a folder: a large course's files, all in one.
MOST_CHILDREN = 100_000
FILES_BETWEEN_LOOKS = 100
# An archive that a student made is in memory while it is listed.
MOST_ARCHIVE_BYTES = 64 * 1024 * 1024


class Entry(NamedTuple):
    """A file, or what stands in for one.

    Parameters:
        path: from the folder or archive that was given.
        read: returns its bytes, as many as an honest file has; raises OSError or ArchiveError.
        problem: why it cannot be read, as in "is a link"; "" if it may be.
    """

    path: PurePosixPath
    read: Callable[[], bytes] = bytes
    problem: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.name


class Store:
    """Bytes kept outside the memory.

    Parameters:
        file: an empty one.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()

    def keep(self, content: bytes) -> Callable[[], bytes]:
        """Keep some bytes; return what returns them."""
        with self._lock:
            start = self._file.seek(0, os.SEEK_END)
            self._file.write(content)
        return partial(self._fetch, start, len(content))

    def _fetch(self, start: int, size: int) -> bytes:
        with self._lock:
            self._file.seek(start)
            return self._file.read(size)


class Budget:
    """How much may still be listed, and unpacked from one student's archive."""

    def __init__(self, limits: Limits) -> None:
        self.members, self.unpacked = limits

    def take(self, members: int, unpacked: int) -> None:
        """Use some of it up.

        Raises:
            ArchiveError: it is used up.
        """
        self.members -= members
        self.unpacked -= unpacked
        if self.members < 0:
            raise ArchiveError("holds too many files")
        if self.unpacked < 0:
            raise ArchiveError("is too large unpacked")


class Tree:
    """Lists folders and archives; what it lists can be read until it is closed.

    Parameters:
        limits: how much may be in an archive that is all that was given.
        progress: is told now and then how many files have been seen.
    """

    def __init__(
        self, limits: Limits = CLASS, progress: Callable[[int], None] = lambda _: None
    ) -> None:
        self._limits = limits
        self._progress = progress
        self._open = ExitStack()
        file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with this
        self._store = Store(self._open.enter_context(file))
        self._lock = threading.Lock()

    def __enter__(self) -> "Tree":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def entries(self, given: Path) -> list[Entry]:
        """Return what lies in a folder or an archive, in the order of their names.

        Raises:
            FileNotFoundError: it is not there.
            OSError: it cannot be opened.
            ArchiveError: it is no archive, or a damaged one.
        """
        if not given.exists():
            raise FileNotFoundError(f"There is no folder {given}.")
        if given.is_dir():
            return self._only_telling(self._folder(given, PurePosixPath()))
        if not is_archive(given.name):
            raise ArchiveError("is neither a folder nor an archive")
        return self._only_telling(self._only_archive(given, PurePosixPath()))

    def _only_telling(self, entries: Iterable[Entry]) -> list[Entry]:
        """Leave out what says nothing: all but one of a folder's other files."""
        kept = []
        seen: set[PurePosixPath] = set()
        for number, entry in enumerate(entries):
            if number % FILES_BETWEEN_LOOKS == 0:
                self._progress(number)
            shallow = len(entry.path.parts) <= SHALLOW
            if entry.problem or shallow or says_much(entry.name) or entry.path.parent not in seen:
                seen.add(entry.path.parent)
                kept.append(entry)
        # An archive names its folders, too, those with something in them as well.
        parents = {parent for entry in kept for parent in entry.path.parents}
        kept = [entry for entry in kept if entry.problem != EMPTY or entry.path not in parents]
        return sorted(kept, key=lambda entry: entry.path.parts)

    # --- folders ------------------------------------------------------------------------

    def _folder(self, folder: Path, path: PurePosixPath) -> Iterator[Entry]:
        """Yield what is in a folder and below; something for an empty one, too."""
        if len(path.parts) > DEEPEST:
            yield Entry(path, problem="is nested too deeply")
            return
        try:
            with os.scandir(folder) as found:
                children = [child for child in found if not ignored(child.name)]
        except OSError:
            if not path.parts:
                raise
            yield Entry(path, problem="cannot be opened")
            return
        if len(children) > MOST_CHILDREN:
            yield Entry(path, problem="holds too many files")
            return
        if not children:
            yield Entry(path, problem=EMPTY)
        only = [child for child in children if is_archive(child.name)]
        # One archive and nothing to grade beside it: that is the export, in a folder.
        alone = not path.parts and len(only) == 1 and not any(map(is_folder, children))
        alone = alone and not any(child.name.lower().endswith(".py") for child in children)
        for child in children:
            inner = path / child.name
            if is_folder(child):
                yield from self._folder(Path(child.path), inner)
            elif alone and child in only:
                try:
                    yield from self._only_archive(Path(child.path), inner)
                except (ArchiveError, OSError) as error:
                    told = isinstance(error, ArchiveError)
                    yield Entry(inner, problem=str(error) if told else "cannot be read")
            else:
                yield from self._file(child, inner)

    def _file(self, child: "os.DirEntry[str]", path: PurePosixPath) -> Iterator[Entry]:
        """Yield a file in a folder, or what is in it if it is an archive."""
        try:
            kind = child.stat(follow_symlinks=False).st_mode
        except OSError:
            yield Entry(path, problem="cannot be read")
            return
        if not stat.S_ISREG(kind):
            yield Entry(path, problem="is a link" if stat.S_ISLNK(kind) else "is not a file")
        elif is_archive(child.name):
            try:
                content = read_file(Path(child.path), MOST_ARCHIVE_BYTES + 1)
            except (OSError, ArchiveError):
                yield Entry(path, problem="cannot be read")
            else:
                yield from self._student_archive(content, path, Budget(STUDENT))
        else:
            yield Entry(path, partial(read_file, Path(child.path), MOST_FILE_BYTES + 1))

    # --- archives -----------------------------------------------------------------------

    def _only_archive(self, given: Path, path: PurePosixPath) -> Iterator[Entry]:
        """Yield what is in an export that is one archive; a zip's file stays open to be read."""
        if not given.is_file():
            raise ArchiveError("is not a file")
        file = self._open.enter_context(given.open("rb"))
        budget = Budget(self._limits)
        for member in archives.members(given.name, file, self._limits):
            inner = inside(path, member.name)
            if inner is None:
                continue
            if not member.problem and is_archive(inner.name):
                yield from self._nested(member, inner, Budget(STUDENT))
            elif given.name.lower().endswith(".zip"):
                yield Entry(inner, partial(self._one_at_a_time, member), member.problem)
            else:
                yield self._kept(member, inner, budget)

    def _one_at_a_time(self, member: archives.Member) -> bytes:
        with self._lock:
            return member.read(MOST_FILE_BYTES + 1)

    def _kept(self, member: archives.Member, path: PurePosixPath, budget: Budget) -> Entry:
        """Return a member of an archive as an entry, its bytes kept if the desk may need them."""
        if member.problem or not path.name.lower().endswith(READ):
            return Entry(path, problem=member.problem)
        try:
            content = member.read(MOST_FILE_BYTES + 1)
        except ArchiveError as error:
            return Entry(path, problem=str(error))
        budget.take(0, len(content))
        return Entry(path, self._store.keep(content))

    def _nested(
        self, member: archives.Member, path: PurePosixPath, budget: Budget
    ) -> Iterator[Entry]:
        """Yield what is in an archive that is a member of another one."""
        try:
            content = member.read(MOST_ARCHIVE_BYTES + 1)
            budget.take(0, len(content))
        except ArchiveError as error:
            yield Entry(path, problem=str(error))
            return
        yield from self._student_archive(content, path, budget)

    def _student_archive(
        self, content: bytes, path: PurePosixPath, budget: Budget
    ) -> Iterator[Entry]:
        """Yield what is in an archive that a student made, and in those inside it."""
        if len(content) > MOST_ARCHIVE_BYTES:
            yield Entry(path, problem="is too large")
            return
        found = False
        try:
            for member in archives.members(path.name, io.BytesIO(content), STUDENT):
                budget.take(1, 0)
                inner = inside(path, member.name)
                if inner is None:
                    continue
                found = True
                if member.problem or not is_archive(inner.name):
                    yield self._kept(member, inner, budget)
                elif len(inner.parts) >= DEEPEST:
                    yield Entry(inner, problem="is nested too deeply")
                else:
                    yield from self._nested(member, inner, budget)
        except ArchiveError as error:
            yield Entry(path, problem=str(error))
            return
        if not found:
            yield Entry(path, problem=EMPTY)


def says_much(name: str) -> bool:
    """Tell whether a file may be one of the two, or hold them, or say whose they are."""
    name = name.lower()
    return "logic" in name or name in MARKS or name.endswith(UNREADABLE)


def inside(archive: PurePosixPath, name: str) -> PurePosixPath | None:
    """Return the path of a member, None for what systems leave there."""
    if len(name) > LONGEST_PATH:
        return archive / "…"
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    if not parts or any(map(ignored, parts)):
        return None
    return archive.joinpath(*parts[:DEEPEST])


def ignored(name: str) -> bool:
    """Tell whether a file or folder is what systems and editors leave behind."""
    return name.startswith(".") or name in IGNORED


def is_folder(child: "os.DirEntry[str]") -> bool:
    """Tell whether something in a folder is a folder, and no link to one."""
    try:
        return child.is_dir(follow_symlinks=False)
    except OSError:
        return False


def read_file(path: Path, most: int) -> bytes:
    """Return the first bytes of a file, and of nothing that is not one.

    Raises:
        OSError: it cannot be opened.
        ArchiveError: by now something else stands in its place.
    """
    # A FIFO would wait for ever, and a link lead elsewhere.
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, os.O_RDONLY | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ArchiveError("is not a file")
        return file.read(most)
