"""Memory for each of 9,000 clients that are logged in at once. Limit: 8 KB."""

import resource
import socket

from tests.benchmarks.programs import print_table, resident_bytes, running_server
from tests.peers import line

CLIENTS = 9000
LIMIT_BYTES = 8000


def main() -> None:
    """Log all of them in, and print what the server's memory has grown by."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with running_server("server.py", "--port", "0", "--no-window") as (process, address):
        before = resident_bytes(process.pid)
        clients = []
        for number in range(CLIENTS):
            client = socket.create_connection(address)
            clients.append(client)
            for step in ("register", "login"):
                client.sendall(line(step, username=f"u{number}"))
                assert b"successful" in client.recv(4096)
        each = (resident_bytes(process.pid) - before) / CLIENTS
        for client in clients:
            client.close()
    print_table(
        f"Memory with {CLIENTS} clients logged in",
        [("each", f"{each:.0f} bytes (limit {LIMIT_BYTES})")],
    )


if __name__ == "__main__":
    main()
