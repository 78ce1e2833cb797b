"""Networks that go away, between real hosts: whoever is left notices it within 30 s.

Everything is lost at the same moment, so that all cases share one wait.
"""

import contextlib
import math
import os
import select
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gui.bridge import Mailbox, NetworkThread
from gui.client_state import Step
from protocol import KEEPALIVE_IDLE_SECONDS
from tests.benchmarks.programs import print_table
from tests.conftest import until, until_visible, visible
from tests.hosts import Host, Network
from tests.peers import DEADLINE_SECONDS, Peer, line
from tests.students_files import tutored_client
from tests.test_programs import NO_WINDOW, Program, client

if TYPE_CHECKING:
    import tkinter

    from gui.windows.client_window import ClientWindow

pytestmark = pytest.mark.network

# "A silent loss is noticed within 30 s" (the assignment's promise).
LIMIT_SECONDS = 30
LOOK_MILLISECONDS = 100
# By then a lost peer has been silent for long, and is being probed.
ASK_LATER_SECONDS = KEEPALIVE_IDLE_SECONDS
PORT = 8888

WAYS: dict[str, Callable[[Network, Host], None]] = {
    "link down": lambda _, host: host.cut(),
    "nothing arrives": Network.drop_packets_to,
    "nothing leaves": Network.drop_packets_from,
}
# The usernames of the clients, each after what happens to it.
WINDOWS = [f"{way}, {state}" for way in WAYS for state in ("idle", "asking", "asking later")]
PROGRAMS = [f"{way}, no window" for way in WAYS]
KILLED_IDLE, KILLED_NOT_READING = "killed, idle", "killed, not reading"
SERVER_KILLED_WINDOWS = ["server killed, idle", "server killed, asking"]
SERVER_KILLED_PROGRAM = "server killed, no window"
UNHARMED = "unharmed, idle"

LOGGED_OFF = [*WINDOWS, *PROGRAMS, KILLED_IDLE, KILLED_NOT_READING]
TOLD = [*WINDOWS, *PROGRAMS, *SERVER_KILLED_WINDOWS, SERVER_KILLED_PROGRAM]


class Losses(NamedTuple):
    """Who was found lost, by username, and after how many seconds.

    Parameters:
        logged_off: clients, by the server.
        told: servers, by the client that says so.
    """

    logged_off: dict[str, float]
    told: dict[str, float]


class Scene:
    """Two servers, and clients on hosts of their own.

    Parameters:
        network: where the hosts are.
        resources: ends everything that runs on them.
    """

    def __init__(self, network: Network, resources: contextlib.ExitStack) -> None:
        self.windows: dict[str, ClientWindow] = {}
        self.programs: dict[str, Program] = {}
        self._network = network
        self._resources = resources
        self._server, self._lost_server = network.add_host(), network.add_host()
        self._good, self._killed = network.add_host(), network.add_host()
        self._hosts = {way: network.add_host() for way in WAYS}
        self._start_server(self._server)
        self._lost_program = self._start_server(self._lost_server)
        self._observer = self._connect("observer", self._good)
        self._greedy = self._connect(KILLED_NOT_READING, self._killed)

    def _start(self, host: Host, *arguments: str) -> Program:
        with host.entered():
            program = Program(*arguments, NO_WINDOW)
        self._resources.callback(program.close)
        return program

    def _start_server(self, host: Host) -> Program:
        server = self._start(host, "server.py", "--host", "0.0.0.0", "--port", str(PORT))
        server.line("Server listening on ")
        return server

    def _start_client(self, username: str, host: Host, server: Host) -> None:
        program = self.programs[username] = self._start(host, *client((server.address, PORT)))
        program.type(f"register {username}", "login")
        program.line(f"'{username}' is logged in.")

    def _open_client(self, username: str, host: Host, server: Host) -> None:
        from gui.windows.client_window import ClientWindow
        from gui.windows.root import open_root

        root = open_root("Client")
        mailbox = self._resources.enter_context(contextlib.closing(Mailbox()))
        network = NetworkThread()
        running = tutored_client((server.address, PORT), network, mailbox)
        window = self.windows[username] = ClientWindow(root, mailbox, username)
        window.commands = running
        self._resources.callback(window.close)
        with host.entered():
            self._resources.enter_context(network)
        running.start()
        until_visible(root, "Connected to ")
        for step, sentence in ((Step.REGISTER, "is registered."), (Step.LOGIN, "is logged in.")):
            window.steps.buttons[step].invoke()
            until_visible(root, sentence)

    def _connect(self, username: str, host: Host) -> Peer:
        with host.entered():
            connected = socket.create_connection((self._server.address, PORT), DEADLINE_SECONDS)
        peer = Peer(connected)
        self._resources.callback(peer.close)
        peer.ask("register", username=username)
        assert peer.ask("login", username=username)["type"] == "login_successful"
        return peer

    def log_everybody_in(self) -> None:
        """Open all clients, and log them in."""
        self._start_client(UNHARMED, self._good, self._server)
        self._start_client(KILLED_IDLE, self._killed, self._server)
        for username in WINDOWS:
            self._open_client(username, self._hosts[username.split(",")[0]], self._server)
        for username in PROGRAMS:
            self._start_client(username, self._hosts[username.split(",")[0]], self._server)
        for username in SERVER_KILLED_WINDOWS:
            self._open_client(username, self._good, self._lost_server)
        self._start_client(SERVER_KILLED_PROGRAM, self._good, self._lost_server)
        fill(self._greedy)

    def hear_from_everybody(self) -> None:
        """Let every client ask for the registry: from then on, all are silent."""
        for window in self.windows.values():
            window.steps.buttons[Step.REQUEST_REGISTRY].invoke()
        for program in self.programs.values():
            program.type("registry")
        for window in self.windows.values():
            until_visible(window.root, "The registry lists ")
        for program in self.programs.values():
            program.line("The registry lists ")

    def lose(self) -> None:
        """Lose hosts, each in its way; then some clients ask for the registry in vain."""
        for way, lose in WAYS.items():
            lose(self._network, self._hosts[way])
        for host in (self._killed, self._lost_server):
            host.cut()
        for program in (self.programs[KILLED_IDLE], self._lost_program):
            program.kill()
            program.wait()
        self._greedy.close()
        for host in (self._killed, self._lost_server):
            host.close()
        for username, window in self.windows.items():
            ask = window.steps.buttons[Step.REQUEST_REGISTRY].invoke
            if username.endswith("asking"):
                ask()
            elif username.endswith("asking later"):
                window.root.after(ASK_LATER_SECONDS * 1000, ask)

    def watch(self) -> Losses:
        """Take note of everybody that is found lost, until all are or it has taken too long."""
        start = time.monotonic()
        losses = Losses({}, {})
        while (seconds := time.monotonic() - start) < LIMIT_SECONDS:
            told = [username for username in TOLD if username not in losses.told]
            losses.told.update({name: seconds for name in told if self._says_so(name)})
            for entry in self._observer.ask("request_registry")["clients"]:
                if not entry["logged_in"]:
                    losses.logged_off.setdefault(entry["username"], seconds)
            if len(losses.told) == len(TOLD) and len(losses.logged_off) == len(LOGGED_OFF):
                break
            let_work(self.windows[WINDOWS[0]].root)
        return losses

    def _says_so(self, username: str) -> bool:
        if username in self.windows:
            return visible(self.windows[username].root, " is gone.") is not None
        stderr = self.programs[username].stderr
        says_something, _, _ = select.select([stderr], [], [], 0)
        return bool(says_something) and " is gone." in stderr.readline()


def fill(peer: Peer) -> None:
    """Ask for more than a peer that does not read has room for, until nobody takes it."""
    peer.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        peer.send(line("request_registry") * 100_000)


def let_work(root: "tkinter.Tk") -> None:
    """Let Tk work for a moment."""
    over: list[bool] = []
    root.after(LOOK_MILLISECONDS, over.append, True)
    until(root, lambda: over)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Give a network, if this process may make one."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("hosts in network namespaces need Linux, root and iproute2")
    try:
        network = Network()
    except OSError as error:
        pytest.skip(f"this system makes no network namespaces: {error}")
    with contextlib.closing(network):
        yield network


@pytest.fixture(scope="module")
def losses(display: None, network: Network) -> Losses:
    """Lose several hosts at the same moment, one of them a server's; tell who notices when."""
    with contextlib.ExitStack() as resources:
        scene = Scene(network, resources)
        scene.log_everybody_in()
        scene.hear_from_everybody()
        scene.lose()
        losses = scene.watch()
    for title, times in zip(("Logged off", "Told"), losses, strict=True):
        print_table(f"{title} after", [(name, f"{times[name]:.1f} s") for name in times])
    return losses


@pytest.mark.parametrize("username", LOGGED_OFF)
def test_a_client_that_is_lost_is_logged_off_within_30_seconds(
    losses: Losses, username: str
) -> None:
    assert losses.logged_off.get(username, math.inf) < LIMIT_SECONDS


@pytest.mark.parametrize("username", TOLD)
def test_a_client_whose_server_is_lost_says_so_within_30_seconds(
    losses: Losses, username: str
) -> None:
    assert losses.told.get(username, math.inf) < LIMIT_SECONDS


def test_a_client_that_is_silent_but_not_lost_stays_logged_in(losses: Losses) -> None:
    assert UNHARMED not in losses.logged_off
