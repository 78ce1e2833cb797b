"""What an exception in students' code comes to: a problem, at its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gui.tutor.assignment import FUNCTIONS
from gui.tutor.exceptions import problem_of, report, why_it_ended
from gui.tutor.layout import flaws
from gui.tutor.problem import Problem
from gui.tutor.source import Source

TEXT = """\
def first(key):
    \"\"\"Say something.\"\"\"
    return second(key)


def second(key):
    return nothing[key]
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Give a file of students' code."""
    path = tmp_path / "server_logic.py"
    path.write_text(TEXT, encoding="utf-8")
    return Source(path)


def problem_from(error: BaseException, source: Source) -> Problem:
    """Return the problem that an exception is which ended the first function of the table."""
    return problem_of(why_it_ended(error, FUNCTIONS[-1], source), source, error)


def run(source: Source, function: str) -> BaseException:
    """Run a function of the file, and return the exception that ends it."""
    names: dict[str, Callable[[str], object]] = {}
    exec(compile(TEXT, source.path, "exec"), names)
    with pytest.raises(NameError) as caught:
        names[function]("ada")
    return caught.value


def test_the_innermost_function_of_the_file_is_named(source: Source) -> None:
    problem = problem_from(run(source, "first"), source)
    assert (problem.file, problem.function, problem.line) == ("server_logic.py", "second", 7)
    assert problem.code == "return nothing[key]"


def test_the_traceback_has_only_frames_of_the_file(source: Source) -> None:
    problem = problem_from(run(source, "first"), source)
    assert "in first" in problem.traceback
    assert "in second" in problem.traceback
    assert Path(__file__).name not in problem.traceback
    assert Path(__file__).name in problem.full_traceback
    assert problem.traceback.endswith("NameError: name 'nothing' is not defined")


def test_the_causes_of_an_exception_are_filtered_as_well(source: Source) -> None:
    error = run(source, "first")
    try:
        raise ValueError("something else") from error
    except ValueError as other:
        told = report(other, [source.path])
    assert Path(__file__).name not in told
    assert "in second" in told


def test_an_exception_without_a_frame_of_the_file_names_the_function_called(
    source: Source,
) -> None:
    problem = problem_from(RecursionError("too deep"), source)
    assert problem.function == FUNCTIONS[-1].name


def test_an_exception_whose_text_commands_a_terminal_is_made_harmless(source: Source) -> None:
    title = problem_from(ValueError("\x1b[2J\u202e"), source).explanation.title
    assert title.isprintable()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("if True\n    pass\n", "if True\n       ^"),
        ("def f():\n    x = (1\n", "x = (1\n    ^"),
        ("x = 5 5\n", None),
        ("\tif x:\n\tpass\n", None),
    ],
)
def test_a_syntax_error_has_a_caret_below_its_text(
    text: str, code: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "broken.py"
    path.write_text(text, encoding="utf-8")
    (problem,) = flaws(Source(path))
    line, caret = problem.code.split("\n")
    assert line == text.splitlines()[problem.line - 1].strip()
    assert caret.strip() == "^"
    assert code is None or problem.code == code


def test_a_file_that_is_not_text_is_a_problem_without_a_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(b'x = "\xff\xfe"\n')
    (problem,) = flaws(Source(path))
    assert problem.explanation.title.startswith("Python cannot read broken.py: ")
