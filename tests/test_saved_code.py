"""Save and go on: what is saved is in force at the next request, without a restart."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gui import bridge
from gui.client_state import Step
from gui.console import Console
from gui.tutor import saved_file
from gui.tutor.assignment import CLIENT_FILE, SERVER_FILE
from gui.tutor.loaded import Loaded
from gui.tutor.problem import Problem
from gui.tutor.progress import Portions, State
from tests.peers import DEADLINE_SECONDS, Peer, RunningServer, running_server
from tests.students_files import PROJECT, client_from, filled, problems, server_from

RIGHT = (PROJECT / SERVER_FILE).read_text(encoding="utf-8")
WRONG = filled(SERVER_FILE, "registered", "return key in active_users")
BROKEN = filled(SERVER_FILE, "registered", "return key im users")
FAILED = {
    "type": "error",
    "reason": "The server's register_client() failed; the server shows why.",
}

# What a handler of the test below tells, and waits for.
BEGAN, SAVED = threading.Event(), threading.Event()

Save = Callable[[str], None]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the file at each request."""
    monkeypatch.setattr(saved_file, "LOOK_SECONDS", 0)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Give what saves a `server_logic.py`."""

    def save(text: str) -> None:
        (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")

    save(RIGHT)
    return save


@pytest.fixture
def server(save: Save, tmp_path: Path) -> Iterator[RunningServer]:
    """Run a server with that file."""
    with server_from(tmp_path) as server:
        yield server


def register(peer: Peer, username: str = "ada") -> Any:
    """Ask to register; return the kind of the answer."""
    return peer.ask("register", username=username)["type"]


def states(server: RunningServer) -> Mapping[str, State]:
    """Return what is told of the portions now."""
    return [event.states for event in server.news.events if isinstance(event, Portions)][-1]


def test_a_file_saved_wrong_right_broken_and_right_is_in_force_each_time(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    save(WRONG)
    assert [register(peer), register(peer, "other")] == ["registration_successful"] * 2
    save(RIGHT)
    assert register(peer, "third") == "registration_failed"
    save(BROKEN)
    assert register(peer) == "error"
    assert peer.ask("request_registry")["type"] == "request_denied"
    save(RIGHT)
    assert register(peer) == "registration_failed"
    assert peer.ask("login", username="other")["type"] == "login_successful"
    server.news.read()
    told = [event for event in server.news.events if isinstance(event, (Loaded, Problem))]
    changes = [event.changed for event in told if isinstance(event, Loaded)]
    assert changes == [frozenset(), *[frozenset({"registered"})] * 4]
    assert {event.function for event in told if isinstance(event, Problem)} == {"registered"}


def test_the_dictionaries_are_the_same_objects(server: RunningServer, save: Save) -> None:
    peer = server.connect()
    assert register(peer) == "registration_successful"
    save(RIGHT.replace("users: dict[str, str] = {}", 'users = {"1.2.3.4:5": "eve"}', 1))
    assert register(peer) == "registration_failed"
    assert register(server.connect(), "eve") == "registration_successful"
    assert register(server.connect(), "ada") == "registration_failed"


def test_a_handler_that_runs_ends_in_the_old_code_and_is_told_with_its_old_lines(
    server: RunningServer, save: Save
) -> None:
    first, second = server.connect(), server.connect()
    body = """
        import asyncio
        from tests.test_saved_code import BEGAN, SAVED
        BEGAN.set()
        while not SAVED.is_set():
            await asyncio.sleep(0)
        await nothing_here(username)
        """
    save(filled(SERVER_FILE, "register_client", body))
    first.send(b'{"type": "register", "username": "ada"}\n')
    assert BEGAN.wait(DEADLINE_SECONDS)
    save(f"# one line more\n\n{RIGHT}")
    assert register(second, "grace") == "registration_successful"
    SAVED.set()
    assert first.read_message() == FAILED
    server.news.wait_until(lambda: bool(problems(server.news)))
    (problem,) = problems(server.news)
    assert problem.code == "await nothing_here(username)"
    assert "await nothing_here(username)" in problem.traceback
    assert register(first) == "registration_successful"
    server.news.wait_until(lambda: states(server)["register_client"] is State.RIGHT)


def test_what_is_loaded_is_never_what_was_compiled_before(
    server: RunningServer, save: Save, tmp_path: Path
) -> None:
    assert register(server.connect()) == "registration_successful"
    assert not (tmp_path / "__pycache__").exists()


def test_a_file_that_stops_while_it_is_read_answers_nothing_with_old_code(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    save(f"{RIGHT}\nusers['nobody']\n")
    assert register(peer) == "error"
    save(RIGHT)
    assert register(peer) == "registration_successful"


def test_what_stands_outside_the_markers_is_said_once(server: RunningServer, save: Save) -> None:
    peer = server.connect()
    helper = "\n\ndef is_known(key):\n    return key in users\n"
    save(filled(SERVER_FILE, "registered", "return is_known(key)") + helper)
    assert register(peer) == "registration_successful"
    save(RIGHT + helper)
    assert register(peer) == "registration_failed"
    server.news.read()
    remarks = [event.remark for event in server.news.events if isinstance(event, Loaded)]
    assert remarks == ["", "Outside the markers, and so not graded: def is_known(key):.", ""]
    assert problems(server.news) == []


def test_what_is_wrong_with_the_file_is_told_once_as_long_as_it_is_so(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    second = "\n\ndef registered(key):\n    return False\n"
    for text in (RIGHT + second, f"{RIGHT + second}# more\n", RIGHT, RIGHT + second, RIGHT):
        save(text)
        register(peer)
    server.news.read()
    open_problems, numbers = set[Problem](), []
    for event in server.news.events:
        if isinstance(event, Loaded):
            open_problems = {problem for problem in open_problems if not event.ends(problem)}
        elif isinstance(event, Problem):
            open_problems.add(event)
        if isinstance(event, Portions):
            numbers.append(len(open_problems))
    assert len(problems(server.news)) == 2
    assert open_problems == set()
    assert 1 in numbers


def test_what_is_missing_is_told_anew_once_some_of_it_is_back(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    names = ["registered", "register_user", "logged_in"]
    for missing in (names, names[1:]):
        text = RIGHT
        for name in missing:
            text = text.replace(f"def {name}(", f"def q{len(name)}(")
        save(text)
        register(peer)
    server.news.read()
    titles = [problem.explanation.title for problem in problems(server.news)]
    assert [title for title in titles if title.startswith("There is no")] == [
        "There is no registered(), register_user() or logged_in() in server_logic.py.",
        "There is no register_user() or logged_in() in server_logic.py.",
    ]


def test_a_mistake_is_one_problem_whoever_asks(server: RunningServer, save: Save) -> None:
    body = 'await server.registration_successful(username + "!")'
    save(filled(SERVER_FILE, "register_client", body))
    for username in ("ada", "grace"):
        register(server.connect(), username)
    server.news.wait_until(lambda: len(problems(server.news)) == 2)
    assert len({problem.identity for problem in problems(server.news)}) == 1


def test_of_a_problem_that_is_told_already_no_more_wait_than_anybody_reads(
    server: RunningServer, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 5
    monkeypatch.setattr(bridge, "MANY_WAITING_EVENTS", most)
    save(filled(SERVER_FILE, "register_client", "if registered("))
    peer = server.connect()
    for _ in range(3 * most):
        assert register(peer) == "error"
    server.news.read()
    assert 0 < len(problems(server.news)) <= most


def test_what_happens_around_the_portions_changes_none_of_them(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    register(peer)
    for text in (f"# one line more\n{RIGHT}", f"{RIGHT}\nusers: = 3\n", RIGHT):
        save(text)
        register(peer)
    server.news.read()
    loaded = [event for event in server.news.events if isinstance(event, Loaded)]
    assert [event.changed for event in loaded] == [frozenset()] * 4
    assert states(server)["registered"] is State.RIGHT


def test_a_file_that_is_hard_to_read_is_loaded_like_any_other(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    save(filled(SERVER_FILE, "registered", f"return {' + '.join(['1'] * 3000)}"))
    assert register(peer) in ("error", "registration_failed")
    save(RIGHT)
    assert register(peer) == "registration_successful"


def test_a_client_takes_its_next_step_with_what_was_saved(tmp_path: Path) -> None:
    wrong = filled(CLIENT_FILE, "register", "client.register(username)")
    path = tmp_path / CLIENT_FILE
    path.write_text(wrong, encoding="utf-8")
    with running_server() as server, client_from(tmp_path, server.address) as client:
        assert client.take(Step.REGISTER) == "Nothing was sent: see the problem below."
        path.write_text(filled(CLIENT_FILE, "register", "await client.register(username)"), "utf-8")
        assert client.take(Step.REGISTER) == "'ada' is registered."
        files = [event.file for event in client.news.events if isinstance(event, Loaded)]
        assert files == [CLIENT_FILE] * 2


def test_a_problem_goes_when_a_function_that_ran_in_the_call_changed(
    server: RunningServer, save: Save
) -> None:
    peer = server.connect()
    save(filled(SERVER_FILE, "register_client", "if registered(server.get_addr_key()): pass"))
    assert register(peer) == "error"
    server.news.wait_until(lambda: bool(problems(server.news)))
    (problem,) = problems(server.news)
    assert problem.function == "register_client"
    for changed, goes in (("registered", True), ("register_client", True), ("logged_in", False)):
        assert Loaded(SERVER_FILE, 0, frozenset([changed])).ends(problem) is goes


def test_the_console_tells_a_problem_in_full_again_after_its_function_changed(
    server: RunningServer, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    peer, other = server.connect(), server.connect()
    save(WRONG)
    register(peer)
    register(peer, "other")
    save(WRONG.replace("return key in active_users\n", "return (key in active_users)\n", 1))
    register(other, "grace")
    save(WRONG.replace("return key in active_users\n", "return key  in {}\n", 1))
    register(other, "third")
    server.news.read()
    console = Console(server.news._mailbox)
    for event in server.news.all:
        if isinstance(event, (Loaded, Problem)):
            console.show(event)
    printed = capsys.readouterr().out
    title = "registered() answered False"
    assert printed.count(f"\n\n{title}") + printed.count(f"\n{title}") >= 2
    assert "Again: registered()" not in printed
    assert printed.count("server_logic.py was loaded at ") == 4
