"""What Python can read of a file: whatever stands in a portion, it harms no other."""

import ast
import re

from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import SERVER_FILE, functions_of
from gui.tutor.portions import portions_in
from gui.tutor.reading import Reading, read
from tests.students_files import PROJECT, filled

FUNCTIONS = functions_of(SERVER_FILE)
REFERENCE = (PROJECT / SERVER_FILE).read_text(encoding="utf-8")


def reading_of(text: str) -> Reading:
    """Read the text of a file."""
    lines = re.split("\r\n|\r|\n", text)
    portions = portions_in(lines, SERVER_FILE, FUNCTIONS)
    return read([f"{line}\n" for line in lines], SERVER_FILE, FUNCTIONS, portions)


def lines_of(reading: Reading, function: str) -> list[int]:
    """Return the numbers of the lines in which a function's statements begin."""
    (found,) = [n for n in reading.tree.body if getattr(n, "name", "") == function]
    assert isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))
    return [node.lineno for node in found.body[1:]]


WHOLE = reading_of(REFERENCE)
CODE = st.lists(
    st.sampled_from(
        [
            "return",
            "key",
            "'",
            '"""',
            "(",
            "]",
            "=",
            ":",
            "if",
            "def",
            "\n",
            "\n  ",
            "\\",
            "\0",
            "#",
        ]
    )
).map(" ".join)


@given(st.text() | CODE)
def test_whatever_stands_in_a_portion_the_others_are_read(body: str) -> None:
    text = filled(SERVER_FILE, "username_exists", "\n".join(body.splitlines()))
    reading = reading_of(text)
    assert set(reading.unreadable) <= {"username_exists"}
    assert (reading.error, reading.doubles) == (None, ())
    for name in FUNCTIONS:
        assert [n for n in reading.tree.body if getattr(n, "name", "") == name], name
    assert lines_of(reading, "registered") == lines_of(WHOLE, "registered")


@given(st.text() | CODE)
def test_whatever_is_around_them_the_portions_are_read(above: str) -> None:
    reading = reading_of(f"{above}\n{REFERENCE}")
    assert reading.unreadable == {}
    moved = len(re.split("\r\n|\r|\n", f"{above}\n")) - 1
    for name in FUNCTIONS:
        if not reading.doubles:
            assert lines_of(reading, name) == [n + moved for n in lines_of(WHOLE, name)]


def test_a_function_pasted_below_is_no_part_of_the_last_portion() -> None:
    below = REFERENCE[REFERENCE.index("def registered") : REFERENCE.index("def username_exists")]
    lines = f"{REFERENCE}\n\n{below}".split("\n")
    portions = portions_in(lines, SERVER_FILE, FUNCTIONS)
    assert portions == portions_in(REFERENCE.split("\n"), SERVER_FILE, FUNCTIONS)
    (double,) = reading_of("\n".join(lines)).doubles
    assert double.name == "registered"


def test_where_two_portions_cannot_be_read_both_are_told() -> None:
    text = filled(SERVER_FILE, "registered", "return (key")
    text = text.replace("    users[key] = username\n", "    users[key = username\n")
    assert set(reading_of(text).unreadable) == {"registered", "register_user"}
