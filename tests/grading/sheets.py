"""Fills in the sheet of grades that a learning platform gave, every other cell byte for byte.

What a column is, is told by its place, by the numbers in it and by marks that the platforms keep in
every language; words of a language only help where that is not enough.
"""

import codecs
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from gui.tutor.assignment import MAX_SCORE
from tests.grading.students import Student, cut, listed

MOST_SHEET_BYTES = 32 * 1024 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a mark: the first of them that can say what is in the file.
ENCODINGS = ("utf-8", "cp1252", "latin-1")
# "Grade", as Moodle heads its column; used where two columns could be meant.
GRADE_WORDS = frozenset(
    (
        *("grade", "bewertung", "note", "calificación", "nota", "valutazione", "cijfer", "betyg"),
        *("beoordeling", "karakter", "vurdering", "arvosana", "ocena", "hodnocení", "hodnotenie"),
        *("známka", "értékelés", "pont", "оценка", "оцінка", "оцена", "ocjena", "評定", "評点"),
        *("成绩", "成績", "分數", "성적", "점수", "not", "βαθμός", "التقدير", "الدرجة", "ציון"),
        *("qualificació", "kalifikazioa", "cualificación", "notă", "hinne", "vērtējums", "nilai"),
        *("įvertinimas", "điểm", "คะแนน", "نمره"),
    )
)
# What a row of headings says, and a student's row does not.
HEADING = re.compile(
    r"\b(?:name|nom|nombre|naam|nachname|vorname|apellidos?|cognome|surname|student|username|"
    r"email|mail|id|identifier|login|user|étudiant|estudiante)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
PARTICIPANT = re.compile(r"(\D*?)(\d+)")
CANVAS_ITEM = re.compile(r".*\(\d+\)")
# "[Total Pts: 100 Score] |664617": a sum that the platform makes says "up to" before its number.
BLACKBOARD_ITEM = re.compile(r".*\[[^\[\]:：]*[:：]\s*(\d+(?:[.,]\d+)?)[^\[\]]*\]\s*\|\s*\d+\s*")
BLACKBOARD_COLUMN = re.compile(r".*\|\s*\d+\s*")
# "<Numeric MaxPoints:100 Weight:10>"
BRIGHTSPACE_ITEM = re.compile(r".*<[^<>]*?:(\d+(?:[.,]\d+)?)[^<>]*>\s*")


class SheetError(ValueError):
    """The sheet cannot be filled in; the text says why."""


class Cell(NamedTuple):
    """One cell.

    Parameters:
        text: what it says.
        start, end: where it stands in the sheet's text, quotes included.
    """

    text: str
    start: int
    end: int


Row = list[Cell]


class Table(NamedTuple):
    """A file of rows, of which each cell's place is known.

    Parameters:
        text: the whole of it.
        rows: those that are not blank.
        mark: the byte-order mark it begins with, if any.
        encoding: of the rest.
    """

    text: str
    rows: list[Row]
    mark: bytes
    encoding: str


class Sheet(NamedTuple):
    """A platform's sheet.

    Parameters:
        platform: as the exports' rules are called.
        table: what is in it.
        column: where the grades go.
        identity: how many columns at the left say who somebody is.
        usernames: the columns in which usernames, or what serves as such, may stand.
        number: the column of the number by which the platform knows a student; None without one.
        students: the rows of students.
    """

    platform: str
    table: Table
    column: int
    identity: int
    usernames: tuple[int, ...]
    number: int | None
    students: list[Row]


class Filled(NamedTuple):
    """What has become of a sheet.

    Parameters:
        content: the bytes, filled in.
        platform: whose sheet it is.
        column: the heading of the column that the grades went into.
        grades: how many were filled in.
        without: the rows without a submission, by name.
        left: the submissions that were not filled in, each with the reason.
    """

    content: bytes
    platform: str
    column: str
    grades: int
    without: list[str]
    left: list[str]


class Person(NamedTuple):
    """Somebody to be found in a sheet.

    Parameters:
        student: who.
        platform: the rule by which the submission was found: whose number the student's is.
    """

    student: Student
    platform: str


class Grade(NamedTuple):
    """What a submission has earned, for the sheet.

    Parameters:
        name: the submission's.
        people: whose it is.
        score: points; None if it was not graded.
    """

    name: str
    people: tuple[Person, ...]
    score: int | None


# --- reading ----------------------------------------------------------------------------


def read_table(content: bytes) -> Table:
    """Return the rows of a file of comma-, semicolon- or tab-separated values.

    Raises:
        SheetError: it is none.
    """
    mark, encoding = next((m for m in MARKS if content.startswith(m[0])), (b"", ""))
    if not mark and b"\0" in content[:2]:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    for attempt in [encoding] if encoding else ENCODINGS:
        try:
            text = content[len(mark) :].decode(attempt)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        # What separates columns stands in the first row oftener than the others do.
        first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").partition("\n")[0])
        separator = max(",;\t", key=first.count)
        return Table(text, split(text, separator), mark, attempt)
    raise SheetError("it is no table of text")


def split(text: str, separator: str) -> list[Row]:
    """Return the rows of a table, RFC 4180's, blank ones left out."""
    rows: list[Row] = []
    row: Row = []
    place = 0
    cell = re.compile(rf'"((?:[^"]|"")*)"|[^{separator}\r\n]*')
    while place <= len(text):
        match = cell.match(text, place)
        assert match is not None  # the second way matches anything
        end = match.end()
        if match[1] is None or text[end : end + 1] not in ("", separator, "\r", "\n"):
            # Not quoted, or wrongly so.
            while text[end : end + 1] not in ("", separator, "\r", "\n"):
                end += 1
            value = text[place:end]
        else:
            value = match[1].replace('""', '"')
        row.append(Cell(value, place, end))
        if text[end : end + 1] != separator:
            if any(cell.text for cell in row):
                rows.append(row)
            row = []
            end += text.startswith("\r\n", end)
        place = end + 1
    return rows


def recognised(table: Table, wanted: str = "") -> Sheet:
    """Return whose sheet a table is, and which column the grades go into.

    Parameters:
        table: what the platform gave.
        wanted: how that column is headed, if several could be meant.

    Raises:
        SheetError: it is none that is known, or the column cannot be told.
    """
    if len(table.rows) < 2:
        raise SheetError("it has no rows of students")
    heads = [cell.text.strip() for cell in table.rows[0]]
    rows = [[*row, *blanks(row, len(heads))] for row in table.rows[1:]]
    for read in (blackboard, brightspace, canvas, moodle):
        if sheet := read(table, heads, rows, wanted):
            return sheet
    raise SheetError(
        "it is not one that Moodle (grading worksheet), Canvas, Brightspace or Blackboard gives; "
        f"its columns are {listed(heads)}"
    )


def blanks(row: Row, count: int) -> list[Cell]:
    """Return what stands for the cells that a row lacks at its end; nothing goes into them."""
    return [Cell("", -1, -1)] * (count - len(row))


def blackboard(table: Table, heads: list[str], rows: list[Row], wanted: str) -> Sheet | None:
    """Blackboard: `Last Name, First Name, Username, …, Name [Total Pts: 100] |664617`."""
    columns = [n for n, head in enumerate(heads) if BLACKBOARD_COLUMN.fullmatch(head)]
    if not any("[" in heads[n] for n in columns):
        return None
    items = {n: BLACKBOARD_ITEM.fullmatch(heads[n]) for n in columns}
    possible = {n: match[1] for n, match in items.items() if match}
    column = the_column(heads, rows, possible, wanted)
    return Sheet("Blackboard", table, column, columns[0], tuple(range(2, columns[0])), None, rows)


def brightspace(table: Table, heads: list[str], rows: list[Row], wanted: str) -> Sheet | None:
    """Brightspace: `OrgDefinedId, Username, …, <Item> Points Grade, End-of-Line Indicator`."""
    last = {row[len(heads) - 1].text.strip() for row in rows}
    known = {"orgdefinedid", "username"} & {head.lower() for head in heads}
    if last != {"#"} and not (known and heads[-1].lower() == "end-of-line indicator"):
        return None
    items = {
        n: (match[1] if (match := BRIGHTSPACE_ITEM.fullmatch(head)) else "")
        for n, head in enumerate(heads)
        if "points grade" in head.lower() or BRIGHTSPACE_ITEM.fullmatch(head)
    }
    if not items:
        # In another language without maximum: what is neither words nor addresses.
        items = {
            n: ""
            for n in range(2, len(heads) - 1)
            if all(NUMBER.fullmatch(row[n].text.strip()) or not row[n].text.strip() for row in rows)
        }
    if not items:
        return None
    usernames = tuple(
        n
        for n, head in enumerate(heads[: min(items)])
        if head.lower() in ("orgdefinedid", "username") or "mail" in head.lower()
    )
    number = next((n for n in usernames if heads[n].lower() == "orgdefinedid"), None)
    column = the_column(heads, rows, items, wanted)
    return Sheet("Brightspace", table, column, min(items), usernames, number, rows)


def canvas(table: Table, heads: list[str], rows: list[Row], wanted: str) -> Sheet | None:
    """Canvas: `Student, ID, …, Section, Title (id)`, and perhaps a row `Points Possible`."""
    number = next((n for n, head in enumerate(heads[:4]) if head == "ID"), None)
    items = [n for n, head in enumerate(heads) if n > 1 and CANVAS_ITEM.fullmatch(head)]
    if not items or (number is None and not all_numbers(rows, 1)):
        return None
    number = 1 if number is None else number
    students = [row for row in rows if row[number].text.strip()]
    if not all_numbers(students, number):
        return None
    possible = dict.fromkeys(items, "")
    for row in rows:
        if not row[number].text.strip():  # it says what is possible, or how grades are posted
            possible |= {
                n: row[n].text.strip() for n in items if NUMBER.fullmatch(row[n].text.strip())
            }
    column = the_column(heads, students, possible, wanted)
    usernames = tuple(range(number + 1, min(items)))
    return Sheet("Canvas", table, column, min(items), usernames, number, students)


def all_numbers(rows: list[Row], column: int) -> bool:
    """Tell whether a column holds numbers alone, where it holds anything."""
    texts = {row[column].text.strip() for row in rows} - {""}
    return bool(texts) and all(text.isascii() and text.isdigit() for text in texts)


def moodle(table: Table, heads: list[str], rows: list[Row], wanted: str) -> Sheet | None:
    """Moodle's grading worksheet: `Identifier, Full name, …, Grade, …, Last modified (grade)`."""
    numbers = [PARTICIPANT.fullmatch(row[0].text.strip()) for row in rows]
    words = {match[1].strip() for match in numbers if match}
    if not all(numbers) or len(words) != 1 or words == {""} or len(heads) < 4:
        return None
    lower = [head.casefold() for head in heads]
    # "Last modified (grade)" names the column in the site's language.
    columns = [
        n for n, head in enumerate(lower) if n and head and any(f"({head})" in h for h in lower)
    ]
    if len(columns) != 1:
        columns = [n for n, head in enumerate(lower) if n and head in GRADE_WORDS]
    # Right of the grades stands the greatest one, the same in each row.
    same = {
        n
        for n in range(2, len(heads))
        if NUMBER.fullmatch(rows[0][n].text.strip()) and len({row[n].text for row in rows}) == 1
    }
    if len(columns) != 1:
        columns = [n - 1 for n in sorted(same) if n > 2]
    if wanted or len(columns) > 1:
        columns = [
            the_column(heads, rows, dict.fromkeys(columns or range(1, len(heads)), ""), wanted)
        ]
    if not columns:
        return None
    (column,) = columns
    most = rows[0][column + 1].text.strip() if column + 1 in same else ""
    the_column(heads, rows, {column: most}, "")
    return Sheet("Moodle", table, column, column, tuple(range(2, column)), 0, rows)


def the_column(heads: list[str], rows: list[Row], items: dict[int, str], wanted: str) -> int:
    """Return the one column that the grades go into.

    Parameters:
        heads: the headings.
        rows: of the students.
        items: the columns it may be, and the points that each allows, "" if that is not said.
        wanted: how it is headed, "" to find it.

    Raises:
        SheetError: it cannot be told, or does not hold the points there are.
    """
    if wanted:
        items = {
            n: most
            for n, most in items.items()
            if heads[n].casefold().startswith(wanted.casefold())
        }
        if not items:
            raise SheetError(f"no column of grades is headed {wanted!r}; there are {listed(heads)}")
    fitting = [n for n, most in items.items() if not most or points(most) == MAX_SCORE]
    if not fitting:
        told = [f"{heads[n]} ({most} points)" for n, most in items.items()]
        raise SheetError(
            f"no column is out of {MAX_SCORE} points, as the desk grades: {listed(told)}. Set the "
            f"assignment to {MAX_SCORE} points there, and export the sheet again"
        )
    if len(fitting) > 1:
        empty = [
            n for n in fitting if not any(NUMBER.fullmatch(row[n].text.strip()) for row in rows)
        ]
        fitting = empty if len(empty) == 1 else fitting
    if len(fitting) > 1:
        names = listed(heads[n] for n in fitting)
        raise SheetError(f"several columns may be meant; name one with --column: {names}")
    return fitting[0]


def points(text: str) -> float:
    """Return the number that a cell says, in any language."""
    return float(text.replace(",", "."))


# --- who is who -------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """Return the words of a name as they can be compared."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def squashed(text: str) -> str:
    """Return a name as it can be compared: its words in order of the alphabet."""
    return " ".join(sorted(words_of(text)))


def username(text: str) -> str:
    """Return a username as it can be compared; Brightspace begins it with #."""
    return text.strip().removeprefix("#").casefold()


class Index:
    """Finds the rows of people: by the platform's number, else by username, else by full name.

    Parameters:
        rows: the rows.
        identity: how many columns at the left say who somebody is.
        usernames: those of them in which usernames may stand; it is the one with most of them.
        people: who is to be found.
        numbers: the column of a platform's own number, and the name of that platform.
    """

    def __init__(
        self,
        rows: list[Row],
        identity: int,
        usernames: Iterable[int],
        people: list[Person],
        numbers: tuple[int | None, str] = (None, ""),
    ) -> None:
        column, self._platform = numbers
        self._numbers: dict[str, set[int]] = defaultdict(set)
        self._names: dict[str, set[int]] = defaultdict(set)
        columns: dict[int, dict[str, set[int]]] = {n: defaultdict(set) for n in usernames}
        for n, row in enumerate(rows):
            texts = [cell.text.strip() for cell in row[:identity]]
            if column is not None and (digits := re.search(r"\d+$", row[column].text.strip())):
                self._numbers[digits[0]].add(n)
            for text, known in [(texts[m], columns[m]) for m in columns if m < len(texts)]:
                if text:
                    known[username(text)].add(n)
                    known[username(text).partition("@")[0]].add(n)
            for text in [*texts, *map(" ".join, pairwise(texts))]:
                if " " in squashed(text):
                    self._names[squashed(text)].add(n)
                    self._names["".join(words_of(text))].add(n)  # as Canvas writes it
        wanted = [usernames_of(person.student) for person in people]
        self._usernames: dict[str, set[int]] = max(
            columns.values(),
            key=lambda known: sum(bool(rows_of(known, names)) for names in wanted),
            default={},
        )
        self._has_usernames = any(rows_of(self._usernames, names) for names in wanted)
        # Brightspace's folders need not begin with the number that its sheet has: that counts only
        # where no name does, and most of them are found.
        found = sum(bool(self._numbers.get(person.student.number)) for person in people)
        by_name = any(squashed(person.student.name) in self._names for person in people)
        if self._platform == "Brightspace" and (by_name or 2 * found <= len(people)):
            self._numbers.clear()

    def row_of(self, person: Person) -> int | None:
        """Return the number of a person's row; None if none, or more than one, may be meant."""
        student = person.student
        if student.number and person.platform == self._platform and self._numbers:
            return only(self._numbers.get(student.number, set()))
        rows = rows_of(self._usernames, usernames_of(student))
        if not rows and not (student.usernames and self._has_usernames):
            # Who has a username that the sheet lacks is not there: another may have the same name.
            rows = self._names.get(squashed(student.name), set())
        return only(rows)


def index_of(sheet: Sheet, people: list[Person]) -> Index:
    """Return what finds people in a platform's sheet."""
    numbers = (sheet.number, sheet.platform)
    return Index(sheet.students, sheet.identity, sheet.usernames, people, numbers)


def usernames_of(student: Student) -> list[str]:
    """Return what may be a student's username, as it can be compared."""
    return [username(text) for text in student.usernames or (student.name,)]


def rows_of(known: dict[str, set[int]], names: list[str]) -> set[int]:
    """Return the rows that bear one of some names."""
    return {row for name in names for row in known.get(name, ())}


def only(rows: set[int]) -> int | None:
    """Return the one number in a set, None if there is another count of them."""
    return next(iter(rows)) if len(rows) == 1 else None


def label(row: Row) -> str:
    """Return who a row is about, as a person reads it."""
    texts = [cell.text.strip() for cell in row if cell.text.strip()]
    return cut(", ".join(texts[:3]))


# --- filling in -------------------------------------------------------------------------


def fill(content: bytes, grades: list[Grade], wanted: str = "") -> Filled:
    """Return a platform's sheet with the grades filled in.

    Parameters:
        content: the sheet.
        grades: what is to go into it.
        wanted: how the column is headed, "" to find it.

    Raises:
        SheetError: it is none that is known.
    """
    sheet = recognised(read_table(content), wanted)
    people = [person for grade in grades for person in grade.people]
    index = index_of(sheet, people)
    places = [(grade, person, index.row_of(person)) for grade in grades for person in grade.people]
    taken = Counter(row for _, _, row in places)
    scores: dict[int, int] = {}
    left = []
    for grade, person, row in places:
        name = grade.name
        if len(grade.people) > 1:
            name = f"{person.student.name} of {name}"
        if row is None:
            left.append(f"{name}: no row, or no single one, is this student's")
        elif taken[row] > 1:
            left.append(f"{name}: another submission has the same row")
        elif grade.score is None:
            left.append(f"{name}: not graded, see its flags")
        elif sheet.students[row][sheet.column].start < 0:
            left.append(f"{name}: the row has no cell for the grade")
        else:
            scores[row] = grade.score
    text = sheet.table.text
    pieces = []
    done = 0
    for row, score in sorted(scores.items()):
        cell = sheet.students[row][sheet.column]
        quote = '"' if text[cell.start : cell.start + 1] == '"' else ""
        pieces += [text[done : cell.start], f"{quote}{score}{quote}"]
        done = cell.end
    filled = "".join([*pieces, text[done:]]).encode(sheet.table.encoding)
    return Filled(
        sheet.table.mark + filled,
        sheet.platform,
        sheet.table.rows[0][sheet.column].text.strip(),
        len(scores),
        [label(row) for n, row in enumerate(sheet.students) if n not in taken],
        left,
    )


def beside(path: Path) -> Path:
    """Return where a sheet that was filled in is written."""
    return path.with_name(f"{path.stem}.graded{path.suffix}")


def missing(content: bytes, people: list[Person]) -> tuple[list[str], list[str]]:
    """Return who stands in a roster and has not handed in, and who has and does not stand there.

    Parameters:
        content: a table with a row for each student, under a row of headings or not.
        people: who has handed in.

    Raises:
        SheetError: it is no table.
    """
    table = read_table(content)
    try:
        sheet = recognised(table)
    except SheetError:
        rows = table.rows[1:] if is_heading(table.rows) else table.rows
        width = max(map(len, rows), default=0)
        index = Index(rows, width, range(width), people)
    else:
        rows = sheet.students
        index = index_of(sheet, people)
    places = [(person, index.row_of(person)) for person in people]
    found = {row for _, row in places}
    unknown = [person.student.name for person, row in places if row is None]
    return [label(row) for n, row in enumerate(rows) if n not in found], unknown


def is_heading(rows: list[Row]) -> bool:
    """Tell whether the first row of a roster says what the columns are."""
    return bool(rows) and any(HEADING.search(cell.text.replace("_", " ")) for cell in rows[0])
