"""Picks the two files out of what one student handed in, whatever they are called by now."""

import re
from collections import deque
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gui.tutor.printable import printable
from tests.grading.archives import EMPTY, MOST_FILE_BYTES, STUDENT, ArchiveError
from tests.grading.tree import UNREADABLE, Entry, Tree

MODULES = ("server_logic", "client_logic")
MODULE = re.compile(r"(server|client)[ _.\-]?logic", re.IGNORECASE)
# What systems add to the name of a copy.
COPY_WORDS = {"copy", "kopie", "copie", "copia", "cópia", "kopia", "kopi", "kopio", "копия", "副本"}
LONGEST_COPY_NUMBER = 9
# What students call the folders of their own versions.
OLDER, NEWER = (
    {"old", "previous", "backup", "draft", "original", "copy"},
    {"new", "latest", "final"},
)
SHOWN_NAMES = 5
LONGEST_SHOWN = 80


class Named(NamedTuple):
    """What a file's name says.

    Parameters:
        module: "server_logic" or "client_logic".
        before, after: what stands beside that in the name.
        copy: the number of the copy, 0 for the first.
    """

    module: str
    before: str
    after: str
    copy: int

    @property
    def exact(self) -> bool:
        """Whether it is the name that was handed out, a copy's at most."""
        return not self.before and not self.after


class Submission(NamedTuple):
    """What one student handed in.

    Parameters:
        name: the student's, as far as it is known.
        files: by the name that each should have.
        flags: what a person may want to look at.
        unread: whether something that is missing may be in what could not be read.
    """

    name: str
    files: dict[str, bytes]
    flags: tuple[str, ...] = ()
    unread: bool = False


def named(name: str) -> Named | None:
    """Return what the name of a file says, None if it is neither of the two."""
    stem, ending = split_ending(name)
    # The last one: what a platform puts before the name may hold it, too.
    found = deque(MODULE.finditer(stem), 1)
    if not found or not ending:
        return None
    (match,) = found
    module = f"{match[1].lower()}_logic"
    before, after = stem[: match.start()].strip(" _-"), stem[match.end() :]
    copy = copy_number(after)
    after = after.strip(" _-") if copy is None else ""
    if before.lower() in ("test", "tests") or (ending == ".txt" and (before or after)):
        return None
    return Named(module, before, after, copy or 0)


def split_ending(name: str) -> tuple[str, str]:
    """Return a name without the ending that says Python, and that ending, "" for another one."""
    for ending in (".py.txt", ".pyw", ".py", ".txt"):
        if name.lower().endswith(ending):
            return name[: -len(ending)], ending
    return name, ""


def copy_number(text: str) -> int | None:
    """Return the number in what a system adds to the name of a copy, None if it is no such."""
    words = re.findall(r"\w+", text.replace("_", " "))
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    if len(numbers) + sum(word.lower() in COPY_WORDS for word in words) < len(words):
        return None
    if any(len(number) > LONGEST_COPY_NUMBER for number in numbers):
        return None
    return max(map(int, numbers), default=0)


def in_folder(name: str, folder: Path) -> Submission:
    """Return what one student has handed in, from the folder that holds it.

    Raises:
        OSError: the folder cannot be opened.
    """
    with Tree(STUDENT) as tree:
        return choose(name, tree.entries(folder))


def choose(name: str, entries: Iterable[Entry]) -> Submission:
    """Read the two files of a student: of two of a kind the shallowest, of copies the last.

    Parameters:
        name: the student's.
        entries: what was handed in, by its path from there.
    """
    entries = [entry for entry in entries if not is_handed_out(entry.path)]
    files: dict[str, bytes] = {}
    flags: list[str] = []
    for module in MODULES:
        content, said = choose_one(module, entries)
        flags += said
        if content is not None:
            files[f"{module}.py"] = content
    unread = False
    if len(files) < len(MODULES):
        lost = [(entry.path, trouble(entry)) for entry in entries if trouble(entry)]
        unread = any(problem != EMPTY for _, problem in lost)
        flags += [f"{shown(path)} {problem}" for path, problem in lost[:SHOWN_NAMES]]
        others = [
            shown(entry.path)
            for entry in entries
            if entry.name.lower().endswith(".py") and not named(entry.name)
        ]
        if not files and others:
            flags.append(f"neither file is there, but {', '.join(others[:SHOWN_NAMES])}")
    return Submission(name, files, tuple(dict.fromkeys(flags)), unread)


def choose_one(module: str, entries: list[Entry]) -> tuple[bytes | None, list[str]]:
    """Return the content of one of the two files, if it can be read, and what is to be said."""
    candidates = [
        ((not name.exact, len(entry.path.parts), *newest_first(entry.path, name.copy)), entry)
        for entry in entries
        if (name := named(entry.name)) and name.module == module
    ]
    candidates.sort(key=lambda candidate: candidate[0])
    flags: list[str] = []
    for (inexact, *_), entry in candidates:
        problem = entry.problem
        content = b""
        if not problem:
            try:
                content = entry.read()
            except (OSError, ArchiveError) as error:
                problem = str(error) if isinstance(error, ArchiveError) else "cannot be read"
        if len(content) > MOST_FILE_BYTES:
            problem = "is too large"
        if problem:
            flags.append(f"{shown(entry.path)} {problem}")
            continue
        if len(candidates) > 1:
            times = len(candidates)
            flags.append(f"{module}.py is there {times} times; graded: {shown(entry.path)}")
        elif inexact or not entry.name.lower().endswith((".py", ".pyw")):
            flags.append(f"{module}.py is named {shown(entry.path)}")
        return content, flags
    return None, flags


def newest_first(path: PurePosixPath, copy: int) -> tuple[int, int, int, int, str]:
    """Return what sorts files of one kind and depth: the last version of one student first."""
    words = re.findall(r"[a-z]+", str(path.parent).lower())
    numbers = [int(digits[:LONGEST_COPY_NUMBER]) for digits in re.findall(r"\d+", str(path.parent))]
    age = sum(word in OLDER for word in words) - sum(word in NEWER for word in words)
    return age, -max(numbers, default=0), -copy, len(path.name), str(path)


def trouble(entry: Entry) -> str:
    """Return why nothing can be read from an entry, "" if it can or need not."""
    if entry.problem:
        return entry.problem
    if entry.name.lower().endswith(UNREADABLE):
        return "cannot be read: it is neither Python nor a zip"
    return ""


def is_handed_out(path: PurePosixPath) -> bool:
    """Tell whether a file is the unfilled one that the handout's self-check keeps."""
    return path.parent.parts[-2:] == ("grading", "skeleton")


def shown(path: PurePosixPath | str) -> str:
    """Return a path as it is told: harmless, and not too long."""
    text = printable(str(path))
    return text if len(text) <= LONGEST_SHOWN else f"…{text[1 - LONGEST_SHOWN :]}"
