"""Grades many submissions side by side, and writes down what they have earned."""

import csv
import hashlib
import io
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO, TypeVar

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE
from gui.tutor.printable import printable
from tests.grading import check
from tests.grading.check import PROJECT
from tests.grading.desk import Mark, Result, grade_next, seed_of
from tests.grading.exports import found_in
from tests.grading.portions import skeletons
from tests.grading.runner import UNSANDBOXED, Runner
from tests.grading.sheets import (
    MOST_SHEET_BYTES,
    Grade,
    Person,
    SheetError,
    beside,
    fill,
    missing,
    read_table,
    recognised,
)
from tests.grading.students import Handed
from tests.grading.submissions import choose, shown
from tests.grading.tree import Tree

# Windows notices Ctrl-C only between two waits.
INTERRUPTION_SECONDS = 0.5

# Every system takes as many, and an ending.
LONGEST_FILE_NAME_BYTES = 180
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d) *", re.IGNORECASE)
# What begins a formula, in any width, where a spreadsheet may begin a cell.
FORMULA = re.compile(r"((?:^|[;,|；，])[ '\"]*)([=+\-@＝﹦⁼₌＋﹢⁺₊－﹣⁻₋−＠﹫])")


class Outputs(NamedTuple):
    """Where results are written; None for what nobody asked for.

    Parameters:
        sheet: the one that a platform gave; the filled one is written beside it.
    """

    json: Path | None = None
    csv: Path | None = None
    feedback: Path | None = None
    report: Path | None = None
    sheet: Path | None = None

    @property
    def journal(self) -> Path | None:
        """Where a run notes what it has done, so that another one can go on from there."""
        beside = self.json or self.csv or self.report or self.feedback or self.sheet
        return beside.with_name(f"{beside.name}.unfinished") if beside else None


class Graded(NamedTuple):
    """What a run has found out about one submission.

    Parameters:
        handed: what was handed in.
        platform: the rule by which it was found.
        result: what it has earned.
        counts: whether it was graded, and is not only told of.
    """

    handed: Handed
    platform: str
    result: Result
    counts: bool

    @property
    def name(self) -> str:
        """The submission's."""
        return self.handed.name

    @property
    def people(self) -> tuple[Person, ...]:
        """Whose it is."""
        return tuple(Person(student, self.platform) for student in self.handed.students)


def run(
    folders: list[Path],
    outputs: Outputs,
    jobs: int,
    limit: float,
    roster: Path | None = None,
    column: str = "",
    secret: str = "",
) -> list[Graded]:
    """Grade what is in some folders, print a table, and write what was asked for.

    Parameters:
        folders: what a platform exported, or what students handed in.
        outputs: what is to be written.
        jobs: how many submissions are graded at once.
        limit: how long one scenario may take, in seconds.
        roster: the table of those who should have handed in.
        column: how the sheet's column of grades is headed, "" to find it.
        secret: an earlier run's, so that the same is made up.

    Raises:
        OSError: a folder is not there, or a file cannot be read or written.
        CannotTell: it cannot be told whose the files are.
        SheetError: the sheet or the roster is none.
        MarkerError: the markers of the reference are not as they should be.
    """
    # Whatever is wrong with them is told before anything is graded.
    sheet = read_whole(outputs.sheet) if outputs.sheet else b""
    if outputs.sheet:
        told_of(outputs.sheet, recognised, told_of(outputs.sheet, read_table, sheet), column)
    listed = read_whole(roster) if roster else b""
    if roster:
        told_of(roster, read_table, listed)
    handed_out = skeletons(PROJECT)
    with Tree(progress=reading) as tree, Journal(outputs, limit, secret) as journal:
        exports = found_in(folders, tree)
        sys.stderr.write(f"\r{'':40}\r")
        print("\n".join(export.sentence() for export in exports), flush=True)
        found = [(handed, export.platform) for export in exports for handed in export.handed]
        grade = partial(grade_one, handed_out=handed_out, journal=journal)
        results = side_by_side(found, grade, jobs, limit)
        print(table(results))
        if not all(one.result.sandboxed for one in results):
            print(UNSANDBOXED, file=sys.stderr)
        write(results, outputs, journal.secret)
        if outputs.sheet:
            print(filled_in(outputs.sheet, sheet, results, column))
        if roster:
            print(absent(listed, results))
        journal.remove()
    return results


def grade_one(
    handed: Handed,
    platform: str,
    runner: Runner,
    handed_out: Mapping[str, bytes],
    journal: "Journal",
) -> Graded:
    """Grade what one student has handed in, unless an earlier run has: it is a row in any case.

    Parameters:
        platform: the rule by which it was found.
        runner: has run the submissions before it.
        handed_out: the two files unfilled.
        journal: what earlier runs have done, and where this one notes what it has.
    """
    if handed.refused:
        return Graded(handed, platform, ungraded(handed.refused), False)
    try:
        submission = choose(handed.name, handed.entries)
        files = submission.files
        seed = seed_of(journal.secret, files)
        known = journal.results.get((submission.name, seed))
        result = known or grade_next(files, handed_out, journal.secret, runner)
    except Exception as error:  # one row is lost, not the class
        reason = f"the desk could not judge it: {error!r}"
        return Graded(handed, platform, ungraded(reason), False)
    if not known:
        journal.note(submission.name, seed, result)
    flags = dict.fromkeys((*handed.flags, *submission.flags, *result.flags))
    result = result._replace(flags=tuple(flags))
    return Graded(handed, platform, result, not submission.unread)


def ungraded(reason: str) -> Result:
    """Return what stands in for the result of a submission that was not graded."""
    message = f"Not graded: {reason}. Ask your teacher."
    marks = {f.full_name: Mark(0, f.points, message) for f in FUNCTIONS}
    return Result(marks, (f"not graded: {reason}",), 0.0)


Results = list[Graded]


def side_by_side(
    found: list[tuple[Handed, str]],
    grade: Callable[[Handed, str, Runner], Graded],
    jobs: int,
    limit: float,
) -> Results:
    """Grade submissions in as many threads as there are jobs; return the results in order."""
    results: dict[int, Graded] = {}
    errors: list[BaseException] = []
    waiting = iter(list(enumerate(found)))
    lock = threading.Lock()

    def work() -> None:
        try:
            with closing(Runner(limit)) as runner:
                while not errors:
                    with lock:
                        number, (handed, platform) = next(waiting, (-1, found[0]))
                    if number < 0:
                        return
                    results[number] = grade(handed, platform, runner)
                    progress(len(results), len(found), handed.name)
        except BaseException as error:
            errors.append(error)

    # This thread only waits, so that it can be interrupted at any moment.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(jobs, len(found)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(INTERRUPTION_SECONDS)
    if errors:
        raise errors[0]
    print(file=sys.stderr)
    return [results[number] for number in range(len(found))]


def reading(files: int) -> None:
    """Show in the same line how far the reading is that comes first."""
    sys.stderr.write(f"\rreading: {files} files")
    sys.stderr.flush()


def progress(done: int, count: int, name: str) -> None:
    """Show how far the run is, in one line."""
    sys.stderr.write(f"\r{done} of {count} graded: {shown(name)[-40:]:40}")
    sys.stderr.flush()


# --- going on ---------------------------------------------------------------------------


class Journal:
    """What a run has done so far, kept in a file until everything is done.

    Parameters:
        outputs: where the results will be; without any, nothing is kept.
        limit: the one of this run: results under another are not taken over.
        secret: an earlier run's, "" for that of the results that are there already, or a new one.
    """

    def __init__(self, outputs: Outputs, limit: float, secret: str) -> None:
        self._path = outputs.journal
        self._limit = limit
        self._file: TextIO | None = None
        self._lock = threading.Lock()
        self.secret = secret or secret_in(outputs.json) or os.urandom(16).hex()
        self._fixed = bool(secret)
        self.results: dict[tuple[str, str], Result] = {}

    def __enter__(self) -> "Journal":
        if self._path is None:
            return self
        head = {"limit": self._limit, "desk": desk_version()}
        lines = list(self._lines())
        if lines and {**lines[0], "secret": ""} == {**head, "secret": ""}:
            if not self._fixed:
                self.secret = str(lines[0].get("secret"))
            for line in lines[1:]:
                with suppress(KeyError, TypeError, AttributeError):
                    result = Result.from_json(line["result"])
                    self.results[line["result"]["name"], line["seed"]] = result
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w", encoding="utf-8")
        self._write({**head, "secret": self.secret})
        for (name, seed), result in self.results.items():
            self._write({"seed": seed, "result": result.as_json(name)})
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield what is in the file, up to where the run before was cut off."""
        if self._path is None or not self._path.is_file():
            return
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    found = json.loads(line)
                except ValueError:
                    return
                if not isinstance(found, dict):
                    return
                yield found

    def _write(self, line: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def note(self, name: str, seed: str, result: Result) -> None:
        """Keep a result."""
        with self._lock:
            self._write({"seed": seed, "result": result.as_json(name)})

    def remove(self) -> None:
        """Forget everything: the results have been written."""
        if self._file and self._path:
            self._file.close()
            self._path.unlink(missing_ok=True)


def secret_in(path: Path | None) -> str:
    """Return the secret in earlier results, so that grading again makes up the same."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["secret"] if path else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def desk_version() -> str:
    """Return a word that changes with the desk and with the reference."""
    paths = [
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted((PROJECT / "gui" / "tutor").rglob("*.py")),
    ]
    content = b"".join(path.read_bytes() for path in paths)
    content += b"".join(skeletons(PROJECT).values())
    return hashlib.sha256(content).hexdigest()


# --- what is written --------------------------------------------------------------------


def table(results: Results) -> str:
    """Return the results as a table, a submission a line."""
    legend = "   ".join(f"{n} {function.name}" for n, function in enumerate(FUNCTIONS, 1))
    head = ["submission", "total", *(str(n) for n in range(1, len(FUNCTIONS) + 1)), "flags"]
    rows = [head]
    for one in results:
        scores = [str(mark.score) if mark.score else "-" for mark in one.result.marks.values()]
        flags = printable("; ".join(one.result.flags))
        rows.append([printable(one.name), str(one.result.score), *scores, flags])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if number in (0, len(head) - 1) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    counted = [one.result.score for one in results if one.counts]
    mean = sum(counted) / max(len(counted), 1)
    lines.append(f"{len(results)} submissions, mean {mean:.1f} of {MAX_SCORE}")
    if left := len(results) - len(counted):
        lines[-1] += f", without {left} that could not be read: see their flags"
    return "\n".join([legend, *lines])


def write(results: Results, outputs: Outputs, secret: str) -> None:
    """Write the results to the files that were asked for."""
    from tests.grading.handout import write_whole

    if outputs.json:
        text = json.dumps(as_json(results, secret), indent=2)
        write_whole(outputs.json, text.encode())
    if outputs.csv:
        # With the mark, so that a spreadsheet takes it for what it is.
        write_whole(outputs.csv, csv_text(results).encode("utf-8-sig"))
    if outputs.report:
        from tests.grading.report import report

        text = report(one.result for one in results if one.counts)
        write_whole(outputs.report, text.encode())
    if outputs.feedback:
        names = file_names(one.name for one in results)
        for one, file_name in zip(results, names, strict=True):
            text = f"{printable(one.name)}\n\n{check.report(one.result, all_steps=True)}\n"
            write_whole(outputs.feedback / file_name, text.encode())


def as_json(results: Results, secret: str) -> dict[str, Any]:
    """Return the results as they are written into a file."""
    written = [one.result.as_json(one.name) for one in results]
    return {"secret": secret, "submissions": written}


def csv_text(results: Results) -> str:
    """Return the results as a table for a spreadsheet."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    names = [function.full_name for function in FUNCTIONS]
    rows.writerow(["submission", "total", *names, "flags", "seconds"])
    for one in results:
        scores = [mark.score for mark in one.result.marks.values()]
        flags = without_formulas("; ".join(one.result.flags))
        rows.writerow(
            [without_formulas(one.name), one.result.score, *scores, flags, one.result.seconds]
        )
    return text.getvalue()


def without_formulas(text: str) -> str:
    """Return a text in which no spreadsheet finds a formula.

    Some look behind blanks, take what follows a semicolon for another cell, or a full-width sign
    for a plain one.
    """
    return FORMULA.sub(r"\1'\2", printable(text))


# --- sheets and rosters -----------------------------------------------------------------


def read_whole(path: Path) -> bytes:
    """Return the bytes of a file that an instructor named.

    Raises:
        OSError: it is not there, cannot be read, or is too large for a table.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with path.open("rb") as file:
        content = file.read(MOST_SHEET_BYTES + 1)
    if len(content) > MOST_SHEET_BYTES:
        raise OSError(f"{path} is too large for a table of students.")
    return content


Answer = TypeVar("Answer")


def told_of(path: Path, ask: Callable[..., Answer], *arguments: object) -> Answer:
    """Return what a function finds out about a table.

    Raises:
        SheetError: it is not what it should be; the text says which one is meant.
    """
    try:
        return ask(*arguments)
    except SheetError as error:
        raise SheetError(f"{path} is left as it is: {error}.") from None


def filled_in(path: Path, sheet: bytes, results: Results, column: str) -> str:
    """Write a sheet with the grades beside the one that was given; return what came of it."""
    from tests.grading.handout import write_whole

    grades = [
        Grade(one.name, one.people, one.result.score if one.counts else None) for one in results
    ]
    filled = fill(sheet, grades, column)
    write_whole(beside(path), filled.content)
    lines = [
        f"{filled.platform}: {filled.grades} grades under {printable(filled.column)!r}, "
        f"in {beside(path)}"
    ]
    lines += titled("Without a submission", filled.without)
    lines += titled("Not filled in", filled.left)
    return "\n".join(lines)


def absent(roster: bytes, results: Results) -> str:
    """Return who has not handed in, and who has and does not stand in the roster."""
    people = [person for one in results for person in one.people]
    without, unknown = missing(roster, people)
    lines = titled("Missing", without) + titled("Not in the roster", unknown)
    return "\n".join(lines) or "Nobody is missing."


def titled(heading: str, names: list[str]) -> list[str]:
    """Return names under a heading, nothing if there are none."""
    if not names:
        return []
    return [f"{heading} ({len(names)}):", *(f"  {printable(name)}" for name in names)]


def file_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a file name of its own for each submission, good on every system."""
    taken: set[str] = set()
    for name in names:
        base = re.sub(r'[<>:"/\\|?*]', "_", printable(name))
        base = base.encode()[:LONGEST_FILE_NAME_BYTES].decode(errors="ignore").strip(" .")
        if not base or RESERVED.fullmatch(base.partition(".")[0]):
            base = f"submission {base}".rstrip()
        free, number = base, 2
        while free.lower() in taken:
            free, number = f"{base} {number}", number + 1
        taken.add(free.lower())
        yield f"{free}.txt"
