"""The server, over real sockets."""

import asyncio
import contextlib
import errno
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

import protocol
from gui.bridge import Mailbox, NetworkThread
from gui.dictionaries import DictionaryChanged
from gui.tutor.assignment import HANDLERS
from gui.tutor.problem import Problem
from protocol import MAX_REQUEST_BYTES
from server import ServerHandle
from tests.peers import (
    DEADLINE_SECONDS,
    ClosableServer,
    Peer,
    RunningServer,
    connect,
    line,
    running_server,
)
from tests.test_protocol import REFUSED_REQUESTS

REGISTER_ADA = line("register", username="ada")
REGISTERED_ADA = line("registration_successful", username="ada")
LOGIN_ADA = line("login", username="ada")
LOGGED_IN_ADA = line("login_successful", username="ada")
REQUEST_REGISTRY = line("request_registry")
REQUEST_DENIED = line("request_denied")
# The longest request there is, and a MB of them: far more than is taken unanswered.
LONG_REQUEST = line("request_registry", padding="x" * 4000)
MANY_REQUESTS = LONG_REQUEST * 256


@pytest.fixture(name="running")
def running_() -> Iterator[RunningServer]:
    """Run a server that knows nobody yet."""
    with running_server() as running:
        yield running


def log_in(running: RunningServer, username: str, **how: int) -> Peer:
    """Connect a client, and register and log it in."""
    peer = running.connect(**how)
    assert peer.ask("register", username=username)["type"] == "registration_successful"
    assert peer.ask("login", username=username)["type"] == "login_successful"
    return peer


def entry(running: RunningServer, peer: Peer, username: str, logged_in: bool) -> dict[str, object]:
    """Return the entry of the registry for the first client on its port."""
    return {"username": username, "address": running.key(peer), "logged_in": logged_in}


# --- the three steps --------------------------------------------------------------------


def test_a_client_registers_logs_in_and_gets_the_registry(running: RunningServer) -> None:
    ada = running.connect()
    assert ada.ask("register", username="ada") == {
        "type": "registration_successful",
        "username": "ada",
    }
    assert ada.ask("login", username="ada") == {"type": "login_successful", "username": "ada"}
    assert ada.ask("request_registry") == {
        "type": "registry",
        "clients": [{"username": "ada", "address": f"127.0.0.1:{ada.port}", "logged_in": True}],
    }


def test_the_registry_lists_every_client_in_order_of_registration(running: RunningServer) -> None:
    peers = [running.connect() for _ in range(3)]
    zoe, ada, _ = peers
    for peer, username in zip(peers, ["zoe", "ada", "李"], strict=True):
        peer.ask("register", username=username)
    ada.ask("login", username="ada")
    assert ada.ask("request_registry")["clients"] == [
        entry(running, zoe, "zoe", False),
        entry(running, ada, "ada", True),
        entry(running, peers[2], "李", False),
    ]


def test_a_taken_name_is_refused_and_stays_taken(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    other = running.connect()
    refusal = {"type": "registration_failed", "username": "ada"}
    assert other.ask("register", username="ada") == refusal
    ada.close()
    running.wait_until_logged_off(running.key(ada))
    assert other.ask("register", username="ada") == refusal
    assert other.ask("register", username="grace")["type"] == "registration_successful"


def test_the_same_letters_composed_and_decomposed_are_one_name(running: RunningServer) -> None:
    decomposed, composed = "Zoe\u0301", "Zo\u00e9"
    first, second = running.connect(), running.connect()
    assert first.ask("register", username=decomposed) == {
        "type": "registration_successful",
        "username": composed,
    }
    assert second.ask("register", username=composed)["type"] == "registration_failed"
    assert first.ask("login", username=composed)["type"] == "login_successful"
    assert first.ask("login", username=decomposed)["type"] == "login_successful"


@pytest.mark.parametrize("look_alike", ["ada\ufe0f", "a\ufe00da", "ada\U000e0100"])
def test_a_name_that_looks_like_another_is_that_name(
    running: RunningServer, look_alike: str
) -> None:
    log_in(running, "ada")
    refusal = {"type": "registration_failed", "username": "ada"}
    assert running.connect().ask("register", username=look_alike) == refusal


def test_a_client_registers_only_once(running: RunningServer) -> None:
    ada = running.connect()
    ada.ask("register", username="ada")
    assert ada.ask("register", username="ada")["type"] == "registration_failed"
    assert ada.ask("register", username="grace")["type"] == "registration_failed"
    assert running.logic.users == {running.key(ada): "ada"}


def test_logging_in_again_is_successful_and_changes_nothing(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    before = ada.ask("request_registry")
    assert ada.ask("login", username="ada") == {"type": "login_successful", "username": "ada"}
    assert ada.ask("request_registry") == before


def test_a_client_logs_in_only_under_its_own_name(running: RunningServer) -> None:
    ada, grace, nobody = running.connect(), running.connect(), running.connect()
    ada.ask("register", username="ada")
    grace.ask("register", username="grace")
    assert grace.ask("login", username="ada") == {"type": "login_failed", "username": "ada"}
    assert nobody.ask("login", username="ada")["type"] == "login_failed"
    assert running.logic.active_users == {}


def test_who_is_not_logged_in_is_denied_the_registry(running: RunningServer) -> None:
    peer = running.connect()
    assert peer.ask("request_registry") == {"type": "request_denied"}
    peer.ask("register", username="ada")
    assert peer.ask("request_registry") == {"type": "request_denied"}


# --- who a client is --------------------------------------------------------------------


def test_nothing_that_a_client_says_of_itself_makes_it_another(running: RunningServer) -> None:
    ada, other = log_in(running, "ada"), running.connect()
    key = running.key(ada)
    claims = {"key": key, "address": key, "peer": key, "logged_in": True, "users": {key: "ada"}}
    assert other.ask("login", username="ada", **claims)["type"] == "login_failed"
    assert other.ask("request_registry", **claims) == {"type": "request_denied"}
    assert other.ask("register", username="ada", **claims)["type"] == "registration_failed"
    assert other.ask("register", username="grace", **claims)["type"] == "registration_successful"
    assert other.ask("login", username="ada", **claims)["type"] == "login_failed"
    assert running.logic.users == {key: "ada", running.key(other): "grace"}
    assert running.logic.active_users == {key: "ada"}


def test_a_name_that_reads_like_a_key_is_a_name_like_any_other(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    key = running.key(ada)
    others = {name: log_in(running, name) for name in (key, f"{key}#2", "#2")}
    assert ada.ask("request_registry")["clients"] == [
        entry(running, ada, "ada", True),
        *(entry(running, peer, name, True) for name, peer in others.items()),
    ]
    for peer in others.values():
        peer.close()
        running.wait_until_logged_off(running.key(peer))
    assert running.logic.active_users == {key: "ada"}


# --- pieces and order -------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 40])
def test_requests_may_come_in_any_pieces(running: RunningServer, size: int) -> None:
    peer = running.connect()
    peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = REGISTER_ADA + LOGIN_ADA + line("register", username="李")
    for start in range(0, len(data), size):
        peer.send(data[start : start + size])
    assert [peer.read_message()["type"] for _ in range(3)] == [
        "registration_successful",
        "login_successful",
        "registration_failed",
    ]


def test_replies_come_in_the_order_of_the_requests(running: RunningServer) -> None:
    peer = running.connect()
    names = [f"name{number}" for number in range(500)]
    peer.send(REQUEST_REGISTRY + REGISTER_ADA + b"hello\n" + LOGIN_ADA)
    peer.send(b"".join(line("login", username=name) for name in names) + REQUEST_REGISTRY)
    assert peer.read_line() == REQUEST_DENIED
    assert peer.read_line() == REGISTERED_ADA
    assert peer.read_message() == {"type": "error", "reason": "The line is not JSON."}
    assert peer.read_line() == LOGGED_IN_ADA
    for name in names:
        assert peer.read_message() == {"type": "login_failed", "username": name}
    assert peer.read_message()["clients"] == [entry(running, peer, "ada", True)]


def test_replies_keep_their_order_while_a_handler_waits() -> None:
    other_asked = asyncio.Event()

    async def wait_for_the_other(server: ServerHandle, username: str) -> None:
        await other_asked.wait()
        await server.registration_successful(username)

    async def let_it_go_on(server: ServerHandle, username: str) -> None:
        other_asked.set()
        await server.login_failed(username)

    with running_server(register_client=wait_for_the_other, login_client=let_it_go_on) as running:
        waiting, other = running.connect(), running.connect()
        waiting.send(REGISTER_ADA + REQUEST_REGISTRY)
        running.news.wait_until(lambda: len(running.news.lines) == 1)
        assert other.ask("login", username="grace")["type"] == "login_failed"
        assert waiting.read_line() == REGISTERED_ADA
        assert waiting.read_line() == REQUEST_DENIED


# --- what is refused --------------------------------------------------------------------


def test_every_bad_line_gets_an_error_and_the_connection_goes_on(running: RunningServer) -> None:
    peer = running.connect()
    for bad_line, sentence in REFUSED_REQUESTS:
        peer.send(bad_line)
        assert peer.read_message() == {"type": "error", "reason": sentence}
        assert peer.ask("request_registry") == {"type": "request_denied"}
    assert running.logic.users == {}


def test_bad_lines_all_at_once_are_answered_one_by_one(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(b"".join(bad_line for bad_line, _ in REFUSED_REQUESTS) + REGISTER_ADA)
    reasons = [peer.read_message()["reason"] for _ in REFUSED_REQUESTS]
    assert reasons == [sentence for _, sentence in REFUSED_REQUESTS]
    assert peer.read_line() == REGISTERED_ADA


def test_the_bad_lines_of_one_do_not_disturb_another(running: RunningServer) -> None:
    ada, bad = log_in(running, "ada"), running.connect()
    for bad_line, _ in REFUSED_REQUESTS:
        bad.send(bad_line)
        assert ada.ask("request_registry")["clients"] == [entry(running, ada, "ada", True)]
    bad.reset()
    assert ada.ask("request_registry")["clients"] == [entry(running, ada, "ada", True)]


def padded(size: int) -> bytes:
    """Return a request to register ada, padded with a field of no meaning to this size."""
    padding = size - len(line("register", username="ada", padding=""))
    return line("register", username="ada", padding="x" * padding)


def test_a_line_of_4096_bytes_is_answered(running: RunningServer) -> None:
    peer = running.connect()
    longest = padded(MAX_REQUEST_BYTES)
    assert len(longest) == 4096
    peer.send(longest + longest)
    assert peer.read_line() == REGISTERED_ADA
    assert peer.read_message()["type"] == "registration_failed"


@pytest.mark.parametrize("overlong", [padded(4097), b"[" * 4096], ids=["whole", "unfinished"])
def test_an_overlong_line_is_answered_and_ends_the_connection(
    running: RunningServer, overlong: bytes
) -> None:
    peer = running.connect()
    peer.send(REQUEST_REGISTRY + overlong + REGISTER_ADA)
    assert peer.read_line() == REQUEST_DENIED
    assert peer.read_message() == {
        "type": "error",
        "reason": "A line has at most 4096 bytes.",
    }
    assert peer.read_line() == b""
    assert running.logic.users == {}


def test_the_error_for_an_overlong_line_arrives_though_the_peer_keeps_sending(
    running: RunningServer,
) -> None:
    peer = running.connect()
    for _ in range(100):
        peer.send(b"a" * MAX_REQUEST_BYTES)
    assert peer.read_message()["reason"] == "A line has at most 4096 bytes."
    assert peer.read_line() == b""


def test_what_follows_an_overlong_line_is_read_and_dropped_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A moment that lasts for as long as this test may take.
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 2 * DEADLINE_SECONDS)
    with running_server() as running:
        peer = running.connect()
        peer.send(b"a" * MAX_REQUEST_BYTES)
        assert peer.read_message()["type"] == "error"
        # The server says at once that it will say no more, and takes what still comes.
        assert peer.read_line() == b""
        peer.send(b"\n" + REGISTER_ADA * 2**18)
        assert running.logic.users == {}


def keep_sending(peer: Peer) -> None:
    """Send for as long as a test may take."""
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < give_up_at:
        peer.send(b"a" * MAX_REQUEST_BYTES)


@pytest.mark.usefixtures("silent")
def test_a_peer_that_keeps_sending_an_overlong_line_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.1)
    with running_server() as running:
        peer = running.connect()
        with pytest.raises(ConnectionError):
            keep_sending(peer)


def test_an_unfinished_last_line_is_refused(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(REGISTER_ADA + LOGIN_ADA[:-1])
    peer.end()
    assert peer.read_line() == REGISTERED_ADA
    assert peer.read_message() == {
        "type": "error",
        "reason": "The connection ended in the middle of a line.",
    }
    assert peer.read_line() == b""
    assert running.logic.active_users == {}


@pytest.mark.usefixtures("silent")
def test_a_handler_that_fails_is_answered_for_and_the_server_serves_on() -> None:
    async def fail(_server: ServerHandle, username: str) -> None:
        raise LookupError(f"a secret of the server, and {username}")

    with running_server(register_client=fail) as running:
        peer, other = running.connect(), running.connect()
        for _ in range(2):
            reply = peer.ask("register", username="ada")
            assert reply["type"] == "error"
            assert "register_client()" in reply["reason"]
            assert "secret" not in reply["reason"]
        assert peer.ask("request_registry") == {"type": "request_denied"}
        assert other.ask("login", username="ada")["type"] == "login_failed"


def tell_all(*_arguments: object) -> NoReturn:
    raise LookupError(f"{__file__} {sys.version} {socket.gethostname()} {dict(os.environ)}")


def leave(*_arguments: object) -> NoReturn:
    sys.exit(f"{__file__} {sys.version}")


async def store_all(_server: ServerHandle, *_arguments: object) -> None:
    sys.modules["server_logic"].users[__file__] = socket.gethostname()


FUNCTIONS = [*HANDLERS.values()]
HELPERS = ["registered", "username_exists", "username_matches_record", "logged_in"]


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    "failing",
    [
        dict.fromkeys(FUNCTIONS, tell_all),
        dict.fromkeys(FUNCTIONS, leave),
        dict.fromkeys(FUNCTIONS, store_all),
        dict.fromkeys(HELPERS, tell_all),
    ],
    ids=["raise", "exit", "no answer", "helpers"],
)
def test_of_what_goes_wrong_in_a_handler_only_its_name_is_sent(
    failing: dict[str, Any],
) -> None:
    with running_server("127.0.0.1", **failing) as running:
        peer = running.connect()
        peer.send(REGISTER_ADA + LOGIN_ADA + REQUEST_REGISTRY)
        for function in FUNCTIONS:
            reason = f"The server's {function}() failed; the server shows why."
            assert peer.read_message() == {"type": "error", "reason": reason}


# --- how clients go ---------------------------------------------------------------------


def test_a_client_that_half_closes_still_gets_its_answers(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(REGISTER_ADA + LOGIN_ADA + REQUEST_REGISTRY)
    peer.end()
    registered, logged_in, registry = peer.read_lines()
    assert (registered, logged_in) == (REGISTERED_ADA, LOGGED_IN_ADA)
    assert json.loads(registry)["clients"] == [entry(running, peer, "ada", True)]
    running.wait_until_logged_off(running.key(peer))


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("leave", [Peer.close, Peer.reset, Peer.end])
def test_a_client_that_goes_is_logged_off_but_stays_registered(
    running: RunningServer, leave: Callable[[Peer], None]
) -> None:
    ada, grace = log_in(running, "ada"), log_in(running, "grace")
    leave(ada)
    running.wait_until_logged_off(running.key(ada))
    assert running.logic.users == {running.key(ada): "ada", running.key(grace): "grace"}
    assert running.logic.active_users == {running.key(grace): "grace"}
    assert grace.ask("request_registry")["clients"] == [
        entry(running, ada, "ada", False),
        entry(running, grace, "grace", True),
    ]


def test_a_client_that_is_killed_is_logged_off(running: RunningServer) -> None:
    program = (
        "import socket, sys\n"
        f"connection = socket.create_connection({running.address!r})\n"
        f"connection.sendall({REGISTER_ADA + LOGIN_ADA!r})\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-I", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as client:
        try:
            running.news.wait_until(lambda: ("→", LOGGED_IN_ADA) in log_of(running))
            [key] = running.logic.active_users
        finally:
            client.kill()
    running.wait_until_logged_off(key)
    assert running.logic.users == {key: "ada"}


def test_a_client_that_goes_in_the_middle_of_a_line_is_logged_off(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    ada.send(b'{"type": ')
    ada.close()
    running.wait_until_logged_off(running.key(ada))


@pytest.mark.usefixtures("silent")
def test_a_client_that_is_lost_is_logged_off_whatever_its_handler_waits_for() -> None:
    async def wait_for_ever(_server: ServerHandle) -> None:
        await asyncio.get_running_loop().create_future()

    with running_server(send_registry_to_client=wait_for_ever) as running:
        ada = log_in(running, "ada")
        ada.send(REQUEST_REGISTRY)
        running.news.wait_until(lambda: ("←", REQUEST_REGISTRY) in log_of(running))
        ada.reset()
        running.wait_until_logged_off(running.key(ada))
        # Nothing was wrong with the handler: it was ended with its client.
        assert not any(isinstance(event, Problem) for event in running.news.events)


def test_a_client_on_a_used_port_is_a_new_client(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    ada.reset()
    second = running.come_back(ada)
    assert second.ask("request_registry") == {"type": "request_denied"}
    assert second.ask("login", username="ada")["type"] == "login_failed"
    assert second.ask("register", username="ada")["type"] == "registration_failed"
    second.reset()
    third = running.come_back(ada)
    assert third.ask("register", username="grace")["type"] == "registration_successful"
    assert third.ask("login", username="grace")["type"] == "login_successful"
    running.wait_until_logged_off(running.key(ada))
    assert third.ask("request_registry")["clients"] == [
        entry(running, ada, "ada", False),
        {"username": "grace", "address": f"{running.key(ada)}#3", "logged_in": True},
    ]


@pytest.mark.usefixtures("ipv6")
def test_the_key_of_an_ipv6_client_has_its_address_in_brackets() -> None:
    with running_server("::1") as running:
        ada = log_in(running, "ada")
        assert ada.ask("request_registry")["clients"] == [
            {"username": "ada", "address": f"[::1]:{ada.port}", "logged_in": True}
        ]


# --- peers that misbehave, and many of them ---------------------------------------------


def test_a_hundred_clients_are_served_at_once(running: RunningServer) -> None:
    peers = [running.connect() for _ in range(100)]
    for number, peer in enumerate(peers):
        peer.send(
            line("register", username=f"name{number}") + line("login", username=f"name{number}")
        )
    for peer in peers:
        assert peer.read_message()["type"] == "registration_successful"
        assert peer.read_message()["type"] == "login_successful"
    clients = peers[0].ask("request_registry")["clients"]
    assert {client["username"] for client in clients} == {f"name{n}" for n in range(100)}
    assert all(client["logged_in"] for client in clients)


@pytest.fixture
def held() -> Iterator[tuple[RunningServer, threading.Event]]:
    """Run a server that is held up until the event is set, so that requests pile up."""
    began, go_on = threading.Event(), threading.Event()

    async def hold_up(server: ServerHandle, username: str) -> None:
        began.set()
        go_on.wait(DEADLINE_SECONDS)
        await server.registration_failed(username)

    with running_server(register_client=hold_up) as running:
        running.connect().send(REGISTER_ADA)
        assert began.wait(DEADLINE_SECONDS)
        yield running, go_on


def test_a_client_with_many_requests_gives_way_to_others(
    held: tuple[RunningServer, threading.Event],
) -> None:
    running, go_on = held
    peers = [running.connect() for _ in range(3)]
    for peer in peers:
        peer.send(REQUEST_REGISTRY * 100)
    go_on.set()
    for peer in peers:
        peer.end()
        assert peer.read_lines() == [REQUEST_DENIED] * 100
    running.news.wait_until(lambda: len(running.news.lines) == 602)
    answered = [line.peer for line in running.news.lines if line.line == REQUEST_DENIED]
    # Before any of them has had its tenth answer, each has had its first.
    assert {running.key(peer) for peer in peers} == set(answered[:28])


@pytest.mark.usefixtures("silent")
def test_a_client_that_resets_with_requests_unanswered_disturbs_nobody(
    held: tuple[RunningServer, threading.Event],
) -> None:
    running, go_on = held
    calm = running.connect()
    for _ in range(10):
        hasty = running.connect()
        hasty.send(REQUEST_REGISTRY * 100)
        hasty.reset()
    go_on.set()
    assert calm.ask("request_registry") == {"type": "request_denied"}


def test_clients_that_reset_before_they_are_let_in_keep_nobody_out(
    held: tuple[RunningServer, threading.Event],
) -> None:
    running, go_on = held
    for _ in range(10):
        connect(running.address).reset()
    go_on.set()
    for _ in range(3):
        assert running.connect().ask("request_registry") == {"type": "request_denied"}


def test_a_client_that_is_lost_as_it_is_let_in_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # As Windows' loop is: it lets in one after the other, and may lose one.
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        kind = type(loop)
    monkeypatch.setattr(asyncio, "ProactorEventLoop", kind, raising=False)
    accept = kind.sock_accept
    # Or what students have written cancels the task that lets them in.
    losses: Iterator[BaseException] = iter(
        [
            OSError(errno.EIO, "the network is gone"),
            OSError(errno.ENOBUFS, "no room"),
            asyncio.CancelledError(),
        ]
    )

    async def lose_some(loop: Any, queue: socket.socket) -> Any:
        for loss in losses:
            raise loss
        return await accept(loop, queue)

    monkeypatch.setattr(kind, "sock_accept", lose_some)
    with running_server() as running:
        log_in(running, "ada")
        log_in(running, "grace")
    (told,) = caplog.records
    assert told.getMessage().startswith("A client was lost as it was let in.")
    assert told.exc_info
    assert "the network is gone" in str(told.exc_info[1])


def fill_registry(running: RunningServer) -> None:
    """Make the registry so long that a few of its lines fill every buffer on the way."""
    running.logic.users.update({f"192.0.2.1:{n}": f"somebody{n}" for n in range(2000)})


def log_in_greedy(running: RunningServer) -> Peer:
    """Connect and log in a client that has next to no room for what it does not read."""
    peer = log_in(running, "greedy", receive_buffer=4096)
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return peer


def test_a_peer_that_does_not_read_is_not_read_and_others_are_answered(
    running: RunningServer,
) -> None:
    fill_registry(running)
    calm, greedy = log_in(running, "calm"), log_in_greedy(running)
    taken = 0
    greedy.socket.setblocking(False)
    # A peer whose bytes are not taken for so long is not read any more.
    while taken < len(MANY_REQUESTS) and select.select([], [greedy.socket], [], 0.5)[1]:
        taken += greedy.socket.send(MANY_REQUESTS[taken : taken + 4096])
    greedy.socket.settimeout(DEADLINE_SECONDS)
    assert taken < len(MANY_REQUESTS) // 2
    assert len(calm.ask("request_registry")["clients"]) == 2002
    # Once it reads, everything that was taken is answered.
    greedy.end()
    whole, unfinished = divmod(taken, len(LONG_REQUEST))
    replies = greedy.read_lines()
    assert len(replies) == whole + bool(unfinished)
    assert all(len(json.loads(reply)["clients"]) == 2002 for reply in replies[:whole])


@pytest.mark.usefixtures("silent")
def test_a_peer_that_takes_nothing_any_more_is_given_up_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "WRITE_STALL_LIMIT_SECONDS", 0.1)
    with running_server() as running:
        fill_registry(running)
        calm, greedy = log_in(running, "calm"), log_in_greedy(running)
        with pytest.raises(ConnectionError):
            greedy.send(MANY_REQUESTS)
        running.wait_until_logged_off(running.key(greedy))
        assert len(calm.ask("request_registry")["clients"]) == 2002
        assert running.logic.active_users == {running.key(calm): "calm"}


def test_when_there_are_too_many_clients_a_newcomer_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Half of so few.
    monkeypatch.setattr("server.raise_descriptor_limit", lambda: 4)
    with running_server() as running:
        ada, grace = log_in(running, "ada"), log_in(running, "grace")
        newcomer = running.connect()
        newcomer.send(REGISTER_ADA)
        assert newcomer.read_message() == {
            "type": "error",
            "reason": "The server is full. Try again later.",
        }
        assert newcomer.read_line() == b""
        assert len(ada.ask("request_registry")["clients"]) == 2
        grace.close()
        running.wait_until_logged_off(running.key(grace))
        assert log_in(running, "alan").ask("request_registry")["type"] == "registry"


# --- what the window is told ------------------------------------------------------------


def log_of(running: RunningServer) -> list[tuple[str, bytes]]:
    """Return the arrows and lines of the log so far."""
    return [(line.arrow, line.line) for line in running.news.lines]


def test_every_line_received_and_sent_is_logged_with_its_peer(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(b"hello\n" + REGISTER_ADA)
    refusal, registered = peer.read_line(), peer.read_line()
    running.news.wait_until(lambda: len(running.news.lines) == 4)
    assert [(line.arrow, line.peer, line.line) for line in running.news.lines] == [
        ("←", running.key(peer), b"hello\n"),
        ("→", running.key(peer), refusal),
        ("←", running.key(peer), REGISTER_ADA),
        ("→", running.key(peer), registered),
    ]


def test_of_an_overlong_line_as_much_is_logged_as_is_allowed(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(b"a" * 5000)
    refusal = peer.read_line()
    running.news.wait_until(lambda: len(running.news.lines) == 2)
    assert log_of(running) == [("←", b"a" * MAX_REQUEST_BYTES), ("→", refusal)]


def test_an_unfinished_line_is_logged(running: RunningServer) -> None:
    peer = running.connect()
    peer.send(b"unfinished")
    peer.end()
    refusal = peer.read_line()
    running.news.wait_until(lambda: len(running.news.lines) == 2)
    assert log_of(running) == [("←", b"unfinished"), ("→", refusal)]


def test_what_changes_in_the_dictionaries_is_told_and_nothing_else(running: RunningServer) -> None:
    ada = log_in(running, "ada")
    ada.ask("request_registry")
    ada.ask("login", username="ada")
    ada.close()
    key = running.key(ada)
    running.wait_until_logged_off(key)
    told = [e for e in running.news.events if isinstance(e, (DictionaryChanged, Problem))]
    assert told == [
        DictionaryChanged("users", {key: "ada"}),
        DictionaryChanged("active_users", {key: "ada"}),
        DictionaryChanged("active_users", {key: None}),
    ]


# --- when it can not listen -------------------------------------------------------------


def test_a_port_that_is_taken_can_not_be_listened_on(running: RunningServer) -> None:
    with contextlib.closing(Mailbox()) as mailbox, NetworkThread() as network:
        listening = ClosableServer(mailbox).listen(*running.address)
        with pytest.raises(OSError, match="bind on address") as refusal:
            network.call(listening)
    assert refusal.value.errno == errno.EADDRINUSE


# --- starting over ----------------------------------------------------------------------


STARTED_OVER = {"type": "error", "reason": "The server starts over: it knows nobody any more."}


@pytest.mark.usefixtures("silent")
def test_starting_over_empties_the_dictionaries_and_lets_every_client_go() -> None:
    with running_server() as running:
        ada, grace, idle = running.connect(), running.connect(), running.connect()
        assert ada.ask("register", username="ada")["type"] == "registration_successful"
        assert ada.ask("login", username="ada")["type"] == "login_successful"
        assert grace.ask("register", username="grace")["type"] == "registration_successful"
        assert idle.ask("request_registry")["type"] == "request_denied"
        running.start_over()
        assert (running.logic.users, running.logic.active_users) == ({}, {})
        for peer in (ada, grace, idle):
            assert [json.loads(line) for line in peer.read_lines()] == [STARTED_OVER]
            peer.close()
        again = running.connect()
        assert again.ask("register", username="ada")["type"] == "registration_successful"
        assert running.logic.users == {running.key(again): "ada"}
        gone = dict.fromkeys([running.key(ada), running.key(grace)])
        running.news.wait_for(DictionaryChanged("users", gone))


@pytest.mark.usefixtures("silent")
def test_starting_over_ends_what_runs_and_what_waits() -> None:
    ended: list[str] = []

    async def wait_for_ever(server: ServerHandle, username: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(username)

    with running_server(register_client=wait_for_ever) as running:
        peer = running.connect()
        peer.send(REGISTER_ADA + LOGIN_ADA + REQUEST_REGISTRY)
        running.news.wait_until(lambda: bool(running.news.lines))
        running.start_over()
        assert [json.loads(line) for line in peer.read_lines()] == [STARTED_OVER]
        running.start_over()
        assert ended == ["ada"]
        peer.reset()
        come_back = running.come_back(peer)
        assert come_back.ask("login", username="ada")["type"] == "login_failed"


@pytest.mark.usefixtures("silent")
def test_whatever_was_stored_is_gone_after_starting_over() -> None:
    with running_server() as running:
        running.logic.users.update({1: ["x"], ("a", "b"): None, "1.2.3.4:5": "ada"})
        running.connect().ask("request_registry")
        running.start_over()
        assert running.logic.users == {}
