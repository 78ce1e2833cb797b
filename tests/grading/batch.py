"""Grades many submissions side by side, and writes down what they have earned."""

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from tests.grading.assignment import FUNCTIONS, MAX_SCORE
from tests.grading.check import PROJECT, report
from tests.grading.desk import Result, grade, seed_of
from tests.grading.portions import skeletons
from tests.grading.submissions import Submission, submissions

# Windows notices Ctrl-C only between two waits.
INTERRUPTION_SECONDS = 0.5

Results = list[tuple[str, Result]]


class Outputs(NamedTuple):
    """Where results are written; None for what nobody asked for."""

    json: Path | None
    csv: Path | None
    feedback: Path | None

    @property
    def journal(self) -> Path | None:
        """Where a run notes what it has done, so that another one can go on from there."""
        beside = self.json or self.csv or self.feedback
        return beside.with_name(f"{beside.name}.unfinished") if beside else None


def run(folders: list[Path], outputs: Outputs, jobs: int, limit: float) -> None:
    """Grade what is in some folders, print a table, and write what was asked for.

    Raises:
        OSError: a folder is not there, or a file cannot be written.
        MarkerError: the markers of the reference are not as they should be.
    """
    found = submissions(folders)
    if not found:
        raise FileNotFoundError("There is no submission in " + ", ".join(map(str, folders)) + ".")
    handed_out = skeletons(PROJECT)
    with Journal(outputs, limit) as journal:

        def graded(submission: Submission) -> Result:
            seed = seed_of(journal.secret, submission.files)
            result = journal.results.get((submission.name, seed))
            if result is None:
                result = grade(submission.files, handed_out, journal.secret, limit)
                result = result._replace(flags=submission.flags + result.flags)
                journal.note(submission.name, seed, result)
            return result

        results = side_by_side(found, graded, jobs)
        print(table(results))
        if not all(result.sandboxed for _, result in results):
            print("unsandboxed: students' code ran as this user.", file=sys.stderr)
        write(results, outputs, journal.secret)
        journal.remove()


def side_by_side(found: list[Submission], graded: Any, jobs: int) -> Results:
    """Grade submissions in as many threads as there are jobs; return the results in order."""
    results: dict[int, Result] = {}
    errors: list[BaseException] = []
    waiting = iter(list(enumerate(found)))
    lock = threading.Lock()

    def work() -> None:
        try:
            while not errors:
                with lock:
                    number, submission = next(waiting, (-1, found[0]))
                if number < 0:
                    return
                results[number] = graded(submission)
                progress(len(results), len(found), submission.name)
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
    return [(submission.name, results[number]) for number, submission in enumerate(found)]


def progress(done: int, count: int, name: str) -> None:
    """Show how far the run is, in one line."""
    sys.stderr.write(f"\r{done} of {count} graded: {printable(name)[:40]:40}")
    sys.stderr.flush()


# --- going on ---------------------------------------------------------------------------


class Journal:
    """What a run has done so far, kept in a file until everything is done.

    Parameters:
        outputs: where the results will be; without any, nothing is kept.
        limit: the one of this run: results under another are not taken over.
    """

    def __init__(self, outputs: Outputs, limit: float) -> None:
        self._path = outputs.journal
        self._limit = limit
        self._file: TextIO | None = None
        self._lock = threading.Lock()
        self.secret = secret_in(outputs.json) or os.urandom(16).hex()
        self.results: dict[tuple[str, str], Result] = {}

    def __enter__(self) -> "Journal":
        if self._path is None:
            return self
        head = {"limit": self._limit, "desk": desk_version()}
        lines = list(self._lines())
        if lines and {**lines[0], "secret": ""} == {**head, "secret": ""}:
            self.secret = lines[0]["secret"]
            for line in lines[1:]:
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
                    yield json.loads(line)
                except ValueError:
                    return

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
        PROJECT / "gui" / "tutor" / "explanations.py",
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
    for name, result in results:
        scores = [str(mark.score) if mark.score else "-" for mark in result.marks.values()]
        rows.append([printable(name), str(result.score), *scores, "; ".join(result.flags)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if number in (0, len(head) - 1) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    mean = sum(result.score for _, result in results) / len(results)
    lines.append(f"{len(results)} submissions, mean {mean:.1f} of {MAX_SCORE}")
    return "\n".join([legend, *lines])


def write(results: Results, outputs: Outputs, secret: str) -> None:
    """Write the results to the files that were asked for."""
    from tests.grading.handout import write_whole

    if outputs.json:
        written = [result.as_json(name) for name, result in results]
        text = json.dumps({"secret": secret, "submissions": written}, indent=2)
        write_whole(outputs.json, text.encode())
    if outputs.csv:
        write_whole(outputs.csv, csv_text(results).encode())
    if outputs.feedback:
        names = file_names(name for name, _ in results)
        for (name, result), file_name in zip(results, names, strict=True):
            text = f"{printable(name)}\n\n{report(result)}\n"
            write_whole(outputs.feedback / file_name, text.encode(errors="replace"))


def csv_text(results: Results) -> str:
    """Return the results as a table for a spreadsheet."""
    import csv
    import io

    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    names = [function.full_name for function in FUNCTIONS]
    rows.writerow(["submission", "total", *names, "flags", "seconds"])
    for name, result in results:
        scores = [mark.score for mark in result.marks.values()]
        flags = "; ".join(result.flags)
        rows.writerow([harmless(name), result.score, *scores, harmless(flags), result.seconds])
    return text.getvalue()


def harmless(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    text = printable(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def printable(text: str) -> str:
    """Return a text with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in text)


def file_names(names: Iterable[str]) -> Iterator[str]:
    """Yield a file name of its own for each submission, good on every system."""
    taken: set[str] = set()
    for name in names:
        base = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name)[:100].strip(" .") or "submission"
        free, number = base, 2
        while free.lower() in taken:
            free, number = f"{base} {number}", number + 1
        taken.add(free.lower())
        yield f"{free}.txt"
