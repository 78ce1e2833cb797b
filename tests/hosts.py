"""Hosts inside this machine, each a network namespace, around a router; for root, with iproute2.

A namespace lasts as long as somebody has it open or works in it: with the tests' process
it goes, however that ends.
"""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# sched.h
CLONE_NEWNET = 0x40000000


class Host:
    """A machine of its own, as far as the network is concerned.

    Parameters:
        address: its IP address.

    Raises:
        OSError: this process must not make network namespaces.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        with restored_namespace():
            system_call("unshare", CLONE_NEWNET)
            self._namespace = this_namespace()
            try:
                ip("link set lo up")
            except BaseException:
                self.close()
                raise

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Be on this host: sockets, programs and threads that begin meanwhile are its own."""
        with restored_namespace():
            system_call("setns", self._namespace.fileno(), CLONE_NEWNET)
            yield

    @property
    def path(self) -> str:
        """The file by which others find its namespace."""
        return f"/proc/{os.getpid()}/fd/{self._namespace.fileno()}"

    def cut(self) -> None:
        """Take its link down."""
        with self.entered():
            ip("link set eth0 down")

    def close(self) -> None:
        """Let go of it: it vanishes with the last that runs on it."""
        self._namespace.close()


class Network:
    """A router, and the hosts around it, each on a link of its own.

    Raises:
        OSError: this process must not make network namespaces.
    """

    def __init__(self) -> None:
        self._router = Host("10.0.0.1")
        self._hosts: list[Host] = []
        with self._router.entered():
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")

    def add_host(self) -> Host:
        """Return another host, which reaches all others."""
        number = len(self._hosts) + 1
        router, host = f"10.0.{number}.1", Host(f"10.0.{number}.2")
        self._hosts.append(host)
        with self._router.entered():
            ip(f"link add eth{number} type veth peer name eth0 netns {host.path}")
            ip(f"address add {router}/24 dev eth{number}")
            ip(f"link set eth{number} up")
        with host.entered():
            ip(f"address add {host.address}/24 dev eth0")
            ip("link set eth0 up")
            ip(f"route add default via {router}")
        return host

    def drop_packets_to(self, host: Host) -> None:
        """Let nothing reach a host any more."""
        with self._router.entered():
            ip(f"route add blackhole {host.address}")

    def drop_packets_from(self, host: Host) -> None:
        """Let nothing that a host sends arrive any more."""
        with self._router.entered():
            ip(f"rule add from {host.address} blackhole")

    def close(self) -> None:
        """Let go of the router and of all hosts."""
        for host in (self._router, *self._hosts):
            host.close()


def ip(command: str) -> None:
    """Let iproute2 do something on the host that was entered."""
    subprocess.run(["ip", *command.split()], check=True)


def this_namespace() -> IO[str]:
    """Open the network namespace that this thread is in."""
    return open("/proc/thread-self/ns/net", encoding="ascii")


@contextlib.contextmanager
def restored_namespace() -> Iterator[None]:
    """Bring this thread back afterwards into the network namespace that it is in."""
    with this_namespace() as before:
        try:
            yield
        finally:
            system_call("setns", before.fileno(), CLONE_NEWNET)


def system_call(name: str, *arguments: int) -> None:
    """Call a function of the C library that returns 0 if it succeeds (os has them from 3.12)."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments):
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
