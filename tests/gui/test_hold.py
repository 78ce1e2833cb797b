"""Hold: a request waits before its handler until it is let in, and its client's end is noticed."""

import asyncio
import contextlib
import queue
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.bridge import Mailbox, NetworkThread
from gui.hold import Held, Hold
from gui.tutor import saved_file
from gui.tutor.assignment import Dictionaries
from gui.tutor.tutor import ServerTutor
from protocol import (
    MAX_WAITING_BYTES,
    REQUESTS,
    Connection,
    ConnectionEnded,
    Error,
    Login,
    Message,
    Register,
    encode,
)
from server import Server, ServerHandle
from tests.peers import (
    DEADLINE_SECONDS,
    Peer,
    RunningServer,
    connect,
    fresh_module,
    line,
    running_server,
)
from tests.plain import PlainAnswerer
from tests.students_files import filled, imported_from

REGISTER = encode(Register("ada"))
TOO_MUCH = "At most 65536 bytes may wait while a request is held."

# --- without a network ------------------------------------------------------------------


class Transport:
    """What asyncio puts below a connection, without a socket; it notes what it is told."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sent = b""
        self.has_ended = False
        self.is_reading = True
        self._address = address

    def get_extra_info(self, name: str) -> Any:
        """Return the peer's address, or, for the socket, what takes any option."""
        return self._address if name == "peername" else self

    def setsockopt(self, *_: int) -> None:
        """Take an option."""

    def set_write_buffer_limits(self, _: int) -> None:
        """Take a limit."""

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return False

    def can_write_eof(self) -> bool:
        """Tell whether it can be said that nothing more will be sent."""
        return True

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.sent += data

    def write_eof(self) -> None:
        """Say that nothing more will be sent."""
        self.has_ended = True

    def pause_reading(self) -> None:
        """Read no further."""
        self.is_reading = False

    def resume_reading(self) -> None:
        """Read on."""
        self.is_reading = True

    def close(self) -> None:
        """Close."""


class ServersEnd(Connection):
    """The server's end of a connection."""

    kinds = REQUESTS
    max_line_bytes = 4096


class Scene:
    """A hold in a running loop, around an answerer that notes what it is to answer."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.answered: list[tuple[int, Message]] = []
        self.events: list[Held] = []
        self.hold = Hold(self, self.loop.create_task, self.events.append)  # type: ignore[arg-type]
        self.transports: dict[int, Transport] = {}

    async def answer(self, connection: Connection, request: Message) -> None:
        """Note a request."""
        self.answered.append((int(connection.peer.rpartition(":")[2]), request))

    def dictionaries(self) -> Dictionaries:
        """Return two dictionaries."""
        return Dictionaries({}, {})

    def connect(self, port: int) -> Connection:
        """Return a new connection, whose peer is at this port."""
        connection = ServersEnd(self.loop, lambda *_: None)
        self.transports[port] = Transport(("10.0.0.1", port))
        connection.connection_made(self.transports[port])  # type: ignore[arg-type]
        return connection

    async def ask(self, port: int, request: Message) -> "asyncio.Task[None]":
        """Let a new client send a request, and get as far with it as it goes."""
        task = self.loop.create_task(self.request(self.connect(port), request))
        await self.settle()
        return task

    async def request(self, connection: Connection, request: Message) -> None:
        """Let a request be answered, as the server does, in a task that has begun."""
        await self.hold.answer(connection, request)

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        for _ in range(10):
            await asyncio.sleep(0)

    def held(self) -> list[int]:
        """Return the ports of those whose request is held, as the events tell, the oldest first."""
        ports: list[int] = []
        for event in self.events:
            port = int(event.peer.rpartition(":")[2])
            if event.is_held:
                ports.append(port)
            else:
                ports.remove(port)
        return ports


def scene(play: Callable[[Scene], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Make a test of what is played in a scene."""

    def test() -> None:
        async def run() -> None:
            await play(Scene())

        asyncio.run(run())

    return test


@scene
async def test_off_at_first_it_lets_every_request_through(scene: Scene) -> None:
    await scene.hold.answer(scene.connect(1), Register("ada"))
    assert scene.answered == [(1, Register("ada"))]
    assert scene.events == []
    assert scene.hold.dictionaries() == Dictionaries({}, {})


@scene
async def test_a_request_is_held_before_its_handler_until_it_is_let_in(scene: Scene) -> None:
    scene.hold.switch(True)
    before = time.time()
    task = await scene.ask(1, Register("ada"))
    (held,) = scene.events
    assert held == Held(held.time, "10.0.0.1:1", Register("ada"), True)
    assert before <= held.time <= time.time()
    assert scene.answered == []
    scene.hold.let_in("10.0.0.1:1")
    await task
    assert scene.answered == [(1, Register("ada"))]
    _, let_in = scene.events
    assert let_in == held._replace(time=let_in.time, is_held=False)
    assert held.time <= let_in.time <= time.time()


@scene
async def test_whoever_is_let_in_first_is_answered_first(scene: Scene) -> None:
    scene.hold.switch(True)
    tasks = [await scene.ask(port, Register("ada")) for port in (1, 2, 3)]
    scene.hold.let_in("10.0.0.1:2")
    await tasks[1]
    assert scene.held() == [1, 3]
    scene.hold.let_in("10.0.0.1:3")
    await tasks[2]
    assert [port for port, _ in scene.answered] == [2, 3]
    assert not tasks[0].done()
    scene.hold.switch(False)
    await tasks[0]


@scene
async def test_switched_off_it_lets_all_in_in_their_order(scene: Scene) -> None:
    scene.hold.switch(True)
    for port in (3, 1, 2):
        await scene.ask(port, Login("ada"))
    scene.hold.switch(False)
    await scene.settle()
    assert [port for port, _ in scene.answered] == [3, 1, 2]
    assert scene.held() == []
    await scene.ask(4, Login("ada"))
    assert scene.answered[-1] == (4, Login("ada"))


@scene
async def test_who_is_let_in_twice_has_one_request_answered(scene: Scene) -> None:
    scene.hold.switch(True)
    connection = scene.connect(1)
    first = scene.loop.create_task(scene.request(connection, Register("ada")))
    await scene.settle()
    for peer in ("10.0.0.1:1", "10.0.0.1:1", "10.0.0.1:9"):
        scene.hold.let_in(peer)
    await first
    second = scene.loop.create_task(scene.request(connection, Login("ada")))
    await scene.settle()
    assert scene.answered == [(1, Register("ada"))]
    scene.hold.let_in("10.0.0.1:1")
    await second


@scene
async def test_the_request_of_a_client_that_goes_is_dropped(scene: Scene) -> None:
    scene.hold.switch(True)
    connection = scene.connect(1)
    task = scene.loop.create_task(scene.request(connection, Register("ada")))
    await scene.settle()
    connection.eof_received()
    with pytest.raises(ConnectionEnded):
        await task
    assert scene.held() == []
    scene.hold.switch(False)
    await scene.settle()
    assert scene.answered == []


@scene
async def test_a_task_that_is_ended_waits_no_longer(scene: Scene) -> None:
    scene.hold.switch(True)
    task = await scene.ask(1, Register("ada"))
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert scene.held() == []


@scene
async def test_a_held_connection_is_read_on_and_what_came_is_received_later(scene: Scene) -> None:
    scene.hold.switch(True)
    connection = scene.connect(1)
    # More than a line waits already: nothing more is read but for the hold.
    connection.data_received(REGISTER * 200)
    assert not scene.transports[1].is_reading
    task = scene.loop.create_task(scene.request(connection, Login("ada")))
    await scene.settle()
    assert scene.transports[1].is_reading
    connection.data_received(REGISTER * 200)
    assert scene.transports[1].is_reading
    scene.hold.let_in("10.0.0.1:1")
    await task
    connection.eof_received()
    received = [await connection.receive() for _ in range(401)]
    assert received == [*[Register("ada")] * 400, None]


@scene
async def test_what_may_wait_is_bounded(scene: Scene) -> None:
    scene.hold.switch(True)
    connection = scene.connect(1)
    task = scene.loop.create_task(scene.request(connection, Register("ada")))
    connection.data_received(b" " * MAX_WAITING_BYTES)
    await scene.settle()
    assert scene.held() == [1]
    assert scene.transports[1].is_reading
    connection.data_received(b" ")
    with pytest.raises(ConnectionEnded):
        await task
    transport = scene.transports[1]
    assert transport.sent == encode(Error(TOO_MUCH))
    assert transport.has_ended
    assert scene.held() == []
    assert scene.answered == []


PORTS = st.integers(1, 4)
STEPS = st.one_of(
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.sampled_from(["ask", "go", "let in"]), PORTS),
)


@given(st.lists(STEPS, max_size=20))
def test_whatever_happens_each_request_is_held_answered_or_dropped_as_it_should_be(
    steps: list[tuple[str, Any]],
) -> None:
    async def play() -> None:
        scene, is_on = Scene(), False
        waiting: dict[int, Connection] = {}
        answered = []
        for step, what in steps:
            if step == "switch":
                scene.hold.switch(what)
                is_on = what
                if not is_on:
                    answered += [(port, Login("ada")) for port in waiting]
                    waiting.clear()
            elif step == "ask" and what not in waiting:
                connection = scene.connect(what)
                task = scene.loop.create_task(scene.request(connection, Login("ada")))
                # A client that goes ends it, and nobody is told.
                task.add_done_callback(lambda done: done.exception())
                if is_on:
                    waiting[what] = connection
                else:
                    answered.append((what, Login("ada")))
            elif step == "go" and what in waiting:
                waiting.pop(what).eof_received()
            elif step == "let in":
                scene.hold.let_in(f"10.0.0.1:{what}")
                if waiting.pop(what, None):
                    answered.append((what, Login("ada")))
            await scene.settle()
            assert scene.held() == list(waiting)
            assert scene.answered == answered
        for connection in waiting.values():
            connection.eof_received()
        await scene.settle()

    asyncio.run(play())


# --- over real sockets ------------------------------------------------------------------


class HoldingServer:
    """The real server with a hold, and what the hold tells."""

    running: RunningServer

    def __init__(self) -> None:
        self.told: queue.Queue[Held] = queue.Queue()

    def around(self, answerer: Any) -> Hold:
        """Return a hold around an answerer."""
        self.hold = Hold(answerer, lambda task: self.running.network.start(task), self.told.put)
        return self.hold

    def wait(self, peer: Peer, is_held: bool) -> None:
        """Wait until it is told that a client's request is held, or no longer."""
        held = self.told.get(timeout=DEADLINE_SECONDS)
        assert (held.peer, held.is_held) == (self.running.key(peer), is_held)

    def hold_request(self, kind: str, **fields: object) -> Peer:
        """Return a new client whose request is held."""
        peer = self.running.connect()
        peer.send(line(kind, **fields))
        self.wait(peer, is_held=True)
        return peer


@contextlib.contextmanager
def holding_server(
    make: Callable[[Any], Any] = PlainAnswerer,
) -> Iterator[HoldingServer]:
    """Run the real server with its hold switched on."""
    server = HoldingServer()
    with running_server(make_answerer=lambda logic: server.around(make(logic))) as run:
        server.running = run
        server.hold.switch(True)
        yield server


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_clients_that_want_one_name_the_one_let_in_first_gets_it(first: int) -> None:
    with holding_server() as server:
        peers = [server.hold_request("register", username="ada") for _ in range(2)]
        for peer, result in (
            (peers[first], "registration_successful"),
            (peers[1 - first], "registration_failed"),
        ):
            server.hold.let_in(server.running.key(peer))
            assert peer.read_message() == {"type": result, "username": "ada"}


def go(peer: Peer) -> None:
    """Go as a program goes that is closed."""
    peer.close()


@pytest.mark.parametrize("leave", [go, Peer.reset])
def test_a_client_that_goes_while_it_is_held_is_logged_off(leave: Callable[[Peer], None]) -> None:
    with holding_server() as server:
        server.hold.switch(False)
        ada = server.running.connect()
        assert ada.ask("register", username="ada")["type"] == "registration_successful"
        assert ada.ask("login", username="ada")["type"] == "login_successful"
        server.hold.switch(True)
        # More than the server reads of a client that is being answered.
        ada.send(line("request_registry") * 1000)
        server.wait(ada, is_held=True)
        leave(ada)
        server.wait(ada, is_held=False)
        server.running.wait_until_logged_off(server.running.key(ada))
        assert list(server.running.logic.users.values()) == ["ada"]


def test_a_client_that_sends_too_much_while_it_is_held_is_told_so_and_disconnected() -> None:
    with holding_server() as server:
        ada = server.hold_request("register", username="ada")
        ada.send(line("request_registry") * 3000)
        assert ada.read_message() == {"type": "error", "reason": TOO_MUCH}
        assert ada.read_lines() == []
        assert server.running.logic.users == {}


def test_stuck_code_disturbs_no_request_that_is_held(tmp_path: Path, quickly_freed: None) -> None:
    def make_tutor(_logic: object) -> ServerTutor:
        return ServerTutor(ServerHandle, lambda *_: None)

    stuck = filled("server_logic.py", "login_client", "while True: pass")
    (tmp_path / "server_logic.py").write_text(stuck, encoding="utf-8")
    with imported_from(tmp_path, "server_logic"), holding_server(make_tutor) as server:
        grace = server.hold_request("login", username="grace")
        ada = server.hold_request("register", username="ada")
        for peer in (grace, ada):
            server.hold.let_in(server.running.key(peer))
        assert grace.read_message()["type"] == "error"
        assert ada.read_message() == {"type": "registration_successful", "username": "ada"}


def test_a_server_ends_at_once_while_requests_are_held() -> None:
    told: queue.Queue[Held] = queue.Queue()
    with contextlib.closing(Mailbox()) as mailbox, fresh_module("server_logic") as logic:
        with NetworkThread() as network:
            hold = Hold(PlainAnswerer(logic), network.start, told.put)
            server = Server(hold, mailbox.log, lambda *_: None)
            address = network.call(server.listen("127.0.0.1", 0))
            network.call(server.serve_clients())
            hold.switch(True)
            ada = connect(("127.0.0.1", int(address.rpartition(":")[2])))
            ada.send(line("register", username="ada"))
            assert told.get(timeout=DEADLINE_SECONDS).is_held
            network.start(server.stop_accepting())
        assert not network._thread.is_alive()
        assert not told.get(timeout=DEADLINE_SECONDS).is_held
        assert ada.read_lines() == []
        ada.close()


def test_starting_over_drops_what_is_held() -> None:
    with holding_server() as server:
        held = server.hold_request("register", username="ada")
        server.running.start_over()
        server.wait(held, is_held=False)
        assert held.read_message()["type"] == "error"
        assert held.read_lines() == []
        again = server.hold_request("register", username="ada")
        server.hold.let_in(server.running.key(again))
        assert again.read_message() == {"type": "registration_successful", "username": "ada"}


def test_a_held_request_gets_what_is_saved_when_it_is_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_tutor(_logic: object) -> ServerTutor:
        return ServerTutor(ServerHandle, lambda *_: None)

    monkeypatch.setattr(saved_file, "LOOK_SECONDS", 0)
    file = tmp_path / "server_logic.py"
    refusing = filled(file.name, "login_client", "await server.login_failed(username)")
    granting = filled(file.name, "login_client", "await server.login_successful(username)")
    file.write_text(refusing, encoding="utf-8")
    with imported_from(tmp_path, "server_logic"), holding_server(make_tutor) as server:
        ada = server.hold_request("login", username="ada")
        file.write_text(granting, encoding="utf-8")
        server.hold.let_in(server.running.key(ada))
        assert ada.read_message()["type"] == "login_successful"
