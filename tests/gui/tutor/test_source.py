"""A file of students' code, as text: its lines, and where in it something stands."""

from pathlib import Path

import pytest

from gui.tutor.source import Source

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
