"""What it costs to supervise students' code: CPU a request, beside the same server without.

Limit: 10 % more. The other server calls the handlers directly, and its handle sends anything.
"""

import contextlib
import os
import socket
import statistics
import sys
from typing import Any

from tests.benchmarks.programs import cpu_seconds, print_table, running_server
from tests.peers import line

LAUNCHES = 15
TURNS = 60
REQUESTS = 100
LIMIT_PERCENT = 10
# The three steps of a client that has done them before.
STEPS = {
    "register": line("register", username="ada"),
    "login": line("login", username="ada"),
    "request_registry": line("request_registry"),
}
OPTIONS = ("--port", "0", "--no-window")
WITHOUT_CHECKS = "from tests.benchmarks import supervision; supervision.serve_without_checks()"


def serve_without_checks() -> None:
    """Run the server with every check of students' code off."""
    import server
    from gui import program

    class BareHandle(server.ServerHandle):
        """The handle that students' code gets, without an eye on what it sends."""

        def __init__(self, peer: Any) -> None:
            self._peer = peer

        async def send_message(self, msg: Any) -> None:
            """Send a message to the peer, whatever it is."""
            await self._peer.send_message(msg)

    async def answer(self: Any, connection: Any, request: Any) -> None:
        name, _ = server.HANDLERS[type(request)]
        function = self._logic._functions[name]
        await function(BareHandle(connection), *vars(request).values())
        self._show_dictionaries()

    server.Server._answer = answer  # type: ignore[method-assign]  # it is the point
    sys.argv[1:] = OPTIONS
    program.run(server.main)


class Client:
    """A client that is logged in, and its server.

    Parameters:
        arguments: what runs the server.
    """

    def __init__(self, resources: contextlib.ExitStack, *arguments: str) -> None:
        process, address = resources.enter_context(running_server(*arguments))
        self._pid = process.pid
        self._socket = resources.enter_context(socket.create_connection(address))
        for request in STEPS.values():
            self._ask(request)

    def microseconds(self, request: bytes) -> float:
        """Return the CPU time that the server takes for a request, sent many times."""
        before = cpu_seconds(self._pid)
        for _ in range(REQUESTS):
            self._ask(request)
        return (cpu_seconds(self._pid) - before) / REQUESTS * 1_000_000

    def _ask(self, request: bytes) -> None:
        self._socket.sendall(request)
        while not self._socket.recv(4096).endswith(b"\n"):
            pass


def microseconds(request: bytes) -> tuple[float, float]:
    """Return the CPU time of a request with the checks, and without."""
    with contextlib.ExitStack() as resources:
        checked = Client(resources, "server.py", *OPTIONS)
        bare = Client(resources, "-c", WITHOUT_CHECKS)
        # So short turns that both meet the machine in the same mood.
        turns = [(checked.microseconds(request), bare.microseconds(request)) for _ in range(TURNS)]
    with_checks, without = map(statistics.median, zip(*turns, strict=True))
    return with_checks, without


def main() -> None:
    """Measure both in turns, and print the medians."""
    # On one processor, shared by turns: two at once would slow each other down, now and then.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows, ratios = [], []
    for kind, request in STEPS.items():
        # Where a process lies in memory makes it faster or slower, by some hundredths.
        launches = [microseconds(request) for _ in range(LAUNCHES)]
        with_checks, without = map(statistics.median, zip(*launches, strict=True))
        ratios.append(statistics.median(checked / bare for checked, bare in launches))
        costs = f"{with_checks:.1f} µs, without {without:.1f} µs"
        rows.append((kind, f"{costs}: {(ratios[-1] - 1) * 100:+.1f} %"))
    mean = (statistics.mean(ratios) - 1) * 100
    rows.append(("a request", f"{mean:+.1f} % (limit {LIMIT_PERCENT} %)"))
    print_table("CPU time a request, with the checks and without", rows)


if __name__ == "__main__":
    main()
