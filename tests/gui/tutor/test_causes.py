"""Why something is wrong: exceptions in every version's words, and names that are nearly right."""

import ast
import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import BY_NAME, SENDERS, SERVER_FILE
from gui.tutor.causes import nearest, why_it_hung, why_it_stopped
from gui.tutor.causes.stops import EXCEPTIONS
from gui.tutor.evidence import Raised
from gui.tutor.explanations import WORDS

LOGIN = BY_NAME["server_logic.login_client"]
TREE = ast.parse("async def login_client(server, username):\n    users[5] == 6\n    return 5\n")


def stopped(kind: str, message: str = "", name: str = "", owner: str = "int", line: int = 3) -> str:
    """Return the title and the advice for an exception."""
    error = Raised(kind, message, line, "login_client", name, owner)
    found = why_it_stopped(LOGIN, error, TREE)
    assert found.function == "login_client"
    return f"{found.explanation.title} {found.explanation.advice}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("registration_succesful", "registration_successful"),
        ("login_faild", "login_failed"),
        ("banana", ""),
    ],
)
def test_the_nearest_name_is_found_unless_none_is_near(name: str, meant: str) -> None:
    assert nearest(name, SENDERS[SERVER_FILE]) == meant


# A mistake, and what each version says of it, as it was seen to from 3.10 to 3.15.
IN_VERSIONS: dict[str, tuple[str, ...]] = {
    "key in users.values": (
        "TypeError: argument of type 'builtin_function_or_method' is not iterable",
        "TypeError: argument of type 'builtin_function_or_method' is not a container or iterable",
    ),
    "key in registered": (
        "TypeError: argument of type 'function' is not iterable",
        "TypeError: argument of type 'function' is not a container or iterable",
    ),
    "key in None": (
        "TypeError: argument of type 'NoneType' is not iterable",
        "TypeError: argument of type 'NoneType' is not a container or iterable",
    ),
    "registered(*users.values)": (
        "TypeError: registered() argument after * must be an iterable, "
        "not builtin_function_or_method",
        "TypeError: Value after * must be an iterable, not builtin_function_or_method",
    ),
    "users[[key]] = key": (
        "TypeError: unhashable type: 'list'",
        "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')",
    ),
    "users[key, [key]]": (
        "TypeError: unhashable type: 'list'",
        "TypeError: cannot use 'tuple' as a dict key (unhashable type: 'list')",
    ),
    "{key, users}": (
        "TypeError: unhashable type: 'dict'",
        "TypeError: cannot use 'dict' as a set element (unhashable type: 'dict')",
    ),
    "users[1:2]": ("TypeError: unhashable type: 'slice'", "KeyError: slice(1, 2, None)"),
    "await key": (
        "TypeError: object str can't be used in 'await' expression",
        "TypeError: 'str' object can't be awaited",
    ),
    "await users.get": (
        "TypeError: object builtin_function_or_method can't be used in 'await' expression",
        "TypeError: 'builtin_function_or_method' object can't be awaited",
    ),
    "key['name']": (
        "TypeError: string indices must be integers",
        "TypeError: string indices must be integers, not 'str'",
    ),
    "print(key, to=1)": (
        "TypeError: 'to' is an invalid keyword argument for print()",
        "TypeError: print() got an unexpected keyword argument 'to'",
    ),
    "dict([1])": (
        "TypeError: cannot convert dictionary update sequence element #0 to a sequence",
        "TypeError: object is not iterable",
    ),
    "users.name = key": (
        "AttributeError: 'dict' object has no attribute 'name'",
        "AttributeError: 'dict' object has no attribute 'name' and no __dict__ for setting new "
        "attributes",
    ),
    "key.name = key": (
        "AttributeError: 'str' object has no attribute 'name'",
        "AttributeError: 'str' object has no attribute 'name' and no __dict__ for setting new "
        "attributes",
    ),
    "[].index(key)": (
        "ValueError: 'ada' is not in list",
        "ValueError: list.index(x): x not in list",
    ),
    "1 // 0": (
        "ZeroDivisionError: integer division or modulo by zero",
        "ZeroDivisionError: division by zero",
    ),
    "1 % 0": (
        "ZeroDivisionError: integer division or modulo by zero",
        "ZeroDivisionError: integer modulo by zero",
        "ZeroDivisionError: division by zero",
    ),
}


@pytest.mark.parametrize("mistake", IN_VERSIONS)
def test_a_mistake_is_explained_alike_in_every_version(mistake: str) -> None:
    told = set()
    for words in IN_VERSIONS[mistake]:
        kind, _, message = words.partition(": ")
        owner = message.split("'")[1] if kind == "AttributeError" else ""
        told.add(stopped(kind, message, "name", owner))
    assert len(told) == 1


@pytest.mark.parametrize("mistake", IN_VERSIONS)
def test_what_this_version_says_of_a_mistake_is_known(mistake: str) -> None:
    names: dict[str, Any] = {"users": {}, "key": "ada"}
    exec(f"def registered(key): pass\nasync def portion():\n {mistake}", names)
    with pytest.raises(Exception) as raised:  # noqa: PT011  the table says which
        asyncio.run(names["portion"]())
    assert f"{raised.type.__name__}: {raised.value}" in IN_VERSIONS[mistake]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("AttributeError", "__enter__"),  # until 3.10
        ("TypeError", "'X' object does not support the context manager protocol"),
        (
            "TypeError",
            "'X' object does not support the asynchronous context manager protocol "
            "(missed __aexit__ method)",
        ),
    ],
)
def test_what_with_is_not_for_is_told_alike_by_all_versions(kind: str, message: str) -> None:
    told = stopped(kind, message, "", "NoneType")
    assert told.startswith("login_client() uses with for something that it is not for.")


def test_an_unknown_exception_keeps_pythons_own_message() -> None:
    told = stopped("ZeroDivisionError", "division by zero")
    assert told.startswith("login_client() stopped: ZeroDivisionError: division by zero. ")


@pytest.mark.parametrize(
    ("kind", "name", "owner", "told"),
    [
        ("NameError", "login_failed", "int", "put server. before it"),
        ("NameError", "true", "int", "Python's word is True"),
        ("NameError", "usernme", "int", "Did you mean username?"),
        ("NameError", "key", "int", "receives only server and username"),
        ("NameError", "banana", "int", "Nothing on the lines before has made it"),
        ("AttributeError", "logn_failed", "ServerHandle", "Did you mean server.login_failed?"),
        ("AttributeError", "registered", "ServerHandle", "call it without server"),
        ("AttributeError", "banana", "ServerHandle", "lists what the handle offers"),
        ("AttributeError", "append", "dict", "before the dot is a dictionary"),
        ("AttributeError", "value", "dict", "Did you mean .values?"),
        ("AttributeError", "banana", "dict", "before the dot is a dictionary"),
        ("AttributeError", "upper", "NoneType", "uses .upper on None"),
        ("AttributeError", "banana", "int", "uses .banana on a number"),
        ("UnboundLocalError", "users", "int", "makes a new, local users"),
        ("UnboundLocalError", "found", "int", "uses found before it has a value"),
    ],
)
def test_a_name_that_is_not_there_is_explained(kind: str, name: str, owner: str, told: str) -> None:
    assert told in stopped(kind, name=name, owner=owner)


def test_a_comparison_where_something_should_be_stored_is_told_from_a_look_up() -> None:
    assert "== compares" in stopped("KeyError", "5", line=2)
    assert "Which key does the line look up" in stopped("KeyError", "5", line=3)


@pytest.mark.parametrize(
    ("body", "line", "rule"),
    [
        ("while True:\n    pass", 0, "endless_loop"),
        ("await server.wait()", 0, "endless_wait"),
        ("for n in users:\n    await server.wait()", 0, "endless_wait"),
        ("while True:\n    await server.wait()", 3, "endless_loop"),
        ("while users:\n    users.clear()\nawait server.wait()", 4, "endless_wait"),
        ("x = [n for n in iter(int, 1)]", 2, "endless_loop"),
    ],
)
def test_a_loop_without_end_is_told_from_a_wait(body: str, line: int, rule: str) -> None:
    text = "async def login_client(server, username):\n" + "".join(
        f"    {part}\n" for part in body.splitlines()
    )
    assert why_it_hung(LOGIN, ast.parse(text), 5, "", line).explanation.rule == rule


@given(
    st.sampled_from([*EXCEPTIONS, "ValueError"]) | st.text(max_size=10),
    st.text(max_size=30),
    st.sampled_from(["users", "key", "true", ""]) | st.text(max_size=10),
    st.sampled_from(["dict", "ServerHandle", "NoneType", "async_generator"]) | st.text(max_size=5),
    st.integers(0, 10**6),
)
def test_whatever_exception_comes_it_is_explained(
    kind: str, message: str, name: str, owner: str, line: int
) -> None:
    found = why_it_stopped(LOGIN, Raised(kind, message, line, name, name, owner), TREE)
    assert found.explanation.rule in WORDS
