"""Too many: a server that is full says so, and is at ease.

python3 -m tests.endurance.full [--newcomers N]
"""

import argparse
import time
from typing import NamedTuple

from tests.benchmarks.programs import cpu_seconds, print_table
from tests.endurance.servers import Server, serving
from tests.peers import Peer
from tests.test_programs import eventually

# Few enough to fill up, and so few that accepting fails now and then as well.
LIMITS = (256, 40)
NEWCOMERS = 300
SECONDS = 2
LIMIT_CPU = 0.05

FULL = {"type": "error", "reason": "The server is full. Try again later."}


class Seen(NamedTuple):
    """What was seen of a server that was full.

    Parameters:
        clients: how many it has room for.
        turned_away: how many of those who came at once were told that it is full.
        cpu: its share of a processor while nobody asked for anything.
    """

    clients: int
    turned_away: int
    cpu: float


def is_turned_away(peer: Peer) -> bool:
    """Tell whether a newcomer is told that the server is full, and that is the end of it."""
    if peer.ask("request_registry") != FULL:
        return False
    assert peer.read_line() == b"", "the server goes on with a newcomer for whom it has no room"
    return True


def fill(server: Server) -> list[Peer]:
    """Let clients come until the server is full; return those who are in."""
    inside: list[Peer] = []
    while True:
        peer = server.connect()
        if is_turned_away(peer):
            peer.close()
            return inside
        inside.append(peer)


def fill_up(descriptors: int, newcomers: int, seconds: float) -> Seen:
    """Fill a server that may open so many descriptors, and see how it gets on.

    Raises:
        AssertionError: it does not say that it is full, or somebody is disturbed by that.
    """
    with serving(descriptors) as server:
        ada = server.log_in("ada")
        inside = [ada, *fill(server)]
        # All at once: they are let in one after the other, each to be told.
        outside = [server.connect() for _ in range(newcomers)]
        assert len(ada.ask("request_registry")["clients"]) == 1
        turned_away = sum(peer.read_message() == FULL for peer in outside)
        assert all(peer.read_line() == b"" for peer in outside)
        for peer in inside:
            assert peer.ask("login", username="ada")["type"].startswith("login_")
        for peer in outside:
            peer.close()
        before, start = cpu_seconds(server.pid), time.monotonic()
        time.sleep(seconds)  # what a stretch of time costs is what is measured
        cpu = (cpu_seconds(server.pid) - before) / (time.monotonic() - start)
        for peer in inside[1:]:
            peer.close()
        eventually(lambda: not is_turned_away(server.connect()))
        server.log_in("grace").close()
        ada.close()
    return Seen(len(inside), turned_away, cpu)


def main() -> None:
    """Fill servers, and print what was seen of each."""
    parser = argparse.ArgumentParser(description="Fill a server up.")
    parser.add_argument("--newcomers", type=int, default=NEWCOMERS)
    newcomers = parser.parse_args().newcomers
    for descriptors in LIMITS:
        seen = fill_up(descriptors, newcomers, SECONDS)
        print_table(
            f"A server that may open {descriptors} files and sockets",
            [
                ("clients that it has room for", str(seen.clients)),
                ("newcomers that were told so", f"{seen.turned_away} of {newcomers}"),
                ("CPU while it is full", f"{seen.cpu:.1%} (limit {LIMIT_CPU:.0%})"),
            ],
        )
        assert seen.turned_away == newcomers, "somebody was not told that the server is full"
        assert seen.cpu < LIMIT_CPU, "a full server spins"


if __name__ == "__main__":
    main()
