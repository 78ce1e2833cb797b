"""The client, against a server that says what a test tells it to."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

import protocol
from client import ClientConnection, ClientHandle
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import (
    ClientState,
    Link,
    Outcome,
    Step,
    answered,
    connected,
    connecting,
    lost,
    misunderstood,
    refused,
    taking,
)
from protocol import (
    MAX_REPLY_BYTES,
    Error,
    LoginFailed,
    LoginSuccessful,
    Message,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    RequestRegistry,
    encode,
    keepalive_options,
)
from tests.peers import DEADLINE_SECONDS, News, Peer, line, running_server
from tests.students_files import connected as running_client
from tests.students_files import tutored_client

REGISTERED = RegistrationSuccessful("ada")
LOGGED_IN = LoginSuccessful("ada")
REGISTRY = Registry((RegisteredClient("ada", "127.0.0.1:50412", True),))


class Scene:
    """A client, and the port of a server that a test plays."""

    def __init__(
        self, network: NetworkThread, mailbox: Mailbox, functions: dict[str, object]
    ) -> None:
        self.port = socket.socket()
        self.port.settimeout(DEADLINE_SECONDS)
        self.port.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.port.getsockname()[1]}"
        self.news = News(mailbox)
        address = ("127.0.0.1", self.port.getsockname()[1])
        self.client = tutored_client(address, network, mailbox, **functions)
        self.network = network
        self.accepted: list[Peer] = []

    @property
    def states(self) -> list[ClientState]:
        """The states that the client has shown so far."""
        return [event for event in self.news.events if isinstance(event, ClientState)]

    def accept(self) -> Peer:
        """Let the client in."""
        peer = Peer(self.port.accept()[0])
        self.accepted.append(peer)
        return peer

    def wait_for(self, holds: Callable[[ClientState], bool]) -> ClientState:
        """Wait until something holds for the state that the client shows; return the state."""
        self.news.wait_until(lambda: bool(self.states) and holds(self.states[-1]))
        return self.states[-1]

    def take(self, step: Step, username: str = "ada") -> None:
        """Let the client take a step."""
        self.client.take_step(step, username)

    def take_and_answer(self, server: Peer, step: Step, reply: Message) -> ClientState:
        """Let the client take a step, and answer it; return what the client shows then."""
        self.take(step)
        server.read_line()
        server.send(encode(reply))
        return self.wait_for(lambda state: step in state.outcomes and state.pending is None)

    def settle(self) -> None:
        """Wait until the client has done what it was told so far."""
        self.network.call(asyncio.sleep(0))
        self.news.read()


@contextlib.contextmanager
def scene_with(**functions: object) -> Iterator[Scene]:
    """Start a client whose server does not listen yet.

    Parameters:
        functions: what takes the place of the functions in `client_logic`.
    """
    with contextlib.closing(Mailbox()) as mailbox, NetworkThread() as network:
        scene = Scene(network, mailbox, functions)
        try:
            yield scene
        finally:
            for peer in scene.accepted:
                peer.close()
            scene.port.close()
            if scene.states:
                scene.wait_for(is_closed)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a client that has not connected yet."""
    with scene_with() as scene:
        yield scene


@pytest.fixture
def server(scene: Scene) -> Peer:
    """Give the server's end of a connection to the client."""
    return connect(scene)


def connect(scene: Scene) -> Peer:
    """Let the client connect; return the server's end."""
    scene.port.listen()
    scene.client.start()
    server = scene.accept()
    scene.wait_for(is_open)
    return server


def is_open(state: ClientState) -> bool:
    """Tell whether the connection stands."""
    return state.link is Link.OPEN


def is_closed(state: ClientState) -> bool:
    """Tell whether there is no connection."""
    return state.link is Link.CLOSED


# --- the three steps --------------------------------------------------------------------


def test_a_client_takes_its_three_steps(scene: Scene, server: Peer) -> None:
    expected = [connecting(scene.address), connected(scene.address)]
    for step, request, reply in [
        (Step.REGISTER, line("register", username="ada"), REGISTERED),
        (Step.LOGIN, line("login", username="ada"), LOGGED_IN),
        (Step.REQUEST_REGISTRY, line("request_registry"), REGISTRY),
    ]:
        scene.take(step)
        expected.append(taking(expected[-1], step))
        assert server.read_line() == request
        server.send(encode(reply))
        expected.append(answered(expected[-1], reply))
        assert scene.wait_for(lambda state: state.pending is None) == expected[-1]
    assert scene.states == expected
    assert scene.states[-1].clients == REGISTRY.clients


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        (Step.REGISTER, RegistrationFailed("ada")),
        (Step.REGISTER, Error("The server's register_client() failed.")),
        (Step.LOGIN, LoginFailed("ada")),
        (Step.LOGIN, Error("The server's login_client() failed.")),
        (Step.REQUEST_REGISTRY, RequestDenied()),
        (Step.REQUEST_REGISTRY, Error("The server's send_registry_to_client() failed.")),
    ],
)
def test_a_step_that_is_refused_can_be_taken_again(
    scene: Scene, server: Peer, step: Step, reply: Message
) -> None:
    before = scene.states[-1]
    state = scene.take_and_answer(server, step, reply)
    assert state == answered(taking(before, step), reply)
    assert not state.outcomes[step].succeeded
    assert scene.take_and_answer(server, step, reply) == state


def test_an_answer_may_come_in_any_pieces(scene: Scene, server: Peer) -> None:
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    scene.take(Step.REQUEST_REGISTRY)
    server.read_line()
    for byte in encode(REGISTRY):
        server.send(bytes([byte]))
    scene.wait_for(lambda state: state.clients == REGISTRY.clients)


def test_a_username_is_sent_in_its_normal_spelling(scene: Scene, server: Peer) -> None:
    scene.take(Step.REGISTER, "Zoe\u0301")
    assert server.read_message() == {"type": "register", "username": "Zo\u00e9"}


def test_while_a_step_waits_no_other_is_taken(scene: Scene, server: Peer) -> None:
    scene.take(Step.REGISTER)
    scene.take(Step.REGISTER, "grace")
    scene.take(Step.REQUEST_REGISTRY)
    assert server.read_line() == line("register", username="ada")
    server.send(encode(REGISTERED))
    scene.wait_for(lambda state: state.username == "ada")
    scene.take(Step.LOGIN)
    assert server.read_line() == line("login", username="ada")


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("a" * 33, "A username has at most 32 characters."),
        ("a\tb", "A username has printable characters only."),
        (" ada", "A username has no space at its start or end."),
        ("\ud800", "A username has printable characters only."),
    ],
)
def test_a_username_that_breaks_a_rule_is_told_and_not_sent(
    scene: Scene, server: Peer, username: str, sentence: str
) -> None:
    scene.take(Step.REGISTER, username)
    state = scene.wait_for(lambda state: Step.REGISTER in state.outcomes)
    assert state.outcomes[Step.REGISTER].sentence == sentence
    assert not state.outcomes[Step.REGISTER].succeeded
    scene.take(Step.REQUEST_REGISTRY)
    assert server.read_line() == line("request_registry")


@pytest.mark.parametrize("step", [Step.REGISTER, Step.LOGIN])
def test_for_an_empty_username_nothing_is_sent_and_that_is_told(
    scene: Scene, server: Peer, step: Step
) -> None:
    scene.take(step, "")
    state = scene.wait_for(lambda state: step in state.outcomes)
    assert state.outcomes[step].sentence == "Nothing was sent: the username is empty."
    assert not state.outcomes[step].succeeded
    scene.take(Step.REQUEST_REGISTRY)
    assert server.read_line() == line("request_registry")


@pytest.mark.usefixtures("silent")
def test_a_step_whose_function_fails_ends_and_the_next_can_be_taken() -> None:
    async def fail(_client: ClientHandle, username: str) -> None:
        raise LookupError(f"no {username}")

    with scene_with(register=fail) as scene:
        server = connect(scene)
        scene.take(Step.REGISTER)
        state = scene.wait_for(lambda state: Step.REGISTER in state.outcomes)
        assert not state.outcomes[Step.REGISTER].succeeded
        scene.take(Step.LOGIN)
        assert server.read_line() == line("login", username="ada")


# --- what nobody asked for --------------------------------------------------------------


def test_a_flood_of_answers_to_nothing_changes_nothing(scene: Scene, server: Peer) -> None:
    before = list(scene.states)
    replies = [REGISTERED, RegistrationFailed("ada"), LOGGED_IN, REGISTRY, RequestDenied()]
    flood = b"".join(map(encode, replies)) + b"hello\n" + b"\xff\n"
    server.send(flood * 500)
    scene.news.wait_until(lambda: len(scene.news.lines) == 500 * flood.count(b"\n"))
    assert scene.states == before
    assert scene.take_and_answer(server, Step.REGISTER, REGISTERED).username == "ada"


@pytest.mark.parametrize(
    ("nonsense", "problem"),
    [
        (b"hello\n", "The line is not JSON."),
        (b"\xff\n", "The line is not UTF-8."),
        (b'{"type": "registry"}\n', 'The field "clients" is missing.'),
    ],
)
def test_an_answer_without_sense_is_told_and_the_connection_goes_on(
    scene: Scene, server: Peer, nonsense: bytes, problem: str
) -> None:
    before = scene.states[-1]
    scene.take(Step.REGISTER)
    server.read_line()
    server.send(nonsense)
    state = scene.wait_for(lambda state: Step.REGISTER in state.outcomes)
    assert state == misunderstood(taking(before, Step.REGISTER), problem)
    assert scene.take_and_answer(server, Step.REGISTER, REGISTERED).username == "ada"


@pytest.mark.usefixtures("silent")
def test_an_answer_without_an_end_ends_the_connection(scene: Scene, server: Peer) -> None:
    with contextlib.suppress(ConnectionError):  # the client has gone before it took all
        server.send(b"a" * MAX_REPLY_BYTES)
    assert scene.wait_for(is_closed) == lost(connected(scene.address), scene.address)


def test_every_line_sent_and_received_is_logged_with_the_server(scene: Scene, server: Peer) -> None:
    scene.take_and_answer(server, Step.REGISTER, REGISTERED)
    assert [(line.arrow, line.peer, line.line) for line in scene.news.lines] == [
        ("→", scene.address, line("register", username="ada")),
        ("←", scene.address, encode(REGISTERED)),
    ]


# --- no server, and no server any more --------------------------------------------------


def test_a_client_without_a_server_says_where_it_tried(scene: Scene) -> None:
    scene.client.start()
    expected = refused(scene.address, "nothing listens there")
    assert scene.wait_for(is_closed) == expected
    assert scene.states == [connecting(scene.address), expected]


def test_a_client_without_a_server_takes_no_step(scene: Scene) -> None:
    scene.client.start()
    scene.wait_for(is_closed)
    before = list(scene.states)
    scene.take(Step.REGISTER)
    scene.settle()
    assert scene.states == before


def test_once_there_is_a_server_the_client_connects_again(scene: Scene) -> None:
    scene.client.start()
    scene.wait_for(is_closed)
    scene.port.listen()
    scene.client.connect()
    server = scene.accept()
    scene.wait_for(is_open)
    assert scene.take_and_answer(server, Step.REGISTER, REGISTERED).username == "ada"


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("go", [Peer.close, Peer.reset])
def test_a_server_that_goes_is_told_and_what_was_shown_stays(
    scene: Scene, server: Peer, go: Callable[[Peer], None]
) -> None:
    scene.take_and_answer(server, Step.REGISTER, REGISTERED)
    before = scene.take_and_answer(server, Step.REQUEST_REGISTRY, REGISTRY)
    go(server)
    assert scene.wait_for(is_closed) == lost(before, scene.address)


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("go", [Peer.close, Peer.reset])
def test_a_server_that_goes_before_it_answers_ends_the_step(
    scene: Scene, server: Peer, go: Callable[[Peer], None]
) -> None:
    before = scene.states[-1]
    scene.take(Step.REGISTER)
    server.read_line()
    go(server)
    state = scene.wait_for(is_closed)
    assert state == lost(taking(before, Step.REGISTER), scene.address)
    assert not state.outcomes[Step.REGISTER].succeeded


def test_half_an_answer_is_no_answer(scene: Scene, server: Peer) -> None:
    scene.take(Step.REGISTER)
    server.read_line()
    server.send(encode(REGISTERED)[:-1])
    server.close()
    state = scene.wait_for(is_closed)
    assert not state.outcomes[Step.REGISTER].succeeded
    assert (state.username, state.pending) == (None, None)


def test_a_server_that_is_full_is_quoted(scene: Scene, server: Peer) -> None:
    full = Error("The server is full. Try again later.")
    server.send(encode(full))
    server.close()
    assert scene.wait_for(is_closed) == lost(connected(scene.address), scene.address, full)


def test_an_error_of_a_while_ago_is_not_why_a_server_goes(
    scene: Scene, server: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", -1.0)
    before = scene.take_and_answer(server, Step.REGISTER, Error("No."))
    server.close()
    assert scene.wait_for(is_closed) == lost(before, scene.address)


def test_a_client_that_connects_again_is_a_new_client(scene: Scene, server: Peer) -> None:
    scene.take_and_answer(server, Step.REGISTER, REGISTERED)
    scene.take_and_answer(server, Step.LOGIN, LOGGED_IN)
    server.close()
    scene.wait_for(is_closed)
    scene.client.connect()
    second = scene.accept()
    assert scene.wait_for(is_open) == connected(scene.address)
    assert scene.states[-2] == connecting(scene.address)
    assert scene.take_and_answer(second, Step.REGISTER, REGISTERED).username == "ada"


def test_connecting_twice_at_once_makes_one_client(scene: Scene, server: Peer) -> None:
    server.close()
    scene.wait_for(is_closed)
    scene.client.connect()
    scene.client.connect()
    second = scene.accept()
    scene.wait_for(is_open)
    scene.settle()
    scene.port.setblocking(False)
    with pytest.raises(BlockingIOError):
        scene.accept()
    assert scene.take_and_answer(second, Step.REGISTER, REGISTERED).username == "ada"


def test_a_client_that_is_connected_does_not_connect_again(scene: Scene, server: Peer) -> None:
    before = list(scene.states)
    scene.client.connect()
    scene.settle()
    assert scene.states == before
    assert scene.take_and_answer(server, Step.REGISTER, REGISTERED).username == "ada"


# --- the connection itself --------------------------------------------------------------


async def open_connection(scene: Scene) -> tuple[asyncio.Transport, ClientConnection, Peer]:
    """Connect without a client; return both ends."""
    loop = asyncio.get_running_loop()
    scene.port.listen()
    transport, connection = await loop.create_connection(
        lambda: ClientConnection(loop, lambda *_: None), *scene.port.getsockname()
    )
    return transport, connection, scene.accept()


def test_once_a_connection_has_ended_nothing_can_be_sent(scene: Scene) -> None:
    async def send_too_late() -> None:
        _, connection, _ = await open_connection(scene)
        connection.close()
        with pytest.raises(ConnectionError):
            await connection.send_message(RequestRegistry())

    scene.network.call(send_too_late())


def test_who_waits_for_a_slow_peer_waits_no_longer_than_until_it_has_gone(scene: Scene) -> None:
    async def send_more_than_is_taken() -> None:
        transport, connection, peer = await open_connection(scene)
        sending = asyncio.ensure_future(connection.send_message(Error("a" * 2**26)))
        await asyncio.sleep(0)
        assert transport.get_write_buffer_size() > 0
        assert not sending.done()
        peer.reset()
        await asyncio.wait_for(sending, DEADLINE_SECONDS)

    scene.network.call(send_more_than_is_taken())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell its options")
def test_a_connection_notices_a_peer_that_was_lost(scene: Scene) -> None:
    async def options_of_connection() -> list[int]:
        transport, _, _ = await open_connection(scene)
        connected = transport.get_extra_info("socket")
        options = [connected.getsockopt(*option[:2]) for option in keepalive_options(sys.platform)]
        transport.close()
        return options

    switch, *limits = scene.network.call(options_of_connection())
    assert switch != 0
    assert limits == [value for _, _, value in keepalive_options(sys.platform)[1:]]


# --- a raw line -------------------------------------------------------------------------


async def be_asked(*_: object) -> None:
    raise AssertionError("students' code was asked")


def test_a_raw_line_goes_out_as_it_was_typed_and_students_code_is_not_asked() -> None:
    with scene_with(register=be_asked, login=be_asked, request_registry=be_asked) as scene:
        server = connect(scene)
        for typed in ('  {"type": "login"}\t', "", "é\r", '{"type": "register"}'):
            scene.take(Step.RAW_LINE, typed)
            assert server.read_line() == f"{typed}\n".encode()
            server.send(encode(Error("No.")))
            state = scene.wait_for(lambda state: bool(state.outcomes) and state.pending is None)
            assert state.outcomes == {Step.RAW_LINE: Outcome("No.", False)}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("\ud83d", "This holds half of a character, which UTF-8 can't carry: type it anew."),
        ("a\nb", "This is more than one line: send one at a time."),
    ],
)
def test_a_raw_line_that_can_not_be_sent_is_told_and_the_next_is_sent(
    scene: Scene, server: Peer, typed: str, sentence: str
) -> None:
    scene.take(Step.RAW_LINE, typed)
    scene.wait_for(lambda state: Step.RAW_LINE in state.outcomes)
    assert scene.states[-1].outcomes == {Step.RAW_LINE: Outcome(sentence, False)}
    scene.take(Step.RAW_LINE, "x")
    assert server.read_line() == b"x\n"


def test_a_raw_line_to_the_real_server_is_refused_and_the_steps_go_on() -> None:
    with (
        running_server() as server,
        contextlib.closing(Mailbox()) as mailbox,
        NetworkThread() as network,
        running_client(tutored_client(server.address, network, mailbox), network, mailbox) as ada,
    ):
        assert ada.take(Step.RAW_LINE, "hello") == "The line is not JSON."
        missing = ada.take(Step.RAW_LINE, '{"type": "register"}')
        assert missing == 'The field "username" is missing.'
        assert ada.take(Step.REGISTER) == "'ada' is registered."


@pytest.mark.parametrize("size", [4096, 10**6])
def test_a_raw_line_that_is_too_long_is_refused_by_the_server_which_closes_the_connection(
    size: int,
) -> None:
    with (
        running_server() as server,
        contextlib.closing(Mailbox()) as mailbox,
        NetworkThread() as network,
    ):
        client = tutored_client(server.address, network, mailbox)
        with running_client(client, network, mailbox) as ada:
            assert ada.take(Step.RAW_LINE, "x" * size) == "A line has at most 4096 bytes."
            ada.news.wait_until(lambda: is_closed(ada.states[-1]))
            assert "closed the connection" in ada.states[-1].notice
            client.connect()
            ada.news.wait_until(lambda: is_open(ada.states[-1]))
            assert ada.take(Step.REGISTER) == "'ada' is registered."
