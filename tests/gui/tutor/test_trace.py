"""The lines that ran in a call, and what is told of each."""

import ast
import inspect
import sys
import warnings
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings

from gui.tutor.assignment import BY_NAME, Dictionaries, functions_of
from gui.tutor.evidence import Evidence
from gui.tutor.logic import Logic
from gui.tutor.problem import NO_STEPS, Line, Steps
from gui.tutor.recorder import MAX_NOTES
from gui.tutor.replay import run_again
from gui.tutor.rules import Situation
from gui.tutor.source import Source
from gui.tutor.trace import FIRST_LINES, LAST_LINES, trace
from tests.gui.tutor.test_instrument import BLOCKS
from tests.students_files import filled

KEY, OTHER = "127.0.0.1:50412", "127.0.0.1:50413"
USERS = {OTHER: "grace"}
NONE = Dictionaries({}, {})
# A portion, and what is told of it: the line in the portion, its code, and the phrases beside it.
TOLD = """\
server_logic.register_client
key = server.get_addr_key()
if registered(key) & username_exists(username) or "ada":
    await server.registration_failed(username)
->
1 key = server.get_addr_key() | key is '127.0.0.1:50412'
2 if registered(key) & username_exi … rname) or "ada": | registered(key) is False · \
username_exists(username) is False | False & False or "ada" is 'ada', which counts as true
3     await server.registration_failed(username) | sent
%%
server_logic.register_client
server.registration_failed(username)
made = server.registration_successful(username)
->
1 server.registration_failed(username) | made, not awaited
2 made = server.registration_successful(username) | made, not awaited
%%
server_logic.login_client
try:
    key = server.get_adr_key()
except Exception as error:  # never mind
    pass
->
2     key = server.get_adr_key() | raised AttributeError: 'ServerHandle' object has no attribute \
'get_adr_key'
3 except Exception as error: | caught AttributeError
4     pass
%%
server_logic.login_client
import contextlib
with contextlib.suppress(KeyError):
    name = users[server.get_addr_key()]
await server.login_failed(username)
->
1 import contextlib
2 with contextlib.suppress(KeyError):
3     name = users[server.get_addr_key()] | users is {'127.0.0.1:50413': 'grace'} · \
server.get_addr_key() is '127.0.0.1:50412' | raised KeyError: '127.0.0.1:50412'
4 await server.login_failed(username) | sent
%%
server_logic.login_client
key = server.get_addr_key()
for other in active_users:
    if other == key:
        return
if not logged_in(key):
    found = (yes := key in users.values())
elif key: return
while not found:
    found = username, 1
->
1 key = server.get_addr_key() | key is '127.0.0.1:50412'
2 for other in active_users: | active_users is {} | there is nothing to go through
5 if not logged_in(key): | logged_in(key) is False · (not False) is True
6     found = (yes := key in users.values()) | users.values() is ['grace'] · yes is False · \
found is False
8 while not found: | (not False) is True
9     found = username, 1 | found is ('ada', 1)
8 while not found: | (not ('ada', 1)) is False
%%
server_logic.send_registry_to_client
for number in range(9):
    number == 5
key = "me"
key += "!"
assert key, "never"
->
1 for number in range(9): | number is 0
2     number == 5 | (number == 5) is False
1 for number in range(9): | number is 1
2     number == 5 | (number == 5) is False
0 …
1 for number in range(9): | number is 8
2     number == 5 | (number == 5) is False
3 key = "me"
4 key += "!"
5 assert key, "never" | key is 'me!', which counts as true
%%
server_logic.register_client
names = [name for name in users.values() if name != username]
users[server.get_addr_key()] = names[0]
del users["127.0.0.1:50413"]
match [username]:
    case ["ada" as name] if name: await server.registration_failed(name)
->
1 names = [name for name in users.v … ame != username] | users.values() is ['grace'] · \
name is 'grace' · (name != username) is True · names is ['grace']
2 users[server.get_addr_key()] = names[0] | users['127.0.0.1:50412'] is 'grace'
3 del users["127.0.0.1:50413"] | users is {'127.0.0.1:50413': 'grace', '127.0.0.1:50412': 'grace'}
4 match [username]: | [username] is ['ada'] · name is 'ada', which counts as true
5     case ["ada" as name] if name:
5         await server.registration_failed(name) | sent
%%
server_logic.register_client
def taken(name):
    return name in users.values()
if taken(username):
    pass
return taken
->
1 def taken(name):
3 if taken(username): | taken(username) is False
2         return name in users.values() | name is 'ada' · users.values() is ['grace'] · \
(name in users.values()) is False
5 return taken | taken is a function
%%
server_logic.register_client
if registered:
    users = {}
->
1 if registered: | registered is a function, which counts as true
2     users = {} | users is {}
%%
server_logic.register_client
x = users.get("x")
if x: pass
elif username == "ada" and not x or users: return f"{x}"
->
1 x = users.get("x") | users is {'127.0.0.1:50413': 'grace'} · x is None
2 if x: | x is None, which counts as false
3 elif username == "ada" and not x or users: | (username == "ada") is True | \
True and (not None) or … is True
3     return f"{x}" | f"{x}" is 'None'
%%
server_logic.register_client
if active_users: pass
made = server.registration_failed(username)
await made
if server.get_addr_key() and "": pass
return [not name for name in (1, 0)]
->
1 if active_users: | active_users is {}, which counts as false
2 made = server.registration_failed(username) | made, and sent later
3 await made
4 if server.get_addr_key() and "": | server.get_addr_key() is '127.0.0.1:50412' | \
'127.0.0.1:50412' and "" is '', which counts as false
5 return [not name for name in (1, 0)] | name is 1, then 0 · (not name) is False, then True · \
[not name for name in (1, 0)] is [False, True]
%%
server_logic.register_client
if print() or register_user("me", username): pass
print(username)
await server.registration_failed(username)
->
1 if print() or register_user("me", username): | print() is None · \
register_user("me", username) is None | None or None is None, which counts as false
2 print(username)
3 await server.registration_failed(username) | sent
"""


def logic_of(folder: Path, function: str, body: str) -> Logic:
    """Return the file in force that has another body in one portion."""
    expected = BY_NAME[function]
    path = folder / expected.file
    path.write_text(filled(expected.file, expected.name, body), encoding="utf-8")
    return logic_in(path)


def logic_in(path: Path) -> Logic:
    """Return a file in force."""
    module, functions = ModuleType(path.stem), functions_of(path.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = Source(path, functions)
        for code in source.reading.code:
            exec(code, vars(module))
    return Logic(module, source, functions)


def did_in(logic: Logic, function: str, username: str = "ada") -> Evidence:
    """Return what a portion does for a client that has not registered, while another one has."""
    expected = BY_NAME[function]
    arguments = (username,) if "username" in expected.parameters else ()
    with warnings.catch_warnings(), logic.recorded(Dictionaries(dict(USERS), {})) as recorder:
        warnings.simplefilter("ignore")
        code = getattr(logic.module, expected.name)
        did = run_again(expected, code, recorder, KEY, arguments)
    assert did is not None
    return did


def traced(folder: Path, function: str, body: str) -> Steps:
    """Return what is told of a portion."""
    logic = logic_of(folder, function, body)
    situation = Situation(Dictionaries(USERS, {}), KEY, "ada")
    did = did_in(logic, function)
    return trace(BY_NAME[function], situation, did, logic.source.tree(), logic.source.lines)


def told(steps: Steps, first: int) -> list[str]:
    """Return each line of some steps in one line of text, numbered from the portion's first."""
    return [
        " | ".join(
            [
                f"{line.number and line.number - first} {line.code}",
                *(" · ".join(phrases) for phrases in line.values),
            ]
        )
        for line in steps.lines
    ]


@pytest.mark.parametrize("case", TOLD.split("%%\n"), ids=lambda case: case.split("\n")[1])
def test_what_ran_is_told_line_by_line(case: str, tmp_path: Path) -> None:
    function, _, rest = case.partition("\n")
    body, _, expected = rest.partition("->\n")
    start = filled("server_logic.py", function.partition(".")[2], "*start of it*")
    first = start[: start.index("*start of it*")].count("\n")
    assert told(traced(tmp_path, function, body), first) == expected.splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for one file after the other."""
    return tmp_path_factory.mktemp("portions")


BEGIN = ["key, n, log = server.get_addr_key(), 1, print", "await server.login_failed(username)"]


@settings(max_examples=40)
@given(block=BLOCKS)
def test_whatever_a_portion_holds_its_steps_are_told_and_nothing_changes(
    block: list[str], folder: Path
) -> None:
    function = "server_logic.login_client"
    logic = logic_of(folder, function, "\n".join([*BEGIN, *block]))
    if "login_client" in logic.unusable:
        return
    before = dict(vars(logic.module))
    tree, lines = logic.source.tree(), logic.source.lines
    situation = Situation(Dictionaries(USERS, {}), KEY, "ada")
    did = did_in(logic, function)
    steps = trace(BY_NAME[function], situation, did, tree, lines)
    assert 0 < len(steps.lines) <= FIRST_LINES + 1 + LAST_LINES
    assert steps.text().replace("\n", "").isprintable()
    assert vars(logic.module) == before
    assert logic.module.users == {}


def test_a_wrong_helper_is_shown_where_it_was_called_and_a_right_one_is_not(
    tmp_path: Path,
) -> None:
    text = filled("server_logic.py", "username_exists", "return username in users")
    (tmp_path / "server_logic.py").write_text(text, encoding="utf-8")
    logic = logic_in(tmp_path / "server_logic.py")
    situation = Situation(Dictionaries(USERS, {}), KEY, "grace")
    did = did_in(logic, "server_logic.register_client", "grace")
    function = BY_NAME["server_logic.register_client"]
    steps = trace(function, situation, did, logic.source.tree(), logic.source.lines)
    assert [line.code.strip() for line in steps.lines] == [
        "key = server.get_addr_key()",
        "if registered(key) or username_exists(username):",
        "return username in users",
        "register_user(key, username)",
        "await server.registration_successful(username)",
    ]
    assert steps.lines[2].values == (
        ("username is 'grace'", f"users is {USERS}", "(username in users) is False"),
    )


def test_a_long_run_is_cut_in_its_middle(tmp_path: Path) -> None:
    body = "\n".join(f"n = {number}" for number in range(60))
    steps = traced(tmp_path, "server_logic.login_client", body)
    codes = [line.code for line in steps.lines]
    assert codes[: FIRST_LINES + 1] == [*(f"n = {n}" for n in range(FIRST_LINES)), "…"]
    assert codes[FIRST_LINES + 1 :] == [f"n = {n}" for n in range(60 - LAST_LINES, 60)]


def test_of_a_run_that_is_too_long_it_is_told_that_it_went_on(tmp_path: Path) -> None:
    body = f"for number in range({MAX_NOTES}):\n    pass\nreturn username"
    codes = [
        line.code.strip() for line in traced(tmp_path, "server_logic.login_client", body).lines
    ]
    assert codes[:2] == [f"for number in range({MAX_NOTES}):", "pass"]
    assert codes[-1] == "…"


def test_what_nests_too_deep_to_be_read_is_not_told(tmp_path: Path) -> None:
    body = f"return {'not ' * 80}server.get_addr_key()"
    logic = logic_of(tmp_path, "server_logic.login_client", body)
    did = did_in(logic, "server_logic.login_client")
    limit = sys.getrecursionlimit()
    depth = len(inspect.stack())
    function, situation = BY_NAME["server_logic.login_client"], Situation(NONE, KEY, "ada")
    tree = logic.source.tree()
    try:
        sys.setrecursionlimit(depth + 60)
        steps = trace(function, situation, did, tree, logic.source.lines)
    finally:
        sys.setrecursionlimit(limit)
    assert steps == NO_STEPS


def test_nothing_of_the_machine_is_told(tmp_path: Path) -> None:
    body = "print([registered, server, open]); return {registered: [object()]}[server.register]"
    text = traced(tmp_path, "server_logic.login_client", body).text()
    assert "0x" not in text
    assert str(tmp_path) not in text


def test_without_steps_nothing_is_told() -> None:
    did = Evidence(None, (), 0, None, {}, {}, (), "")
    function, situation = BY_NAME["server_logic.registered"], Situation(NONE, KEY, "")
    assert trace(function, situation, did, ast.parse(""), []) == NO_STEPS
    assert NO_STEPS.text() == ""


def test_values_stand_beside_the_code_where_they_have_room_and_below_it_where_not() -> None:
    steps = Steps(
        "What it did:",
        (
            Line(175, "key = server.get_addr_key()", (("key is '127.0.0.1:5'",),)),
            Line(176, "if registered(key) or taken:", (("a is 1", "b is 22"), ("1 or … is 1",))),
            Line(0, "…"),
        ),
    )
    assert steps.text(60).splitlines() == [
        "What it did:",
        " 175  key = server.get_addr_key()  key is '127.0.0.1:5'",
        " 176  if registered(key) or taken:  a is 1 · b is 22",
        "                                    1 or … is 1",
        "      …",
    ]
    assert steps.text(24).splitlines()[1:6] == [
        " 175  key = server.get_addr_key()",
        "          key is '127.0.0.1:5'",
        " 176  if registered(key) or taken:",
        "          a is 1",
        "          b is 22",
    ]
