"""What the tests talk to: plain sockets, mailboxes, and the real server in its own thread."""

import asyncio
import contextlib
import importlib
import json
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from gui.bridge import LogLine, Mailbox, NetworkThread
from gui.dictionaries import DictionaryChanged, ShownDictionaries
from gui.tutor.tutor import ServerTutor, Tutor
from server import Answerer, Server, ServerConnection, ServerHandle

# Nothing here takes a second; a test that waits so long has found something.
DEADLINE_SECONDS = 15


class Peer:
    """One end of a TCP connection that speaks plain bytes, as any program could."""

    def __init__(self, connected: socket.socket) -> None:
        connected.settimeout(DEADLINE_SECONDS)
        self.socket = connected
        self.port: int = connected.getsockname()[1]
        self._received = b""

    def send(self, data: bytes) -> None:
        """Send bytes, as they are."""
        self.socket.sendall(data)

    def ask(self, kind: str, **fields: object) -> Any:
        """Send a message, and return the next one that comes."""
        self.send(line(kind, **fields))
        return self.read_message()

    def read_message(self) -> Any:
        """Return the next message that comes, as plain data."""
        return json.loads(self.read_line())

    def read_line(self) -> bytes:
        """Return the next line that comes; b"" when there will be none."""
        while b"\n" not in self._received:
            data = self.socket.recv(65536)
            if not data:
                assert not self._received, "the connection ended in the middle of a line"
                return b""
            self._received += data
        first, _, self._received = self._received.partition(b"\n")
        return first + b"\n"

    def read_lines(self) -> list[bytes]:
        """Return every line that still comes, until there will be none."""
        return list(iter(self.read_line, b""))

    def end(self) -> None:
        """Say that nothing more will be sent; what comes can still be read."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Go without a goodbye; the port is free at once."""
        # Linger, for 0 s: what was not sent is dropped, and the other side gets a RST.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def line(kind: str, **fields: object) -> bytes:
    """Return the line that carries a message, by the letter of the assignment."""
    return json.dumps({"type": kind, **fields}).encode() + b"\n"


def connect(address: tuple[str, int], local_port: int = 0, receive_buffer: int = 0) -> Peer:
    """Connect to a server, from a port of the caller's choice if need be."""
    connected = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    try:
        connected.settimeout(DEADLINE_SECONDS)
        if receive_buffer:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if local_port:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # A port that was bound is shared with no other connection, not even one that is
        # over: only so can it be had again for certain once its owner is gone.
        connected.bind((address[0], local_port))
        connected.connect(address)
    except BaseException:
        connected.close()
        raise
    return Peer(connected)


class News:
    """Empties a mailbox, as a window does, and keeps what was in it.

    Parameters:
        all: everything, in its order; `lines` are those of the log, `events` the others.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self.all: list[Any] = []
        self.lines: list[LogLine] = []
        self.events: list[Any] = []
        self._mailbox = mailbox

    def read(self) -> None:
        """Take out everything that is in the mailbox."""
        while True:
            news = [event for _, event in self._mailbox.take(sys.maxsize)]
            if not news:
                return
            self.all += news
            self.lines += [event for event in news if isinstance(event, LogLine)]
            self.events += [event for event in news if not isinstance(event, LogLine)]

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Read what comes until something has happened."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        self.read()
        while not happened():
            waited_for = [self._mailbox.wake_socket]
            readable, _, _ = select.select(waited_for, [], [], max(0, deadline - time.monotonic()))
            assert readable, f"in vain; what came: {self.events[-5:]} {self.lines[-5:]}"
            self.read()

    def wait_for(self, event: object) -> None:
        """Read what comes until an event is among it."""
        self.wait_until(lambda: event in self.events)

    def messages(self) -> list[tuple[str, str, bytes]]:
        """Return what the log says, without numbers and times."""
        return [(line.arrow, line.peer, line.line) for line in self.lines]


class RunningServer:
    """The real server, listening on a free port of this machine.

    Parameters:
        address: what to connect to.
        logic: the `server_logic` that it uses.
        news: what it tells its window.
        network: the thread in which it runs.

    Attributes:
        start_over: starts it over, as its window can.
    """

    start_over: Callable[[], None]

    def __init__(
        self, address: tuple[str, int], logic: Any, news: News, network: NetworkThread
    ) -> None:
        self.address = address
        self.logic = logic
        self.news = news
        self.network = network
        self.peers: list[Peer] = []

    def connect(self, local_port: int = 0, receive_buffer: int = 0) -> Peer:
        """Connect a new client."""
        peer = connect(self.address, local_port, receive_buffer)
        self.peers.append(peer)
        return peer

    def come_back(self, gone: Peer) -> Peer:
        """Connect a new client from the port of one that has gone."""
        return self.connect(gone.port)

    def key(self, peer: Peer) -> str:
        """Return the key of the first client on its port."""
        host = self.address[0]
        return f"[{host}]:{peer.port}" if ":" in host else f"{host}:{peer.port}"

    def wait_until_logged_off(self, key: str) -> None:
        """Wait until the server has told its window that a client is not logged in any more."""
        self.news.wait_for(DictionaryChanged("active_users", {key: None}))


class ClosableServer(Server):
    """The real server, and a way to close it without ending the process."""

    def __init__(self, mailbox: Mailbox, answerer: Answerer | None = None) -> None:
        answerer = answerer or ServerTutor(ServerHandle, mailbox.post)
        super().__init__(answerer, mailbox.log, ShownDictionaries(mailbox.post).show)
        self._came: asyncio.Queue[ServerConnection | None] = asyncio.Queue()

    async def serve(self, connection: ServerConnection) -> None:
        """Serve a client, and remember its connection."""
        self._came.put_nowait(connection)
        await super().serve(connection)

    async def listen(self, host: str, port: int) -> str:
        """Take the port, and remember of each client that is lost as it is let in that it came."""
        address = await super().listen(host, port)
        tell = self._listener.tell_of_lost

        def tell_of_lost(error: OSError) -> None:
            self._came.put_nowait(None)
            tell(error)

        self._listener.tell_of_lost = tell_of_lost  # type: ignore[method-assign]
        return address

    async def close(self, came: int) -> None:
        """Close the port and every connection, once so many clients have come."""
        while came > 0 or not self._came.empty():
            connection = await self._came.get()
            if connection is not None:
                connection._transport.abort()
            came -= 1
        await self.stop_accepting()


@contextmanager
def running_server(
    host: str = "127.0.0.1",
    make_answerer: Callable[[Any], Answerer] | None = None,
    **handlers: object,
) -> Iterator[RunningServer]:
    """Run the real server, which knows nobody yet, for as long as the `with` block.

    Parameters:
        host: what it listens on.
        make_answerer: makes what answers requests of `server_logic`; the tutor, if not given.
        handlers: functions that take the place of those in `server_logic`.
    """
    mailbox = Mailbox()
    with (
        contextlib.closing(mailbox),
        fresh_module("server_logic") as logic,
        NetworkThread() as network,
    ):
        tutor = ServerTutor(ServerHandle, mailbox.post)
        server = ClosableServer(mailbox, make_answerer(logic) if make_answerer else tutor)
        address = network.call(server.listen(host, 0))
        port = int(address.rpartition(":")[2])
        running = RunningServer((host, port), logic, News(mailbox), network)
        running.start_over = lambda: network.call(server.start_over())
        if make_answerer is None:
            running.logic = network.call(loaded(tutor))
            put_in_place(tutor, handlers)
        else:
            vars(logic).update(handlers)
        with serving(server, running):
            yield running


@contextmanager
def serving(server: ClosableServer, running: RunningServer) -> Iterator[None]:
    """Let clients in, for as long as the `with` block; then close whatever is open."""
    network = running.network
    try:
        network.call(server.serve_clients())
        yield
    finally:
        for peer in running.peers:
            peer.close()
        closing = server.close(came=len(running.peers))
        network.call(asyncio.wait_for(closing, DEADLINE_SECONDS))


async def loaded(tutor: ServerTutor) -> ModuleType:
    """Let a tutor load its file; return the module."""
    tutor.dictionaries()
    return sys.modules["server_logic"]


def put_in_place(tutor: Tutor, functions: Mapping[str, Any]) -> None:
    """Let functions take the place of those in the file that a tutor has loaded."""
    logic = tutor._supervisor.logic
    vars(logic.module).update(functions)
    logic.functions.update(functions)


@contextmanager
def fresh_module(name: str) -> Iterator[ModuleType]:
    """Import a module as if for the first time, for as long as the `with` block."""
    before = sys.modules.pop(name, None)
    try:
        yield importlib.import_module(name)
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
