"""Networks that go away, between real hosts: whoever is left notices it within 30 s.

Everything is lost at the same moment, so that all cases share one wait.
"""

import contextlib
import math
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest

from client import Client
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import Step
from protocol import KEEPALIVE_IDLE_SECONDS
from tests.benchmarks.programs import print_table
from tests.conftest import until, until_visible, visible
from tests.hosts import Host, Network
from tests.peers import DEADLINE_SECONDS, Peer, line
from tests.test_programs import NO_WINDOW, Program, client

if TYPE_CHECKING:
    import tkinter

    from gui.client_window import ClientWindow

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
KILLED = ["killed, idle", "killed, not reading"]
SERVER_KILLED = ["server killed, idle", "server killed, asking", "server killed, no window"]
UNHARMED = "unharmed, idle"


class Losses(NamedTuple):
    """Who was found lost, by username, and after how many seconds.

    Parameters:
        logged_off: clients, by the server.
        told: servers, by the client that says so.
    """

    logged_off: dict[str, float]
    told: dict[str, float]


class Scene:
    """Servers and clients on hosts of their own.

    Parameters:
        resources: ends all of them.
    """

    def __init__(self, resources: contextlib.ExitStack) -> None:
        self.network = Network()
        resources.callback(self.network.close)
        self.windows: dict[str, ClientWindow] = {}
        self.programs: dict[str, Program] = {}
        self._resources = resources

    def start(self, host: Host, *arguments: str) -> Program:
        """Start a program without a window."""
        with host.entered():
            program = Program(*arguments, NO_WINDOW)
        self._resources.callback(program.close)
        return program

    def start_server(self, host: Host) -> Program:
        """Start a server that all hosts reach."""
        server = self.start(host, "server.py", "--host", "0.0.0.0", "--port", str(PORT))
        server.line("Server listening on ")
        return server

    def start_client(self, username: str, host: Host, server: Host) -> None:
        """Start a client without a window, and log it in."""
        program = self.programs[username] = self.start(host, *client((server.address, PORT)))
        program.type(f"register {username}", "login")
        program.line(f"'{username}' is logged in.")

    def open_client(self, username: str, host: Host, server: Host) -> None:
        """Open a client in a window, and log it in."""
        from gui.client_window import ClientWindow
        from gui.window import open_root

        root = open_root()
        assert root is not None
        mailbox = self._resources.enter_context(contextlib.closing(Mailbox()))
        running = Client(server.address, PORT, mailbox)
        window = self.windows[username] = ClientWindow(root, mailbox, running.submit, username)
        self._resources.callback(window.close)
        with host.entered():
            network = self._resources.enter_context(NetworkThread())
        running.start(network)
        until_visible(root, "Connected to ")
        for step, sentence in ((Step.REGISTER, "is registered."), (Step.LOGIN, "is logged in.")):
            window.buttons[step].invoke()
            until_visible(root, sentence)

    def connect(self, username: str, host: Host, server: Host) -> Peer:
        """Connect a socket, and log it in."""
        with host.entered():
            connected = socket.create_connection((server.address, PORT), DEADLINE_SECONDS)
        peer = Peer(connected)
        self._resources.callback(peer.close)
        peer.ask("register", username=username)
        assert peer.ask("login", username=username)["type"] == "login_successful"
        return peer

    def says_so(self, username: str) -> bool:
        """Tell whether a client says that its server is gone."""
        if username in self.windows:
            return visible(self.windows[username].root, " is gone.") is not None
        program = self.programs[username]
        return program.poll() is not None and " is gone." in program.stderr.read()

    def watch(self, observer: Peer) -> Losses:
        """Take note of everybody that is found lost, until all are or it has taken too long."""
        start = time.monotonic()
        losses = Losses({}, {})
        waiting = {*WINDOWS, *PROGRAMS, *SERVER_KILLED}
        root = self.windows[WINDOWS[0]].root
        while (seconds := time.monotonic() - start) < LIMIT_SECONDS:
            told = {username for username in waiting if self.says_so(username)}
            losses.told.update(dict.fromkeys(told, seconds))
            waiting -= told
            for entry in observer.ask("request_registry")["clients"]:
                if not entry["logged_in"]:
                    losses.logged_off.setdefault(entry["username"], seconds)
            if not waiting and losses.logged_off.keys() >= {*WINDOWS, *PROGRAMS, *KILLED}:
                break
            let_work(root)
        return losses


def let_work(root: "tkinter.Tk") -> None:
    """Let Tk work for a moment."""
    over: list[bool] = []
    root.after(LOOK_MILLISECONDS, over.append, True)
    until(root, lambda: over)


def fill(peer: Peer) -> None:
    """Ask for more than a peer that does not read has room for, until nobody takes it."""
    peer.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        peer.send(line("request_registry") * 100_000)


@pytest.fixture(scope="module")
def losses(display: None) -> Iterator[Losses]:
    """Lose several hosts at the same moment, one a server's, and tell who notices when."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("hosts in network namespaces need Linux, root and iproute2")
    with contextlib.ExitStack() as resources:
        try:
            scene = Scene(resources)
        except OSError as error:
            pytest.skip(f"this system makes no network namespaces: {error}")
        add_host = scene.network.add_host
        server_host, lost_server_host, good_host, killed_host = (add_host() for _ in range(4))
        hosts = {way: add_host() for way in WAYS}
        for host in (server_host, good_host, *hosts.values()):
            resources.callback(host.close)
        scene.start_server(server_host)
        lost_server = scene.start_server(lost_server_host)

        observer = scene.connect("observer", good_host, server_host)
        scene.start_client(UNHARMED, good_host, server_host)
        for username in WINDOWS:
            scene.open_client(username, hosts[username.split(",")[0]], server_host)
        for username in PROGRAMS:
            scene.start_client(username, hosts[username.split(",")[0]], server_host)
        idle, asking, no_window = SERVER_KILLED
        scene.open_client(idle, good_host, lost_server_host)
        scene.open_client(asking, good_host, lost_server_host)
        scene.start_client(no_window, good_host, lost_server_host)
        idle, not_reading = KILLED
        scene.start_client(idle, killed_host, server_host)
        greedy = scene.connect(not_reading, killed_host, server_host)
        fill(greedy)

        for way, lose in WAYS.items():
            lose(scene.network, hosts[way])
        for host in (killed_host, lost_server_host):
            host.cut()
        for program in (scene.programs[idle], lost_server):
            program.kill()
            program.wait()
        greedy.close()
        for host in (killed_host, lost_server_host):
            host.close()
        for username, window in scene.windows.items():
            ask = window.buttons[Step.REQUEST_REGISTRY].invoke
            if username.endswith("asking"):
                ask()
            elif username.endswith("asking later"):
                window.root.after(ASK_LATER_SECONDS * 1000, ask)

        losses = scene.watch(observer)
        for title, times in zip(("Logged off", "Told"), losses, strict=True):
            rows = [(name, f"{seconds:.1f} s") for name, seconds in times.items()]
            print_table(f"{title} after", rows)
        yield losses


@pytest.mark.parametrize("username", [*WINDOWS, *PROGRAMS, *KILLED])
def test_a_client_that_is_lost_is_logged_off_within_30_seconds(
    losses: Losses, username: str
) -> None:
    assert losses.logged_off.get(username, math.inf) < LIMIT_SECONDS


@pytest.mark.parametrize("username", [*WINDOWS, *PROGRAMS, *SERVER_KILLED])
def test_a_client_whose_server_is_lost_says_so_within_30_seconds(
    losses: Losses, username: str
) -> None:
    assert losses.told.get(username, math.inf) < LIMIT_SECONDS


def test_a_client_that_is_silent_but_not_lost_stays_logged_in(losses: Losses) -> None:
    assert UNHARMED not in losses.logged_off
