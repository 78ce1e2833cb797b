"""The addresses at which a server is reached, and the commands with them that people type."""

import asyncio
import errno
import socket
from typing import NoReturn

import pytest

from gui.addresses import invitation, reached_at, start_command, why_unreached
from gui.program import PYTHON


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8888", "192.168.1.17:1", "[::1]:8888", "[fd00::2]:1"]
)
def test_a_server_on_one_address_is_reached_there(address: str) -> None:
    assert reached_at(address) == address


def test_a_server_on_every_address_is_reached_on_this_machines_own() -> None:
    host, _, port = reached_at("0.0.0.0:50412").rpartition(":")
    assert port == "50412"
    assert not host.startswith(("0.", "127."))
    # Only an address of this machine can be bound to.
    with socket.create_server((host, 0)):
        pass


@pytest.mark.usefixtures("ipv6")
def test_the_same_goes_for_ipv6() -> None:
    host, _, port = reached_at("[::]:50412").rpartition(":")
    assert port == "50412"
    assert host not in ("[::]", "[::1]")
    with socket.create_server((host.strip("[]"), 0), family=socket.AF_INET6):
        pass


@pytest.mark.parametrize("address", ["0.0.0.0:50412", "[::]:50412"])
def test_a_machine_in_no_network_has_no_address(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def unreachable(*_arguments: object) -> NoReturn:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert reached_at(address) == ":50412"


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8888", "127.0.0.1:1", "127.0.1.1:8888", "127.255.0.2:8888", "[::1]:8888"]
)
def test_nobody_is_invited_to_a_server_that_only_this_machine_reaches(address: str) -> None:
    assert invitation(address) == ""


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("192.168.1.17:8888", "--host 192.168.1.17"),
        ("192.168.1.17:50000", "--host 192.168.1.17 --port 50000"),
        ("10.127.0.1:8888", "--host 10.127.0.1"),
        ("[fd00::2]:8888", "--host fd00::2"),
        ("[::127.0.0.1]:8888", "--host ::127.0.0.1"),
        ("[fd00::1]:50000", "--host fd00::1 --port 50000"),
    ],
)
def test_to_one_that_others_reach_they_are_invited_with_what_they_type(
    address: str, options: str
) -> None:
    assert invitation(address) == (
        f"Open to your network: others connect with {PYTHON} client.py {options} on their machines."
    )


def test_where_the_address_is_not_known_it_is_told_where_to_find_it() -> None:
    assert invitation(":50000") == (
        f"Open to your network: others connect with {PYTHON} client.py --host ADDRESS "
        "--port 50000, ADDRESS as this machine's network settings show it."
    )


@pytest.mark.parametrize(
    ("server", "command"),
    [
        ("127.0.0.1:8888", f"{PYTHON} server.py"),
        ("127.0.0.1:8889", f"{PYTHON} server.py --port 8889"),
        ("localhost:8888", f"{PYTHON} server.py"),
        ("[::1]:1024", f"{PYTHON} server.py --host ::1 --port 1024"),
        ("192.168.1.17:8888", f"{PYTHON} server.py --host 192.168.1.17"),
    ],
)
def test_how_to_start_a_server_names_host_and_port_unless_they_are_the_usual(
    server: str, command: str
) -> None:
    assert start_command(server) == command


UNREACHABLE = "the network location cannot be reached"


class WindowsError(OSError):
    """An error with a number of Windows' own, which other systems leave out."""

    winerror = 1231


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens there"),
        (socket.gaierror(-2, "Name or service not known"), "there is no such host"),
        (asyncio.TimeoutError(), "no answer within 10 s"),
        (OSError(errno.EACCES, "[Errno 13] …"), "permission denied"),
        (OSError("Multiple exceptions: …"), "nothing listens there"),
        # As asyncio has it on Windows.
        (ConnectionRefusedError(22, "The remote computer refused …"), "nothing listens there"),
        (WindowsError(22, "The network location cannot be reached."), UNREACHABLE),
    ],
)
def test_why_there_is_no_connection_is_told_in_a_few_words(error: Exception, reason: str) -> None:
    assert why_unreached(error) == reason
