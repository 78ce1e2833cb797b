"""The syntax tree of students' code: what a function may do."""

import ast
import contextlib
import textwrap
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gui.tutor.syntax import may_return_nothing, stops_early


def function(body: str) -> str:
    """Return the text of a function with a body."""
    return f"def registered(key):\n{textwrap.indent(body, '    ')}\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for known in users:\n if known == key: return True\n else: return False", True),
        ("for known in users:\n if known == key: return True\nreturn False", False),
        ("return key in users", False),
    ],
)
def test_a_loop_that_ends_at_its_first_turn_is_recognised(body: str, expected: bool) -> None:
    assert stops_early(ast.parse(function(body)), "registered") is expected


@pytest.mark.parametrize(
    "body",
    [
        "key in users",
        "return",
        "return None",
        "if key in users: return True",
        "for known in users:\n if known == key: return True\n else: return False",
        "while key: return True",
        "while True:\n if key: break",
        "try: return users[key]\nexcept KeyError: print(key)",
        "with lock: return users[key]",
        "def help(): return True\nhelp()",
        "if key: return\nreturn True",
    ],
)
def test_a_function_that_may_end_without_a_value_is_recognised(body: str) -> None:
    assert may_return_nothing(ast.parse(function(body)), "registered")


@pytest.mark.parametrize(
    "body",
    [
        "return key in users",
        "return users.get(key)",
        "if key in users: return True\nelse: return False",
        "if key in users: return True\nreturn False",
        "if key: return 1\nelif users: return 2\nelse: raise KeyError",
        "while True:\n if key: return True",
        "try: return users[key]\nexcept KeyError: return False",
        "try: key + 1\nexcept TypeError: return 1\nelse: return 2",
        "try: key + 1\nfinally: return True",
        "def help(): return\nreturn True",
        "return True\nkey",
    ],
)
def test_a_function_that_always_returns_a_value_is_not_doubted(body: str) -> None:
    assert not may_return_nothing(ast.parse(function(body)), "registered")


def test_a_function_that_is_not_defined_by_its_name_is_doubted() -> None:
    assert may_return_nothing(ast.parse("registered = help"), "registered")


class TooLong(BaseException):
    """A loop has had its turns."""


SIMPLE = st.sampled_from(["return 1", "return", "return None", "raise KeyError", "pass", "break"])
COMPOUND = (
    "if next(dice):\n{0}\nelse:\n{1}",
    "if next(dice):\n{0}",
    "while True:\n next(dice)\n{0}",
    "while next(dice):\n{0}\nelse:\n{1}",
    "for turn in range(2):\n{0}\nelse:\n{1}",
    "try:\n{0}\nexcept KeyError:\n{1}",
    "try:\n{0}\nfinally:\n{1}",
    "try:\n{0}\nexcept KeyError:\n{1}\nelse:\n{2}",
    "def inside():\n{0}",
)


def compound(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return statements that have others inside, one after the other."""
    parts = st.tuples(st.sampled_from(COMPOUND), blocks, blocks, blocks)
    made = parts.map(lambda p: p[0].format(*(textwrap.indent(block, " ") for block in p[1:])))
    return st.lists(made | SIMPLE, min_size=1, max_size=3).map("\n".join)


@given(body=st.recursive(SIMPLE, compound, max_leaves=12), dice=st.lists(st.booleans()))
@example(body="while True:\n next(dice)\n try:\n  return 1\n finally:\n  break", dice=[True])
def test_what_is_not_doubted_never_returns_none(body: str, dice: list[bool]) -> None:
    text = function(f"global dice\n{body}")
    try:
        code = compile(text, "students.py", "exec")
    except SyntaxError:  # a break outside of a loop
        return
    if may_return_nothing(ast.parse(text), "registered"):
        return

    def throws() -> Any:
        yield from dice
        raise TooLong

    names: dict[str, Any] = {"dice": throws()}
    exec(code, names)
    with contextlib.suppress(KeyError, RuntimeError, StopIteration, TooLong):
        assert names["registered"]("ada") is not None
