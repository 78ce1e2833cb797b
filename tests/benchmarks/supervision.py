"""What it costs to supervise students' code: CPU a request, beside the same server without.

Limit: 10 % more. The other server calls the handlers directly, and hands them the connection.
"""

import socket
import statistics
import sys
from typing import Any

from tests.benchmarks.programs import cpu_seconds, print_table, running_server
from tests.peers import line

ROUNDS = 5
REQUESTS = 10_000
LIMIT_PERCENT = 10
OPTIONS = ("--port", "0", "--no-window")
WITHOUT_CHECKS = "from tests.benchmarks import supervision; supervision.serve_without_checks()"


def serve_without_checks() -> None:
    """Run the server with every check of students' code off."""
    import server

    class BareHandle(server.ServerHandle):
        """The handle, straight to the connection."""

        def __init__(self, connection: Any, server: Any) -> None:
            self._key = connection.key
            self._server = server
            vars(self)["send_message"] = connection.send_message

    async def answer(self: Any, connection: Any, request: Any) -> None:
        name, _ = server.HANDLERS[type(request)]
        function = self._logic._functions[name]
        await function(BareHandle(connection, self), *vars(request).values())
        self._show_dictionaries()

    server.Server._answer = answer  # type: ignore[method-assign]
    sys.argv[1:] = OPTIONS
    server.main()


def microseconds(request: bytes, *arguments: str) -> float:
    """Return the CPU time that a server takes for a request of a client that is logged in."""
    with (
        running_server(*arguments) as (process, address),
        socket.create_connection(address) as client,
    ):
        for step in ("register", "login"):
            ask(client, line(step, username="ada"))
        before = cpu_seconds(process.pid)
        for _ in range(REQUESTS):
            ask(client, request)
        seconds = cpu_seconds(process.pid) - before
    return seconds / REQUESTS * 1_000_000


def ask(client: socket.socket, request: bytes) -> None:
    """Send a request, and wait for its answer."""
    client.sendall(request)
    while not client.recv(4096).endswith(b"\n"):
        pass


def main() -> None:
    """Measure both in turns, and print the medians."""
    rows = []
    for kind, request in (
        ("login", line("login", username="ada")),
        ("request_registry", line("request_registry")),
    ):
        checked, bare = [], []
        for _ in range(ROUNDS):
            checked.append(microseconds(request, "server.py", *OPTIONS))
            bare.append(microseconds(request, "-c", WITHOUT_CHECKS))
        more = statistics.median(c / b - 1 for c, b in zip(checked, bare, strict=True)) * 100
        costs = f"{statistics.median(checked):.1f} µs, without {statistics.median(bare):.1f} µs"
        rows.append((kind, f"{costs}: {more:+.1f} % (limit {LIMIT_PERCENT} %)"))
    print_table("CPU time a request, with the checks and without", rows)


if __name__ == "__main__":
    main()
