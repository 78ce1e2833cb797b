"""The addresses at which a server is reached, and the commands with them that people type."""

import contextlib
import errno
import os
import socket

from gui.program import DEFAULT_HOST, DEFAULT_PORT
from protocol import format_address

# A host that answers nothing at all would be waited for more than two minutes.
CONNECT_LIMIT_SECONDS = 10
# Where a server that listens on every address is reached on its own machine.
THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}
# Far away, and nobody's: kept for documentation (RFC 5737, RFC 3849).
FAR_AWAY = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "[::]": (socket.AF_INET6, "2001:db8::1")}


def reached_here(address: str) -> tuple[str, str]:
    """Return the host and the port at which this machine reaches a server.

    Parameters:
        address: what the server listens on, "HOST:PORT".
    """
    host, _, port = address.rpartition(":")
    return THIS_MACHINE.get(host, host.strip("[]")), port


def reached_at(address: str) -> str:
    """Return where other machines reach a server that listens on an address.

    One that listens on every address is reached on that of this machine in its network; if it
    is in none, there is nothing before the port.
    """
    host, _, port = address.rpartition(":")
    if host not in FAR_AWAY:
        return address
    family, elsewhere = FAR_AWAY[host]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as way:
        # Nothing is sent: the system only chooses the way there, and its own end of it.
        way.connect((elsewhere, int(port)))
        return format_address((way.getsockname()[0], port))
    return f":{port}"


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


def start_command(address: str) -> str:
    """Return the command that starts a server at an address."""
    host = address.rpartition(":")[0].strip("[]")
    where = "" if host in (DEFAULT_HOST, "localhost") else f" --host {host}"
    return at_port(f"python3 server.py{where}", address)


def at_port(command: str, address: str) -> str:
    """Return a command with the option for the port of an address, where it needs one."""
    port = address.rpartition(":")[2]
    return command if port == str(DEFAULT_PORT) else f"{command} --port {port}"


def why_unreached(error: BaseException) -> str:
    """Return why there is no connection to an address, in a few words."""
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if not isinstance(error, OSError) or not str(error):
        return f"no answer within {CONNECT_LIMIT_SECONDS} s"
    # Without a number: the host has several addresses, and each was tried in vain.
    if error.errno in (None, errno.ECONNREFUSED):
        return "nothing listens there"
    return os.strerror(error.errno).lower()
