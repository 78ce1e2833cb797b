"""Peers that don't behave: what tests/endurance shows at full length, and how it comes about."""

import asyncio
import contextlib
import gc
import json
import select
import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from gui.bridge import Mailbox
from protocol import ENTRIES_IN_A_PIECE, RegisteredClient
from server import Keys, ServerConnection, ServerHandle
from tests.endurance.come_and_go import check_tasks, grow
from tests.endurance.full import fill_up
from tests.endurance.fuzz import fuzz
from tests.endurance.peers import LIMIT_BYTES_A_PEER, SORTS, serve_beside
from tests.peers import ClosableServer, Peer, RunningServer, line, running_server
from tests.plain import PlainAnswerer

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what a process does is looked up in /proc"
)

# The longest entry there can be: a name of 4 bytes a character, an IPv6 address.
LONGEST_ENTRY = RegisteredClient("💡" * 32, f"[{'ffff:' * 8}]:65535#65535", logged_in=False).json


# --- the bounded runs, short ------------------------------------------------------------


def test_each_line_of_a_fuzz_is_answered_as_it_must_be() -> None:
    assert fuzz(2000, seed=0).keys() == {
        "error",
        "registration_successful",
        "registration_failed",
        "login_successful",
        "login_failed",
        "registry",
        "request_denied",
    }


@pytest.mark.parametrize(
    "sort",
    [pytest.param(s, marks=pytest.mark.long if n % 3 else ()) for n, s in enumerate(SORTS)],
)
def test_a_client_is_served_beside_bad_peers(sort: str) -> None:
    assert serve_beside([SORTS[sort]], count=10, users=20, seconds=0.2).answers


def test_no_bad_peer_fills_the_memory() -> None:
    peers = 5 * len(SORTS)
    seen = serve_beside(list(SORTS.values()), peers, users=500, seconds=2)
    assert seen.bytes_a_peer < LIMIT_BYTES_A_PEER


@pytest.mark.parametrize("descriptors", [64, 40])
def test_a_full_server_says_so_and_is_at_ease(descriptors: int) -> None:
    seen = fill_up(descriptors, newcomers=50, seconds=0.5)
    assert seen.clients == descriptors // 2
    assert seen.turned_away == 50
    assert seen.cpu < 0.5


def test_clients_that_have_gone_leave_no_task() -> None:
    check_tasks(200)


def test_clients_that_have_gone_leave_no_descriptor_and_little_memory() -> None:
    growth = grow(warm_up=500, count=500)
    assert growth.nameless < 1_000_000


# --- how a registry is sent -------------------------------------------------------------


def stop_reading_registries(running: RunningServer) -> Peer:
    """Log in a client that asks for long registries until nothing more is taken of it."""
    running.logic.users.update({f"192.0.2.1:{n}": f"somebody{n}" for n in range(2000)})
    peer = running.connect(receive_buffer=4096)
    peer.ask("register", username="greedy")
    peer.ask("login", username="greedy")
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    request = line("request_registry", padding="x" * 4000)
    while select.select([], [peer.socket], [], 0.5)[1]:
        peer.send(request)
    return peer


def test_of_a_registry_that_is_not_read_only_a_piece_waits() -> None:
    with running_server() as running:
        peer = stop_reading_registries(running)
        # Connections of another test may be left, of a server that is over.
        [waiting] = [
            thing._transport.get_write_buffer_size()
            for thing in gc.get_objects()
            if isinstance(thing, ServerConnection)
            and thing.key == running.key(peer)
            and not thing._transport.is_closing()
        ]
        assert 0 < waiting <= ENTRIES_IN_A_PIECE * (len(LONGEST_ENTRY) + 2)


def test_a_registry_is_sent_whole_even_if_the_handler_stops_waiting() -> None:
    async def send_for_a_moment(server: ServerHandle) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.send_registry(), 0.1)

    with running_server(send_registry_to_client=send_for_a_moment) as running:
        peer = stop_reading_registries(running)
        peer.end()
        replies = [json.loads(reply) for reply in peer.read_lines()]
        registries = [reply for reply in replies if reply["type"] == "registry"]
        assert registries
        assert all(len(registry["clients"]) == 2001 for registry in registries)
        # What could not even be begun with is told.
        reason = "The server's send_registry_to_client() failed; the server shows why."
        rest = [reply for reply in replies if reply not in registries]
        assert all(reply == {"type": "error", "reason": reason} for reply in rest)


def test_a_registry_is_made_anew_only_where_it_has_changed() -> None:
    with contextlib.closing(Mailbox()) as mailbox:
        logic: Any = SimpleNamespace(users={}, active_users={})
        server = ClosableServer(mailbox, PlainAnswerer(logic))
        users, active_users = logic.users, logic.active_users
        users.update({"127.0.0.1:1": "ada", "127.0.0.1:2": "grace"})
        before = server.registry()
        assert server.registry() is before
        active_users["127.0.0.1:2"] = "grace"
        now = server.registry()
        assert now.clients[0] is before.clients[0]
        assert now.clients[1].logged_in
        assert [client.username for client in now.clients] == ["ada", "grace"]


def test_a_key_is_new_however_often_a_port_is_used() -> None:
    keys = Keys()
    addresses = ["127.0.0.1:65535", "127.0.0.2:65535", "[::1]:65535", "127.0.0.1:1"]
    assert [keys.new_key(address) for address in addresses] == addresses
    assert [keys.new_key(addresses[0]) for _ in range(2)] == [
        "127.0.0.1:65535#2",
        "127.0.0.1:65535#3",
    ]
    assert keys.new_key(addresses[2]) == "[::1]:65535#2"
