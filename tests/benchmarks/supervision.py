"""What it costs to supervise students' code: CPU a request, beside the same server without.

Limit: 10 % more. The other server has the plain answerer, which calls the handlers and no more.
"""

import statistics
import sys

import server_logic
from gui.bridge import Mailbox, NetworkThread
from gui.console import Console
from gui.dictionaries import ShownDictionaries
from server import Server
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
TUTORED = ("server.py", "--port", "0", "--no-window")
PLAIN = ("-c", "from tests.benchmarks.supervision import serve_plainly; serve_plainly()")


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


def main() -> None:
    """Measure both in turns, and print the medians."""
    print(f"Python {sys.version.split()[0]}")
    rows, ratios = [], []
    for kind, request in STEPS.items():
        tutored, plain, ratio = costs([request], TUTORED, PLAIN)
        ratios.append(ratio)
        figures = f"{tutored:.1f} µs, without {plain:.1f} µs: {(ratio - 1) * 100:+.1f} %"
        rows.append((kind, figures))
    mean = (statistics.mean(ratios) - 1) * 100
    rows.append(("a request", f"{mean:+.1f} % (limit {LIMIT_PERCENT} %)"))
    print_table("CPU time a request, with the checks and without", rows)


if __name__ == "__main__":
    main()
