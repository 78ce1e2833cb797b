"""The port on which a server waits for clients."""

import asyncio
import errno
import queue
import socket
from typing import Any

from gui.bridge import NetworkThread
from gui.listener import Listener
from tests.conftest import DEADLINE_SECONDS


def test_a_host_of_several_addresses_has_one_port(ipv6: None) -> None:
    addresses: Any = ["127.0.0.1", "::1"]
    gone: queue.Queue[None] = queue.Queue()

    class Visitor(asyncio.Protocol):
        def connection_lost(self, error: Exception | None) -> None:
            gone.put(None)

    with NetworkThread() as network:
        listener = Listener(Visitor)
        address = network.call(listener.open(addresses, 0))
        network.call(listener.accept())
        port = int(address.rpartition(":")[2])
        for host in addresses:
            socket.create_connection((host, port), DEADLINE_SECONDS).close()
            gone.get(timeout=DEADLINE_SECONDS)
        network.loop.call_soon_threadsafe(listener.close)
    assert not listener.is_open()


def test_where_the_port_of_one_address_is_taken_on_another_it_is_another_port(ipv6: None) -> None:
    addresses: Any = ["127.0.0.1", "::1"]
    asked: list[int] = []

    class Unlucky(Listener):
        async def _listen(self, host: str, port: int) -> asyncio.Server:
            asked.append(port)
            if len(asked) == 2:
                raise OSError(errno.EADDRINUSE, "Address already in use")
            return await super()._listen(host, port)

    with NetworkThread() as network:
        listener = Unlucky(asyncio.Protocol)
        address = network.call(listener.open(addresses, 0))
        network.loop.call_soon_threadsafe(listener.close)
    assert asked[0] == asked[2] == 0
    assert asked[-1] == int(address.rpartition(":")[2])
