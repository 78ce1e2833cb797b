"""The words in which things are told, the same in a window and on a console."""

import functools
import time
from collections.abc import Iterable

from gui.bridge import LogLine
from gui.program import DEFAULT_PORT
from protocol import RegisteredClient

CONSOLE_COMMANDS = "Type one of: register NAME, login, registry, quit."
REGISTRY_COLUMNS = ("username", "address", "logged in")


def log_text(line: LogLine) -> str:
    """Return a line of the log: time, direction, peer, and what went over the wire."""
    more = f" … and {line.left_out} bytes more" if line.left_out else ""
    return f"{clock(int(line.time))} {line.arrow} {line.peer} {shown(line.line)}{more}"


@functools.lru_cache(maxsize=1)
def clock(seconds: int) -> str:
    """Return the time of day; a busy log asks for the same one many times."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def shown(line: bytes) -> str:
    """Return the bytes of a line as text that is safe to show."""
    return printable(line.decode(errors="backslashreplace").rstrip("\r\n"))


def printable(text: str) -> str:
    """Return a text in which what commands a terminal, or turns letters round, is a number."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text


def invitation(address: str) -> str:
    """Return the sentence that says how others connect; "" if only this machine can.

    Parameters:
        address: where other machines reach the server, "HOST:PORT", or ":PORT" if the host is
            not known.
    """
    host = address.rpartition(":")[0]
    if host.startswith("127.") or host == "[::1]":
        return ""
    command = at_port(f"python3 client.py --host {host.strip('[]') or 'ADDRESS'}", address)
    more = (
        " on their machines." if host else ", ADDRESS as this machine's network settings show it."
    )
    return f"Open to your network: others connect with {command}{more}"


def at_port(command: str, address: str) -> str:
    """Return a command with the option for the port of an address, where it needs one."""
    port = address.rpartition(":")[2]
    return command if port == str(DEFAULT_PORT) else f"{command} --port {port}"


def registry_row(client: RegisteredClient) -> tuple[str, str, str]:
    """Return a client's row in the table of the registry."""
    return client.username, printable(client.address), "yes" if client.logged_in else "no"


def registry_text(clients: Iterable[RegisteredClient]) -> str:
    """Return the registry as a table, a line each."""
    rows = [REGISTRY_COLUMNS]
    rows += [registry_row(client) for client in clients]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows)
