"""A problem: where it is, what identifies it, and its text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gui.tutor.explanations import Explanation
from gui.tutor.problem import Problem, Source, indent, report, stops_early

EXPLANATION = Explanation("registered() stopped.", "Read the line.")
PROBLEM = Problem(
    EXPLANATION,
    "server_logic.py",
    "registered",
    34,
    "return username in users",
    "Traceback: students' frames",
    "Traceback: everything",
)
TEXT = """\
def first(key):
    \"\"\"Say something.\"\"\"
    return second(key)


def second(key):
    return nothing[key]


def idle(key):
    \"\"\"Say something.\"\"\"
    found = 5
    key in found
    return None


def looks_at_the_first_only(name):
    for known in [1, 2]:
        if known == name:
            return True
        else:
            return False


def looks_at_all(name):
    for known in [1, 2]:
        if known == name:
            return True
    return False
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Give a file of students' code."""
    path = tmp_path / "server_logic.py"
    path.write_text(TEXT, encoding="utf-8")
    return Source(path)


def run(source: Source, function: str) -> BaseException:
    """Run a function of the file, and return the exception that ends it."""
    names: dict[str, Callable[[str], object]] = {}
    exec(compile(TEXT, source.path, "exec"), names)
    with pytest.raises(NameError) as caught:
        names[function]("ada")
    return caught.value


# --- its text ---------------------------------------------------------------------------


def test_its_place_names_file_line_and_function() -> None:
    assert PROBLEM.place == "server_logic.py, line 34, in registered"


def test_its_place_names_the_file_alone_where_no_line_is_meant() -> None:
    assert replace(PROBLEM, function="", line=0).place == "server_logic.py"


def test_its_text_has_everything_but_the_full_traceback() -> None:
    assert PROBLEM.text == (
        "registered() stopped.\n"
        "server_logic.py, line 34, in registered\n"
        "    return username in users\n"
        "Read the line.\n"
        "Traceback: students' frames"
    )


def test_its_text_has_no_empty_lines_where_there_is_no_code() -> None:
    text = replace(PROBLEM, code="", traceback="").text
    assert text.splitlines() == [EXPLANATION.title, PROBLEM.place, EXPLANATION.advice]


def test_a_caret_stays_below_its_place() -> None:
    assert indent("if key\n      ^") == "    if key\n          ^"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (replace(PROBLEM, explanation=EXPLANATION._replace(title="Another name.")), True),
        (replace(PROBLEM, traceback="", ongoing=True), True),
        (replace(PROBLEM, line=35), False),
        (replace(PROBLEM, function="logged_in"), False),
        (replace(PROBLEM, explanation=EXPLANATION._replace(advice="Another.")), False),
    ],
)
def test_two_are_the_same_if_place_and_advice_are(other: Problem, is_same: bool) -> None:
    assert (other.identity == PROBLEM.identity) is is_same


# --- where it is ------------------------------------------------------------------------


def test_the_innermost_function_of_the_file_is_named(source: Source) -> None:
    problem = source.problem_of(run(source, "first"), None, {})
    assert (problem.file, problem.function, problem.line) == ("server_logic.py", "second", 7)
    assert problem.code == "return nothing[key]"


def test_the_traceback_has_only_frames_of_the_file(source: Source) -> None:
    problem = source.problem_of(run(source, "first"), None, {})
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
    code = run(source, "first").__traceback__.tb_next.tb_frame.f_code  # type: ignore[union-attr]  # it was raised
    problem = source.problem_of(RecursionError("too deep"), code, {})
    assert (problem.function, problem.line) == ("first", 1)


def test_a_line_that_does_nothing_is_the_suspect(source: Source) -> None:
    code = compile(TEXT, source.path, "exec").co_consts
    functions = {c.co_name: c for c in code if hasattr(c, "co_name")}
    assert source.line(source.suspect_line(functions["idle"])) == "key in found"
    assert source.line(source.suspect_line(functions["first"])) == "return second(key)"


@pytest.mark.parametrize(
    ("function", "expected"),
    [("looks_at_the_first_only", True), ("looks_at_all", False), ("first", False)],
)
def test_a_loop_that_ends_at_its_first_turn_is_recognised(
    function: str, expected: bool, source: Source
) -> None:
    assert stops_early(source.tree(), function) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("for known in [1, 2]:", True), ("return True", True), ("return second(key)", False)],
)
def test_the_lines_of_loops_are_known(line: str, expected: bool, source: Source) -> None:
    numbers = [n for n in range(1, len(source.lines) + 1) if source.line(n) == line]
    assert [source.is_in_loop(number) for number in numbers] == [expected] * len(numbers) != []


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_a_line_that_is_not_there_has_no_text(number: int, source: Source) -> None:
    assert source.line(number) == ""


def test_the_lines_are_those_of_when_it_was_loaded(source: Source) -> None:
    Path(source.path).write_text("# edited\n" * 40, encoding="utf-8")
    assert source.line(7) == "return nothing[key]"


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
    with pytest.raises(SyntaxError) as caught:
        compile(text, str(path), "exec")
    problem = Source(path).import_problem(caught.value)
    line, caret = problem.code.split("\n")
    assert line == text.splitlines()[problem.line - 1].strip()
    assert caret.strip() == "^"
    assert code is None or problem.code == code


def test_a_file_that_is_not_text_is_a_problem_without_a_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(b'x = "\xff\xfe"\n')
    with pytest.raises(SyntaxError) as caught:
        compile(path.read_bytes(), str(path), "exec")
    problem = Source(path).import_problem(caught.value)
    assert problem.explanation.title.startswith("Python cannot read broken.py: ")
