"""Tells whose work is whose in what was downloaded: by the first rule that explains most of it.

Where it cannot be told whose a file is, nobody gets it: a sentence says what was found.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from pathlib import Path

from tests.grading.archives import ArchiveError, stem
from tests.grading.folders import by_folders
from tests.grading.platforms import NOBODY, RULES
from tests.grading.students import (
    CannotTell,
    Export,
    Handed,
    Piece,
    archive_of,
    cut,
    is_telling,
    known_as,
    listed,
)
from tests.grading.submissions import is_handed_out, named
from tests.grading.tree import Entry, Tree


def found_in(folders: list[Path], tree: Tree) -> list[Export]:
    """Return what is in some folders or archives, each student with a name of its own.

    Parameters:
        folders: what was given.
        tree: lists it; its entries can be read as long as it is open.

    Raises:
        FileNotFoundError: one of them is not there.
        OSError: one of them cannot be opened.
        CannotTell: it cannot be told whose the files are.
    """
    exports = []
    for folder in folders:
        given = folder.resolve()
        try:
            entries = [entry for entry in tree.entries(given) if entry.path.parts]
        except ArchiveError as error:
            raise CannotTell(f"{folder} {error}.") from None
        exports.append(recognised(stem(given.name), entries))
    names = Counter(handed.name.casefold() for export in exports for handed in export.handed)
    taken: set[str] = set()
    for folder, export in zip(folders, exports, strict=True):
        for number, handed in enumerate(export.handed):
            name = handed.name
            if names[name.casefold()] > 1 and len(exports) > 1:
                name = f"{stem(folder.resolve().name)}/{name}"
            export.handed[number] = handed._replace(name=free_name(name, taken))
    return exports


def free_name(name: str, taken: set[str]) -> str:
    """Return a name, numbered if it is taken, and take it."""
    free, number = name, 2
    while free.casefold() in taken:
        free, number = f"{name} #{number}", number + 1
    taken.add(free.casefold())
    return free


def recognised(given: str, entries: list[Entry]) -> Export:
    """Return what some files are: the first rule that explains most of them.

    Parameters:
        given: the name of the folder that holds them.
        entries: the files.

    Raises:
        CannotTell: it cannot be told whose they are.
    """
    # What the handout's self-check keeps is nobody's work.
    entries = [entry for entry in entries if not is_handed_out(entry.path)]
    # Counted by what lies side by side at the first fork, and not by files: so the names inside
    # what one student has handed in cannot decide for all.
    depth = fork([entry.path.parts for entry in entries if is_telling(entry)])
    units = {entry.path.parts[:depth] for entry in entries if is_telling(entry)}
    for platform, rule in RULES.items():
        pieces = list(rule(entries))
        explained = {id(piece.entry) for piece in pieces}
        left = [entry for entry in entries if id(entry) not in explained]
        covered = {piece.entry.path.parts[:depth] for piece in pieces}
        if 2 * len(units & covered) > len(units):
            own = [piece for piece in pieces if piece.key is not NOBODY]
            refuse_mixtures(own)
            return gathered(platform, own, left_aside(left, pieces))
    return by_folders(given, entries)


def fork(paths: list[tuple[str, ...]]) -> int:
    """Return after how many parts some paths differ first, that part included."""
    depth = 1
    while len({path[:depth] for path in paths}) == 1 and depth < len(paths[0]):
        depth += 1
    return depth


def refuse_mixtures(pieces: list[Piece]) -> None:
    """See that these are not several exports, in which the same students come again.

    Raises:
        CannotTell: they are.
    """
    places: dict[Hashable, set[tuple[str, ...]]] = defaultdict(set)
    for piece in pieces:
        places[piece.key].add(piece.place)
    for folders in places.values():
        if len(folders) > 1:
            names = listed("/".join(folder) or "." for folder in sorted(folders))
            raise CannotTell(f"The same students are in several folders: {names}. Name one.")


def left_aside(left: list[Entry], pieces: list[Piece]) -> list[str]:
    """Return the names of what may be students' work, and of archives without any that is."""
    known = {archive_of(piece.entry) for piece in pieces}
    names = []
    for entry in left:
        archive = archive_of(entry)
        if archive and archive not in known:
            names.append("/".join(archive))
        elif is_telling(entry):
            names.append(str(entry.path))
    return list(dict.fromkeys(names))


def gathered(platform: str, pieces: list[Piece], aside: list[str]) -> Export:
    """Put together what belongs to each student: of several attempts the latest."""
    by_key: dict[Hashable, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_key[piece.key].append(piece)
    handed = []
    several = 0
    for own in by_key.values():
        students = own[0].students
        latest, flags, refused = latest_of(own)
        several += bool(flags) or bool(copies(latest))
        latest.sort(key=lambda piece: piece.rank)
        entries = tuple(piece.entry._replace(path=piece.path) for piece in latest)
        name = cut(" & ".join(map(known_as, students)))
        handed.append(Handed(name, entries, students, flags, refused))
    return Export(
        platform, sorted(handed, key=lambda one: one.name.casefold()), several, tuple(aside)
    )


def copies(pieces: Iterable[Piece]) -> list[str]:
    """Return which of the two files is there more than once, in one folder."""
    modules = Counter(
        (piece.path.parent, name.module) for piece in pieces if (name := named(piece.path.name))
    )
    return [module for (_, module), count in modules.items() if count > 1]


def latest_of(own: list[Piece]) -> tuple[list[Piece], tuple[str, ...], str]:
    """Return a student's latest attempt, what is to be said of it, and why it cannot be told."""
    attempts: dict[str, list[Piece]] = defaultdict(list)
    for piece in own:
        attempts[piece.told].append(piece)
    if len(attempts) == 1:
        return own, (), ""
    order = {told: pieces[0].attempt for told, pieces in attempts.items()}
    if None in order.values() or len(set(order.values())) < len(order):
        names = listed(sorted(attempts))
        return [], (), f"which of these attempts is the latest cannot be told: {names}"
    last = max(attempts, key=lambda told: order[told])
    modules = {
        told: {name.module for piece in pieces if (name := named(piece.path.name))}
        for told, pieces in attempts.items()
    }
    flags = [f"{len(attempts)} attempts; graded: the latest, {last}"]
    for module in sorted(set().union(*modules.values()) - modules[last]):
        flags.append(f"{module}.py is in an earlier attempt alone, which is not graded")
    return attempts[last], tuple(flags), ""
