"""What the text of a function shows."""

import ast
import contextlib
import textwrap
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gui.tutor import syntax


def function(*lines: str) -> syntax.Definition:
    """Return the definition of a function that has some lines."""
    text = "async def f(server, key):\n" + "".join(f"    {line}\n" for line in lines)
    return syntax.definition(ast.parse(text), "f")


IF_ELSE = ("for n in users:", "    if n == key:", "        return True", "    else:")
IF = ("for n in users:", "    if n == key:", "        return True")


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((*IF_ELSE, "        return False"), 2),
        ((*IF, "    return False"), 2),
        (("x = 1", "for n in users:", "    return n == key"), 3),
        ((*IF, "return False"), 0),
        (("for n in users:", "    if n != key:", "        continue", "    return True"), 0),
        (("return any(n == key for n in users)",), 0),
    ],
)
def test_a_loop_that_returns_in_its_first_turn_is_found(lines: tuple[str, ...], line: int) -> None:
    assert syntax.early_return(function(*lines)) == line


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (("users = {}",), 2),
        (("users += key",), 2),
        (("if key:", "    users = {}"), 3),
        (("global users", "users = {}"), 0),
        (("users[key] = 1",), 0),
    ],
)
def test_a_variable_that_hides_a_dictionary_is_found(lines: tuple[str, ...], line: int) -> None:
    assert syntax.makes_local(function(*lines), "users") == line


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (("x = users", "for k in x:", "    users[k] = key", "users[key] = 1"), 2),
        (("if key:", "    users.clear()"), 3),
        (("del users[key]",), 2),
        (("return key in users",), 0),
    ],
)
def test_the_first_line_that_seems_to_change_a_dictionary_is_found(
    lines: tuple[str, ...], line: int
) -> None:
    assert syntax.changing_line(function(*lines), "users") == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("if registered or key:", "registered"),
        ("if registered(key):", ""),
        ("answer = server.login_failed", ""),
        ("await server.login_failed", "server.login_failed"),
        ("run(server.login_failed)", ""),
        ("key = server.get_addr_key", "server.get_addr_key"),
    ],
)
def test_a_function_that_is_named_and_not_called_is_found(line: str, expected: str) -> None:
    lines = (line, "    pass") if line.endswith(":") else (line,)
    found, _ = syntax.uncalled(
        function(*lines), ["registered", "server.get_addr_key"], ["server.login_failed"]
    )
    assert found == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("return f(server)", "f"), ("await f(server)", ""), ("task = f(server)", ""), ("f", "")],
)
def test_a_call_without_await_is_found(line: str, expected: str) -> None:
    assert syntax.unawaited(function(line), ["f"])[0] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("pass",), True),
        (('"""Tell."""',), True),
        (('"""Tell."""', "...", "pass"), True),
        (("return None",), False),
        (("raise NotImplementedError",), False),
    ],
)
def test_a_function_that_does_nothing_is_empty(lines: tuple[str, ...], expected: bool) -> None:
    assert syntax.is_empty(function(*lines)) is expected


def test_a_file_without_the_function_has_an_empty_one() -> None:
    assert syntax.is_empty(syntax.definition(ast.Module([], []), "gone"))
    assert not syntax.defines(ast.Module([], []), "gone")


# --- ends -------------------------------------------------------------------------------


def registered(body: str) -> str:
    """Return the text of a function with a body."""
    return f"def registered(key):\n{textwrap.indent(body, '    ')}\n"


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
    assert syntax.may_return_nothing(ast.parse(registered(body)), "registered")


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
    assert not syntax.may_return_nothing(ast.parse(registered(body)), "registered")


def test_a_function_that_is_not_defined_by_its_name_is_doubted() -> None:
    assert syntax.may_return_nothing(ast.parse("registered = help"), "registered")


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
    text = registered(f"global dice\n{body}")
    try:
        code = compile(text, "students.py", "exec")
    except SyntaxError:  # a break outside of a loop
        return
    if syntax.may_return_nothing(ast.parse(text), "registered"):
        return

    def throws() -> Any:
        yield from dice
        raise TooLong

    names: dict[str, Any] = {"dice": throws()}
    exec(code, names)
    with contextlib.suppress(KeyError, RuntimeError, StopIteration, TooLong):
        assert names["registered"]("ada") is not None
