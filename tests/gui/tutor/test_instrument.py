"""Instrumented code does what it did, and tells of its steps."""

import ast
import asyncio
import inspect
import textwrap
import warnings
from types import CodeType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gui.tutor.evidence import Evidence, Thing, evidence, place_of
from gui.tutor.instrument import STEP, VALUE, instrumented
from gui.tutor.recorder import (
    FIRST_STEPS,
    FIRST_VALUES,
    LAST_STEPS,
    LAST_VALUES,
    MAX_NOTES,
    Recorder,
)

PATH = "students.py"
# Everything that Python has a form for, and whose order or end could change.
SHAPES = """\
return log("a") and log("") and log("c")
%%
return log("") or not log("") or log("c")
%%
return log(1) < log(3) > log(2) == log(2)
%%
return log(1) < log(0) < log(2)
%%
return log(key) in users == True
%%
return log("a") if log("") else log("c")
%%
return [log(f"{name!r:>6}") for name in users.values() if log(name) != "ada"]
%%
return {log(k): log(v) for k, v in users.items()}, {log(k) for k in users}
%%
return any(log(name) == username for name in users.values())
%%
return sorted(users.values(), key=lambda name, sign=-1: sign * log(len(name)))
%%
if (found := log(users.get(key))) is None:
    return "none"
return found, locals()
%%
users[log(key)] = log(username); users[log("b")] += log("more")
%%
users[key]: username
count: int = log(3)
return count
%%
first, *rest = log([1, 2, 3])
(users[log("x")], b), c = (log("v"), 2), 3
return first, rest, b, c
%%
log(1); log(2) if log(0) else log(3); log(*[4], end=log("5")); log(**{"end": "6"})
%%
for name in users.values():
    if log(name) == "grace":
        break
    continue
else:
    log("nobody")
return name
%%
for name in []:
    log(name)
else:
    log("none")
%%
count = 0
while log(count) < 3:
    count += 1
    if count == 2: continue
else:
    log("end")
return count
%%
while True:
    if log("once"): return 1
%%
try:
    log(users["nobody"])
except (KeyError, ValueError) as error:
    log(type(error).__name__)
    raise RuntimeError(error) from error
else:
    log("else")
finally:
    log("finally")
%%
try:
    return log(1)
finally:
    return log(2)
%%
try:
    registred(key)
except:
    pass
%%
from contextlib import suppress
with suppress(KeyError) as nothing:
    log(users[username])
return nothing
%%
assert log(key) is None, log("why")
%%
raise ValueError(log("x"))
%%
def inner(name, default=log("default")):
    \"\"\"Tell.\"\"\"
    nonlocal key
    key = log(name)
    return inner.__doc__, default
return inner("a"), key
%%
global counter
counter = log(1)
return counter
%%
users = {}
users[key] = username
return users
%%
users |= {key: username}
%%
def numbers():
    got = yield log(1)
    log(got)
    try:
        yield from [log(2), 3]
    finally:
        log("closed")
made = numbers()
return next(made), made.send("sent"), list(made)
%%
match log([key, username]):
    case [str() as first, "grace"] if log(first) == "nobody":
        return 1
    case [first, "ada" | "bob"]:
        return log(first)
    case _:
        return 3
%%
class Box:
    size = log(3)
    def __init__(self, **more): self.__more = more; super().__init__()
    def __bool__(self): log("asked"); return False
    def __repr__(self): log("looked"); return "Box"
    def __eq__(self, other): log("compared"); return True
    def __getattr__(self, name): log(name); return name
    __hash__ = None
    @property
    def more(self): return self.__more
box = Box(a=1)
return not box, box == 1, box or 2, box.more, box.other, [box] and 1
%%
del users[log(key)]
return users
%%
import math as m; from math import pi
return m.floor(log(pi)), users.values, -log(2), ~log(1), (yes := log(3)) + yes
%%
return log("abc")[log(1):], log([1, 2, 3])[::-1], (log(1), [log(2)], {log(3)}, {log(4): log(5)})
%%
return f"{log(key)} and {log(username)!s:>{log(9)}}" "more"
%%
x = log(1),
return x is log(x), (log(0),) and 1
%%
return users.key
%%
return username.nothing(log(1))
%%
return log(users)[log(key)][log(99)]
%%
print("a", end=log(""))
%%
return 1 / log(0)
%%
def again(n): return again(n + 1)
return again(0)
"""
# The same with what an async function alone can do.
ASYNC_SHAPES = """\
await sleep(log(0)); return log(await answer(log(1)))
%%
answer(2)
%%
made = answer(log(1))
log("between")
return await made
%%
async with box as inside:
    log(inside)
    async for number in box:
        log(number)
    else:
        log("else")
    return [log(n) async for n in box if log(n)], [await answer(n) for n in (1, 2)]
%%
from asyncio import gather, create_task
task = create_task(answer(log(1)))
return await gather(task, answer(log(2))), await task
%%
return await log(None)
%%
async def inner():
    for n in 1, 2: yield await answer(n)
return [n async for n in inner()]
"""


def split(shapes: str) -> list[str]:
    """Return the bodies in a text."""
    return [shape.strip("\n") for shape in shapes.split("%%\n")]


class Box:
    """Can be entered and gone through."""

    def __init__(self, said: list[Any]) -> None:
        self.said = said

    async def __aenter__(self) -> str:
        self.said.append("entered")
        return "inside"

    async def __aexit__(self, *_: object) -> None:
        self.said.append("left")

    async def __aiter__(self) -> Any:
        for number in 1, 2:
            self.said.append("next")
            yield number


def text_of(body: str, is_async: bool) -> str:
    """Return a function with a body."""
    head = "def function(key, username):\n"
    return ("async " if is_async else "") + head + textwrap.indent(body, "    ") + "\n"


def outcome(code: CodeType, is_async: bool, recorder: Recorder, names: dict[str, Any]) -> Any:
    """Return all that can be seen of what the code of a function does."""
    said: list[Any] = []

    def log(*values: Any, end: object = "") -> Any:
        said.append([repr(value) if isinstance(value, (int, str)) else "" for value in values])
        return values[0] if values else end

    async def answer(value: object) -> object:
        said.append("answered")
        return value

    names.update(users={"k": "ada", "l": "grace"}, log=log, answer=answer, box=Box(said))
    names.update(sleep=asyncio.sleep, print=log)

    def run() -> Any:
        exec(code, names)
        made = names["function"]("k", "ada")
        return asyncio.run(made) if is_async else made

    seen: list[Any] = []

    def watched() -> None:
        seen.append(run())

    did = evidence(recorder.run(watched))
    assert did is not None
    error = did.error and (did.error.kind, did.error.message, did.error.line)
    returned = repr(seen[0]) if seen and "0x" not in repr(seen[0]) else len(seen)
    return returned, error, said, did.users, names.get("counter"), did


def both(body: str, is_async: bool = False) -> tuple[Any, Any, Evidence]:
    """Return what a body does as it is, what it does instrumented, and the evidence of that."""
    source = text_of(body, is_async)
    outcomes = []
    for is_instrumented in (False, True):
        names: dict[str, Any] = {}
        recorder = Recorder(PATH, names)
        recorder.take_notes(STEP, VALUE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            code = instrumented(tree, PATH) if is_instrumented else compile(tree, PATH, "exec")
            outcomes.append(outcome(code, is_async, recorder, names))
    plain, made = outcomes
    return plain[:-1], made[:-1], made[-1]


@pytest.mark.parametrize("body", split(SHAPES))
def test_a_function_does_the_same(body: str) -> None:
    plain, made, did = both(body)
    assert made == plain
    assert did.steps


@pytest.mark.parametrize("body", split(ASYNC_SHAPES))
def test_an_async_function_does_the_same(body: str) -> None:
    plain, made, did = both(body, is_async=True)
    assert made == plain
    assert did.steps


NAMES = st.sampled_from(["key", "username", "users", "n", "nobody"])
LEAVES = NAMES | st.sampled_from(["1", "0", "''", "None", "'ada'", "log(key)", "users.values()"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(
                ["and", "or", "&", "|", "==", "in", "is not", "<", "+", "== 1 <", "if n else"]
            ),
            inner,
        )
        | st.builds("(not {})".format, inner)
        | st.builds("{}[{}]".format, inner, inner)
        | st.builds("log({}, end={})".format, inner, inner)
        | st.builds("[{} for n in {}]".format, inner, inner)
        | st.builds("(n := {})".format, inner)
        | st.builds("{}.get({})".format, inner, inner)
    ),
    max_leaves=6,
)
SIMPLE = (
    st.builds("n = {}".format, EXPRESSIONS)
    | st.builds("users[{}] = {}".format, EXPRESSIONS, EXPRESSIONS)
    | st.builds("return {}".format, EXPRESSIONS)
    | st.builds("log({})".format, EXPRESSIONS)
    | st.builds("n += {}".format, EXPRESSIONS)
    | st.builds("del users[{}]".format, EXPRESSIONS)
    | st.sampled_from(["pass", "raise KeyError(key)", "'text'", "global nobody", "nobody = 1"])
)


def indented(statements: list[str]) -> str:
    """Return some statements as a block."""
    return textwrap.indent("\n".join(statements), "    ")


BLOCKS = st.recursive(
    st.lists(SIMPLE, min_size=1, max_size=3),
    lambda inner: (
        st.builds(
            lambda begin, test, body, other: [f"{begin} {test}:", indented(body), *other],
            st.sampled_from(["if", "for n in", "with", "for users['x'] in"]),
            EXPRESSIONS,
            inner,
            inner | inner.map(lambda other: ["else:", indented(other)]),
        )
        | st.builds(
            lambda body, caught, other: ["try:", indented(body), *caught, indented(other)],
            inner,
            st.sampled_from([["except:"], ["except KeyError as n:"], ["finally:"]]),
            inner,
        )
    ),
    max_leaves=4,
)


# On 3.15 the exception leaves it at no line.
@example(["try:", "    key[key]", "finally:", "    global nobody"])
@given(BLOCKS)
def test_whatever_a_function_holds_it_does_the_same(block: list[str]) -> None:
    body = "\n".join(block)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text_of(body, False), PATH, "exec")
    except SyntaxError:
        return
    plain, made, _ = both(body)
    assert made == plain


# --- what is told -----------------------------------------------------------------------


def told(body: str, is_async: bool = False) -> list[tuple[int, dict[Any, Any]]]:
    """Return the line of each step of a function, and what its parts came to."""
    source = text_of(body, is_async)
    parts = {
        place_of(n): ast.get_source_segment(source, n)
        for n in ast.walk(ast.parse(source))
        if isinstance(n, ast.expr)
    }
    *_, did = both(body, is_async)
    return [(s.place[0] - 1, {parts[n.place]: n.value for n in s.values}) for s in did.steps]


def test_each_step_tells_what_its_parts_came_to() -> None:
    assert told(
        "found = key in users\nif found & False or not username:\n    return 1\nreturn 2"
    ) == [
        (
            1,
            {
                "key": "k",
                "users": Thing("dict", "{'k': 'ada', 'l': 'grace'}"),
                "key in users": True,
            },
        ),
        (
            2,
            {
                "found": True,
                "found & False": False,
                "username": "ada",
                "not username": False,
                "found & False or not username": False,
            },
        ),
        (4, {}),
    ]


def test_what_is_not_asked_for_has_no_value() -> None:
    ((_, values),) = told("return key == 'x' and username == 'ada'")
    assert "username == 'ada'" not in values


def test_each_round_is_a_step_and_so_is_the_end_of_a_loop() -> None:
    steps = told("for name in users.values():\n    pass\nreturn 1")
    assert [line for line, _ in steps] == [1, 1, 2, 1, 2, 1, 3]
    assert [values["name"] for _, values in steps if "name" in values] == ["ada", "grace"]


def test_an_exception_that_is_caught_is_told_where_it_was_raised() -> None:
    *_, did = both("try:\n    registred(key)\nexcept Exception:\n    pass\nreturn 1")
    (step,) = [step for step in did.steps if step.raised]
    assert step.raised is not None
    assert step.raised[:4] == ("NameError", "name 'registred' is not defined", 3, "function")
    assert step.raised.name == "registred"
    assert [step.place[0] - 1 for step in did.steps] == [2, 3, 4, 5]


def test_of_many_steps_the_first_and_the_last_are_kept() -> None:
    *_, did = both("for n in range(300):\n    log(n)\nreturn 1")
    assert len(did.steps) == FIRST_STEPS + LAST_STEPS
    numbers = [step.number for step in did.steps]
    assert numbers == [*range(1, FIRST_STEPS + 1), *range(603 - LAST_STEPS + 1, 604)]


def test_of_too_many_steps_the_first_alone_are_kept() -> None:
    *_, did = both(f"for n in range({MAX_NOTES}): pass\nreturn key")
    assert [step.number for step in did.steps] == list(range(1, FIRST_STEPS + 1))


def test_of_many_values_in_one_step_the_first_and_the_last_are_kept() -> None:
    *_, did = both("return [n == 5 for n in range(100)]")
    (step,) = did.steps
    assert len(step.values) == FIRST_VALUES + LAST_VALUES


def test_no_code_of_theirs_is_asked_how_a_value_looks() -> None:
    body = """\
class Odd(str):
    def __repr__(self): log("asked"); return "Odd"
    __str__ = __len__ = __hash__ = __repr__
odd = Odd("x")
return [odd], odd
"""
    plain, made, did = both(body)
    assert made == plain
    assert Thing("Odd", "") in [value.value for step in did.steps for value in step.values]


def test_no_code_of_theirs_is_asked_what_a_class_or_an_exception_is() -> None:
    body = """\
class Kind(type):
    def __eq__(self, other): log("compared"); return True
    def __hash__(self): log("hashed"); return 1
class Odd(metaclass=Kind):
    def __repr__(self): log("asked"); return "Odd"
    def __hash__(self): log("key"); return 1
class Failure(Exception):
    def __str__(self): log("told"); return "Failure"
    __class__ = property(lambda self: log("class"))
odd = {Odd(): Odd()}
for error in Failure(), KeyError(Odd()):
    try:
        raise error
    except Exception:
        odd
return odd
"""
    plain, made, did = both(body)
    assert made == plain
    assert [s.raised[:2] for s in did.steps if s.raised] == [("Failure", ""), ("KeyError", "")]
    assert Thing("dict", "{<Odd>: <Odd>}") in [n.value for s in did.steps for n in s.values]


def test_a_call_inside_a_call_of_theirs_is_shown_and_no_deeper_one() -> None:
    body = """\
def outer():
    return inner()
def inner():
    return 1
return outer()
"""
    *_, did = both(body)
    assert [(step.place[0] - 1, step.depth) for step in did.steps] == [
        (1, 0),
        (3, 0),
        (5, 0),
        (2, 1),
    ]


def test_a_function_keeps_its_kind_and_its_docstring() -> None:
    source = 'async def a():\n    "Doc."\n    yield 1\ndef b():\n    yield\n'
    names: dict[str, Any] = {}
    exec(instrumented(ast.parse(source), PATH), names)
    assert inspect.isasyncgenfunction(names["a"])
    assert inspect.isgeneratorfunction(names["b"])
    assert names["a"].__doc__ == "Doc."
