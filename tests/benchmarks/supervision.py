"""What it costs to supervise students' code: CPU a request, beside the same server without.

Limit: 10 % more. The other server has the plain answerer, which calls the handlers and no more.
"""

import contextlib
import os
import socket
import statistics
import sys

import server_logic
from gui.bridge import Mailbox, NetworkThread
from gui.console import Console
from gui.dictionaries import ShownDictionaries
from server import Server
from tests.benchmarks.programs import cpu_seconds, print_table, running_server
from tests.peers import line
from tests.plain import PlainAnswerer

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
PLAINLY = "from tests.benchmarks.supervision import serve_plainly; serve_plainly()"


def serve_plainly() -> None:
    """Run the server without its tutor."""
    mailbox = Mailbox()
    show = ShownDictionaries(mailbox.post).show
    server = Server(PlainAnswerer(server_logic), mailbox.log, show)
    with NetworkThread() as network:
        address = network.call(server.listen("127.0.0.1", 0))
        network.call(server.serve_clients())
        print(f"Server listening on {address}", flush=True)
        Console(mailbox).run()


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
        bare = Client(resources, "-c", PLAINLY)
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
    print_table(
        f"Python {sys.version.split()[0]}: CPU time a request, with the checks, without", rows
    )


if __name__ == "__main__":
    main()
