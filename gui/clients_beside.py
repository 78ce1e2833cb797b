"""The clients that a server opens beside it, as processes of their own."""

import contextlib
import os
import sys
from collections.abc import Iterator

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess

# Who a client is when nobody types a name.
CLIENT_NAMES = ("ada", "grace", "alan", "barbara", "donald", "frances", "edsger", "radia")
# All that were opened. Nobody waits for their end at the program's own; Python would complain of
# one that is forgotten while it runs.
OPENED: "list[subprocess.Popen[str]]" = []


@contextlib.contextmanager
def clients_beside(count: int, address: str, places: list[str] | None) -> Iterator[None]:
    """Open clients; close those that are left at the end.

    Parameters:
        count: how many, at most as many as there are names.
        address: what the server listens on, "HOST:PORT".
        places: where the window of each is, in X's form; None for clients without windows,
            which do the three steps by themselves.
    """
    # Here, not above: most programs open none, and a client's window need not wait for this.
    import subprocess
    import threading
    from pathlib import Path

    from gui.addresses import reached_here

    host, port = reached_here(address)
    command = [sys.executable, str(Path(__file__).parents[1] / "client.py")]
    command += ["--host", host, "--port", port]
    try:
        for number, name in enumerate(CLIENT_NAMES[:count]):
            if places is not None:
                place = ["--geometry", places[number]]
                client = subprocess.Popen(command + place, stdin=subprocess.DEVNULL, text=True)
            else:
                client = subprocess.Popen(
                    [*command, "--no-window", "--username", name],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    # Windows would give it an encoding that lacks most scripts, and the arrows.
                    env=os.environ | {"PYTHONIOENCODING": "utf-8"},
                    encoding="utf-8",
                )
                threading.Thread(target=pass_on, args=[name, client], daemon=True).start()
            OPENED.append(client)
        yield
    finally:
        for client in OPENED:
            client.terminate()


def pass_on(name: str, client: "subprocess.Popen[str]") -> None:
    """Print what a client says, and who it is that says so."""
    assert client.stdout is not None
    # Nobody may be left who reads it.
    with client.stdout, contextlib.suppress(OSError, ValueError):
        for line in client.stdout:
            sys.stdout.write(f"{name}: {line}")
            sys.stdout.flush()


def what_becomes_of_them(count: int) -> str:
    """Return the sentence that says what becomes of clients when their server is closed."""
    clients = "The client" if count == 1 else f"The {count} clients"
    closes = "closes" if count == 1 else "close"
    return f"{clients} opened beside this window {closes} with it." if count else ""
