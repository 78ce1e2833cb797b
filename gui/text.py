"""The log and the registry as text, the same in a window and on a console."""

import functools
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gui.bridge import LogLine
from gui.tutor.printable import printable

if TYPE_CHECKING:
    from gui.tutor.loaded import Loaded
    from protocol import RegisteredClient

REGISTRY_COLUMNS = ("username", "address", "logged in")


def log_text(line: LogLine) -> str:
    """Return a line of the log: time, direction, peer, and what went over the wire."""
    more = f" … and {line.left_out} bytes more" if line.left_out else ""
    return f"{clock(int(line.time))} {line.arrow} {line.peer} {shown(line.line)}{more}"


@functools.lru_cache(maxsize=1)
def clock(seconds: int) -> str:
    """Return the time of day; a busy log asks for the same one many times."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def loaded_text(loaded: "Loaded") -> str:
    """Return what is said of a file that was loaded."""
    what = "was loaded" if loaded.is_there else "was not there"
    said = f"{loaded.file} {what} at {clock(int(loaded.time))}. {loaded.remark}"
    return printable(said.rstrip())


def shown(line: bytes) -> str:
    """Return the bytes of a line as text that is safe to show."""
    return printable(line.decode(errors="backslashreplace").rstrip("\r\n"))


def registry_row(client: "RegisteredClient") -> tuple[str, str, str]:
    """Return a client's row in the table of the registry."""
    return client.username, printable(client.address), "yes" if client.logged_in else "no"


def registry_text(clients: Iterable["RegisteredClient"]) -> str:
    """Return the registry as a table, a line each."""
    rows = [REGISTRY_COLUMNS]
    rows += [registry_row(client) for client in clients]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows)
