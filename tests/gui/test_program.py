"""How the two programs begin and end."""

import errno
import os
import re
import socket
from pathlib import Path

import pytest

from gui import command_line, program


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            OSError(errno.EADDRINUSE, ""),
            "the port is in use, perhaps by another server; try another --port.",
        ),
        (
            OSError(errno.EACCES, ""),
            "the system keeps this port for itself; try a --port from 1024 on.",
        ),
        (
            OSError(errno.EADDRNOTAVAIL, ""),
            "this machine does not have that address; try another --host.",
        ),
        (
            OSError("could not bind on any address out of [('192.0.2.1', 80)]"),  # from 3.13 on
            "this machine does not have that address; try another --host.",
        ),
        (
            OSError(errno.EAFNOSUPPORT, "error while attempting to bind …"),
            f"{os.strerror(errno.EAFNOSUPPORT).lower()}; try another --host or --port.",
        ),
        (socket.gaierror(socket.EAI_NONAME, ""), "there is no such host; try another --host."),
        (UnicodeError(), "there is no such host; try another --host."),
    ],
)
def test_why_a_server_can_not_listen_is_told_with_what_to_try(
    error: OSError | UnicodeError, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.cannot_listen("127.0.0.1", 80, error) == 2
    assert capsys.readouterr().err == f"Cannot listen on 127.0.0.1:80: {reason}\n"


def test_the_version_is_that_of_the_project() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search('^version = "(.*)"$', text, re.MULTILINE)
    assert found is not None
    assert f"Client Registry {found[1]}" == program.VERSION


def test_a_high_port_that_the_system_keeps_is_told_with_other_advice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.cannot_listen("127.0.0.1", 8888, OSError(errno.EACCES, "")) == 2
    assert capsys.readouterr().err == (
        "Cannot listen on 127.0.0.1:8888: the system keeps this port for itself; "
        "try another --port.\n"
    )


@pytest.mark.parametrize("written", ["::1", "[::1]"])
def test_a_host_may_be_written_as_it_is_printed(written: str) -> None:
    assert command_line.host(written) == "::1"
