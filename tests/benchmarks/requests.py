"""CPU time a request, beside a bare `asyncio.Protocol` that parses and answers. Limit: 1 time."""

import sys

from tests.benchmarks.programs import print_table
from tests.benchmarks.turns import costs
from tests.peers import line

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


def main() -> None:
    """Measure both in turns, and print the medians."""
    print(f"Python {sys.version.split()[0]}")
    for at_once in (1, CLIENTS):
        logins = [line("login", username=f"u{number}") for number in range(at_once)]
        server, bare, ratio = costs(
            logins, ("server.py", "--port", "0", "--no-window"), ("-c", BARE_SERVER)
        )
        print_table(
            f"CPU a request, {at_once} at once",
            [
                ("server.py --no-window, its log read", f"{server:.1f} µs"),
                ("bare asyncio.Protocol with json", f"{bare:.1f} µs"),
                ("ratio", f"{ratio:.2f} (limit {LIMIT})"),
            ],
        )


if __name__ == "__main__":
    main()
