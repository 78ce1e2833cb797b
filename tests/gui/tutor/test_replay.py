"""The second run of a function: only where the outcome was wrong, and without a trace."""

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.tutor import watchdog
from tests.peers import RunningServer, line
from tests.students_files import PROJECT, filled, problems, server_from

# A note on the disk stays, whatever is done to the names of the file.
NOTE_RUN = "with open('runs', 'a') as runs: runs.write('.')"


class Stage:
    """A folder with a `server_logic` of its own, and a server that uses it."""

    def __init__(self, folder: Path, resources: contextlib.ExitStack) -> None:
        self.folder = folder
        self._resources = resources

    def serve(self, function: str, body: str, globals: str = "") -> RunningServer:
        """Run a server with another body in one portion."""
        text = filled("server_logic.py", function, body)
        text = text.replace("users: dict", f"{globals}\nusers: dict", 1)
        (self.folder / "server_logic.py").write_text(text, encoding="utf-8")
        return self._resources.enter_context(server_from(self.folder))

    @property
    def runs(self) -> int:
        """How often the code came by NOTE_RUN."""
        return len((self.folder / "runs").read_text())


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Give a folder, in which the server then runs."""
    monkeypatch.chdir(tmp_path)
    with contextlib.ExitStack() as resources:
        yield Stage(tmp_path, resources)


def titles(server: RunningServer) -> list[str]:
    """Return what was explained, once something was."""
    server.news.wait_until(lambda: bool(problems(server.news)))
    return [problem.explanation.title for problem in problems(server.news)]


def test_right_code_runs_once(stage: Stage) -> None:
    body = f"{NOTE_RUN}\nusers[key] = username"
    server = stage.serve("register_user", body)
    assert server.connect().ask("register", username="ada")["type"] == "registration_successful"
    server.connect().ask("request_registry")
    assert stage.runs == 1
    assert problems(server.news) == []


def test_wrong_code_runs_once_more(stage: Stage) -> None:
    server = stage.serve("register_user", f"{NOTE_RUN}\nusers[username] = key")
    server.connect().ask("register", username="ada")
    assert titles(server) == [
        "register_user() stored the key under the username: users leads the wrong way."
    ]
    assert stage.runs == 2


def test_the_steps_of_the_second_run_are_told(stage: Stage) -> None:
    server = stage.serve("register_client", "await server.registration_failed(username)")
    peer = server.connect()
    peer.ask("register", username="ada")
    titles(server)
    (problem,) = problems(server.news)
    key = f"127.0.0.1:{peer.socket.getsockname()[1]}"
    assert problem.steps.heading == f"What it did, for 'ada' from {key}:"
    (line,) = problem.steps.lines
    assert line == (problem.line, "await server.registration_failed(username)", (("sent",),))


def test_of_a_portion_that_is_not_filled_in_no_steps_are_told(stage: Stage) -> None:
    server = stage.serve("register_client", "raise NotImplementedError('fill in')")
    server.connect().ask("register", username="ada")
    titles(server)
    assert [problem.steps.lines for problem in problems(server.news)] == [()]


def test_what_the_second_run_changes_is_as_it_was(stage: Stage) -> None:
    body = """
        global count
        count += 1
        names.append(username)
        users["?"] = username
        """
    server = stage.serve("register_user", body, "count = 0\nnames = []")
    server.connect().ask("register", username="ada")
    titles(server)
    logic = sys.modules["server_logic"]
    assert (logic.count, logic.names, logic.users) == (1, ["ada"], {"?": "ada"})


def test_the_second_run_prints_nothing_and_asks_for_nothing(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("once\ntwice\n"))
    server = stage.serve("register_client", "print('I print', input())")
    assert server.connect().ask("register", username="ada")["type"] == "error"
    assert titles(server) == ["register_client() ended without an answer to the client."]
    assert capsys.readouterr().out == "I print once\n"


def test_what_held_up_the_server_is_not_run_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "REPORT_SECONDS", 0.2)
    server = stage.serve("register_client", f"{NOTE_RUN}\nimport time\ntime.sleep(0.5)")
    server.connect().ask("register", username="ada")
    assert titles(server) == ["register_client() ended without an answer to the client."]
    assert stage.runs == 1


@pytest.mark.parametrize(
    ("wait", "why"),
    [
        ("time.sleep(0.4)", "a call did not return"),
        ("while time.monotonic() < began + 0.4: pass", "a loop took so long"),
    ],
)
def test_what_held_up_the_server_and_did_right_is_told_when_it_has_let_go(
    stage: Stage, quickly_freed: None, monkeypatch: pytest.MonkeyPatch, wait: str, why: str
) -> None:
    monkeypatch.setattr(watchdog, "BREAK_SECONDS", 9)
    body = f"import time\nbegan = time.monotonic()\n{wait}\nawait server.request_denied()"
    server = stage.serve("send_registry_to_client", body)
    assert server.connect().ask("request_registry") == {"type": "request_denied"}
    name = "send_registry_to_client()"
    assert titles(server) == [f"{name} held up the server for more than 0 s: {why}."]


def test_a_second_run_that_takes_another_way_explains_nothing_of_the_first(stage: Stage) -> None:
    body = """
        if os.path.exists("seen"):
            await server.registration_failed(username)
            await server.registration_failed(username)
        open("seen", "w").close()
        """
    server = stage.serve("register_client", body, "import os")
    server.connect().ask("register", username="ada")
    assert titles(server) == ["register_client() ended without an answer to the client."]


@pytest.mark.parametrize("wait", ["await asyncio.sleep(0)", "await asyncio.sleep(0.001)"])
def test_a_function_that_waits_is_followed_without_waiting(stage: Stage, wait: str) -> None:
    body = f"server.registration_failed(username)\n{wait}"
    server = stage.serve("register_client", body, "import asyncio")
    assert server.connect().ask("register", username="ada")["type"] == "error"
    assert titles(server) == [
        "register_client() called registration_failed without await, so nothing was sent."
    ]


@pytest.mark.parametrize(
    "asks", ["asyncio.get_running_loop().run_in_executor(None, {})", "asyncio.to_thread({})"]
)
def test_what_another_thread_is_to_find_out_is_found_out_in_a_second_run_too(
    stage: Stage, asks: str
) -> None:
    body = f"""
        taken = await {asks.format("username_exists, username")}
        if taken:
            await server.registration_successful(username)
        else:
            await server.registration_failed(username)
        """
    server = stage.serve("register_client", body, "import asyncio")
    server.connect().ask("register", username="ada")
    assert titles(server) == [
        "register_client() refused 'ada', though the name is free and this client has not "
        "registered."
    ]
    assert [problem.code for problem in problems(server.news)] == ["if taken:"]


def test_a_forgotten_await_is_noticed_next_to_a_right_answer(stage: Stage) -> None:
    body = """
        server.request_denied()
        await server.request_denied()
        """
    server = stage.serve("send_registry_to_client", body)
    assert server.connect().ask("request_registry")["type"] == "request_denied"
    assert titles(server) == [
        "send_registry_to_client() called request_denied without await, so nothing was sent."
    ]
    assert [problem.code for problem in problems(server.news)] == ["server.request_denied()"]


def test_no_answer_is_explained_while_other_clients_are_being_answered(stage: Stage) -> None:
    body = """
        while "grace" not in users.values():
            await asyncio.sleep(0)
        """
    server = stage.serve("send_registry_to_client", body, "import asyncio")
    ada, grace = server.connect(), server.connect()
    ada.send(line("request_registry"))
    grace.ask("register", username="grace")
    assert ada.read_message()["type"] == "error"
    assert titles(server) == ["send_registry_to_client() ended without an answer to the client."]


def test_a_helper_asked_about_a_username_in_a_registry_request_is_not_mixed_up(
    stage: Stage,
) -> None:
    body = """
        if username_exists("ada"):
            await server.send_registry()
        else:
            await server.request_denied()
        """
    server = stage.serve("send_registry_to_client", body)
    ada = server.connect()
    ada.ask("register", username="ada")
    ada.ask("request_registry")
    assert titles(server) == [
        "send_registry_to_client() sent the registry to a client that is not logged in."
    ]


def test_what_a_task_sends_after_the_end_is_no_second_answer(stage: Stage) -> None:
    body = """
        async def later():
            await asyncio.sleep(0.01)
            sent.append(username)
            await server.registration_successful(username)
        tasks.append(asyncio.create_task(later()))
        """
    server = stage.serve("register_client", body, "import asyncio\nsent, tasks = [], []")
    ada = server.connect()
    assert ada.ask("register", username="ada")["type"] == "error"
    logic = sys.modules["server_logic"]
    while not logic.sent:
        assert ada.ask("request_registry")["type"] == "request_denied"
    assert ada.ask("request_registry")["type"] == "request_denied"
    assert logic.sent == ["ada"]


def test_a_function_that_waits_is_run_again_as_far_as_its_end(stage: Stage) -> None:
    body = "import asyncio\nawait asyncio.sleep(0.01)\nserver.registration_failed(username)"
    server = stage.serve("register_client", body)
    server.connect().ask("register", username="ada")
    server.news.wait_until(lambda: bool(problems(server.news)))
    assert [problem.code for problem in problems(server.news)] == [
        "server.registration_failed(username)"
    ]


def test_entries_that_the_file_begins_with_are_no_handlers_doing(stage: Stage) -> None:
    text = (PROJECT / "server_logic.py").read_text(encoding="utf-8")
    text = text.replace("users: dict[str, str] = {}", "users = {'192.0.2.1:1': 'ada'}", 1)
    (stage.folder / "server_logic.py").write_text(text, encoding="utf-8")
    with server_from(stage.folder) as server:
        ada = server.connect()
        assert ada.ask("register", username="ada")["type"] == "registration_failed"
        assert ada.ask("register", username="grace")["type"] == "registration_successful"
        server.news.read()
        assert problems(server.news) == []


def test_logging_in_everybody_at_once_is_explained(stage: Stage) -> None:
    body = "for other in users: active_users[other] = users[other]"
    server = stage.serve("log_in_client", body)
    ada, grace = server.connect(), server.connect()
    ada.ask("register", username="ada")
    grace.ask("register", username="grace")
    grace.ask("login", username="grace")
    (title,) = titles(server)
    assert title.startswith("log_in_client() ")
    assert "not this client's" in title
