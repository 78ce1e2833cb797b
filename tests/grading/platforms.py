"""How each learning platform names what it exports: a rule each, which goes by names alone.

A name says only what its platform has put there, whatever a student has put behind it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from tests.grading.archives import ArchiveError
from tests.grading.students import Piece, Student, common, endings
from tests.grading.tree import Entry

# The names of a thousand students.
LONGEST_NOTE_BYTES = 1024 * 1024
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
    metadata = [entry for entry in entries if entry.name == "submission_metadata.yml"]
    # A deeper one is a student's.
    least = min((len(entry.path.parts) for entry in metadata), default=0)
    for entry in metadata:
        if len(entry.path.parts) == least:
            for submission, found in submitters(text_of(entry)).items():
                folder = (*entry.path.parts[:-1], submission)
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


# "_2026-10-05-14-22-31", and then the file's name or its ending.
BLACKBOARD_DATE = re.compile(r"_(\d{4}(?:-\d\d){5})(?=[_.]|$)", re.ASCII)

IN_BRACKETS = re.compile(r"\(([^()]{1,100})\)\s*$")


def blackboard(entries: list[Entry]) -> Iterator[Piece]:
    """Blackboard: `Assignment_user_attempt_2026-10-05-14-22-31_file`, a `.txt` an attempt."""

    def tag_of(part: str) -> Tag | None:
        date = BLACKBOARD_DATE.search(part)
        if not date:
            return None
        head, _, word = part[: date.start()].rpartition("_")
        # The word is "attempt" in the site's language.
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
        # "_attempt_2026-10-05-14-22-31.txt": after a student's file's name there are more.
        note = piece.path.name == ".txt" and piece.entry.name.removeprefix(head).count("_") == 2
        if note and (told := told_user(text_of(piece.entry), head)):
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


def text_of(entry: Entry) -> str:
    """Return the text of a small file that a platform wrote, "" if it cannot be had."""
    try:
        return entry.read()[:LONGEST_NOTE_BYTES].decode("utf-8-sig", errors="replace")
    except (OSError, ArchiveError):
        return ""


RULES: dict[str, Callable[[list[Entry]], Iterator[Piece]]] = {
    "Gradescope": gradescope,
    "Sakai": sakai,
    "Moodle": moodle,
    "Blackboard": blackboard,
    "Brightspace": brightspace,
    "Canvas": canvas,
}
