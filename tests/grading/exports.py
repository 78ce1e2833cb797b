"""Tells whose work is whose in what a learning platform exports: one rule for each platform.

Each rule goes by names alone, and a name says only what its platform has put there. Where it cannot
be told whose a file is, nobody gets it: a sentence says what was found.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from tests.grading.archives import ArchiveError, is_archive, stem
from tests.grading.submissions import is_handed_out, named, shown, trouble
from tests.grading.tree import Entry, Tree

SHOWN_NAMES = 10
LONGEST_NAME = 120
LONGEST_NOTE_BYTES = 64 * 1024


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
    telling = [entry for entry in entries if is_telling(entry)]
    for platform, rule in RULES.items():
        pieces = list(rule(entries))
        explained = {id(piece.entry) for piece in pieces}
        left = [entry for entry in entries if id(entry) not in explained]
        if pieces and 2 * sum(map(is_telling, left)) <= len(telling):
            own = [piece for piece in pieces if piece.key is not NOBODY]
            refuse_mixtures(own)
            return gathered(platform, own, left_aside(left, pieces))
    return by_folders(given, entries)


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


def is_telling(entry: Entry) -> bool:
    """Tell whether a file may be a student's work, and not only lie about."""
    return bool(named(entry.name) or trouble(entry))


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


def archive_of(entry: Entry) -> tuple[str, ...]:
    """Return the path of the outermost archive that a file lies in, () if there is none."""
    parts = entry.path.parts
    return next((parts[: n + 1] for n, part in enumerate(parts) if is_archive(part)), ())


def gathered(platform: str, pieces: list[Piece], aside: list[str]) -> Export:
    """Put together what belongs to each student: of several attempts the latest."""
    by_key: dict[Hashable, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_key[piece.key].append(piece)
    names = {key: full_name(own[0].students) for key, own in by_key.items()}
    count = Counter(name.casefold() for name in names.values())
    handed = []
    several = 0
    for key, own in by_key.items():
        students, name = own[0].students, names[key]
        known = [word for word in (students[0].number, *students[0].usernames) if word != name]
        if count[name.casefold()] > 1 and known:
            name = f"{name} ({known[0]})"
        latest, flags, refused = latest_of(own)
        several += bool(flags) or bool(copies(latest))
        latest.sort(key=lambda piece: piece.rank)
        entries = tuple(piece.entry._replace(path=piece.path) for piece in latest)
        handed.append(Handed(cut(name), entries, students, flags, refused))
    return Export(
        platform, sorted(handed, key=lambda one: one.name.casefold()), several, tuple(aside)
    )


def full_name(students: tuple[Student, ...]) -> str:
    """Return the name of a student, or of all in a group."""
    return " & ".join(student.name for student in students)


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


def cut(name: str) -> str:
    """Return a name that fits into a line."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def listed(names: Iterable[str]) -> str:
    """Return some names in a sentence, not more than can be read."""
    names = list(names)
    text = ", ".join(map(shown, names[:SHOWN_NAMES]))
    more = len(names) - SHOWN_NAMES
    return f"{text} and {more} more" if more > 0 else text


# --- the platforms ----------------------------------------------------------------------

NOBODY = object()
"""The key of what a platform exports beside the students' work."""


class Tag(NamedTuple):
    """What a platform has put into the name of a file or a folder.

    Parameters:
        key: see `Piece`, as the following.
        student: who.
        file: the name that the student gave, "" for a folder.
    """

    key: Hashable
    student: Student
    file: str
    attempt: Any = ()
    told: str = ""
    rank: int = 0


def tagged(entries: Iterable[Entry], tag_of: Callable[[str], Tag | None]) -> Iterator[Piece]:
    """Yield the files of which a part of the path has a tag."""
    for entry in entries:
        for number, part in enumerate(entry.path.parts):
            if tag := tag_of(part):
                path = inner_path(entry, number, tag.file)
                whose = (tag.student,)
                place = entry.path.parts[:number]
                yield Piece(tag.key, whose, entry, path, place, tag.attempt, tag.told, tag.rank)
                break


def inner_path(entry: Entry, number: int, file: str = "") -> PurePosixPath:
    """Return a file's path below a part of its path, which itself may end in the file's name."""
    parts = [part for part in (file, *entry.path.parts[number + 1 :]) if part]
    return PurePosixPath(*parts) if parts else PurePosixPath(entry.name)


def is_number(text: str) -> bool:
    """Tell whether a text is a number of ASCII digits."""
    return text.isascii() and text.isdigit()


def gradescope(entries: list[Entry]) -> Iterator[Piece]:
    """Gradescope: folders `submission_101`, and whose they are in `submission_metadata.yml`."""
    students: dict[tuple[str, ...], tuple[Student, ...]] = {}
    for entry in entries:
        if entry.name == "submission_metadata.yml":
            above = entry.path.parts[:-1]
            for submission, found in submitters(text_of(entry)).items():
                folder = (*above, submission)
                students[folder] = found
    seen = set()
    for entry in entries:
        for number, part in enumerate(entry.path.parts):
            if part.startswith("submission_") and is_number(part.removeprefix("submission_")):
                folder = entry.path.parts[: number + 1]
                seen.add(folder)
                whose = students.get(folder) or (Student(part),)
                yield Piece(folder, whose, entry, inner_path(entry, number))
                break
    for folder, whose in students.items():
        if folder not in seen:
            missing = Entry(PurePosixPath(*folder), problem="is not in the export")
            path = PurePosixPath(folder[-1])
            yield Piece(folder, whose or (Student(folder[-1]),), missing, path)


def submitters(text: str) -> dict[str, tuple[Student, ...]]:
    """Return who stands in Gradescope's metadata, by the name of the submission's folder.

    It is always of one form: YAML as Ruby writes it, two spaces a level, a field a line.
    """
    found: dict[str, list[dict[str, str]]] = {}
    people: list[dict[str, str]] | None = None
    inside = False
    for line in text.splitlines():
        key, _, value = line.strip().removeprefix("- ").strip().lstrip(":").partition(":")
        if line[:1] not in (" ", "-", "#", ""):
            people = found.setdefault(line.strip().strip("\"':"), [])
            inside = False
        elif line.startswith("  ") and line[2:3] not in (" ", "-"):
            inside = key == "submitters"
        elif inside and people is not None:
            if line.lstrip().startswith("- "):
                people.append({})
            if people:
                people[-1].setdefault(key, scalar(value.strip()))
    return {
        submission: tuple(
            Student(
                one.get("name") or one.get("email") or submission,
                usernames=tuple(filter(None, (one.get("sid"), one.get("email")))),
            )
            for one in persons
        )
        for submission, persons in found.items()
        if is_number(submission.removeprefix("submission_"))
    }


def scalar(text: str) -> str:
    """Return the text that a scalar of YAML stands for."""
    if text[:1] == text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[:1] == text[-1:] == '"' and len(text) > 1:
        escapes = r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))"
        return re.sub(
            escapes,
            lambda found: found[3] if found[3] else chr(int(found[1] or found[2], 16)),
            text[1:-1],
        )
    return "" if text in ("null", "~") else text


SUBMITTED, FEEDBACK = "submission attachment(s)", "feedback attachment(s)"
# In languages in which Sakai calls the folders something else, without accents.
FEEDBACK_WORDS = ("feedback", "retro", "ruck", "coment", "comment", "retour", "retorn", "aterkopp")


def sakai(entries: list[Entry]) -> Iterator[Piece]:
    """Sakai: folders `Name(user)` that hold one for the submission and one for the feedback."""
    homes = {
        entry.path.parts[:number]
        for entry in entries
        for number, part in enumerate(entry.path.parts)
        if number and (part.casefold() == SUBMITTED or part == "timestamp.txt")
    }
    above = {home[:-1] for home in homes}
    folders: dict[tuple[str, ...], dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        parts = entry.path.parts
        number = next((n for n in range(len(parts)) if parts[:n] in above), None)
        if number is None:
            yield from sakai_flat(entry)
        elif len(parts) > number + 1 or entry.problem:
            home, inner = parts[: number + 1], parts[number + 1 :]
            folder = inner[0] if len(inner) > 1 else ""
            path = inner_path(entry, number + 1 if folder else number)
            piece = Piece(home, (sakai_student(home[-1]),), entry, path)
            if any(word in plain(folder) for word in FEEDBACK_WORDS):
                yield piece._replace(key=NOBODY)
            else:
                folders[home][folder].append(piece)
    for found in folders.values():
        submitted = {folder for folder in found if folder.casefold() == SUBMITTED}
        unclear = len([folder for folder in found if folder]) > 1 and not submitted
        for folder, pieces in found.items():
            if submitted and folder and folder not in submitted:
                yield from (piece._replace(key=NOBODY) for piece in pieces)
            elif unclear:
                yield from (piece._replace(attempt=None, told=folder) for piece in pieces if folder)
            else:
                yield from pieces


def plain(text: str) -> str:
    """Return a text without accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isascii())


def sakai_flat(entry: Entry) -> Iterator[Piece]:
    """Sakai, downloaded without folders: `Name(user)_Submission attachment(s)_file`."""
    for number, part in enumerate(entry.path.parts):
        for kind in (SUBMITTED, FEEDBACK):
            start = part.casefold().find(f"_{kind}")
            if start > 0:
                file = part[start + len(kind) + 1 :].lstrip("_")
                student = sakai_student(part[:start].rstrip("_"))
                key = NOBODY if kind == FEEDBACK else student
                yield Piece(key, (student,), entry, inner_path(entry, number, file))
                return


def sakai_student(folder: str) -> Student:
    """Return who `Last, First(user)` is."""
    name, bracket, user = folder.removesuffix(")").rpartition("(")
    return Student(name.strip(), usernames=(user,)) if bracket and name else Student(folder)


def moodle(entries: list[Entry]) -> Iterator[Piece]:
    """Moodle: `Full Name_123456_assignsubmission_file_`, a folder or before a file's name."""

    def tag_of(part: str) -> Tag | None:
        before, mark, after = part.partition("_assignsubmission_")
        feedback = not mark and "_assignfeedback_" in part
        if feedback:
            before, mark, after = part.partition("_assignfeedback_")
        name, _, number = before.rpartition("_")
        if not mark or not name or not is_number(number):
            return None
        student = Student(name, number)
        return Tag(NOBODY if feedback else student, student, after.partition("_")[2])

    return tagged(entries, tag_of)


# "_2026-10-05-14-22-31", and the end of the name or of the part
BLACKBOARD_DATE = re.compile(r"_(\d{4}(?:-\d\d){5})(?=[_.]|$)", re.ASCII)
IN_BRACKETS = re.compile(r"\(([^()]{1,100})\)\s*$")


def blackboard(entries: list[Entry]) -> Iterator[Piece]:
    """Blackboard: `Assignment_user_attempt_2026-10-05-14-22-31_file`, a `.txt` an attempt."""

    def tag_of(part: str) -> Tag | None:
        date = BLACKBOARD_DATE.search(part)
        if not date:
            return None
        head, _, word = part[: date.start()].rpartition("_")
        # "attempt", in the site's language
        if not head or not word.isalpha():
            return None
        file = part[date.end() :].lstrip("_") or "attempt"
        return Tag(head, Student(head), file, date[1], date[1])

    pieces = list(tagged(entries, tag_of))
    heads = sorted({str(piece.key) for piece in pieces})
    shared = common(heads, "_")
    whose: dict[str, Student] = {}
    for piece in pieces:
        head = str(piece.key)
        users = endings(head, shared, "_")
        whose.setdefault(head, Student(users[0], usernames=users))
        if piece.path.name == ".txt" and (told := told_user(text_of(piece.entry), head)):
            whose[head] = told
    for piece in pieces:
        yield piece._replace(students=(whose[str(piece.key)],))


def told_user(text: str, head: str) -> Student | None:
    """Return the student that an attempt's text names, as in "Name: Ada Lovelace (al123)"."""
    first = text.lstrip("\ufeff\r\n ").splitlines()[:1]
    user = IN_BRACKETS.search(first[0]) if first else None
    if user and head.endswith(f"_{user[1]}"):
        name = first[0][: user.start()].rpartition(":")[2].strip()
        return Student(name or user[1], usernames=(user[1],))
    return None


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


def brightspace(entries: list[Entry]) -> Iterator[Piece]:
    """Brightspace: folders `12345-67890 - Name - Oct 5, 2026 1022 PM`, one an attempt."""

    def tag_of(part: str) -> Tag | None:
        numbers, *words = part.split(" - ")
        user, _, item = numbers.partition("-")
        date = next((n for n, word in enumerate(words) if n and looks_like_date(word)), None)
        if not is_number(user) or not is_number(item) or date is None:
            return None
        student = Student(" - ".join(words[:date]), user)
        file = " - ".join(words[date + 1 :])
        return Tag((user, student), student, file, moment(words[date]), words[date])

    return tagged(entries, tag_of)


YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
# What months begin with in the languages of the site, the longer ones first.
MONTHS = (
    "jan ene gen led,feb fév fev fév úno,mar mär mrt maa,apr avr abr kwi,may mai maj mei mag,"
    "juin jun giu,juil jul lug,aug aoû ago aou,sep set,oct okt ott out,nov,dec déc dez dic"
)
MONTH_OF = {
    word: number for number, words in enumerate(MONTHS.split(","), 1) for word in words.split()
}


def looks_like_date(text: str) -> bool:
    """Tell whether a text may be a date: it has a year and other digits."""
    return bool(YEAR.search(text)) and sum(map(str.isdigit, text)) > len("2026")


def moment(text: str) -> tuple[int, ...] | None:
    """Return year, month, day, hour and minute of a date, None where they cannot be told."""
    year = YEAR.search(text)
    if not year:
        return None
    rest = text[: year.start()] + " / " + text[year.end() :]
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", rest)]
    months = [
        month for word in words for length in (4, 3) if (month := MONTH_OF.get(word[:length]))
    ]
    numbers = [int(digits[:9]) for digits in re.findall(r"\d+", rest)]
    if not months and year.start() == 0 and numbers:  # 2026-10-05
        months = [numbers.pop(0)]
    if not months or not numbers or not 1 <= months[0] <= 12:
        return None
    day, *clock = numbers
    if len(clock) == 1:  # 1022
        clock = [clock[0] // 100, clock[0] % 100]
    hour, minute, *_ = [*clock, 0, 0]
    letters = "".join(words)
    if letters.endswith("pm") and hour < 12:
        hour += 12
    if letters.endswith("am") and hour == 12:
        hour = 0
    return int(year[0]), months[0], day, hour, minute


def canvas(entries: list[Entry]) -> Iterator[Piece]:
    """Canvas: `lovelaceada_LATE_12345_678901_server_logic-1.py`: user, then attachment."""

    def tag_of(part: str) -> Tag | None:
        words = part.split("_")
        if "anon" in words[:2] and len(words) > 2:  # graded anonymously
            user = words.index("anon") + 1
            student = Student(f"anonymous {words[user]}")
        else:
            user = next((n for n, word in enumerate(words) if n and is_number(word)), 0)
            late = user > 1 and words[user - 1].upper() == "LATE"
            name = words[: user - 1 if late else user]
            student = Student("_".join(name), words[user])
        attachment, file = words[user + 1 : user + 2], "_".join(words[user + 2 :])
        if user and attachment in (["text.html"], ["link.html"]) and not file:
            return Tag(student, student, attachment[0])
        if not user or not attachment or not is_number(attachment[0]) or not file:
            return None
        return Tag(student, student, file, rank=-int(attachment[0][:18]))

    return tagged(entries, tag_of)


RULES: dict[str, Callable[[list[Entry]], Iterator[Piece]]] = {
    "Gradescope": gradescope,
    "Sakai": sakai,
    "Moodle": moodle,
    "Blackboard": blackboard,
    "Brightspace": brightspace,
    "Canvas": canvas,
}


def text_of(entry: Entry) -> str:
    """Return the text of a small file that a platform wrote, "" if it cannot be had."""
    try:
        return entry.read()[:LONGEST_NOTE_BYTES].decode("utf-8-sig", errors="replace")
    except (OSError, ArchiveError):
        return ""


# --- folders, and files with names before theirs ----------------------------------------

# What students call the folders of their own versions.
VERSION = re.compile(
    r"(?:v|ver|version|attempt|try|final|old|new|latest|previous|original|backup|copy|draft|"
    r"submission|src|code|project)[ _.()\-]*\d{0,2}",
    re.IGNORECASE,
)
COPY_IN_BRACKETS = re.compile(r" ?\(\d{1,9}\)$")
OF_ARCHIVES = (".7z", ".rar")


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
        refused: see `Handed`.
    """

    name: str
    files: list[File]
    flat: bool = False
    refused: str = ""
    section: str = ""


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
            cut(group.section * (count[group.name.casefold()] > 1) + group.name),
            tuple(file.entry._replace(path=PurePosixPath(*file.parts)) for file in group.files),
            (Student(group.name, usernames=endings(group.name, shared, "-") if shared else ()),),
            refused=group.refused,
        )
        for group in groups
    ]
    return Export(platform, handed, aside=tuple(loose))


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
        return [
            group._replace(section=f"{owner}/{group.section}")
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


UNTOLD = "cannot be told"


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
