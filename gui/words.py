"""The words in which things are told, the same in a window and on a console."""

import time
from collections.abc import Iterable

from gui.bridge import LogLine
from protocol import RegisteredClient

CONSOLE_COMMANDS = "Type one of: register NAME, login, registry, quit."
REGISTRY_COLUMNS = ("username", "address", "logged in")

# A registry of thousands is one line of the log, and would be a screenful.
MAX_SHOWN_CHARACTERS = 1000


def log_parts(line: LogLine) -> tuple[str, str, str]:
    """Return the three parts of a line of the log: time, arrow, and peer with message."""
    clock = time.strftime("%H:%M:%S", time.localtime(line.time))
    return clock, line.arrow, f"{line.peer} {shown(line.line)}"


def shown(line: bytes) -> str:
    """Return the bytes of a line as text that is safe to show, and not too long."""
    text = line.decode(errors="backslashreplace").rstrip("\r\n")
    if len(text) > MAX_SHOWN_CHARACTERS:
        text = f"{text[:MAX_SHOWN_CHARACTERS]}… ({len(line)} bytes)"
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text


def registry_row(client: RegisteredClient) -> tuple[str, str, str]:
    """Return a client's row in the table of the registry."""
    return client.username, client.address, "yes" if client.logged_in else "no"


def registry_text(clients: Iterable[RegisteredClient]) -> str:
    """Return the registry as a table, a line each."""
    rows = [REGISTRY_COLUMNS]
    rows += [registry_row(client) for client in clients]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows)
