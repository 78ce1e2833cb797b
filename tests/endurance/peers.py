"""Peers that don't behave, a hundred at once, while a client that does is served.

python3 -m tests.endurance.peers [--peers N] [--users N] [--seconds N] [SORT …]
"""

import argparse
import asyncio
import multiprocessing
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum, auto
from multiprocessing.synchronize import Event
from typing import NamedTuple, NoReturn

from tests.benchmarks.programs import print_table
from tests.endurance.servers import Server, peak_bytes, serving
from tests.peers import DEADLINE_SECONDS, Peer, connect, line

PEERS = 100
USERS = 1000
SECONDS = 5
# Somebody else on the machine may hold up an answer; what happens each time is the server's.
ATTEMPTS = 3
LIMIT_SECONDS = 0.25
LIMIT_BYTES_A_PEER = 64 * 1024

REQUEST_REGISTRY = line("request_registry")
LONGEST_REQUEST = line("request_registry", padding="x" * 4050)


class Then(Enum):
    """What a bad peer does when it has sent what it sends."""

    STAY = auto()
    SEND_AGAIN = auto()
    HALF_CLOSE = auto()
    RESET_AND_COME_BACK = auto()


class Sort(NamedTuple):
    """What the peers of one sort do, as fast as they can.

    Parameters:
        data: what they send.
        then: what they do after that.
        piece: how many bytes they send at a time.
        reads: whether they read what comes.
        logs_in: whether they register and log in first.
    """

    data: bytes
    then: Then = Then.SEND_AGAIN
    piece: int = 65536
    reads: bool = True
    logs_in: bool = False


SORTS: Mapping[str, Sort] = {
    "silent": Sort(b"", Then.STAY),
    "half a line for ever": Sort(b'{"type": "regi', Then.STAY),
    "byte after byte": Sort(LONGEST_REQUEST, piece=1),
    "reset before the first byte": Sort(b"", Then.RESET_AND_COME_BACK),
    "reset in a line": Sort(b'{"type": "regi', Then.RESET_AND_COME_BACK),
    "reset unanswered": Sort(REQUEST_REGISTRY * 100, Then.RESET_AND_COME_BACK, reads=False),
    "reset when refused": Sort(b"x" * 5000, Then.RESET_AND_COME_BACK),
    "half-closed, denied": Sort(REQUEST_REGISTRY * 100, Then.HALF_CLOSE, reads=False),
    "half-closed, registries": Sort(
        REQUEST_REGISTRY * 500, Then.HALF_CLOSE, reads=False, logs_in=True
    ),
    "a line without end": Sort(b"x" * 65536),
    "short garbage": Sort(b"x\n" * 10_000),
    "short garbage, unread": Sort(b"x\n" * 10_000, reads=False),
    "long garbage": Sort((b"\1" * 4095 + b"\n") * 16),
    "long garbage, unread": Sort((b"\1" * 4095 + b"\n") * 16, reads=False),
    "no UTF-8": Sort((b"\xff" * 4095 + b"\n") * 16),
    "brackets": Sort((b"[]" * 2047 + b"\n") * 16),
    "long numbers": Sort((b"9" * 4095 + b"\n") * 16),
    "accents": Sort(line("register", username="a" + "\u0301\u0323" * 330) * 16),
    "names that are taken": Sort(line("register", username="user7") * 1000),
    "registries": Sort(REQUEST_REGISTRY * 1000, logs_in=True),
    "registries, unread": Sort(LONGEST_REQUEST * 16, reads=False, logs_in=True),
}


# --- bad peers --------------------------------------------------------------------------


def come(address: tuple[str, int], sort: Sort, number: int) -> Peer:
    """Connect a bad peer, which may have to log in before it can misbehave."""
    peer = connect(address)
    if sort.logs_in:
        peer.ask("register", username=f"bad{number}")
        peer.ask("login", username=f"bad{number}")
    peer.socket.setblocking(False)
    return peer


async def read(connected: socket.socket) -> None:
    """Read whatever comes."""
    with suppress(ConnectionError):
        while await asyncio.get_running_loop().sock_recv(connected, 2**18):
            pass


async def send(connected: socket.socket, sort: Sort) -> None:
    """Send what a sort of peers sends, once, or for as long as the server lets it."""
    while True:
        for start in range(0, len(sort.data), sort.piece):
            piece = sort.data[start : start + sort.piece]
            await asyncio.get_running_loop().sock_sendall(connected, piece)
            await asyncio.sleep(0)
        if sort.then is not Then.SEND_AGAIN:
            return


async def be_bad(peer: Peer, address: tuple[str, int], sort: Sort) -> NoReturn:
    """Misbehave for ever; whoever is thrown out comes back."""
    while True:
        reading = asyncio.ensure_future(read(peer.socket) if sort.reads else asyncio.sleep(0))
        with suppress(ConnectionError):
            await send(peer.socket, sort)
            if sort.then is Then.HALF_CLOSE:
                peer.end()
            if sort.then in (Then.HALF_CLOSE, Then.STAY):
                await asyncio.get_running_loop().create_future()
        reading.cancel()
        await asyncio.wait([reading])
        peer.reset()
        # Its name is taken by now: whoever comes back is a stranger.
        peer = come(address, sort._replace(logs_in=False), 0)


def be_all_bad(address: tuple[str, int], sorts: Sequence[Sort], count: int, ready: Event) -> None:
    """Be so many bad peers, of each sort as many, until this process is ended."""
    turns = [sorts[number % len(sorts)] for number in range(count)]
    peers = [come(address, sort, number) for number, sort in enumerate(turns)]
    ready.set()

    async def misbehave() -> None:
        await asyncio.gather(
            *[be_bad(peer, address, sort) for peer, sort in zip(peers, turns, strict=True)]
        )

    asyncio.run(misbehave())


@contextmanager
def bad_peers(server: Server, sorts: Sequence[Sort], count: int) -> Iterator[None]:
    """Let bad peers, in a process of their own, misbehave for as long as the `with` block."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=be_all_bad, args=[server.address, sorts, count, ready])
    process.start()
    try:
        assert ready.wait(4 * DEADLINE_SECONDS), "the server does not let them all in"
        yield
        assert process.is_alive(), "the bad peers have given up"
    finally:
        process.kill()
        process.join()


# --- a client that behaves --------------------------------------------------------------


class Seen(NamedTuple):
    """What a client saw while others misbehaved.

    Parameters:
        answers: how many answers it got.
        worst: how long it waited for one at most, in seconds.
        bytes_a_peer: how much the server's memory grew at most, for each bad peer.
    """

    answers: int
    worst: float
    bytes_a_peer: float

    def keeps_the_promise(self) -> bool:
        """Tell whether the client was served in time, and within the memory there is."""
        return self.worst < LIMIT_SECONDS and self.bytes_a_peer < LIMIT_BYTES_A_PEER


def serve_beside(sorts: Sequence[Sort], count: int, users: int, seconds: float) -> Seen:
    """Ask a server for one thing after the other while bad peers do what they can."""
    with serving() as server:
        server.register(users)
        client = server.log_in("well-behaved")
        for _ in range(50):
            client.ask("request_registry")
            client.ask("nonsense")
        before = peak_bytes(server.pid)
        answers, worst, give_up_at = 0, 0.0, time.monotonic() + seconds
        with bad_peers(server, sorts, count):
            give_up_at = time.monotonic() + seconds
            while time.monotonic() < give_up_at or not answers:
                for kind, answer in (
                    ("login", "login_successful"),
                    ("request_registry", "registry"),
                    ("nonsense", "error"),
                ):
                    client.send(line(kind, username="well-behaved"))
                    start = time.perf_counter()
                    text = client.read_line()
                    worst = max(worst, time.perf_counter() - start)
                    assert text.startswith(b'{"type": "%b"' % answer.encode()), text[:100]
                    answers += 1
            growth = peak_bytes(server.pid) - before
        # Once they have gone, everything is as it was.
        assert client.ask("login", username="well-behaved")["type"] == "login_successful"
    return Seen(answers, worst, growth / count)


def main() -> None:
    """Let each sort misbehave, then all at once, and print what the client saw."""
    parser = argparse.ArgumentParser(description="Be served beside peers that don't behave.")
    parser.add_argument("--peers", type=int, default=PEERS)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("sorts", nargs="*", choices=[[], *SORTS], metavar="SORT")
    options = parser.parse_args()
    crowds = {name: [SORTS[name]] for name in options.sorts or SORTS}
    crowds["all of these at once"] = [sort for sorts in crowds.values() for sort in sorts]
    rows, broken = [], []
    for name, sorts in crowds.items():
        for _ in range(ATTEMPTS):
            seen = serve_beside(sorts, options.peers, options.users, options.seconds)
            if seen.keeps_the_promise():
                break
        else:
            broken.append(name)
        figures = f"{seen.worst * 1000:4.0f} ms  {seen.bytes_a_peer / 1024:5.1f} KB"
        rows.append((name, f"{figures}  {seen.answers:5} answers"))
    print_table(
        f"Worst answer (limit {LIMIT_SECONDS * 1000:.0f} ms) and memory for each bad peer (limit "
        f"{LIMIT_BYTES_A_PEER // 1024} KB), {options.peers} bad peers, {options.users} users",
        rows,
    )
    if broken:
        raise SystemExit(f"A promise is broken beside peers of the sort: {', '.join(broken)}.")


if __name__ == "__main__":
    main()
