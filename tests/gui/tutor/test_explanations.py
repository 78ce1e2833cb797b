"""The words: each title one sentence, each advice in whole sentences, never the solution."""

import ast
import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gui.tutor import explanations
from gui.tutor.explanations import EXCEPTIONS, Explanation, Failure, explain_exception, nearest

PROJECT = Path(__file__).parents[3]
MESSAGES = {
    "TypeError": [
        "object str can't be used in 'await' expression",
        "object method can't be used in 'await' expression",
        "argument of type 'builtin_function_or_method' is not iterable",
        "'method' object is not subscriptable",
        "register_user() missing 1 required positional argument: 'username'",
        "ServerHandle.send_registry() takes 1 positional argument but 2 were given",
        "send_message takes a message, not str",
        "'dict' object is not callable",
        "unhashable type: 'list'",
        "argument of type 'coroutine' is not iterable",
        "unsupported operand type(s) for +: 'int' and 'str'",
    ],
    "RuntimeError": [
        "dictionary changed size during iteration",
        "cannot reuse already awaited coroutine",
        "asyncio.run() cannot be called from a running event loop",
    ],
    "ProtocolError": ['The field "username" must be text.', "A username has at least 1 character."],
    "SystemExit": ["", "3"],
    "KeyError": ["'127.0.0.1:50412'"],
    "ValueError": ["too many values to unpack (expected 2)"],
    "ZeroDivisionError": ["division by zero"],
    "StopIteration": [""],
    "CancelledError": [""],
}
NAMES = [
    ("registration_failed", ""),
    ("registration_succesful", ""),
    ("username", ""),
    ("true", ""),
    ("user", ""),
    ("banana", ""),
    ("get_adr_key", "ServerHandle"),
    ("registered", "ServerHandle"),
    ("banana", "ServerHandle"),
    ("registr", "ClientHandle"),
    ("append", "dict"),
    ("key", "dict"),
    ("banana", "dict"),
    ("upper", "NoneType"),
    ("banana", "int"),
]


def every_failure() -> Iterator[Failure]:
    """Give failures of all kinds, in both files."""
    for kind in [*EXCEPTIONS, *MESSAGES]:
        for message in MESSAGES.get(kind, ["some message"]):
            for code in ("users[key] == username", "return users[key]"):
                yield Failure(kind, message, "register_client", code)
    for name, owner in NAMES:
        for kind in ("NameError", "UnboundLocalError", "AttributeError"):
            for handle in ("server", "client"):
                yield Failure(
                    kind,
                    "",
                    "register_client",
                    name=name,
                    owner=owner,
                    known=["users", "active_users", "registered"],
                    parameters=(handle, "username"),
                )
    yield Failure("UnboundLocalError", "", "register_user", name="users")


def every_explanation() -> Iterator[Explanation]:
    """Give what every function of the module makes, its parameters filled with likely values."""
    values: dict[str, list[object]] = {
        "file": ["server_logic.py"],
        "kind": ["SyntaxError", "KeyError", "dict", "list"],
        "message": ["invalid syntax", "request_denied"],
        "found": [["registerd"], []],
        "should_be": [True, False],
        "parameters": [("server", "username")],
        "situation": ["this client's key is in users"],
        "result": [True, None],
        "dictionary": ["users", "active_users"],
        "method": ["login_failed"],
        "first": ["login_failed"],
        "second": ["login_failed"],
        "sent": ["ada"],
        "asked": ["grace"],
        "typed": ["grace"],
        "username": ["ada"],
        "helper": ["register_user"],
        "parameter": ["key"],
        "given": ["'ada'"],
        "shown": ["'ada'"],
        "was_registered": [True, False],
        "seconds": [2],
        "in_loop": [True, False],
        "program": ["server", "client"],
        "function": [
            "register_client",
            "login_client",
            "send_registry_to_client",
        ],
    }
    for failure in every_failure():
        yield explain_exception(failure)
    for name, function in inspect.getmembers(explanations, inspect.isfunction):
        if name.startswith("explain_") or function.__module__ != explanations.__name__:
            continue
        parameters = list(inspect.signature(function).parameters)
        if inspect.signature(function).return_annotation is not Explanation:
            continue
        for turn in range(4):
            yield function(**{p: values[p][turn % len(values[p])] for p in parameters})


EXPLANATIONS = sorted(set(every_explanation()))


def solution() -> set[str]:
    """Return the lines of the reference solution, without the shortest."""
    lines = set()
    for file in ("server_logic.py", "client_logic.py"):
        text = (PROJECT / file).read_text(encoding="utf-8")
        for portion in re.findall(r"# \*\*\* start \*\*\*\n(.*?)# \*\*\* end", text, re.DOTALL):
            lines |= {line.strip() for line in portion.splitlines() if len(line.strip()) > 5}
    return lines


def test_there_is_something_to_test() -> None:
    assert len(EXPLANATIONS) > 60
    assert "return key in users" in solution()
    assert "await client.request_registry()" in solution()


def test_a_title_is_one_sentence() -> None:
    for title, _ in EXPLANATIONS:
        assert re.fullmatch(r"[^\n]*[^.][.?]", title)
        assert not re.search(r"[.?!] [A-Z]", title.removesuffix(".").partition(" rule: ")[0])


def test_the_advice_is_made_of_sentences() -> None:
    assert [e for e in EXPLANATIONS if not re.fullmatch(r"[A-Z_a-z=][^\n]*[.?]", e.advice)] == []


def test_no_explanation_gives_a_line_of_the_solution() -> None:
    lines = solution()
    assert [e for e in EXPLANATIONS for line in lines if line in f"{e.title}\n{e.advice}"] == []


def test_no_explanation_blames_or_jokes_or_talks_above_the_reader() -> None:
    for explanation in EXPLANATIONS:
        words = set(re.findall(r"[\w']+", " ".join(explanation).lower()))
        assert not words & {"stupid", "forgot", "fault", "simply", "obviously", "oops", "sorry"}
        assert not words & {"thread", "socket", "daemon", "generator", "descriptor"}
        assert "!" not in explanation.title + explanation.advice


def test_the_advice_does_not_look_below_for_the_line_which_stands_above_it() -> None:
    assert [e for e in EXPLANATIONS if "line below" in e.advice] == []


def test_every_kind_of_explanation_is_used_by_the_program() -> None:
    used = "".join(
        path.read_text(encoding="utf-8")
        for path in [*PROJECT.glob("*.py"), *(PROJECT / "gui").rglob("*.py")]
    )
    text = (PROJECT / "gui" / "tutor" / "explanations.py").read_text(encoding="utf-8")
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    unused = [name for name in functions if len(re.findall(rf"\b{name}\b", used)) < 2]
    assert unused == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("registration_succesful", "registration_successful"),
        ("get_adr_key", "get_addr_key"),
        ("banana", ""),
    ],
)
def test_the_nearest_name_is_found_unless_none_is_near(name: str, meant: str) -> None:
    assert nearest(name, explanations.SERVER_HANDLE) == meant


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
    explanations = set()
    for words in IN_VERSIONS[mistake]:
        kind, _, message = words.partition(": ")
        owner = message.split("'")[1] if kind == "AttributeError" else ""
        failure = Failure(kind, message, "login_client", mistake, name="name", owner=owner)
        explanations.add(explain_exception(failure))
    assert len(explanations) == 1


@pytest.mark.parametrize("mistake", IN_VERSIONS)
def test_what_this_version_says_of_a_mistake_is_known(mistake: str) -> None:
    names: dict[str, Any] = {"users": {}, "key": "ada"}
    exec(f"def registered(key): pass\nasync def portion():\n {mistake}", names)
    with pytest.raises(Exception) as raised:  # noqa: PT011  the table says which
        asyncio.run(names["portion"]())
    assert f"{raised.type.__name__}: {raised.value}" in IN_VERSIONS[mistake]


def test_an_attribute_that_only_python_looked_for_is_not_said_to_be_of_none() -> None:
    failure = Failure("AttributeError", "__enter__", "register_user", owner="NoneType")
    assert explain_exception(failure).title == "register_user() stopped: AttributeError: __enter__."


def test_an_unknown_exception_keeps_pythons_own_message() -> None:
    failure = Failure("ZeroDivisionError", "division by zero", "registered")
    assert explain_exception(failure).title == (
        "registered() stopped: ZeroDivisionError: division by zero."
    )
