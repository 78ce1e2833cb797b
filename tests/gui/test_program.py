"""How the two programs begin and end."""

import errno
import socket

import pytest

from gui import program


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
        (socket.gaierror(socket.EAI_NONAME, ""), "there is no such host; try another --host."),
        (UnicodeError(), "there is no such host; try another --host."),
    ],
)
def test_why_a_server_can_not_listen_is_told_with_what_to_try(
    error: Exception, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.cannot_listen("127.0.0.1", 80, error) == 2
    assert capsys.readouterr().err == f"Cannot listen on 127.0.0.1:80: {reason}\n"


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
    assert program.host(written) == "::1"
