"""Files of the assignment that cannot be used as they are: told, and nobody is harmed."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gui.tutor.assignment import CLIENT_FILE, SERVER_FILE
from tests.students_files import (
    PROJECT,
    RIGHT_REPLIES,
    assert_right,
    assert_tells_no_code,
    filled,
    serve_from,
    take_steps_from,
)


def changed(file: str, before: str, after: str) -> str:
    """Return the text of a file of the assignment, with one piece of it replaced."""
    text = (PROJECT / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    return text.replace(before, after)


class BrokenFile(NamedTuple):
    """A file of the assignment that cannot be used as it is, and how that is explained.

    Parameters:
        name: what happened to it.
        text: the file; None if there is none.
        title: what the window says.
        function: the function that it names; "" for the file as a whole.
        code: the text of the line that it shows, and the caret below it.
        errors: how many of the conversation's requests, at least, are answered with an error.
    """

    name: str
    text: str | None
    title: str
    function: str = ""
    code: str = ""
    errors: int = 13

    def __repr__(self) -> str:
        return self.name


REGISTERED = "def registered(key: str) -> bool:"
REGISTER = "async def register_client(server, username: str) -> None:"
LOGIN = "async def login_client(server, username: str) -> None:"
BROKEN_FILES = [
    BrokenFile(
        "a colon is missing",
        changed(SERVER_FILE, REGISTERED, REGISTERED.removesuffix(":")),
        "Python cannot read the first line of registered(): a colon is missing.",
        "registered",
        code=f"{REGISTERED.removesuffix(':')}\n{' ' * (len(REGISTERED) - 1)}^",
        errors=0,
    ),
    BrokenFile(
        "a bracket is not closed",
        filled(SERVER_FILE, "register_client", "await server.registration_failed(username"),
        "Python cannot read register_client(): a ( is never closed.",
        "register_client",
        code="await server.registration_failed(username\n" + " " * 32 + "^",
        errors=4,
    ),
    BrokenFile(
        "= in a return",
        filled(SERVER_FILE, "username_matches_record", "return users[key] = username"),
        "Python cannot read username_matches_record(): = cannot stand after return.",
        "username_matches_record",
        code="return users[key] = username\n" + " " * 18 + "^",
        errors=3,
    ),
    BrokenFile(
        "a quote is not closed",
        filled(SERVER_FILE, "register_user", 'users["key] = username'),
        'Python cannot read register_user(): a " has no partner in its line.',
        "register_user",
        code='users["key] = username\n      ^',
        errors=3,
    ),
    BrokenFile(
        "nothing is indented after if",
        filled(SERVER_FILE, "registered", "if key in users:\nreturn True"),
        "Python cannot read registered(): "
        "the line below the if of line 49 is not indented further.",
        "registered",
        code="return True\n^",
        errors=8,
    ),
    BrokenFile(
        "a line is indented without a reason",
        filled(SERVER_FILE, "registered", "found = key in users\n  return found"),
        "Python cannot read registered(): a line is indented further than the one before it.",
        "registered",
        code="return found\n^",
        errors=8,
    ),
    BrokenFile(
        "a line ends further to the left than any before",
        changed(
            SERVER_FILE, "    return key in users\n", "    found = key in users\n  return found\n"
        ),
        "Python cannot read registered(): a line begins in a column in which none above it does.",
        "registered",
        code="return found\n^",
        errors=8,
    ),
    BrokenFile(
        "return outside of a function",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nreturn {}"),
        "Python cannot read server_logic.py: return stands outside of every function.",
        code="return {}\n^",
        errors=0,
    ),
    BrokenFile(
        "an exception at the level of the module",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nusers = {}\nusers['ada']"),
        "server_logic.py stops while it is read: KeyError: 'ada'.",
        code="users['ada']",
    ),
    BrokenFile(
        "an import of what is not there",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nimport regsitry\nusers = {}"),
        "server_logic.py stops while it is read: ModuleNotFoundError: No module named 'regsitry'.",
        code="import regsitry",
    ),
    BrokenFile(
        "sys.exit at the level of the module",
        changed(
            SERVER_FILE, "\nusers: dict[str, str] = {}", "\nusers = {}\nimport sys\nsys.exit(3)"
        ),
        "server_logic.py stops while it is read: SystemExit: 3.",
        code="sys.exit(3)",
    ),
    BrokenFile(
        "there is no file",
        None,
        "There is no server_logic.py that can be read.",
    ),
    BrokenFile(
        "a handler is renamed",
        changed(SERVER_FILE, REGISTER, REGISTER.replace("register_client", "register_a_client")),
        "There is no register_client() in server_logic.py.",
        "register_client",
        REGISTER.replace("register_client", "register_a_client"),
        errors=4,
    ),
    BrokenFile(
        "a helper is renamed",
        changed(SERVER_FILE, REGISTERED, REGISTERED.replace("registered", "is_registered")),
        "There is no registered() in server_logic.py.",
        "registered",
        REGISTERED.replace("registered", "is_registered"),
        errors=8,
    ),
    BrokenFile(
        "a handler is not async",
        filled(SERVER_FILE, "register_client", "server.registration_failed(username)").replace(
            REGISTER, REGISTER.removeprefix("async ")
        ),
        "register_client() must be async.",
        "register_client",
        REGISTER.removeprefix("async "),
        errors=4,
    ),
    BrokenFile(
        "a helper is async",
        changed(SERVER_FILE, REGISTERED, f"async {REGISTERED}"),
        "registered() must not be async.",
        "registered",
        f"async {REGISTERED}",
        errors=0,
    ),
    BrokenFile(
        "a handler has one parameter less",
        changed(SERVER_FILE, LOGIN, LOGIN.replace(", username: str", "")),
        "login_client() must receive server and username.",
        "login_client",
        LOGIN.replace(", username: str", ""),
        errors=4,
    ),
    BrokenFile(
        "a handler has one parameter more",
        changed(SERVER_FILE, LOGIN, LOGIN.replace("username: str", "username: str, key")),
        "login_client() must receive server and username.",
        "login_client",
        LOGIN.replace("username: str", "username: str, key"),
        errors=4,
    ),
    BrokenFile(
        "a handler is a variable",
        (PROJECT / SERVER_FILE).read_text(encoding="utf-8") + "\nlogin_client = 5\n",
        "There is no login_client() in server_logic.py.",
        "login_client",
        errors=4,
    ),
    BrokenFile(
        "a handler yields",
        filled(SERVER_FILE, "register_client", "yield server.registration_failed(username)"),
        "register_client() uses yield, which makes it another kind of function.",
        "register_client",
        "yield server.registration_failed(username)",
        errors=4,
    ),
    BrokenFile(
        "a helper yields",
        filled(SERVER_FILE, "registered", "yield key in users"),
        "registered() uses yield, which makes it another kind of function.",
        "registered",
        "yield key in users",
        errors=0,
    ),
]


@pytest.mark.parametrize("broken", BROKEN_FILES, ids=repr)
def test_a_server_with_a_broken_file_starts_and_answers(
    broken: BrokenFile, tmp_path: Path, assert_silence: Any
) -> None:
    if broken.text is not None:
        (tmp_path / SERVER_FILE).write_text(broken.text, encoding="utf-8")
    replies, found = serve_from(tmp_path)
    assert found, "nothing was reported"
    first = found[0]
    assert first.explanation.title == broken.title
    assert (first.file, first.function, first.code) == (SERVER_FILE, broken.function, broken.code)
    assert_tells_no_code(replies)
    assert [reply["type"] for reply in replies].count("error") >= broken.errors
    assert_silence()


def test_a_file_in_which_users_is_a_list_is_told(tmp_path: Path, assert_silence: Any) -> None:
    text = changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nusers = []")
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    _, found = serve_from(tmp_path)
    assert found, "nothing was reported"
    assert found[0].explanation.title.startswith("users ")
    assert found[0].code == "users = []"
    assert_silence()


def test_a_client_with_a_broken_file_starts_and_every_step_ends(
    tmp_path: Path, assert_silence: Any
) -> None:
    text = filled(CLIENT_FILE, "register", "if username\n    await client.register(username)")
    (tmp_path / CLIENT_FILE).write_text(text, encoding="utf-8")
    sentences, found = take_steps_from(tmp_path)
    assert found[0].explanation.title == ("Python cannot read register(): a colon is missing.")
    assert found[0].function == "register"
    assert found[0].code == "if username\n           ^"
    assert sentences[:2] == ["Nothing was sent: see the problem below."] * 2
    assert "refused" in sentences[2]
    assert "Denied" in sentences[3]
    assert_silence()


def test_a_client_without_a_file_starts_and_every_step_ends(
    tmp_path: Path, assert_silence: Any
) -> None:
    sentences, found = take_steps_from(tmp_path)
    assert found[0].explanation.title.startswith("There is no client_logic.py")
    assert sentences == ["Nothing was sent: see the problem below."] * 5
    assert_silence()


# --- each portion by itself -------------------------------------------------------------


UNREADABLE = "Python cannot read "


def types_of(replies: list[dict[str, Any]]) -> list[str]:
    """Return what kinds of answers came."""
    return [reply["type"] for reply in replies]


def test_a_portion_that_cannot_be_read_harms_no_other(tmp_path: Path, assert_silence: Any) -> None:
    text = filled(SERVER_FILE, "send_registry_to_client", "if logged_in(:\n    pass")
    text = text.replace("return key in active_users", "return is_in(key, active_users)")
    text += "\n\ndef is_in(key, dictionary):\n    return key in dictionary\n"
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    replies, found = serve_from(tmp_path)
    expected = [
        "error" if right in ("registry", "request_denied") else right for right in RIGHT_REPLIES
    ]
    assert types_of(replies) == expected
    assert {problem.function for problem in found} == {"send_registry_to_client"}
    assert all(p.explanation.title.startswith(UNREADABLE) for p in found)
    assert_silence()


def test_what_calls_a_portion_that_cannot_be_read_is_not_blamed(tmp_path: Path) -> None:
    text = filled(SERVER_FILE, "logged_in", "return key im active_users")
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    _, found = serve_from(tmp_path)
    assert {problem.function for problem in found} == {"logged_in"}


@pytest.mark.parametrize(
    "broken",
    [
        changed(SERVER_FILE, REGISTERED, "def registered(key: str -> bool:"),
        changed(SERVER_FILE, '    """Tell whether this client is logged in.', "    Tell whether."),
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nimport asyncio\nusers: = {}"),
        (PROJECT / SERVER_FILE).read_text(encoding="utf-8") + "\nregister_client(\n",
    ],
    ids=["first line", "docstring", "dictionary", "call at the end"],
)
def test_where_what_is_around_them_cannot_be_read_the_portions_run(
    broken: str, tmp_path: Path, assert_silence: Any
) -> None:
    body = "return key in active_users"
    broken = broken.replace(body, f"{body} if hash(key) else asyncio")
    (tmp_path / SERVER_FILE).write_text(broken, encoding="utf-8")
    replies, (problem,) = serve_from(tmp_path)
    assert types_of(replies) == RIGHT_REPLIES
    assert problem.explanation.title.startswith("Python cannot read ")
    assert_silence()


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_the_portions_of_a_file_in_another_encoding_run(encoding: str, tmp_path: Path) -> None:
    text = changed(SERVER_FILE, "\nusers: dict", "\n# für alle\nusers: dict")
    (tmp_path / SERVER_FILE).write_bytes(text.encode(encoding))
    replies, (problem,) = serve_from(tmp_path)
    assert types_of(replies) == RIGHT_REPLIES
    assert re.search("saved as UTF-(8|16).$", problem.explanation.title)


def test_the_function_with_the_markers_runs_and_a_second_one_below_is_told(
    tmp_path: Path, assert_silence: Any
) -> None:
    second = '\n\ndef registered(key):\n    """Mine."""\n    return nothing\n'
    text = (PROJECT / SERVER_FILE).read_text(encoding="utf-8") + second
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    replies, (problem,) = serve_from(tmp_path)
    assert types_of(replies) == RIGHT_REPLIES
    assert problem.explanation.title == "registered() is defined a second time, without need."
    assert problem.code == "def registered(key):"
    assert problem.line == len(text.splitlines()) - 2
    first = text.splitlines().index(REGISTERED) + 1
    assert f" line {first}," in problem.explanation.advice
    assert_silence()


# --- names that are nearly right --------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "function", "body", "meant"),
    [
        (
            SERVER_FILE,
            "register_client",
            "await server.registration_succesful(username)",
            "server.registration_successful",
        ),
        (SERVER_FILE, "register_client", "server.get_adr_key()", "server.get_addr_key"),
        (
            SERVER_FILE,
            "register_client",
            "await registration_succesful(username)",
            "server.registration_successful",
        ),
        (SERVER_FILE, "register_client", "registerd(server.get_addr_key())", "registered"),
        (SERVER_FILE, "register_client", "username_exists(usernme)", "username"),
        (SERVER_FILE, "login_client", "key = server.get_addr_key()\nlogged_in(kye)", "key"),
        (SERVER_FILE, "login_client", "user_exists(username)", "username_exists"),
        (SERVER_FILE, "logged_in", "return key in active_user", "active_users"),
        (SERVER_FILE, "logged_in", "return key in activeusers", "active_users"),
        (SERVER_FILE, "registered", "return key in users.key()", ".keys"),
        (SERVER_FILE, "username_exists", "return username in users.value()", ".values"),
        (CLIENT_FILE, "register", "await client.registr(username)", "client.register"),
        (CLIENT_FILE, "login", "await client.log_in(username)", "client.login"),
        (CLIENT_FILE, "login", "await client.login(user_name)", "username"),
        (
            CLIENT_FILE,
            "request_registry",
            "await client.requestregistry()",
            "client.request_registry",
        ),
    ],
)
def test_a_name_that_is_nearly_right_is_recognised(
    file: str, function: str, body: str, meant: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(filled(file, function, body), encoding="utf-8")
    _, found = serve_from(tmp_path) if file == SERVER_FILE else take_steps_from(tmp_path)
    assert found[0].explanation.advice.startswith(f"Did you mean {meant}?")


def test_nothing_sent_in_a_step_without_a_username_is_not_explained_by_one(tmp_path: Path) -> None:
    (tmp_path / CLIENT_FILE).write_text(filled(CLIENT_FILE, "request_registry", "pass"), "utf-8")
    _, found = take_steps_from(tmp_path)
    assert "username" not in found[0].explanation.advice


# --- right files ------------------------------------------------------------------------


def test_a_helper_with_a_second_parameter_is_no_problem(
    tmp_path: Path, assert_silence: Any
) -> None:
    text = changed(SERVER_FILE, REGISTERED, "def registered(key: str, username: str) -> bool:")
    text = text.replace("registered(key) or", "registered(key, username) or")
    text = text.replace("registered(key) and", "registered(key, username) and")
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    assert_right(*serve_from(tmp_path))
    assert_silence()


def test_a_function_of_ones_own_is_no_problem(tmp_path: Path, assert_silence: Any) -> None:
    text = filled(
        SERVER_FILE,
        "send_registry_to_client",
        "await answer(server, logged_in(server.get_addr_key()))",
    )
    text += (
        "\n\nasync def answer(server, may_have_it):\n"
        "    if may_have_it:\n"
        "        await server.send_registry()\n"
        "    else:\n"
        "        await server.request_denied()\n"
    )
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    assert_right(*serve_from(tmp_path))
    assert_silence()
