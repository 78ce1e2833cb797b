"""Who has handed in what: the words in which the desk's parts speak of students."""

from collections.abc import Hashable, Iterable
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from tests.grading.archives import is_archive
from tests.grading.submissions import named, shown, trouble
from tests.grading.tree import Entry

SHOWN_NAMES = 10
LONGEST_NAME = 120


class CannotTell(ValueError):
    """It cannot be told whose the files are; the text says what was found."""


class Student(NamedTuple):
    """Who somebody is, as far as an export tells.

    Parameters:
        name: the full name, or what is known instead.
        number: by which the platform's own sheet knows the student.
        usernames: one of them is the student's; several where the export leaves it open.
    """

    name: str
    number: str = ""
    usernames: tuple[str, ...] = ()


class Handed(NamedTuple):
    """What one student, or one group, has handed in.

    Parameters:
        name: its own in the whole run.
        entries: the files, by their path from there.
        students: whose it is; several for a group.
        flags: what a person may want to look at.
        refused: why it cannot be told what is to be graded, "" if it can.
    """

    name: str
    entries: tuple[Entry, ...]
    students: tuple[Student, ...]
    flags: tuple[str, ...] = ()
    refused: str = ""


class Export(NamedTuple):
    """What a folder was taken for.

    Parameters:
        platform: the name of the rule.
        handed: one for each student.
        attempts: how many have handed in several times.
        aside: the names of files that are nobody's.
    """

    platform: str
    handed: list[Handed]
    attempts: int = 0
    aside: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return what the folder was taken for, and how many are in it."""
        count = len(self.handed)
        parts = [f"{self.platform}: {count} student{'s' if count != 1 else ''}"]
        if self.attempts:
            parts.append(f"{self.attempts} with several attempts, the latest taken")
        if refused := sum(bool(handed.refused) for handed in self.handed):
            parts.append(f"{refused} not graded")
        text = ", ".join(parts)
        if self.aside:
            text += f"\nLeft aside, for it stands under no student's name: {listed(self.aside)}"
        return text


class Piece(NamedTuple):
    """A file, and whose it is.

    Parameters:
        key: the same for all files of one student or group.
        students: who that is.
        entry: the file.
        path: the file's, from where the student's own files begin.
        place: the folder in which the platform has put the student.
        attempt: sorts the attempts, the latest last; None if that cannot be told.
        told: the attempt as a person reads it.
        rank: sorts files of the same name, the one to take first.
    """

    key: Hashable
    students: tuple[Student, ...]
    entry: Entry
    path: PurePosixPath
    place: tuple[str, ...] = ()
    attempt: Any = ()
    told: str = ""
    rank: int = 0


def is_telling(entry: Entry) -> bool:
    """Tell whether a file may be a student's work, and not only lie about."""
    return bool(named(entry.name) or trouble(entry))


def archive_of(entry: Entry) -> tuple[str, ...]:
    """Return the path of the outermost archive that a file lies in, () if there is none."""
    parts = entry.path.parts
    return next((parts[: n + 1] for n, part in enumerate(parts) if is_archive(part)), ())


def known_as(student: Student) -> str:
    """Return a student's name, and what tells others of that name apart."""
    known = [word for word in (student.number, *student.usernames) if word]
    return f"{student.name} ({known[0]})" if known and known[0] != student.name else student.name


def cut(name: str) -> str:
    """Return a name that fits into a line."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def listed(names: Iterable[str]) -> str:
    """Return some names in a sentence, not more than can be read."""
    names = list(names)
    text = ", ".join(map(shown, names[:SHOWN_NAMES]))
    more = len(names) - SHOWN_NAMES
    return f"{text} and {more} more" if more > 0 else text


def common(names: list[str], separator: str) -> str:
    """Return what all of some names begin with, up to a separator."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    letters = enumerate(zip(first, last, strict=False))
    same = next((n for n, (a, b) in letters if a != b), min(len(first), len(last)))
    return first[: first[:same].rfind(separator) + 1]


def endings(name: str, shared: str, separator: str) -> tuple[str, ...]:
    """Return what a username at the end of a name may be, the shortest that is likely first."""
    starts = [n + 1 for n, letter in enumerate(name[: len(shared)]) if letter == separator]
    if not shared:
        starts = [n + 1 for n, letter in enumerate(name) if letter == separator]
    return tuple(name[start:] for start in reversed(starts) if name[start:]) or (name,)
