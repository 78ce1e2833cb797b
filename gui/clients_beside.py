"""The clients that a server opens beside it, as processes of their own."""

import contextlib
import sys
from collections.abc import Iterator

# Who a client is when nobody types a name.
CLIENT_NAMES = ("ada", "grace", "alan", "barbara", "donald", "frances", "edsger", "radia")


@contextlib.contextmanager
def clients_beside(count: int, address: str, windows: bool) -> Iterator[None]:
    """Open clients; close those that are left at the end.

    Parameters:
        count: how many, at most as many as there are names.
        address: what the server listens on, "HOST:PORT".
        windows: whether they have windows; without, they do the three steps by themselves.
    """
    # Here, not above: most programs open none, and a client's window need not wait for this.
    import subprocess
    from pathlib import Path

    from gui.addresses import reached_here

    host, port = reached_here(address)
    command = [sys.executable, str(Path(__file__).parents[1] / "client.py")]
    command += ["--host", host, "--port", port]
    clients: list[subprocess.Popen[bytes]] = []
    try:
        for name in CLIENT_NAMES[:count]:
            alone = [] if windows else ["--no-window", "--username", name]
            clients.append(subprocess.Popen(command + alone, stdin=subprocess.DEVNULL))
        yield
    finally:
        for client in clients:
            client.terminate()
