"""Whole programs whose students' code is stuck: nothing freezes, nothing is silent."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import Mailbox, NetworkThread
from gui.client_state import Step
from gui.tutor import supervisor, watchdog
from tests import peers, test_programs
from tests.conftest import until, visible, widgets
from tests.students_files import filled, imported_from, tutored_client
from tests.test_programs import (
    NO_WINDOW,
    SERVER,
    Program,
    Start,
    assert_ended_well,
    client,
    copy_with_body,
    has_signals,
    views,
)

if TYPE_CHECKING:
    import tkinter

# A fixture that both files use.
start = test_programs.start

ENTERED = "entered register_client"
STUCK_BODIES = {
    "loop": "while True: pass",
    "time.sleep": "import time; time.sleep(30)",
    "input": "input()",
    "os.system": "import os; os.system('exec sleep 30 >&- 2>&-')",
}
stuck_bodies = pytest.mark.parametrize("body", STUCK_BODIES.values(), ids=STUCK_BODIES.keys())


def stuck_copy(folder: Path, body: str) -> Path:
    """Copy the programs, with a register_client that is stuck."""
    return copy_with_body(folder, f'print("{ENTERED}", flush=True)\n{body}')


def all_text(root: "tkinter.Tk") -> str:
    """Return everything that stands in the window's texts."""
    texts: list[Any] = [widget for widget in widgets(root) if widget.winfo_class() == "Text"]
    return "\n".join(text.get("1.0", "end") for text in texts)


@has_signals
@views
@stuck_bodies
def test_a_signal_ends_a_server_that_is_stuck(
    start: Start, view: list[str], body: str, tmp_path: Path
) -> None:
    server = start(*SERVER, *view, folder=stuck_copy(tmp_path, body))
    peer = peers.connect(server.address())
    peer.send(peers.line("register", username="ada"))
    server.line(ENTERED)
    assert_ended_well(server.end_by(signal.SIGINT))
    peer.close()


# --- code that keeps Python to itself ---------------------------------------------------

KEPT = "sum(range(10 ** 11))"
# Waits for a line with Python to itself, unlike `input`. What it does then is right, so that it is
# not run again.
KEPT_FOR_A_WHILE = """\
import ctypes; ctypes.PyDLL(None).getchar()
users[server.get_addr_key()] = username
await server.registration_successful(username)"""


# As Ctrl-C does on Windows, a second later: in a thread of the system, which needs no Python.
INTERRUPTED = f"""\
import ctypes; timer = ctypes.c_void_p()
interrupt = ctypes.cast(ctypes.cdll.ucrtbase["raise"], ctypes.c_void_p)
ctypes.windll.kernel32.CreateTimerQueueTimer(
    ctypes.byref(timer), None, interrupt, ctypes.c_void_p({signal.SIGINT:d}), 1000, 0, 0
); {KEPT}"""


def impatient_copy(folder: Path, body: str, *portion: str) -> Path:
    """Copy the programs, with this body in a portion, and an alarm that waits less long."""
    copy_with_body(folder, f'print("entered", flush=True)\n{body}', *portion)
    alarm = folder / "gui" / "tutor" / "alarm.py"
    text, count = re.subn(r"(?m)^KEPT_SECONDS = .*", "KEPT_SECONDS = 1", alarm.read_text("utf-8"))
    assert count == 1
    alarm.write_text(text, encoding="utf-8")
    return folder


def impatient_server(
    start: Start, folder: Path, body: str, *view: str
) -> tuple[Program, peers.Peer]:
    """Start a server whose register_client has this body, and let it be called."""
    impatient_copy(folder, body)
    server = start(*SERVER, *view, folder=folder)
    peer = peers.connect(server.address())
    peer.send(peers.line("register", username="ada"))
    server.line("entered")
    return server, peer


@has_signals
@pytest.mark.window
def test_code_that_keeps_python_to_itself_is_named_and_ended_by_a_signal(
    start: Start, tmp_path: Path
) -> None:
    server, peer = impatient_server(start, tmp_path, KEPT)
    sentence = server.stderr.readline()
    told = re.match(r"server_logic\.py, line (\d+), in register_client: what is called", sentence)
    assert told is not None
    lines = (tmp_path / "server_logic.py").read_text("utf-8").splitlines()
    assert lines[int(told[1]) - 1].strip() == KEPT
    end = server.end_by(signal.SIGTERM)
    assert (end.status, end.errors.count("\n")) == (-signal.SIGKILL, 1)
    peer.close()


@has_signals
def test_a_signal_that_came_before_it_was_named_ends_it_as_well(
    start: Start, tmp_path: Path
) -> None:
    impatient_copy(tmp_path, KEPT, "client_logic.py", "register")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        program = start(*client(listener.getsockname()), NO_WINDOW, folder=tmp_path)
        program.type("register ada")
        program.line("entered")
        end = program.end_by(signal.SIGINT)
    assert end.status == -signal.SIGKILL
    assert re.match(r"client_logic\.py, line \d+, in register: what is called", end.errors)


@pytest.mark.skipif(sys.platform != "win32", reason="this is not Windows")
def test_on_windows_too_an_interrupt_ends_it(start: Start, tmp_path: Path) -> None:
    server, peer = impatient_server(start, tmp_path, INTERRUPTED, NO_WINDOW)
    assert "in register_client: what is called" in server.stderr.readline()
    assert server.end().status == 9
    peer.close()


@has_signals
def test_a_program_goes_on_when_its_code_lets_go(start: Start, tmp_path: Path) -> None:
    server, peer = impatient_server(start, tmp_path, KEPT_FOR_A_WHILE, NO_WINDOW)
    assert "what is called" in server.stderr.readline()
    server.type("")
    assert peer.read_message()["type"] == "registration_successful"
    assert server.stderr.readline() == "The call has returned: the program goes on.\n"
    assert_ended_well(server.end_by(signal.SIGINT))
    peer.close()


@has_signals
def test_a_program_that_was_stopped_for_a_while_is_not_accused(
    start: Start, tmp_path: Path
) -> None:
    server, peer = impatient_server(start, tmp_path, "import time; time.sleep(1.5)", NO_WINDOW)
    server.send_signal(signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        server.wait(1.2)
    server.send_signal(signal.SIGCONT)
    assert peer.read_message()["type"] == "error"
    assert_ended_well(server.end_by(signal.SIGINT))
    peer.close()


def test_a_program_that_is_killed_leaves_nothing_behind(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    server.address()
    # Whatever is left of it would keep its standard error open.
    assert server.end(server.kill).errors == ""


def test_the_console_names_a_call_that_does_not_return(start: Start, tmp_path: Path) -> None:
    body = STUCK_BODIES["time.sleep"]
    server = start(*SERVER, NO_WINDOW, folder=stuck_copy(tmp_path, body))
    peer = peers.connect(server.address())
    peer.send(peers.line("register", username="ada"))
    title = server.line("register_client() has been holding up the server for ")
    assert title.endswith(" s: a call does not return.")
    assert server.stdout.readline().startswith("server_logic.py, line ")
    assert server.stdout.readline().strip() == body
    peer.close()


def test_the_console_names_a_loop_and_its_client_gets_an_error_once_it_is_broken_off(
    start: Start, tmp_path: Path
) -> None:
    body = STUCK_BODIES["loop"]
    server = start(*SERVER, NO_WINDOW, folder=stuck_copy(tmp_path, body))
    address = server.address()
    stuck, next_client = peers.connect(address), peers.connect(address)
    reason = "The server's register_client() failed; the server shows why."
    assert stuck.ask("register", username="ada") == {"type": "error", "reason": reason}
    assert next_client.ask("request_registry") == {"type": "request_denied"}
    title = server.line("register_client() has been holding up the server for ")
    assert title.endswith(" s: a loop does not end.")
    assert server.stdout.readline().startswith("server_logic.py, line ")
    assert server.stdout.readline().strip() == body
    server.line("register_client() did not finish: a loop in it was broken off after 5 s.")
    stuck.close()
    next_client.close()


@pytest.fixture
def network() -> Iterator[NetworkThread]:
    """Run a network."""
    with NetworkThread() as network:
        yield network


def test_the_clients_window_says_that_it_is_waiting(
    start: Start, tmp_path: Path, root: "tkinter.Tk", mailbox: Mailbox, network: NetworkThread
) -> None:
    from gui.windows.client_window import ClientWindow

    server = start(*SERVER, NO_WINDOW, folder=stuck_copy(tmp_path, STUCK_BODIES["time.sleep"]))
    client = tutored_client(server.address(), network, mailbox)
    window = ClientWindow(root, mailbox, "ada")
    window.commands = client
    client.start()
    until(root, lambda: visible(root, "Connected to "))
    client.take_step(Step.REGISTER, "ada")
    waiting = "Waiting for the server's answer: {} s."
    # Which of the seconds are seen is chance on a busy machine.
    until(root, lambda: any(visible(root, waiting.format(seconds)) for seconds in range(2, 20)))
    server.kill()
    until(root, lambda: visible(root, "Connect again"))
    window.close()


def test_the_servers_window_names_a_loop_while_it_lasts_and_explains_it_then(
    tmp_path: Path,
    root: "tkinter.Tk",
    mailbox: Mailbox,
    network: NetworkThread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gui.windows.server_window import ServerWindow

    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(watchdog, "REPORT_SECONDS", 1)
    for module in (watchdog, supervisor):
        monkeypatch.setattr(module, "BREAK_SECONDS", 2.5)
    text = filled("server_logic.py", "register_client", "while True: pass")
    (tmp_path / "server_logic.py").write_text(text, encoding="utf-8")
    server = peers.ClosableServer(mailbox)
    with imported_from(tmp_path, "server_logic"):
        address = network.call(server.listen("127.0.0.1", 0))
        window = ServerWindow(root, mailbox, address)
        network.call(server.serve_clients())
        peer = peers.connect(("127.0.0.1", int(address.rpartition(":")[2])))
        peer.send(peers.line("register", username="ada"))
        told = r"register_client\(\) has been holding up the server for \d s: a loop"
        until(root, lambda: window.problems)
        assert window.problems is not None
        listed = window.problems.list.texts
        # The latest is open; the list keeps the one before it, should this come late.
        until(root, lambda: [title for title, _ in listed.values() if re.search(told, title)])
        assert "while True: pass" in all_text(root)
        until(root, lambda: "register_client() did not finish" in all_text(root))
        assert peer.read_message()["type"] == "error"
        peer.close()
    window.close()
