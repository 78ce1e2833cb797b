"""CPU time a request, beside a bare `asyncio.Protocol` that parses and answers. Limit: 1 time."""

import socket
import statistics
import sys

from tests.benchmarks.programs import cpu_seconds, print_table, running_server
from tests.peers import line

ROUNDS = 7
REQUESTS = 10_000
CLIENTS = 10
LIMIT = 1.0
BARE_SERVER = """\
import asyncio
import json


class Peer(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.received = b""

    def data_received(self, data):
        *lines, self.received = (self.received + data).split(b"\\n")
        for line in lines:
            message = json.loads(line)
            reply = {"type": "login_successful", "username": message["username"]}
            self.transport.write(json.dumps(reply).encode() + b"\\n")


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Peer, "127.0.0.1", 0)
    print("listening on %s:%d" % server.sockets[0].getsockname(), flush=True)
    await server.serve_forever()


asyncio.run(main())
"""


def microseconds(at_once: int, *arguments: str) -> float:
    """Return the CPU time that a server takes for a request.

    Parameters:
        at_once: how many clients ask at the same time.
    """
    with running_server(*arguments) as (process, address):
        clients = [socket.create_connection(address) for _ in range(CLIENTS)]
        logins = [line("login", username=f"u{number}") for number in range(CLIENTS)]
        for number, client in enumerate(clients):
            exchange([client], [line("register", username=f"u{number}")])
        before = cpu_seconds(process.pid)
        for number in range(0, REQUESTS, at_once):
            first = number % CLIENTS
            exchange(clients[first : first + at_once], logins[first : first + at_once])
        seconds = cpu_seconds(process.pid) - before
        for client in clients:
            client.close()
    return seconds / REQUESTS * 1_000_000


def exchange(clients: list[socket.socket], requests: list[bytes]) -> None:
    """Send each client's request, then read each one's answer."""
    for client, request in zip(clients, requests, strict=True):
        client.sendall(request)
    for client in clients:
        answer = client.recv(4096)
        while not answer.endswith(b"\n"):
            answer += client.recv(4096)


def main() -> None:
    """Measure in turns, and print the medians."""
    print(f"Python {sys.version.split()[0]}")
    for at_once in (1, CLIENTS):
        server_times, bare_times = [], []
        for _ in range(ROUNDS):
            server_times.append(microseconds(at_once, "server.py", "--port", "0", "--no-window"))
            bare_times.append(microseconds(at_once, "-c", BARE_SERVER))
        server, bare = statistics.median(server_times), statistics.median(bare_times)
        print_table(
            f"CPU a request, {at_once} at once, median of {ROUNDS} times {REQUESTS}",
            [
                ("server.py --no-window, its log read", f"{server:.1f} µs"),
                ("bare asyncio.Protocol with json", f"{bare:.1f} µs"),
                ("ratio", f"{server / bare:.2f} (limit {LIMIT})"),
            ],
        )


if __name__ == "__main__":
    main()
