"""What students write, told alike everywhere: in a window, on a console, and at the desk.

A mistake harms nobody else and loses its own points; what is right is no problem, in any words.
"""

import io
import re
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gui.bridge import Mailbox
from gui.console import Console
from gui.tutor.assignment import BY_NAME, SERVER_FILE
from gui.tutor.problem import Problem
from gui.tutor.recorder import MAX_ENTRIES
from gui.tutor.tutor import ServerTutor
from tests.grading.desk import Mark
from tests.grading_tests.submitted import (
    EXAMPLE,
    REFERENCE,
    SKELETONS,
    assert_lost_alone,
    graded_all,
    in_rows,
    submission,
)
from tests.students_files import (
    assert_right,
    assert_tells_no_code,
    serve_from,
    take_steps_from,
)
from tests.written import RIGHT, WRONG, Written

STUCK = "did not finish"
# Of the processor's time: a busy machine does not count.
LONGEST_SECONDS, LONGEST_HOLD_UP_SECONDS = 0.5, 0.05


class Verdict(NamedTuple):
    """What the desk says of a portion, and the text of the line that it names."""

    mark: Mark
    line: str


@pytest.fixture(scope="module")
def verdicts() -> dict[Written, Verdict]:
    """Give what is told of each portion: of each function one in a submission."""
    found: dict[Written, Verdict] = {}
    for table in (WRONG, RIGHT):
        rows = in_rows(table)
        submissions = list(map(submission, rows))
        for row, files, result in zip(rows, submissions, graded_all(submissions), strict=True):
            # What is wrong in one costs the others nothing.
            assert_lost_alone([w for w in row if w.title], result)
            for w in row:
                mark = result.marks[w.function]
                place = re.search(rf"\({w.file}, line (\d+)\)$", mark.message)
                lines = files[w.file].decode().split("\n")
                found[w] = Verdict(mark, lines[int(place[1]) - 1].strip() if place else "")
    return found


def run(written: Written, folder: Path) -> tuple[list[Any], list[Problem]]:
    """Run the program that a portion belongs to; return what came of it, and the problems."""
    (folder / written.file).write_bytes(submission([written])[written.file])
    return serve_from(folder) if written.file == SERVER_FILE else take_steps_from(folder)


def line_text(written: Written, line: int) -> str:
    """Return a line of the file that a portion is in."""
    text = submission([written])[written.file].decode()
    return text.split("\n")[line - 1].strip()


def assert_shows(line: str, written: Written) -> None:
    """Assert that a line is the one that is to be shown."""
    if STUCK in written.title:
        # Where in a loop it was broken off is chance.
        assert line in [text.strip() for text in written.body.splitlines()]
    elif written.line:
        assert line == written.line


# --- mistakes ---------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("written", [w for w in WRONG if not w.graded_only], ids=repr)
def test_window_console_and_desk_say_the_same_and_nobody_else_is_harmed(
    written: Written,
    verdicts: dict[Written, Verdict],
    tmp_path: Path,
    assert_silence: Any,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if STUCK in written.title:
        request.getfixturevalue("quickly_freed")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    came_of_it, found = run(written, tmp_path)
    if written.file == SERVER_FILE:
        assert_tells_no_code(came_of_it)
    else:
        assert all(came_of_it)
    assert_silence(may_print="print(" in written.body)
    assert found, "nothing was reported"
    problem = found[0]
    title, advice, cause = problem.explanation
    assert written.is_told_by(title), title
    assert cause == written.cause
    assert written.advice in advice
    assert problem.file == written.file
    assert f" {problem.function}()" in f" {title}"
    code, *pointer = problem.code.split("\n")
    assert bool(pointer) == title.startswith("Python cannot read")
    assert line_text(written, problem.line) == code
    assert_shows(code, written)
    assert_on_console(problem, capsys)
    message = verdicts[written].mark.message
    assert title_in(message, advice) == without_names(title)


def assert_on_console(problem: Problem, capsys: pytest.CaptureFixture[str]) -> None:
    """Assert that a console shows everything of a problem."""
    mailbox = Mailbox()
    Console(mailbox).show(problem)
    mailbox.close()
    shown = capsys.readouterr().out
    for part in (*problem.explanation[:2], problem.place, problem.code.split("\n")[0]):
        assert part in shown


def title_in(message: str, advice: str) -> str:
    """Return the title in a message of the desk, that comes before an advice.

    The situation is before it, which ends a sentence; the line that is meant comes after.
    """
    before, found, after = without_names(message).partition(f" {without_names(advice)} (")
    assert found, message
    assert re.fullmatch(r"\w+\.py, line \d+\)", after)
    return re.split(r"(?<=\.) (?=\w+\(\) |Python cannot )", before)[-1]


def without_names(text: str) -> str:
    """Return a text without names, keys, seconds and lines, which are others each time."""
    text = re.sub(r"(?i)(?<!, )\bline \d+", "line …", text)
    return re.sub(r"[\d.]+ s\b", "… s", re.sub(r"'[^' ]*'", "'…'", text))


@pytest.mark.parametrize("written", WRONG, ids=repr)
def test_a_mistake_loses_its_own_points_alone(
    written: Written, verdicts: dict[Written, Verdict]
) -> None:
    mark, line = verdicts[written]
    assert (mark.score, mark.max_score) == (0, BY_NAME[written.function].points)
    assert written.advice in mark.message
    assert mark.message.isprintable()
    assert_shows(line, written)


@pytest.mark.parametrize("written", [w for w in WRONG if w.graded_only], ids=repr)
def test_a_mistake_that_is_not_met_is_not_told(
    written: Written, verdicts: dict[Written, Verdict], tmp_path: Path
) -> None:
    _, found = run(written, tmp_path)
    assert found == []
    message = verdicts[written].mark.message
    assert re.search(written.pattern, message), message
    assert re.search(EXAMPLE, message), message


def test_no_sentence_shows_a_line_of_the_solution(verdicts: dict[Written, Verdict]) -> None:
    solution = [
        line.strip()
        for name, source in REFERENCE.items()
        for line in set(source.decode().split("\n")) - set(SKELETONS[name].decode().split("\n"))
        if line.strip() != "else:"
    ]
    for mark, _ in verdicts.values():
        assert not [line for line in solution if line in mark.message]


def test_what_is_told_is_the_same_among_many_clients(tmp_path: Path) -> None:
    body = "return users.get(key) != username"
    source = submission([Written("server_logic.username_matches_record", body)])[SERVER_FILE]
    many = "".join(f"\nusers['10.0.0.1:{n}'] = 'n{n}'" for n in range(2 * MAX_ENTRIES))
    (tmp_path / SERVER_FILE).write_bytes(source + many.encode())
    _, found = serve_from(tmp_path)
    assert {problem.explanation.rule for problem in found} == {"opposite"}


# --- in time ----------------------------------------------------------------------------

PLAIN = "\n".join(f"if key == 'k{n}':\n    print(key)" for n in range(15))
ODD = {
    "forty lines": (PLAIN, LONGEST_HOLD_UP_SECONDS),
    "many lines": (PLAIN * 20, LONGEST_HOLD_UP_SECONDS),
    "a thousand conditions": (
        "return " + " or ".join(["key in active_users"] * 1000),
        LONGEST_HOLD_UP_SECONDS,
    ),
    "a long comparison": (f"return {' == '.join(['key'] * 500)} == 1", LONGEST_HOLD_UP_SECONDS),
    "many values in a text": (f"return f'{'{key}' * 800}' in users", LONGEST_HOLD_UP_SECONDS),
    "many choices": (f"return {'True if key is None else ' * 80}False", LONGEST_SECONDS),
    "deep branches": (
        "".join(f"{'  ' * n}if key != {n}:\n" for n in range(18)) + f"{'  ' * 18}return False",
        LONGEST_SECONDS,
    ),
    "a loop of many rounds": (
        "n = 0\nfor i in range(20_000):\n    n += i * 2\nreturn n < 0",
        LONGEST_SECONDS,
    ),
}


@pytest.mark.parametrize(("body", "most_seconds"), ODD.values(), ids=ODD.keys())
def test_whatever_is_wrong_is_explained_in_time(
    body: str, most_seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[float] = []
    explain = ServerTutor._explain

    def timed(*arguments: Any) -> bool:
        began = time.thread_time()
        is_wrong = explain(*arguments)
        taken.append(time.thread_time() - began)
        return is_wrong

    monkeypatch.setattr(ServerTutor, "_explain", timed)
    longest: list[float] = []
    # A processor is slower, too, while it has other work.
    while len(longest) < 3 and min(longest, default=most_seconds) >= most_seconds:
        taken.clear()
        _, found = run(Written("server_logic.registered", body), tmp_path)
        assert found
        longest.append(max(taken))
    assert min(longest) < most_seconds


# --- what is right ----------------------------------------------------------------------


@pytest.mark.parametrize("written", RIGHT, ids=repr)
def test_what_is_right_in_other_words_is_no_problem_and_earns_all(
    written: Written, verdicts: dict[Written, Verdict], tmp_path: Path, assert_silence: Any
) -> None:
    assert_right(*run(written, tmp_path))
    assert_silence(may_print="print(" in written.body)
    assert verdicts[written].mark.message == ""


def test_the_tables_are_as_large_as_they_should_be() -> None:
    assert len({(written.function, written.body) for written in WRONG}) >= 390
    assert len({(written.function, written.body) for written in RIGHT}) >= 100
