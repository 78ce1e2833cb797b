"""Parts of a running program that end one by one: each is told of, and what can go on goes on."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import peers, test_programs
from tests.test_programs import (
    NO_WINDOW,
    SERVER,
    Program,
    Start,
    client,
    copy_with_body,
    eventually,
    has_signals,
)

# A fixture that both files use.
start = test_programs.start

RIGHT = """\
key = server.get_addr_key()
users[key] = username
await server.registration_successful(username)
"""
END_THE_WATCHDOG = """\
import ctypes, threading
for thread in threading.enumerate():
    if thread.name == "watchdog":
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
        )
"""
STOPPED_PORT = """\
import asyncio, gc
[part.close() for part in gc.get_objects() if type(part) is asyncio.base_events.Server]
"""


class Ending(NamedTuple):
    """Something in a server that a portion ends, and the sentence that tells of it."""

    name: str
    body: str
    sentence: str

    def __repr__(self) -> str:
        return self.name


SURVIVED = [
    Ending(
        "all tasks",
        "import asyncio\n[task.cancel() for task in asyncio.all_tasks()]\n",
        "A task of the program's own was cancelled.",
    ),
    Ending(
        "the loop",
        "import asyncio\nasyncio.get_running_loop().stop()\n",
        "The loop that runs the network was stopped.",
    ),
    Ending(
        "a task that nobody awaits",
        "import asyncio\nasync def later(): raise ValueError\nasyncio.ensure_future(later())\n",
        "register_client() stopped itself: ValueError.",
    ),
    Ending(
        "a task that exits",
        "import asyncio, sys\nasync def later(): sys.exit()\nasyncio.ensure_future(later())\n",
        "register_client() asked the whole program to end.",
    ),
    Ending(
        "a thread",
        "import threading\ndef work(): raise ValueError\nthreading.Thread(target=work).start()\n",
        "register_client() stopped itself: ValueError.",
    ),
    Ending(
        "the network's thread",
        "import asyncio, sys\nasyncio.get_running_loop().call_soon(sys.exit)\n",
        "Something in the program failed with SystemExit",
    ),
    Ending(
        "the watchdog's thread",
        END_THE_WATCHDOG,
        "The thread watchdog failed with SystemExit",
    ),
]


PORT = Ending("the port", STOPPED_PORT, "The server's port was closed.")


@pytest.mark.parametrize(
    "ending",
    [
        *SURVIVED,
        pytest.param(
            PORT,
            marks=pytest.mark.skipif(
                sys.platform == "win32", reason="on Windows that closes no port that is in use"
            ),
        ),
    ],
    ids=repr,
)
def test_what_ends_is_told_and_the_server_serves_on(
    start: Start, tmp_path: Path, ending: Ending
) -> None:
    server = start(*SERVER, NO_WINDOW, folder=copy_with_body(tmp_path, ending.body + RIGHT))
    address = server.address()
    first = peers.connect(address)
    assert first.ask("register", username="ada")["type"] == "registration_successful"
    # What ends a thread comes as soon as the thread does something.
    assert first.ask("login", username="ada")["type"] == "login_successful"
    server.line(ending.sentence)
    second = peers.connect(address)
    assert second.ask("register", username="grace")["type"] == "registration_successful"
    assert first.ask("request_registry")["type"] == "registry"
    first.close()
    second.close()


def test_a_server_whose_network_cannot_go_on_says_so_and_leaves_with_1(
    start: Start, tmp_path: Path
) -> None:
    body = f"import asyncio\nasyncio.get_running_loop()._selector.close()\n{RIGHT}"
    server = start(*SERVER, NO_WINDOW, folder=copy_with_body(tmp_path, body))
    peer = peers.connect(server.address())
    peer.send(peers.line("register", username="ada"))
    server.line("The thread that runs the network has ended.")
    assert server.wait() == 1
    peer.close()


def test_a_client_whose_tasks_are_cancelled_says_so_and_goes_on(
    start: Start, tmp_path: Path
) -> None:
    body = "import asyncio\n[t.cancel() for t in asyncio.all_tasks()]\nawait client.login(username)"
    folder = copy_with_body(tmp_path, body, "client_logic.py", "login")
    server = start(*SERVER, NO_WINDOW)
    program = start(*client(server.address()), NO_WINDOW, folder=folder)
    program.type("register ada", "login", "registry")
    program.line("A task of the program's own was cancelled.")
    program.line("The registry lists 1 client.")
    assert program.end(lambda: program.type("quit")).status == 0


# --- standard streams -------------------------------------------------------------------

full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full")
shells = pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes streams")


@shells
@pytest.mark.parametrize(
    "streams",
    [pytest.param(">/dev/full", marks=full_disk), ">&-", "2>&-", "<&- >&- 2>&-"],
)
def test_a_server_without_its_streams_serves_and_ends_well(tmp_path: Path, streams: str) -> None:
    with subprocess.Popen(
        f"exec {sys.executable} server.py --port 0 --no-window --clients 1 {streams}",
        shell=True,
        cwd=copy_with_body(tmp_path, f"open('registered', 'w').close()\n{RIGHT}"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as server:
        eventually((tmp_path / "registered").exists)
        server.terminate()
        assert server.stderr is not None
        errors = server.stderr.read().decode()
    assert server.returncode == 0
    # The client beside it has the same streams.
    told = set(errors.splitlines()) - {""}
    assert told <= {line for line in told if re.match("Nothing can be written to <stdout>", line)}
    assert bool(told) is ("full" in streams)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("loss", ["sys.{}.close()", "sys.{} = None", "sys.__{}__.close()"])
def test_a_portion_that_loses_a_stream_loses_no_client(
    start: Start, tmp_path: Path, loss: str, name: str
) -> None:
    body = f"import sys\n{loss.format(name)}\nprint('registering')\n{RIGHT}"
    server = start(*SERVER, NO_WINDOW, folder=copy_with_body(tmp_path, body))
    address = server.address()
    for username in ("ada", "grace"):
        peer = peers.connect(address)
        assert peer.ask("register", username=username)["type"] == "registration_successful"
        peer.close()


@shells
def test_a_client_whose_input_is_closed_quits(start: Start, tmp_path: Path) -> None:
    host, port = start(*SERVER, NO_WINDOW).address()
    command = f"exec {sys.executable} client.py --host {host} --port {port} --no-window <&-"
    done = subprocess.run(
        command, shell=True, cwd=test_programs.PROJECT, capture_output=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_typed_and_is_no_text_is_refused_and_the_next_line_is_read(start: Start) -> None:
    address = start(*SERVER, NO_WINDOW).address()
    program = start(*client(address), NO_WINDOW, PYTHONIOENCODING="utf-8")
    program.stdin.buffer.write(b"register \xff\xfe\nregister ada\n")  # type: ignore[attr-defined]
    program.stdin.flush()
    program.line("What was typed is no text")
    program.line("'ada' is registered.")
    assert program.end(lambda: program.type("quit")).status == 0


# --- ends from outside ------------------------------------------------------------------


@has_signals
def test_a_terminal_that_goes_ends_a_server_and_its_clients(start: Start) -> None:
    # Tests that are to outlive their terminal, too, have told the system so.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    server: Program = start(*SERVER, NO_WINDOW)
    signal.signal(signal.SIGHUP, before)
    server.address()
    assert server.end_by(signal.SIGHUP).status == 0


@has_signals
def test_a_program_that_is_to_outlive_its_terminal_does(tmp_path: Path) -> None:
    with subprocess.Popen(
        f"trap '' HUP INT; exec {sys.executable} server.py --port 0 --no-window",
        shell=True,
        cwd=test_programs.PROJECT,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        assert b"listening" in server.stdout.readline()
        os.kill(server.pid, signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(0.5)
        server.terminate()
        assert server.wait() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_copy_of_the_process_keeps_neither_the_port_nor_goes_on_for_ever(
    start: Start, tmp_path: Path
) -> None:
    copy = "os.closerange(0, 3); import time; time.sleep(60)"
    body = f"import os\nif os.fork() == 0:\n    {copy}\n{RIGHT}"
    server = start(*SERVER, NO_WINDOW, folder=copy_with_body(tmp_path, body))
    host, port = server.address()
    peer = peers.connect((host, port))
    assert peer.ask("register", username="ada")["type"] == "registration_successful"
    peer.close()
    # Nor does it keep the process beside, which would keep standard error open.
    assert server.end(server.terminate).errors == ""
    next_server = start("server.py", "--port", str(port), NO_WINDOW)
    assert next_server.address() == (host, port)
