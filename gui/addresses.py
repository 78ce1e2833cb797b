"""The addresses at which a server is reached, and the commands with them that people type."""

import contextlib
import os
import socket

from gui.program import DEFAULT_HOST, DEFAULT_PORT, PYTHON

# A host that answers nothing at all would be waited for more than two minutes.
CONNECT_LIMIT_SECONDS = 10
# Where a server that listens on every address is reached on its own machine.
THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}
# Addresses that nobody has: they are reserved for documentation (RFC 5737, RFC 3849).
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
    # Here, not above: a client's window is drawn before protocol.py is imported.
    from protocol import format_address

    family, elsewhere = FAR_AWAY[host]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as way:
        # This sends nothing: the system only chooses its own address for the way there.
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
    command = at_port(f"{PYTHON} client.py --host {host.strip('[]') or 'ADDRESS'}", address)
    more = (
        " on their machines." if host else ", ADDRESS as this machine's network settings show it."
    )
    return f"Open to your network: others connect with {command}{more}"


def start_command(address: str) -> str:
    """Return the command that starts a server at an address."""
    host = address.rpartition(":")[0].strip("[]")
    where = "" if host in (DEFAULT_HOST, "localhost") else f" --host {host}"
    return at_port(f"{PYTHON} server.py{where}", address)


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
    # asyncio leaves the number out where a host has several addresses and each one failed. The
    # type tells more than the number, which asyncio gets wrong on Windows.
    if error.errno is None or isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return system_words(error)


def system_words(error: OSError) -> str:
    """Return what the system calls an error with a number, in its own words.

    Windows has numbers of its own, which `os.strerror` does not know, and words beside them;
    elsewhere asyncio tells in their place what it tried.
    """
    on_windows = getattr(error, "winerror", None) is not None
    words = error.strerror if on_windows else os.strerror(error.errno or 0)
    return (words or "unknown error").rstrip(".").lower()
