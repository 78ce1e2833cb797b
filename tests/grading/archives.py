"""Reads zips and tars that anybody may have made: whatever is in them, it ends, and within bounds.

A member that cannot be had is told of in its place; what is wrong with the archive itself is an
`ArchiveError`.
"""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any, NamedTuple

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
# A logic file has 8 KB; a whole handout, zipped once more, 2 MB.
MOST_FILE_BYTES = 1024 * 1024
CHUNK_BYTES = 1024 * 1024
EMPTY = "is empty"
"""The problem of a folder in which nothing else is."""
# What each member's entry in a zip's directory begins with.
ZIP_ENTRY = b"PK\x01\x02"


class ArchiveError(Exception):
    """An archive cannot be read; the text says why, as in "is damaged"."""


class Limits(NamedTuple):
    """How much may be in an archive.

    Parameters:
        members: how many files and folders.
        unpacked: bytes, as far as they have to be unpacked.
    """

    members: int
    unpacked: int


STUDENT = Limits(20_000, 64 * 1024 * 1024)
"""What one student hands in: a project's folder, with its environment at the worst."""
CLASS = Limits(500_000, 4 * 1024 * 1024 * 1024)
"""What a platform exports: a thousand of them."""


class Member(NamedTuple):
    """A file in an archive.

    Parameters:
        name: its path, with slashes.
        read: returns its bytes, at most as many as it is asked for; raises ArchiveError.
        problem: why it cannot be read, "" if it may be.
    """

    name: str
    read: Callable[[int], bytes]
    problem: str = ""


def is_archive(name: str) -> bool:
    """Tell whether a file is named like an archive that can be read."""
    return name.lower().endswith(ENDINGS)


def stem(name: str) -> str:
    """Return an archive's name without its ending, any other name as it is."""
    ending = max((e for e in ENDINGS if name.lower().endswith(e)), key=len, default="")
    return name[: len(name) - len(ending)] or name


def members(name: str, file: IO[bytes], limits: Limits) -> Iterator[Member]:
    """Yield what is in an archive; members of a zip can be read at any time, of a tar at once.

    Raises:
        ArchiveError: it cannot be read, or there is too much in it.
    """
    found = zip_members if name.lower().endswith(".zip") else tar_members
    try:
        for number, member in enumerate(found(file, limits)):
            if number >= limits.members:
                raise ArchiveError("holds too many files")
            yield member
    except ArchiveError:
        raise
    except Exception as error:
        # The libraries raise some twenty kinds for what is no archive, and more in each version.
        raise ArchiveError(told(error)) from None


def reader(opened: Callable[[], IO[bytes] | None]) -> Callable[[int], bytes]:
    """Return what reads a member, and raises nothing but ArchiveError.

    Parameters:
        opened: opens it.
    """

    def read(most: int) -> bytes:
        try:
            content = opened()
            if content is None:
                return b""
            with content:
                return content.read(most)
        except ArchiveError:
            raise
        except Exception as error:
            raise ArchiveError(told(error)) from None

    return read


def told(error: Exception) -> str:
    """Return what is wrong with an archive, in words."""
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "needs a password"
    if isinstance(error, NotImplementedError):
        return "is packed in a way that cannot be read here"
    return "is damaged"


def zip_members(file: IO[bytes], limits: Limits) -> Iterator[Member]:
    """Yield the files in a zip.

    Raises:
        ArchiveError: there are too many.
    """
    # Counted before the library makes an object of each.
    count = 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        count += chunk.count(ZIP_ENTRY)
        if count > limits.members:
            raise ArchiveError("holds too many files")
    archive = zipfile.ZipFile(file)
    for entry in archive.infolist():
        linked = "is a link" if stat.S_ISLNK(entry.external_attr >> 16) else ""
        problem = EMPTY if entry.is_dir() else linked
        yield Member(name_in(entry), reader(partial(archive.open, entry)), problem)


def name_in(entry: zipfile.ZipInfo) -> str:
    """Return a member's name; some systems write UTF-8 and do not say so."""
    if not entry.flag_bits & 0x800:
        try:
            return entry.filename.encode("cp437").decode("utf-8").replace("\\", "/")
        except UnicodeError:
            pass
    return entry.filename.replace("\\", "/")


def tar_members(file: IO[bytes], limits: Limits) -> Iterator[Member]:
    """Yield the files in a tar, compressed or not, in one pass."""
    file.seek(0)
    start = file.read(6)
    file.seek(0)
    unpacked: Any = file
    if start.startswith(b"\x1f\x8b"):
        unpacked = gzip.GzipFile(fileobj=file)
    elif start.startswith(b"BZh"):
        unpacked = bz2.BZ2File(file)
    elif start.startswith(b"\xfd7zXZ\0"):
        unpacked = lzma.LZMAFile(file)  # noqa: SIM115  # closed with the file
    bounded = Bounded(unpacked, limits.unpacked)
    with tarfile.open(fileobj=bounded, mode="r|", errorlevel=1) as archive:
        for entry in archive:
            archive.members = []  # type: ignore[attr-defined]  # it would keep them all
            problem = "" if entry.isreg() else "is not a file"
            opened = reader(partial(archive.extractfile, entry))
            yield Member(entry.name, opened, EMPTY if entry.isdir() else problem)


class Bounded(io.RawIOBase):
    """A file that cannot be read further than a number of bytes."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._left = most

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes.

        Raises:
            ArchiveError: there are more than is allowed.
        """
        if not 0 <= size <= self._left:
            raise ArchiveError("is too large unpacked")
        content = self._file.read(size)
        self._left -= len(content)
        return content
