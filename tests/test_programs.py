"""The two programs, whole: started as anybody starts them, from the terminal, in windows."""

import ast
import contextlib
import ctypes
import inspect
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, ClassVar, NamedTuple

import pytest

from gui.program import PYTHON, VERSION
from tests import peers
from tests.conftest import DEADLINE_SECONDS, virtual_display
from tests.students_files import filled

PROJECT = Path(__file__).parents[1]
SERVER = ["server.py", "--port", "0"]
NO_WINDOW = "--no-window"
# "Ctrl-C and closing the window end a program within 1 s" (the assignment's promise).
END_SECONDS = 1

# What students' code may be doing when a program is to end.
ENDLESS = [
    "while True: pass",
    "import time; time.sleep(60)",
    "import threading, time; threading.Thread(target=time.sleep, args=[60], daemon=False).start()",
]

has_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends no signals to one process"
)
views = pytest.mark.parametrize(
    "view",
    [
        pytest.param([NO_WINDOW], id="console"),
        pytest.param([], id="window", marks=pytest.mark.window),
    ],
)
signals = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"]
)


class End(NamedTuple):
    """How a program ended."""

    status: int
    output: str
    errors: str
    seconds: float


class Program(subprocess.Popen[str]):
    """A program under test. One that does not end by itself is killed: nothing waits for ever.

    Parameters:
        arguments: the file and its options.
        folder: where the file is.
        environment: variables that differ.
    """

    limit_seconds: ClassVar[float] = 3 * DEADLINE_SECONDS
    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]

    def __init__(self, *arguments: str, folder: Path = PROJECT, **environment: str) -> None:
        super().__init__(
            [sys.executable, *arguments],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._guard = threading.Timer(self.limit_seconds, self.kill)
        self._guard.start()

    def line(self, text: str) -> str:
        """Read the output up to the line that has a text in it, and return that line."""
        for line in self.stdout:
            if text in line:
                return line.rstrip("\n")
        pytest.fail(f"the program ended without {text!r}; it says: {self.stderr.read()}")

    def address(self) -> tuple[str, int]:
        """Return what the server says it listens on."""
        host, _, port = self.line("Server listening on ").split()[-1].rpartition(":")
        return host.strip("[]"), int(port)

    def type(self, *lines: str) -> None:
        """Type lines on standard input."""
        self.stdin.write("".join(f"{line}\n" for line in lines))
        self.stdin.flush()

    def end(self, ask: Callable[[], object] = bool) -> End:
        """Wait until the program has ended, having asked it to."""
        start = time.monotonic()
        ask()
        self.wait()
        seconds = time.monotonic() - start
        return End(self.returncode, self.stdout.read(), self.stderr.read(), seconds)

    def end_by(self, number: signal.Signals) -> End:
        """Send a signal, and wait until the program has ended."""
        return self.end(lambda: self.send_signal(number))

    def close(self) -> None:
        """Make sure that nothing is left of the program."""
        self._guard.cancel()
        self._guard.join()
        self.kill()
        self.wait()
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):  # what was typed was never read
                stream.close()


Start = Callable[..., Program]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts programs; those that are left are killed."""
    programs: list[Program] = []

    def start(*arguments: str, folder: Path = PROJECT, **environment: str) -> Program:
        program = Program(*arguments, folder=folder, **environment)
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.close()


@pytest.fixture
def address(start: Start) -> tuple[str, int]:
    """Run a server without a window, and give its address."""
    return start(*SERVER, NO_WINDOW).address()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a socket that listens, as a server would."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE_SECONDS)
        yield listener


@pytest.fixture
def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def client(address: tuple[str, int]) -> list[str]:
    """Return the command line of a client of a server."""
    return ["client.py", "--host", address[0], "--port", str(address[1])]


def copy_programs(folder: Path) -> None:
    """Copy the programs into a folder."""
    for path in PROJECT.glob("*.py"):
        shutil.copy(path, folder)
    shutil.copytree(PROJECT / "gui", folder / "gui", ignore=shutil.ignore_patterns("__pycache__"))


def copy_with_body(
    folder: Path, body: str, file: str = "server_logic.py", function: str = "register_client"
) -> Path:
    """Copy the programs, with another body in one portion of students' code."""
    copy_programs(folder)
    (folder / file).write_text(filled(file, function, body), encoding="utf-8")
    return folder


def eventually(condition: Callable[[], object]) -> None:
    """Look again and again, ten times a second, until a condition holds."""
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            pytest.fail(f"in vain for {DEADLINE_SECONDS} s: {inspect.getsource(condition).strip()}")
        time.sleep(0.1)


def assert_ended_well(end: End) -> None:
    """Assert that a program that was told to end did so at once, and silently."""
    assert (end.status, end.errors) == (0, "")
    assert end.seconds < END_SECONDS


# --- the main job -----------------------------------------------------------------------


def test_the_server_says_where_it_listens(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    first_line = server.stdout.readline()
    assert re.fullmatch(r"Server listening on 127\.0\.0\.1:\d+\n", first_line)
    peer = peers.connect(("127.0.0.1", int(first_line.rpartition(":")[2])))
    assert peer.ask("register", username="ada") == {
        "type": "registration_successful",
        "username": "ada",
    }
    peer.close()


@has_signals
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_that_only_this_machine_reaches_says_no_more(start: Start, host: str) -> None:
    server = start(*SERVER, NO_WINDOW, "--host", host)
    server.address()
    assert "connect" not in server.end_by(signal.SIGINT).output


def test_a_server_that_is_open_to_the_network_says_what_others_type(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW, "--host", "0.0.0.0")
    assert re.fullmatch(r"Server listening on 0\.0\.0\.0:\d+\n", server.stdout.readline())
    sentence = server.stdout.readline()
    assert sentence.startswith(
        f"Open to your network: others connect with {PYTHON} client.py --host "
    )
    if "ADDRESS" in sentence:
        pytest.skip("this machine is in no network, so that it has no address there")
    _, command, _ = re.split(f" with {PYTHON} | on their machines", sentence)
    assert start(*command.split(), NO_WINDOW, "--username", "ada").end().status == 0


def test_the_server_prints_every_message(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    peer = peers.connect(server.address())
    peer.ask("register", username="ada")
    received, sent = server.line('"register"'), server.line('"registration_successful"')
    assert received.split()[1:3] == ["←", f"127.0.0.1:{peer.port}"]
    assert sent.split()[1:3] == ["→", f"127.0.0.1:{peer.port}"]
    peer.close()


@pytest.mark.usefixtures("ipv6")
def test_the_server_listens_on_ipv6_as_well(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW, "--host", "::1")
    address = server.address()
    assert address[0] == "::1"
    assert start(*client(address), NO_WINDOW, "--username", "ada").end().status == 0


@has_signals
def test_one_command_does_the_main_job(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW, "--clients", "3")
    names = {"ada", "grace", "alan"}
    listed = {server.line("' is logged in.").split("'")[1] for _ in names}
    assert listed == names
    assert_ended_well(server.end_by(signal.SIGINT))


@has_signals
def test_one_command_prints_each_registry(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW, "--clients", "3")
    headings = {server.line("username  address") for _ in range(3)}
    columns = ["username", "address", "logged", "in"]
    assert sorted(heading.split() for heading in headings) == [
        [f"{name}:", *columns] for name in ("ada", "alan", "grace")
    ]
    server.end_by(signal.SIGINT)


@has_signals
def test_the_programs_run_from_any_folder(start: Start, tmp_path: Path) -> None:
    server = start(
        str(PROJECT / "server.py"), *SERVER[1:], NO_WINDOW, "--clients", "1", folder=tmp_path
    )
    server.line("'ada' is logged in.")
    server.end_by(signal.SIGINT)


def test_a_client_with_a_username_does_the_three_steps_and_leaves(
    start: Start, address: tuple[str, int]
) -> None:
    end = start(*client(address), NO_WINDOW, "--username", "ada").end()
    assert (end.status, end.errors) == (0, "")
    heading, row = end.output.splitlines()[-2:]
    assert heading.split() == ["username", "address", "logged", "in"]
    assert re.fullmatch(r"ada +127\.0\.0\.1:\d+ +yes", row)


def test_a_client_that_is_refused_leaves_with_1(start: Start, address: tuple[str, int]) -> None:
    start(*client(address), NO_WINDOW, "--username", "ada").end()
    end = start(*client(address), NO_WINDOW, "--username", "ada").end()
    assert (end.status, end.errors) == (1, "")
    assert "'ada' is taken: a name stays taken until the server restarts.\n" in end.output


def test_a_client_without_a_server_leaves_with_2(start: Start, free_port: int) -> None:
    end = start(*client(("127.0.0.1", free_port)), NO_WINDOW, "--username", "ada").end()
    assert end.status == 2
    assert end.errors.startswith(f"No server answers at 127.0.0.1:{free_port}: ")
    assert end.errors.count("\n") == 1


def test_a_client_obeys_what_is_typed(start: Start, address: tuple[str, int]) -> None:
    program = start(*client(address), NO_WINDOW)
    for command, answer in (
        ("register ada", "'ada' is registered."),
        ("login", "'ada' is logged in."),
        ("nonsense", "Type one of: register NAME, login, registry, connect, quit."),
        ("registry", "The registry lists 1 client."),
    ):
        program.type(command)
        program.line(answer)
    end = program.end(lambda: program.type("quit"))
    assert (end.status, end.errors) == (0, "")
    assert re.search(r"^ada +127\.0\.0\.1:\d+ +yes$", end.output, re.MULTILINE)


def test_a_client_prints_each_message(start: Start, address: tuple[str, int]) -> None:
    end = start(*client(address), NO_WINDOW, "--username", "ada").end()
    messages = re.findall(r'^\d\d:\d\d:\d\d ([→←]) \S+ {"type": "(\w+)"', end.output, re.MULTILINE)
    assert messages == [
        ("→", "register"),
        ("←", "registration_successful"),
        ("→", "login"),
        ("←", "login_successful"),
        ("→", "request_registry"),
        ("←", "registry"),
    ]


def test_the_end_of_the_input_ends_a_client(start: Start, address: tuple[str, int]) -> None:
    program = start(*client(address), NO_WINDOW)
    program.type("register ada")
    end = program.end(program.stdin.close)
    assert (end.status, end.errors) == (0, "")
    assert "'ada' is registered." in end.output


def test_a_client_whose_server_goes_says_so(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    program = start(*client(server.address()), NO_WINDOW)
    program.line("Connected to")
    server.kill()
    said = program.stderr.readline()
    end = program.end(program.stdin.close)
    assert (end.status, end.errors) == (1, "")
    assert "a new connection is a new client." in said


# --- Ctrl-C -----------------------------------------------------------------------------


@has_signals
@views
@signals
def test_a_signal_ends_the_server(start: Start, view: list[str], number: signal.Signals) -> None:
    server = start(*SERVER, *view)
    server.address()
    assert_ended_well(server.end_by(number))


@has_signals
@views
@signals
def test_a_signal_ends_a_server_that_has_clients(
    start: Start, view: list[str], number: signal.Signals
) -> None:
    server = start(*SERVER, *view)
    peer = peers.connect(server.address())
    peer.ask("register", username="ada")
    peer.ask("login", username="ada")
    assert_ended_well(server.end_by(number))
    assert peer.read_lines() == []
    peer.close()


@has_signals
@views
@signals
def test_a_signal_ends_a_client(
    start: Start, listener: socket.socket, view: list[str], number: signal.Signals
) -> None:
    program = start(*client(listener.getsockname()), *view)
    with listener.accept()[0]:
        assert_ended_well(program.end_by(number))


@has_signals
@signals
def test_a_signal_ends_a_client_that_waits_for_an_answer(
    start: Start, listener: socket.socket, number: signal.Signals
) -> None:
    program = start(*client(listener.getsockname()), NO_WINDOW, "--username", "ada")
    server, _ = listener.accept()
    with server:
        server.settimeout(DEADLINE_SECONDS)
        assert b'"register"' in server.recv(4096)
        assert_ended_well(program.end_by(number))


@has_signals
@views
@pytest.mark.parametrize("body", ENDLESS)
def test_ctrl_c_ends_a_server_whose_handler_never_ends(
    start: Start, tmp_path: Path, view: list[str], body: str
) -> None:
    folder = copy_with_body(tmp_path, f"print('in the handler', flush=True)\n{body}")
    server = start(*SERVER, *view, folder=folder)
    peer = peers.connect(server.address())
    peer.send(peers.line("register", username="ada"))
    server.line("in the handler")
    assert_ended_well(server.end_by(signal.SIGINT))
    peer.close()


@has_signals
@pytest.mark.parametrize("body", ENDLESS)
def test_ctrl_c_ends_a_client_whose_step_never_ends(
    start: Start, tmp_path: Path, address: tuple[str, int], body: str
) -> None:
    body = f"print('in the step', flush=True)\n{body}"
    folder = copy_with_body(tmp_path, body, "client_logic.py", "register")
    program = start(*client(address), NO_WINDOW, "--username", "ada", folder=folder)
    program.line("in the step")
    assert_ended_well(program.end_by(signal.SIGINT))


# Python runs it before anything else (`site`): the import of a module then waits for ever.
WAITING_IMPORT = """\
import sys
import time


class Waiting:
    def find_spec(self, name, *rest):
        if name == {name!r}:
            print("importing", flush=True)
            time.sleep(3600)


sys.meta_path.insert(0, Waiting())
"""


@has_signals
@pytest.mark.parametrize(
    ("program", "name"), [("server.py", "gui.listener"), ("client.py", "gui.client_state")]
)
def test_ctrl_c_ends_a_program_that_still_imports_what_it_needs(
    start: Start, tmp_path: Path, program: str, name: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WAITING_IMPORT.format(name=name), encoding="utf-8")
    beginning = start(program, NO_WINDOW, PYTHONPATH=str(tmp_path))
    beginning.line("importing")
    assert_ended_well(beginning.end_by(signal.SIGINT))


# --- standard output that nobody reads --------------------------------------------------


def wait_until_full(pipe: IO[str]) -> None:
    """Wait until nothing is added to a pipe any more, since it is full."""
    import fcntl
    import termios

    sizes = [0]

    def full() -> bool:
        size = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
        sizes.append(int.from_bytes(size, sys.byteorder))
        return sizes[-1] == sizes[-2] > 0

    eventually(full)


@has_signals
def test_a_server_whose_output_nobody_reads_serves_and_ends(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    peer = peers.connect(server.address())
    peer.ask("register", username="ada")
    for _ in range(1000):
        peer.send(peers.line("login", username="ada"))
        assert peer.read_message()["type"] == "login_successful"
    wait_until_full(server.stdout)
    assert peer.ask("login", username="ada")["type"] == "login_successful"
    assert_ended_well(server.end_by(signal.SIGINT))
    peer.close()


@has_signals
def test_a_client_whose_output_nobody_reads_ends(start: Start, address: tuple[str, int]) -> None:
    program = start(*client(address), NO_WINDOW)
    program.type(*["nonsense"] * 2000)
    wait_until_full(program.stdout)
    assert_ended_well(program.end_by(signal.SIGINT))


@has_signals
def test_a_server_whose_output_was_closed_goes_on(start: Start) -> None:
    server = start(*SERVER, NO_WINDOW)
    peer = peers.connect(server.address())
    server.stdout.close()
    peer.ask("register", username="ada")
    for _ in range(100):
        assert peer.ask("login", username="ada")["type"] == "login_successful"
    server.send_signal(signal.SIGTERM)
    assert (server.wait(), server.stderr.read()) == (0, "")
    peer.close()


@has_signals
@pytest.mark.window
def test_python_has_nothing_to_complain_of_in_a_session_with_windows(
    start: Start, listener: socket.socket
) -> None:
    strict = {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"}
    server = start(*SERVER, "--clients", "1", **strict)
    alone = start(*client(server.address()), NO_WINDOW, "--username", "zoe", **strict).end()
    assert (alone.status, alone.errors) == (0, "")
    window = start(*client(listener.getsockname()), **strict)
    with listener.accept()[0]:
        assert window.end_by(signal.SIGINT).errors == ""
    assert server.end_by(signal.SIGINT).errors == ""


# --- what cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["server.py", "--nonsense"],
        ["server.py", "8888"],
        ["server.py", "--port"],
        ["server.py", "--port", "65536"],
        ["server.py", "--port", "-1"],
        ["server.py", "--port", "9" * 5000],
        ["server.py", "--port", "http"],
        ["server.py", "--clients", "-1"],
        ["server.py", "--clients", "many"],
        ["server.py", "--no-win"],
        ["server.py", "--geometry", "large"],
        ["server.py", "--geometry", ""],
        ["client.py", "--geometry", "0x300"],
        ["client.py", "--geometry", "700x600+1"],
        ["client.py", "--geometry", "٧٠٠x600"],
        ["client.py", "--nonsense"],
        ["client.py", "--port", "٣"],
        ["client.py", "--clients", "1"],
        ["client.py", "--username"],
    ],
    ids=lambda command: " ".join(command)[:40],
)
def test_a_wrong_option_is_told_in_one_line(start: Start, command: list[str]) -> None:
    end = start(*command, NO_WINDOW).end()
    assert (end.status, end.output) == (2, "")
    assert end.errors.count("\n") == 1
    assert command[0] in end.errors
    assert "functools" not in end.errors


def test_a_port_in_use_is_told_in_one_line(start: Start, listener: socket.socket) -> None:
    port = str(listener.getsockname()[1])
    end = start("server.py", "--port", port, NO_WINDOW).end()
    assert (end.status, end.output) == (2, "")
    assert end.errors.count("\n") == 1
    assert f"127.0.0.1:{port}" in end.errors
    assert "in use" in end.errors


def test_an_address_that_is_not_this_machine_s_is_told_in_one_line(start: Start) -> None:
    # Nobody's: kept for documentation (RFC 5737).
    end = start("server.py", "--host", "192.0.2.1", "--port", "0", NO_WINDOW).end()
    assert (end.status, end.output) == (2, "")
    assert end.errors == (
        "Cannot listen on 192.0.2.1:0: this machine does not have that address; try another "
        "--host.\n"
    )


@pytest.mark.parametrize(
    "command", [["server.py"], ["client.py"], ["-m", "tests.grading"]], ids=" ".join
)
def test_the_version_is_told(start: Start, command: list[str]) -> None:
    assert start(*command, "--version").end()[:3] == (0, f"{VERSION}\n", "")


@pytest.mark.parametrize("program", ["server.py", "client.py"])
@pytest.mark.parametrize(
    "host", ["nowhere.invalid", "x" * 70, "no host", "", "ä.invalid", "256.1.1.1"]
)
def test_an_unknown_host_is_told_in_one_line(start: Start, program: str, host: str) -> None:
    end = start(program, "--host", host, "--port", "0", NO_WINDOW).end()
    assert (end.status, end.output) == (2, "")
    assert end.errors.count("\n") == 1
    assert "no such host" in end.errors or "no host named" in end.errors


@pytest.mark.window
def test_an_unknown_host_is_told_in_one_line_where_there_is_a_window(start: Start) -> None:
    end = start("client.py", "--host", "nowhere.invalid").end()
    assert (end.status, end.output) == (2, "")
    assert end.errors == "There is no host named 'nowhere.invalid'; try another --host.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 can be without a display")
def test_a_wrong_option_is_told_before_any_window_is_opened(start: Start) -> None:
    end = start("client.py", "--nonsense", DISPLAY="").end()
    assert (end.status, end.output) == (2, "")
    assert end.errors.startswith("client.py: ")
    assert end.errors.count("\n") == 1


@pytest.mark.parametrize("program", ["server.py", "client.py"])
def test_help_is_help(start: Start, program: str) -> None:
    end = start(program, "--help").end()
    assert (end.status, end.errors) == (0, "")
    assert "--port" in end.output


# --- no window possible -----------------------------------------------------------------


def without_tkinter(folder: Path) -> dict[str, str]:
    """Return the environment of a Python that has no tkinter."""
    package = folder / "tkinter"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('no tkinter')\n")
    return {"PYTHONPATH": str(folder)}


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 can be without a display")
def test_without_a_display_a_client_says_so_and_goes_on(
    start: Start, address: tuple[str, int]
) -> None:
    pytest.importorskip("tkinter")
    end = start(*client(address), "--username", "ada", DISPLAY="").end()
    assert end.status == 0
    assert "'ada' is logged in." in end.output
    assert re.fullmatch(r"No window: there is no display .*DISPLAY.*without one\.\n", end.errors)


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 can be without a display")
def test_without_a_display_a_server_says_so_and_goes_on(start: Start) -> None:
    pytest.importorskip("tkinter")
    server = start(*SERVER, DISPLAY="")
    peer = peers.connect(server.address())
    assert peer.ask("register", username="ada")["type"] == "registration_successful"
    server.line("registration_successful")
    end = server.end_by(signal.SIGTERM)
    assert end.status == 0
    assert re.fullmatch(r"No window: there is no display .*\n", end.errors)
    peer.close()


def test_without_tkinter_a_client_says_so_and_goes_on(
    start: Start, address: tuple[str, int], tmp_path: Path
) -> None:
    environment = without_tkinter(tmp_path)
    end = start(*client(address), "--username", "ada", **environment).end()
    assert end.status == 0
    assert "'ada' is logged in." in end.output
    assert re.fullmatch(r"No window: .*no tkinter .*install.*without one\.\n", end.errors)


@has_signals
def test_without_tkinter_a_server_says_so_and_goes_on(start: Start, tmp_path: Path) -> None:
    server = start(*SERVER, "--clients", "2", **without_tkinter(tmp_path))
    assert {server.line("' is logged in.").split("'")[1] for _ in range(2)} == {"ada", "grace"}
    end = server.end_by(signal.SIGTERM)
    assert end.status == 0
    assert re.fullmatch(r"No window: .*no tkinter .*install.*\n", end.errors)


@pytest.mark.parametrize("program", ["server.py", "client.py"])
def test_without_a_window_nothing_imports_tkinter(
    start: Start, tmp_path: Path, program: str
) -> None:
    (tmp_path / "tkinter").mkdir()
    told = "import os; print('imported', flush=True); os._exit(3)\n"
    (tmp_path / "tkinter" / "__init__.py").write_text(told)
    end = start(
        program, "--port", "1", NO_WINDOW, "--username", "a", PYTHONPATH=str(tmp_path)
    ).end()
    assert end.status == 2
    assert "imported" not in end.output


# --- in real windows --------------------------------------------------------------------


class ClientMessage(ctypes.Structure):
    """What a window manager sends to a window (Xlib's XClientMessageEvent, in an XEvent)."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


class Screen:
    """An X server with nothing in it but the programs under test, and somebody before it."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._environment = os.environ | {"DISPLAY": display}

    def xdotool(self, *command: str) -> str:
        """Let xdotool do something, and return what it says."""
        return subprocess.run(
            ["xdotool", *command],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=True,
        ).stdout

    def windows(self, title: str, count: int = 1) -> list[str]:
        """Wait until so many windows have a title, and return what X calls them."""
        found: list[str] = []

        def all_there() -> bool:
            search = ["search", "--sync", "--onlyvisible", "--name", f"^{title}$"]
            found[:] = self.xdotool(*search).split()
            return len(found) == count

        eventually(all_there)
        return found

    def place(self, window: str) -> tuple[int, int, int, int]:
        """Return where a window is: left and top, width and height."""
        geometry = self.xdotool("getwindowgeometry", "--shell", window)
        known = dict(line.split("=") for line in geometry.split())
        x, y, width, height = (int(known[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return x, y, width, height

    def choose(self, window: str) -> None:
        """Bring a window to the front, and the keyboard to it."""
        self.xdotool("windowraise", window, "windowfocus", window)

    def type(self, text: str, *keys: str) -> None:
        """Type a text, then press keys, in the window that was chosen."""
        self.xdotool("type", text)
        for key in keys:
            self.xdotool("key", key)

    def log(self, window: str) -> str:
        """Click into the log of a window, copy all of it, and return what the clipboard has."""
        geometry = self.xdotool("getwindowgeometry", "--shell", window)
        size = dict(line.split("=") for line in geometry.split())
        x, y = int(size["WIDTH"]) // 2, int(size["HEIGHT"]) - 40
        self.choose(window)
        self.xdotool("mousemove", "--window", window, str(x), str(y), "click", "1")
        self.xdotool("key", "ctrl+a", "key", "ctrl+c")
        # In another process: one that has looked at a display ends with it.
        read = "import tkinter; print(tkinter.Tk().clipboard_get())"
        clipboard = subprocess.run(
            [sys.executable, "-c", read],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,  # as long as nothing has been copied, there is an error
        )
        return clipboard.stdout

    def close(self, window: str) -> None:
        """Send a window what a click on its close button sends."""
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.display.encode()))
        protocols = x11.XInternAtom(display, b"WM_PROTOCOLS", False)
        delete = x11.XInternAtom(display, b"WM_DELETE_WINDOW", False)
        client_message, no_mask = 33, ctypes.c_long(0)
        message = ClientMessage(client_message, window=int(window), message_type=protocols)
        message.format = 32
        message.data[0] = delete
        x11.XSendEvent(display, ctypes.c_ulong(int(window)), False, no_mask, ctypes.byref(message))
        x11.XCloseDisplay(display)


@pytest.fixture
def screen(display: None) -> Iterator[Screen]:
    """Give a screen on which no other window takes the keyboard away."""
    for tool in ("xdotool", "Xvfb"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool}, which presses keys where no person does")
    with virtual_display() as name:
        yield Screen(name)


def test_a_walk_through_the_windows_by_keyboard_and_mouse(start: Start, screen: Screen) -> None:
    server = start(*SERVER, DISPLAY=screen.display)
    address = server.address()
    (server_window,) = screen.windows("Server")

    ada = start(*client(address), DISPLAY=screen.display)
    (window,) = screen.windows("Client")
    screen.choose(window)
    screen.type("ada", "Return")
    assert screen.windows("Client: ada") == [window]
    eventually(lambda: '"registration_successful"' in screen.log(server_window))
    screen.choose(window)
    screen.type("", "Return")
    eventually(lambda: '"login_successful"' in screen.log(server_window))
    screen.choose(window)
    screen.type("", "Return")
    eventually(lambda: '"registry"' in screen.log(window))
    key = re.search(r"← (\S+) .*login", screen.log(server_window))
    assert key is not None
    listed = f'[{{"username": "ada", "address": "{key[1]}", "logged_in": true}}]'
    assert listed in screen.log(window)

    other = start(*client(address), DISPLAY=screen.display)
    (other_window,) = screen.windows("Client")
    screen.choose(other_window)
    screen.type("ada", "Return")
    eventually(lambda: '"registration_failed"' in screen.log(other_window))
    assert screen.windows("Client") == [other_window]

    assert_ended_well(other.end(lambda: screen.close(other_window)))
    assert_ended_well(ada.end(lambda: screen.close(window)))
    assert_ended_well(server.end(lambda: screen.close(server_window)))


def test_a_client_connects_again_by_keyboard_when_its_server_is_back(
    start: Start, screen: Screen
) -> None:
    server = start(*SERVER, DISPLAY=screen.display)
    address = server.address()
    program = start(*client(address), DISPLAY=screen.display)
    (window,) = screen.windows("Client")
    screen.choose(window)
    screen.type("ada", "Return")
    screen.windows("Client: ada")
    server.kill()
    server.wait()

    def connect_in_vain() -> bool:
        screen.type("", "Return")
        return "Client: ada" not in screen.xdotool("getwindowname", window)

    eventually(connect_in_vain)
    start("server.py", "--port", str(address[1]), NO_WINDOW).address()

    def connect_and_register() -> bool:
        screen.type("", "Return")
        return "Client: ada" in screen.xdotool("getwindowname", window)

    eventually(connect_and_register)
    assert_ended_well(program.end(lambda: screen.close(window)))


def test_one_command_opens_the_windows_of_a_server_and_its_clients(
    start: Start, screen: Screen
) -> None:
    server = start(*SERVER, "--clients", "2", DISPLAY=screen.display)
    screen.windows("Server")
    screen.windows("Client", 2)
    assert_ended_well(server.end_by(signal.SIGINT))


@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_server_and_its_clients_stand_side_by_side(
    start: Start, screen: Screen, count: int
) -> None:
    server = start(*SERVER, "--clients", str(count), DISPLAY=screen.display)
    windows = screen.windows("Server") + screen.windows("Client", count)
    places = [screen.place(window) for window in windows]
    for one, other in itertools.combinations(places, 2):
        assert (
            one[0] + one[2] <= other[0]
            or other[0] + other[2] <= one[0]
            or one[1] + one[3] <= other[1]
            or other[1] + other[3] <= one[1]
        )
    assert_ended_well(server.end_by(signal.SIGINT))


@pytest.mark.parametrize("program", [["client.py"], SERVER], ids=lambda program: program[0])
def test_a_window_is_where_the_command_line_says_and_has_a_class(
    start: Start, screen: Screen, program: list[str]
) -> None:
    running = start(*program, "--geometry", "555x444+66+77", DISPLAY=screen.display)
    (window,) = screen.windows("Server" if program is SERVER else "Client")
    eventually(lambda: screen.place(window) == (66, 77, 555, 444))
    of_this_class = screen.xdotool("search", "--onlyvisible", "--class", "^ClientRegistry$")
    assert window in of_this_class.split()
    running.end_by(signal.SIGTERM)


def test_a_name_on_the_command_line_stands_in_the_window(
    start: Start, screen: Screen, address: tuple[str, int]
) -> None:
    program = start(*client(address), "--username", "ada", DISPLAY=screen.display)
    (window,) = screen.windows("Client")
    screen.choose(window)
    screen.type("", "Return")
    screen.windows("Client: ada")
    assert_ended_well(program.end(lambda: screen.close(window)))


# --- a window that is there before its program ------------------------------------------


class HeldBack(NamedTuple):
    """A client whose window is there, but which imports the rest of itself only when let go."""

    program: Program
    window: str
    gate: socket.socket

    def let_go(self) -> None:
        """Let the client go on."""
        self.gate.close()


@pytest.fixture
def held_back(
    start: Start,
    screen: Screen,
    listener: socket.socket,
    address: tuple[str, int],
    tmp_path: Path,
) -> Iterator[HeldBack]:
    """Run a client of the server that waits, its window empty, until it is let go."""
    copy_programs(tmp_path)
    first_import = tmp_path / "gui" / "bridge.py"
    address_of_gate = listener.getsockname()
    wait = f"import socket\nwith socket.create_connection({address_of_gate}) as s: s.recv(1)\n"
    text = first_import.read_text(encoding="utf-8")
    first_import.write_text(wait + text, encoding="utf-8")
    program = start(*client(address), folder=tmp_path, DISPLAY=screen.display)
    gate, _ = listener.accept()
    with gate:
        (window,) = screen.windows("Client")
        yield HeldBack(program, window, gate)


def test_what_is_typed_as_soon_as_the_window_is_there_registers_exactly_this_name(
    screen: Screen, held_back: HeldBack
) -> None:
    screen.choose(held_back.window)
    screen.type("ada l", "Return")
    held_back.let_go()
    assert screen.windows("Client: ada l") == [held_back.window]
    assert_ended_well(held_back.program.end(lambda: screen.close(held_back.window)))


def test_a_window_that_is_closed_as_soon_as_it_is_there_ends_the_client(
    screen: Screen, held_back: HeldBack
) -> None:
    screen.close(held_back.window)
    end = held_back.program.end(held_back.let_go)
    assert (end.status, end.errors) == (0, "")


@has_signals
@signals
def test_a_signal_ends_a_client_whose_window_is_still_empty(
    held_back: HeldBack, number: signal.Signals
) -> None:
    assert_ended_well(held_back.program.end_by(number))


def test_the_window_keeps_its_size_when_it_is_filled(screen: Screen, held_back: HeldBack) -> None:
    def size() -> str:
        return screen.xdotool("getwindowgeometry", held_back.window)

    empty = size()
    screen.choose(held_back.window)
    screen.type("ada", "Return")
    held_back.let_go()
    screen.windows("Client: ada")
    assert size() == empty


# --- an old Python ----------------------------------------------------------------------


@pytest.mark.parametrize("program", ["server.py", "client.py"])
def test_a_python_that_is_too_old_is_told_so(start: Start, program: str) -> None:
    # Nothing else of the program may come first: an old Python could not read it.
    as_if_old = "import runpy, sys; sys.version_info = (3, 9, 18); sys.modules['protocol'] = None"
    run = f"runpy.run_path({program!r}, run_name='__main__')"
    end = start("-c", f"{as_if_old}; {run}").end()
    assert (end.status, end.output) == (1, "")
    assert end.errors.startswith("Client Registry needs Python 3.10 or newer; this is Python 3.9.")
    assert end.errors.count("\n") == 1


@pytest.mark.parametrize("file", ["server.py", "client.py", "gui/__init__.py"])
def test_a_python_that_is_too_old_can_read_what_tells_it_so(file: str) -> None:
    ast.parse((PROJECT / file).read_text(encoding="utf-8"), feature_version=(3, 6))
