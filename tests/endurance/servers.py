"""What the runs share: a real server in a process of its own, and clients of it."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.programs import PROJECT
from tests.peers import Peer, connect


class Server:
    """A server in a process of its own.

    Parameters:
        pid: the process.
        address: what to connect to.
    """

    def __init__(self, pid: int, address: tuple[str, int]) -> None:
        self.pid = pid
        self.address = address
        self.peers: list[Peer] = []

    def connect(self) -> Peer:
        """Connect a client; at the end of the run, if not before, it is closed."""
        self.peers.append(connect(self.address))
        return self.peers[-1]

    def log_in(self, username: str) -> Peer:
        """Connect a client, and register and log it in."""
        peer = self.connect()
        assert peer.ask("register", username=username)["type"] == "registration_successful"
        assert peer.ask("login", username=username)["type"] == "login_successful"
        return peer

    def register(self, count: int) -> None:
        """Let so many clients come, register and go."""
        for number in range(count):
            peer = self.connect()
            assert peer.ask("register", username=f"user{number}")["type"].endswith("successful")
            peer.close()

    def descriptors(self) -> int:
        """Return how many files and sockets the server has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


@contextmanager
def serving(descriptors: int | None = None) -> Iterator[Server]:
    """Run a server; fail if it ends before it is told to, or has anything to complain about.

    Parameters:
        descriptors: how many files and sockets the system lets it open.
    """
    command = [sys.executable, "server.py", "--port", "0", "--no-window"]
    if descriptors is not None:
        command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", *command]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        output = process.stdout
        host, _, port = output.readline().split()[-1].rpartition(":")
        drain = threading.Thread(target=lambda: [None for _ in output])
        drain.start()
        server = Server(process.pid, (host, int(port)))
        try:
            yield server
            assert process.poll() is None, "the server has ended"
        finally:
            for peer in server.peers:
                peer.close()
            process.terminate()
            drain.join()
            process.wait()
        errors.seek(0)
        complaints = errors.read()
        assert not complaints, f"the server complains: {complaints}"
        assert process.returncode == 0, f"the server ended with {process.returncode}"


def peak_bytes(pid: int) -> int:
    """Return how much memory a process has held at most (`man 5 proc`: VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
