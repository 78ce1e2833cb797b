"""Nothing leaks: 10,000 clients come and go, and the server is what it was, but for the names.

python3 -m tests.endurance.come_and_go [--clients N]
"""

import argparse
import gc
import random
from asyncio import Task
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.programs import print_table, resident_bytes
from tests.endurance.servers import serving
from tests.peers import Peer, connect, line, running_server
from tests.test_programs import eventually

CLIENTS = 10_000
AT_ONCE = 50
# What an allocator may keep: 100 bytes a client.
LIMIT_BYTES = 1_000_000
LIMIT_BYTES_A_NAME = 2000

REQUEST_REGISTRY = line("request_registry")
LEAVINGS: tuple[Callable[[Peer], None], ...] = (
    Peer.close,
    Peer.reset,
    Peer.end,
    lambda peer: peer.send(b'{"type": '),
    lambda peer: peer.send(REQUEST_REGISTRY * 3),
    lambda peer: peer.send(b"x" * 5000),
)


def come_and_go(come: Callable[[], Peer], count: int, named: bool) -> None:
    """Let so many clients come, many at once, and go in every way there is.

    Parameters:
        come: connects a client.
        named: whether they register and log in.
    """
    chance = random.Random(0)
    for first in range(0, count, AT_ONCE):
        peers = [come() for _ in range(first, min(first + AT_ONCE, count))]
        for number, peer in enumerate(peers, start=first):
            if named:
                peer.send(line("register", username=f"name{number}"))
                peer.send(line("login", username=f"name{number}"))
            else:
                peer.send(b"garbage\n" + line("login", username="ada"))
        for peer in peers:
            answers = [peer.read_message()["type"] for _ in range(2)]
            assert answers == (
                ["registration_successful", "login_successful"]
                if named
                else ["error", "login_failed"]
            )
            chance.choice(LEAVINGS)(peer)
            peer.close()


def unfinished_tasks() -> int:
    """Return how many tasks there are in this process that have not ended."""
    gc.collect()
    return sum(isinstance(thing, Task) and not thing.done() for thing in gc.get_objects())


def check_tasks(count: int) -> int:
    """Let so many clients come to a server in this process; return how many tasks it has.

    Raises:
        AssertionError: a task was left over.
    """
    with running_server() as running:
        before = unfinished_tasks()
        for named in (False, True):
            come_and_go(running.connect, count // 2, named)
        eventually(lambda: unfinished_tasks() <= before)
    return before


class Growth(NamedTuple):
    """How many bytes a server has grown by.

    Parameters:
        nameless: with all the clients that did not register.
        of_a_name: with each client that did.
    """

    nameless: int
    of_a_name: float


def grow(warm_up: int, count: int) -> Growth:
    """Let so many clients without a name come and go, then as many with one; look at the server.

    Raises:
        AssertionError: a descriptor was left over.
    """
    with serving() as server:

        def come() -> Peer:
            return connect(server.address)

        descriptors = server.descriptors()
        come_and_go(come, warm_up, named=False)
        sizes = [resident_bytes(server.pid)]
        for named in (False, True):
            come_and_go(come, count, named)
            eventually(lambda: server.descriptors() == descriptors)
            sizes.append(resident_bytes(server.pid))
    return Growth(sizes[1] - sizes[0], (sizes[2] - sizes[1]) / count)


def main() -> None:
    """Let them come and go, and print what was seen."""
    parser = argparse.ArgumentParser(description="Let many clients come and go.")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    count = parser.parse_args().clients
    tasks = check_tasks(count // 10)
    # After twice as many the log is as full as it gets, and most ports have been used.
    growth = grow(2 * count, count)
    print_table(
        f"{count} clients without a name, then {count} with one",
        [
            ("descriptors left over", "0"),
            ("tasks left over", f"0 (there are {tasks})"),
            ("memory, nameless", f"{growth.nameless:+,} bytes (limit {LIMIT_BYTES:,})"),
            ("memory, each name", f"{growth.of_a_name:.0f} bytes (limit {LIMIT_BYTES_A_NAME})"),
        ],
    )
    assert growth.nameless < LIMIT_BYTES, "the server grows with clients that have gone"
    assert growth.of_a_name < LIMIT_BYTES_A_NAME, "the server keeps more than a client's name"


if __name__ == "__main__":
    main()
