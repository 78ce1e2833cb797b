"""Two servers that answer the same requests in turns: what a request costs each of them."""

import contextlib
import os
import socket
import statistics
from typing import NamedTuple

from tests.benchmarks.programs import cpu_seconds, running_server
from tests.peers import line

LAUNCHES = 15
TURNS = 60
REQUESTS = 100


class Costs(NamedTuple):
    """The CPU time that a request costs two servers, in microseconds, and the first's share."""

    first: float
    second: float
    ratio: float


class LoggedIn:
    """Clients that are logged in, and their server.

    Parameters:
        count: how many.
        arguments: what runs the server.
    """

    def __init__(self, resources: contextlib.ExitStack, count: int, *arguments: str) -> None:
        process, address = resources.enter_context(running_server(*arguments))
        self._pid = process.pid
        self._clients = [
            resources.enter_context(socket.create_connection(address)) for _ in range(count)
        ]
        for step in ("register", "login"):
            self._ask([line(step, username=f"u{number}") for number in range(count)])

    def microseconds(self, requests: list[bytes]) -> float:
        """Return the CPU time that a request takes, each client's sent many times."""
        before = cpu_seconds(self._pid)
        for _ in range(REQUESTS):
            self._ask(requests)
        return (cpu_seconds(self._pid) - before) / REQUESTS / len(requests) * 1_000_000

    def _ask(self, requests: list[bytes]) -> None:
        """Send each client's request, then read each one's answer."""
        for client, request in zip(self._clients, requests, strict=True):
            client.sendall(request)
        for client in self._clients:
            while not client.recv(4096).endswith(b"\n"):
                pass


def costs(requests: list[bytes], first: tuple[str, ...], second: tuple[str, ...]) -> Costs:
    """Return what a request costs two servers.

    Parameters:
        requests: one for each client; all are sent before any answer is read.
        first, second: what runs the servers.
    """
    # On one processor, shared by turns: two at once would slow each other down, now and then.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    # Where a process lies in memory makes it faster or slower, by some hundredths.
    launches = [launch(requests, first, second) for _ in range(LAUNCHES)]
    return Costs(*map(statistics.median, zip(*launches, strict=True)))


def launch(requests: list[bytes], first: tuple[str, ...], second: tuple[str, ...]) -> Costs:
    """Return what a request costs two servers that are started for it."""
    with contextlib.ExitStack() as resources:
        servers = [LoggedIn(resources, len(requests), *each) for each in (first, second)]
        # So short turns that both meet the machine in the same mood.
        turns = [[each.microseconds(requests) for each in servers] for _ in range(TURNS)]
    one, other = map(statistics.median, zip(*turns, strict=True))
    return Costs(one, other, one / other)
