"""Tells whose work is whose where no platform says so: by folders, archives and files' names.

Where it cannot be told, nobody gets it.
"""

import re
from collections import Counter, defaultdict
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.grading.archives import is_archive, stem
from tests.grading.students import (
    CannotTell,
    Export,
    Handed,
    Student,
    archive_of,
    common,
    cut,
    endings,
    is_telling,
    listed,
)
from tests.grading.submissions import named, shown, trouble
from tests.grading.tree import Entry

# What students call the folders of their own versions.
VERSION = re.compile(
    r"(?:v|ver|version|attempt|try|final|old|new|latest|previous|original|backup|copy|draft|"
    r"submission|src|code|project)[ _.()\-]*\d{0,2}",
    re.IGNORECASE,
)

COPY_IN_BRACKETS = re.compile(r" ?\(\d{1,9}\)$")

OF_ARCHIVES = (".7z", ".rar")

UNTOLD = "cannot be told"


class File(NamedTuple):
    """A file below some folder.

    Parameters:
        entry: the file.
        parts: its path from that folder.
    """

    entry: Entry
    parts: tuple[str, ...]

    @property
    def module(self) -> str:
        """Which of the two it is, "" for another one."""
        name = named(self.parts[-1])
        return name.module if name else ""


class Level:
    """What lies in a folder, by whose it seems to be.

    Attributes:
        owners: the files that belong to what bears a name, by that name; "" for no name.
        inner: of these, the ones inside folders and archives.
        repeated: the names that may stand for more than one student, and what bears them.
        loose: files that belong to nobody.
    """

    def __init__(self, files: list[File]) -> None:
        self.owners: dict[str, list[File]] = defaultdict(list)
        self.inner: dict[str, list[File]] = defaultdict(list)
        self.loose: list[str] = []
        bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
        flat = any(is_archive(f.parts[0]) or (len(f.parts) == 1 and f.module) for f in files)
        for entry, (part, *rest) in files:
            name = named(part) if not rest else None
            if name:
                owner = name.before or name.after
                path = f"{name.module}.py" if owner else part
                self.owners[owner].append(File(entry, (path,)))
                bearers[owner, name.module].add(part)
            elif rest or is_archive(part) or entry.problem:
                owner = archive_owner(part) if is_archive(part) else part
                self.owners[owner].append(File(entry, tuple(rest) or (part,)))
                if rest:
                    self.inner[owner].append(File(entry, tuple(rest)))
                if is_archive(part):
                    bearers[owner, "archive"].add(part)
            elif part.lower().endswith(OF_ARCHIVES) or (flat and trouble(entry)):
                self.owners[PurePosixPath(part).stem].append(File(entry, (part,)))
            elif flat or trouble(entry) or part.lower().endswith(".py"):
                self.loose.append(part)
        self.repeated = {
            owner: sorted(names) for (owner, _), names in bearers.items() if len(names) > 1
        }

    def sharing(self) -> list[str]:
        """Return the names that have the same one of the two files, if they are students'."""
        holders: dict[str, set[str]] = defaultdict(set)
        for owner, files in self.owners.items():
            for file in files:
                holders[file.module].add(owner)
        shared = {
            owner
            for module, owners in holders.items()
            if module and len(owners) > 1
            for owner in owners
        }
        if "" in self.owners or all(map(VERSION.fullmatch, shared)):
            return []
        return sorted(shared)


def archive_owner(part: str) -> str:
    """Return whose an archive is, by its name."""
    name = named(f"{stem(part)}.py")
    if name and not name.exact:
        return name.before or name.after
    return COPY_IN_BRACKETS.sub("", stem(part))


def first_choice(given: str, files: list[File]) -> tuple[str, Level]:
    """Return the first folder below that holds more than one folder, its name first."""
    level = Level(files)
    if len(level.owners) == 1 and level.inner and not level.repeated:
        ((owner, inner),) = level.inner.items()
        return first_choice(owner, inner)
    return given, level


def several(files: list[File]) -> list[str]:
    """Return the students whose files these are, if they are of more than one."""
    return first_choice("", files)[1].sharing()


class Group(NamedTuple):
    """The files of one student, by folders.

    Parameters:
        name: what bears the student's name.
        files: the student's.
        flat: whether the name stands before the files' own.
        section: the path of the folder that holds this student and others, "" if it was given.
        sure: whether that is no student's own.
        refused: see `Handed`.
    """

    name: str
    files: list[File]
    flat: bool = False
    refused: str = ""
    section: str = ""
    sure: bool = True


def by_folders(given: str, entries: list[Entry]) -> Export:
    """Return what some files are where no platform has named them.

    Raises:
        CannotTell: it cannot be told whose they are.
    """
    files = [File(entry, entry.path.parts) for entry in entries]
    loose: list[str] = []
    groups = divided(given, files, loose)
    if not groups or not any(is_telling(entry) or archive_of(entry) for entry in entries):
        held = listed(str(entry.path) for entry in entries) or "nothing"
        raise CannotTell(f"There is no submission in {shown(given)}: it holds {held}.")
    # A repository holds the programs, too, and is called "assignment-username".
    programs = any(entry.name == "protocol.py" for entry in entries)
    shared = common([group.name for group in groups], "-") if programs else ""
    if shared:
        platform = "GitHub Classroom"
    elif all(group.flat for group in groups):
        platform = "Files named after students"
    else:
        platform = "Folders" if len(groups) > 1 else "One submission"
    count = Counter(group.name.casefold() for group in groups)
    handed = [
        Handed(
            cut(own_name(group, count[group.name.casefold()])),
            tuple(file.entry._replace(path=PurePosixPath(*file.parts)) for file in group.files),
            (Student(group.name, usernames=endings(group.name, shared, "-") if shared else ()),),
            refused=group.refused,
        )
        for group in groups
    ]
    return Export(platform, handed, aside=tuple(loose))


def own_name(group: Group, count: int) -> str:
    """Return a group's name, with the section where there are several of that name, or may be."""
    return group.name if group.sure and count == 1 else f"{group.section}{group.name}"


def divided(given: str, files: list[File], loose: list[str]) -> list[Group]:
    """Return the files below a folder, by student.

    Parameters:
        given: the name of the folder.
        files: what is in it.
        loose: takes the names of files that belong to nobody.

    Raises:
        CannotTell: it cannot be told whose they are.
    """
    level = Level(files)
    if "" in level.owners:
        refuse_unnamed(given, level)
        return [Group(given, files)]
    loose += level.loose
    if len(level.owners) == 1:
        ((owner, own),) = level.owners.items()
        inner = level.inner.get(owner, [])
        refuse_unnamed(given, level)
        if several(inner):
            return divided(owner, inner, loose)
        refuse_unnamed(*first_choice(owner, inner))
        return [Group(owner, own, not inner)]
    holding = {owner: several(inner) for owner, inner in level.inner.items()}
    sections = [owner for owner, names in holding.items() if names]
    students = [owner for owner, inner in level.inner.items() if "" in Level(inner).owners]
    if not students and 2 * len(sections) >= len(level.owners) == len(level.inner):
        # Where one holds a single folder, that may be no section but a student: the name says both.
        sure = len(sections) == len(level.owners)
        return [
            group._replace(section=f"{owner}/{group.section}", sure=group.sure and sure)
            for owner, inner in level.inner.items()
            for group in divided(owner, inner, loose)
        ]
    groups = []
    for owner, own in level.owners.items():
        refused = ""
        if owner in level.repeated:
            refused = unclear(level.repeated[owner])
        elif holding.get(owner):
            refused = f"the same files are in {listed(holding[owner])}; whose they are {UNTOLD}"
        groups.append(Group(owner, [] if refused else own, owner not in level.inner, refused))
    return groups


def unclear(names: list[str]) -> str:
    """Say that files of one name may be of several students."""
    return f"whether these are of one student {UNTOLD}: {listed(names)}"


def refuse_unnamed(given: str, level: Level) -> None:
    """See that what lies in a folder is of one student, as far as it bears no student's name.

    Raises:
        CannotTell: it may be of several.
    """
    if len(level.owners) == 1 and "" not in level.owners:
        for names in level.repeated.values():
            raise CannotTell(f"In {shown(given)}, {unclear(names)}.")
        return
    if unnamed := level.repeated.get(""):
        raise CannotTell(
            f"The files in {shown(given)} bear no student's name, and there are several of a "
            f"kind: {listed(unnamed)}. Put each student's into a folder of that student's name."
        )
    others = [
        owner
        for owner, files in level.owners.items()
        if owner and any(file.module for file in files) and not VERSION.fullmatch(owner)
    ]
    if others:
        raise CannotTell(
            f"In {shown(given)} the files lie beside others of the same kind, so whose they are "
            f"{UNTOLD}: {listed(others)}. Leave one student's, or a folder for each student."
        )
