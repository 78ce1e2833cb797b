"""Ten minutes with windows open and fifty clients at random, against a model of the registry.

python3 -m tests.endurance.soak [--seconds 600] [--seed N]

The clients register, log in, ask, leave, come back and misbehave; after every step the
registry is what the model says. The windows' memory must stay flat, but for the names that
the registry keeps.
"""

import argparse
import errno
import itertools
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any, NamedTuple

from tests.benchmarks.programs import cpu_seconds, print_table, resident_bytes
from tests.conftest import DEADLINE_SECONDS, virtual_display
from tests.peers import Peer, connect, line
from tests.test_programs import (
    SERVER,
    Program,
    Screen,
    assert_ended_well,
    eventually,
)
from tests.test_registry_model import Model

CLIENTS = 50
WINDOWS = ("ada", "grace")
# By then every log is full, and drops a line for each that comes.
WARM_UP_SECONDS = 90
# A well-behaved client is answered within this time, whatever others do; one answer in a
# thousand may be late because the machine has other work.
LIMIT_SECONDS = 0.25
# What the allocator may keep for itself; half a hundred bytes lost at every step are more.
LIMIT_BYTES = 1_000_000
# A name is kept in dictionaries and in a row of each table, and every registry that is under way
# to one of many clients is longer by it.
LIMIT_BYTES_A_NAME = 6_000
# The share of a processor that a program may take when nothing happens; a caret may blink.
LIMIT_CPU = 0.05
# Who does not read is given up in a while, and rightly so: it has to read before.
PATIENCE_STEPS = 30
PIPELINED = 20
GARBAGE = (
    b"\n",
    b"garbage\n",
    b"\xff\xfe\n",
    b"\0\n",
    b"[]\n",
    b"[" * 1000 + b"\n",
    b'{"type": "registry"}\n',
    b'{"type": "register"}\n',
    b'{"type": "login", "username": " ada"}\n',
    b'{"type": "login", "username": "\\ud800"}\n',
)


class Client:
    """One of the fifty: there, or gone for a while."""

    def __init__(self) -> None:
        self.peer: Peer
        self.key = ""
        self.finish: Callable[[], None] | None = None
        self.finish_until = 0


class Clients:
    """All clients, what they do, and what the registry must be.

    Parameters:
        address: where the server is.
        seed: decides who does what.
    """

    def __init__(self, address: tuple[str, int], seed: int) -> None:
        self.model = Model()
        self.steps: Counter[str] = Counter()
        self.waits: list[float] = []
        self._step = 0
        self._address = address
        self._random = random.Random(seed)
        self._numbers = itertools.count(1)
        self._observer = connect(address)
        self._clients = [Client() for _ in range(CLIENTS)]

    def begin(self) -> None:
        """Let the observer log in; the windows have before."""
        assert self._observer.ask("register", username="observer")["type"].endswith("successful")
        assert self._observer.ask("login", username="observer")["type"].endswith("successful")
        entries = self._observer.ask("request_registry")["clients"]
        assert [entry["username"] for entry in entries] == [*WINDOWS, "observer"]
        self.model.users = {entry["address"]: entry["username"] for entry in entries}
        self.model.active_users = dict(self.model.users)

    def close(self) -> None:
        """Let all of them go."""
        self._observer.close()
        for client in self._clients:
            if client.key:
                client.peer.close()

    def step(self) -> None:
        """Let one client do something, and compare the registry with the model's."""
        self._step += 1
        late = (c for c in self._clients if c.finish is not None and c.finish_until < self._step)
        client = next(late, None) or self._random.choice(self._clients)
        logged_in = len(self.model.active_users)
        if client.finish is not None:
            client.finish()
            client.finish = None
        elif not client.key:
            self.steps["come"] += 1
            self.come(client)
        else:
            (step,) = self._random.choices(list(STEPS), list(STEPS.values()))
            self.steps[step.__name__] += 1
            step(self, client)
        self._compare(someone_left=len(self.model.active_users) < logged_in)

    def _compare(self, someone_left: bool) -> None:
        """Compare the registry; who has just left may be seen as logged in for a moment."""
        give_up_at = time.monotonic() + DEADLINE_SECONDS
        while found := difference(self._registry(), self.model.registry()):
            assert someone_left, found
            assert time.monotonic() < give_up_at, found

    def _registry(self) -> list[dict[str, Any]]:
        """Ask for the registry, and take note of how long the answer took."""
        start = time.perf_counter()
        self._observer.send(line("request_registry"))
        answer = self._observer.read_line()
        self.waits.append(time.perf_counter() - start)
        entries: list[dict[str, Any]] = json.loads(answer)["clients"]
        assert len({entry["address"] for entry in entries}) == len(entries)
        return entries

    def _request(self, client: Client) -> tuple[bytes, dict[str, Any]]:
        """Return a request at random, and the answer that it must get now."""
        own, taken = self.model.users.get(client.key), list(self.model.users.values())
        match self._random.choice(["register", "login", "request_registry"]):
            case "register":
                new = f"client {next(self._numbers)}" if own is None else own
                username = self._random.choice([new, new, self._random.choice(taken)])
                kind = self.model.register(client.key, username)
                return line("register", username=username), {"type": kind, "username": username}
            case "login":
                username = self._random.choice([own, own, self._random.choice(taken)]) or "nobody"
                kind = self.model.login(client.key, username)
                return line("login", username=username), {"type": kind, "username": username}
            case _ if client.key in self.model.active_users:
                answer = {"type": "registry", "clients": self.model.registry()}
                return line("request_registry"), answer
            case _:
                return line("request_registry"), {"type": "request_denied"}

    # What a client does.

    def come(self, client: Client, port: int = 0) -> None:
        """Connect, as a new client."""
        client.peer = connect(self._address, port)
        client.key = f"{self._address[0]}:{client.peer.port}#{next(self._numbers)}"

    def ask(self, client: Client) -> None:
        """Ask for something."""
        request, answer = self._request(client)
        client.peer.send(request)
        assert_same(client.peer.read_message(), answer)

    def ask_many_at_once(self, client: Client) -> None:
        """Ask for many things before any answer is read."""
        requests = [self._request(client) for _ in range(PIPELINED)]
        client.peer.send(b"".join(request for request, _ in requests))
        for _, answer in requests:
            assert_same(client.peer.read_message(), answer)

    def ask_byte_by_byte(self, client: Client) -> None:
        """Ask for something in many pieces."""
        request, answer = self._request(client)
        for byte in request:
            client.peer.send(bytes([byte]))
        assert_same(client.peer.read_message(), answer)

    def send_half_a_line(self, client: Client) -> None:
        """Send the rest of it later."""
        half = b'{"type": "log'
        client.peer.send(half)

        def finish() -> None:
            username = self.model.users.get(client.key, "nobody")
            kind = self.model.login(client.key, username)
            client.peer.send(line("login", username=username).removeprefix(half))
            assert_same(client.peer.read_message(), {"type": kind, "username": username})

        self._later(client, finish)

    def not_read(self, client: Client) -> None:
        """Ask for many registries, and read them later."""
        client.peer.send(line("request_registry") * PIPELINED)
        names = len(self.model.users)

        def finish() -> None:
            for _ in range(PIPELINED):
                answer = client.peer.read_message()
                if client.key in self.model.active_users:
                    listed = [entry["username"] for entry in answer["clients"]]
                    assert len(listed) >= names
                    assert listed == list(self.model.users.values())[: len(listed)]
                else:
                    assert answer == {"type": "request_denied"}

        self._later(client, finish)

    def send_garbage(self, client: Client) -> None:
        """Send what is no request."""
        client.peer.send(self._random.choice(GARBAGE))
        assert client.peer.read_message()["type"] == "error"

    def send_too_long_a_line(self, client: Client) -> None:
        """Send a line that ends the connection."""
        client.peer.send(b"x" * 5000)
        (error,) = client.peer.read_lines()
        assert json.loads(error)["type"] == "error"
        self.leave(client)

    def leave(self, client: Client) -> None:
        """Go, with a goodbye."""
        client.peer.close()
        self._gone(client)

    def leave_by_reset(self, client: Client) -> None:
        """Go, without a goodbye."""
        client.peer.reset()
        self._gone(client)

    def leave_by_half_closing(self, client: Client) -> None:
        """Send no more, and wait until the server has gone as well."""
        client.peer.end()
        assert client.peer.read_lines() == []
        self.leave(client)

    def leave_in_the_middle_of_a_line(self, client: Client) -> None:
        """Send half a line, and no more."""
        client.peer.send(b'{"type": "log')
        client.peer.end()
        (error,) = client.peer.read_lines()
        assert json.loads(error)["type"] == "error"
        self.leave(client)

    def leave_with_answers_unread(self, client: Client) -> None:
        """Ask for many registries, and go."""
        client.peer.send(line("request_registry") * PIPELINED)
        self.leave_by_reset(client)

    def come_back_on_the_same_port(self, client: Client) -> None:
        """Go without a goodbye, and be a new client at once."""
        self.leave_by_reset(client)
        try:
            self.come(client, client.peer.port)
        except OSError as error:
            # Meanwhile the system may have given the port to any other program.
            if error.errno != errno.EADDRINUSE:
                raise

    def _gone(self, client: Client) -> None:
        self.model.active_users.pop(client.key, None)
        client.key = ""

    def _later(self, client: Client, finish: Callable[[], None]) -> None:
        client.finish, client.finish_until = finish, self._step + PATIENCE_STEPS


# How often each is done, compared with the others.
STEPS: dict[Callable[[Clients, Client], None], int] = {
    Clients.ask: 150,
    Clients.ask_many_at_once: 15,
    Clients.ask_byte_by_byte: 15,
    Clients.send_half_a_line: 30,
    Clients.not_read: 15,
    Clients.send_garbage: 30,
    Clients.send_too_long_a_line: 1,
    Clients.leave: 1,
    Clients.leave_by_reset: 1,
    Clients.leave_by_half_closing: 1,
    Clients.leave_in_the_middle_of_a_line: 1,
    Clients.leave_with_answers_unread: 1,
    Clients.come_back_on_the_same_port: 1,
}


def assert_same(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    """Assert that an answer is the one expected."""
    if answer["type"] == expected["type"] == "registry":
        found = difference(answer["clients"], expected["clients"])
        assert not found, found
    else:
        assert answer == expected, f"{answer} instead of {expected}"


def difference(entries: list[dict[str, Any]], expected: list[dict[str, Any]]) -> str:
    """Tell in what a registry first differs from the one expected; "" if it does not.

    The number that tells apart clients that had the same port is the server's own affair.
    """
    nothing: dict[str, Any] = {}
    for entry, model in itertools.zip_longest(entries, expected, fillvalue=nothing):
        if without_number(entry) != without_number(model):
            return f"{entry} instead of {model}"
    return ""


def without_number(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the registry without the number after the address."""
    return entry | {"address": entry.get("address", "").partition("#")[0]}


# --- the windows ------------------------------------------------------------------------


class Figures(NamedTuple):
    """What a soak has found.

    Parameters:
        steps: how often clients did what.
        waits: how many seconds a well-behaved client waited for the registry, each time.
        names: how many the registry kept after the warm-up, and at the end.
        memory: bytes of each window's process after the warm-up, and at the end.
        cpu: the share of a processor that each took once nothing happened any more.
    """

    steps: Counter[str]
    waits: list[float]
    names: tuple[int, int]
    memory: dict[str, tuple[int, int]]
    cpu: dict[str, float]


class LastingProgram(Program):
    """A program that may run for as long as it takes."""

    limit_seconds = threading.TIMEOUT_MAX


class Windows:
    """A server and two clients in windows.

    Parameters:
        resources: ends all of it.
        screen: where the windows are.
    """

    def __init__(self, resources: ExitStack, screen: Screen) -> None:
        self._screen = screen
        self._resources = resources
        server = self._start(*SERVER)
        self.address = server.address()
        self.programs = {"server": server}
        self._windows = {"server": self._screen.windows("Server")[0]}
        for username in WINDOWS:
            self.programs[username] = self._start("client.py", "--port", str(self.address[1]))
            (window,) = self._screen.windows("Client")
            self._windows[username] = window
            self._log_in(window, username)

    def _start(self, *arguments: str) -> Program:
        program = LastingProgram(*arguments, DISPLAY=self._screen.display)
        self._resources.callback(program.close)
        return program

    def _log_in(self, window: str, username: str) -> None:
        self._screen.choose(window)
        self._screen.type(username, "Return")
        self._screen.windows(f"Client: {username}")
        self._screen.type("", "Return")
        done = f'"login_successful", "username": "{username}"'
        eventually(lambda: done in self._screen.log(self._windows["server"]))

    def ask(self, over: threading.Event) -> None:
        """Press Return in one client's window after the other, until it is over."""
        while not over.is_set():
            for username in WINDOWS:
                window = self._windows[username]
                self._screen.choose(window)
                self._screen.xdotool("key", "--repeat", "50", "--delay", "10", "Return")

    def memory(self) -> dict[str, int]:
        """Return how many bytes each process holds."""
        return {name: resident_bytes(program.pid) for name, program in self.programs.items()}

    def come_to_rest(self) -> dict[str, float]:
        """Wait until nothing is left to do; return the share of a processor that each takes."""
        shares: dict[str, float] = {}

        def at_rest() -> bool:
            before = self._cpu_seconds()
            time.sleep(1)  # what a second costs is what is measured
            shares.update(
                {name: after - before[name] for name, after in self._cpu_seconds().items()}
            )
            return max(shares.values()) < LIMIT_CPU

        eventually(at_rest)
        return shares

    def _cpu_seconds(self) -> dict[str, float]:
        return {name: cpu_seconds(program.pid) for name, program in self.programs.items()}

    def close(self) -> None:
        """Close all windows; each program ends at once, and has had nothing to complain of."""
        for username in WINDOWS:
            assert '"registry"' in self._screen.log(self._windows[username])
        for name in reversed(self.programs):
            self._close(self._windows[name], self.programs[name])

    def _close(self, window: str, program: Program) -> None:
        assert_ended_well(program.end(lambda: self._screen.close(window)))


def soak(screen: Screen, seconds: float, seed: int) -> Figures:
    """Let the clients do what they do for so long, and windows on a screen show it."""
    with ExitStack() as resources:
        windows = Windows(resources, screen)
        clients = resources.enter_context(closing(Clients(windows.address, seed)))
        clients.begin()
        thread = resources.enter_context(ThreadPoolExecutor(1))
        over = threading.Event()
        resources.callback(over.set)
        asking = thread.submit(windows.ask, over)
        start = time.monotonic()
        warm_until = start + min(WARM_UP_SECONDS, seconds / 2)
        while time.monotonic() < warm_until:
            clients.step()
        names, memory = len(clients.model.users), windows.memory()
        while time.monotonic() < start + seconds:
            clients.step()
        over.set()
        asking.result()
        cpu = windows.come_to_rest()
        figures = Figures(
            clients.steps,
            clients.waits,
            (names, len(clients.model.users)),
            {name: (memory[name], after) for name, after in windows.memory().items()},
            cpu,
        )
        windows.close()
    return figures


def main() -> int:
    """Run it, and print what it has found; return 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"{options.seconds:.0f} s from the seed {options.seed}", flush=True)
    with virtual_display() as display:
        figures = soak(Screen(display), options.seconds, options.seed)
    new_names = figures.names[1] - figures.names[0]
    limit_bytes = LIMIT_BYTES + new_names * LIMIT_BYTES_A_NAME
    rows = [(name.replace("_", " "), str(count)) for name, count in figures.steps.most_common()]
    thousandths = statistics.quantiles(figures.waits, n=1000)
    rows += [
        ("all steps", str(figures.steps.total())),
        ("median answer", f"{thousandths[499] * 1000:.1f} ms"),
        ("999 of 1,000", f"{thousandths[-1] * 1000:.0f} ms (limit {LIMIT_SECONDS * 1000:.0f} ms)"),
        ("worst answer", f"{max(figures.waits) * 1000:.0f} ms"),
        ("names kept", f"{figures.names[0]}, at the end {figures.names[1]}"),
    ]
    for name, (before, after) in figures.memory.items():
        growth = f"{(after - before) / 1e6:+.1f} MB (limit {limit_bytes / 1e6:.1f} MB)"
        rows.append((f"memory, {name}", f"{before / 1e6:.1f} MB, then {growth}"))
    rows += [(f"CPU at rest, {name}", f"{share:.1%}") for name, share in figures.cpu.items()]
    print_table("Fifty clients, three windows, one model: they agree", rows)
    growths = [after - before for before, after in figures.memory.values()]
    # A run so short that it ends before everything is warm says nothing of the memory.
    has_grown = options.seconds > 2 * WARM_UP_SECONDS and max(growths) > limit_bytes
    return int(has_grown or thousandths[-1] > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
