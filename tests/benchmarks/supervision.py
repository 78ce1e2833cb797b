"""What it costs to supervise students' code: CPU a request, beside the same server without.

Limit: 10 % more. The other server has the plain answerer, which calls the handlers and no more.
All that a window shows is known of each request: how long its handler took, which line sent the
answer, and what has changed.
"""

import statistics
import sys

import server_logic
from gui.bridge import Mailbox, NetworkThread
from gui.console import Console
from gui.dictionaries import ShownDictionaries
from gui.hold import Hold
from gui.tutor.tutor import ServerTutor
from server import Answerer, Server, ServerHandle
from tests.benchmarks.programs import print_table
from tests.benchmarks.turns import costs
from tests.peers import line
from tests.plain import PlainAnswerer

LIMIT_PERCENT = 10
# The three steps of a client that has done them before.
STEPS = {
    "register": line("register", username="u0"),
    "login": line("login", username="u0"),
    "request_registry": line("request_registry"),
}
SERVE = "from tests.benchmarks import supervision; supervision.serve(is_supervised={})"
SUPERVISED = ("-c", SERVE.format(True))
PLAIN = ("-c", SERVE.format(False))


def serve(is_supervised: bool) -> None:
    """Run the server, with its tutor or without."""
    mailbox = Mailbox()
    shown = ShownDictionaries(mailbox.post)
    answerer: Answerer = PlainAnswerer(server_logic)
    with NetworkThread(mailbox.post) as network:
        if is_supervised:
            tutor = ServerTutor(ServerHandle, mailbox.post)
            # Nobody takes these out: what it costs to draw them is the window's own.
            tutor.observe = shown.observe = Mailbox().note
            answerer = Hold(tutor, network.start, mailbox.post)
        server = Server(answerer, mailbox.log, shown.show)
        address = network.call(server.listen("127.0.0.1", 0))
        network.call(server.serve_clients())
        print(f"Server listening on {address}", flush=True)
        Console(mailbox).run()


def main() -> None:
    """Measure both in turns, and print the medians."""
    print(f"Python {sys.version.split()[0]}")
    rows, ratios = [], []
    for kind, request in STEPS.items():
        supervised, plain, ratio = costs([request], SUPERVISED, PLAIN)
        ratios.append(ratio)
        figures = f"{supervised:.1f} µs, plain {plain:.1f} µs: {(ratio - 1) * 100:+.1f} %"
        rows.append((kind, figures))
    mean = (statistics.mean(ratios) - 1) * 100
    rows.append(("a request", f"{mean:+.1f} % (limit {LIMIT_PERCENT} %)"))
    print_table("CPU time a request, supervised and plain", rows)


if __name__ == "__main__":
    main()
