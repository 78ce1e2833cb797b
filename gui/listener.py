"""The port on which a server waits for clients, and lets them in."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable

from gui import faults
from protocol import format_address

# A whole class, or a load test, may connect in the same instant.
BACKLOG = 4096
# Newcomers are accepted in groups of this size; clients that are in are served in between.
ACCEPTED_AT_ONCE = 16
# Waited after a newcomer was lost: where each is lost, this must be no busy loop.
PAUSE_SECONDS = 0.05
# A port that one address of a host has may be taken on another; hardly ever so many are.
ATTEMPTS = 5
# macOS calls its limit infinite and then refuses more than OPEN_MAX (<sys/syslimits.h>).
FALLBACK_DESCRIPTORS = 10_240


class Listener:
    """A port that is listened on until it is closed by its owner, and by nobody else.

    Parameters:
        make_connection: makes what serves a newcomer, an asyncio protocol.

    Attributes:
        is_closed: whether its owner has closed it.
    """

    def __init__(self, make_connection: Callable[[], asyncio.BaseProtocol]) -> None:
        self.is_closed = False
        self._make_connection = make_connection
        self._accepting: list[asyncio.Task[None]] = []

    async def open(self, host: str, port: int) -> str:
        """Take a port; return the address, "HOST:PORT". `accept` comes next.

        Raises:
            OSError, UnicodeError: there is no such host, or the port can't be had.
        """
        self._server = await self._listen(host, port)
        for attempts_left in reversed(range(ATTEMPTS)):
            taken, *others = (listening.getsockname() for listening in self._server.sockets)
            if all(other[1] == taken[1] for other in others):
                break
            # Each address of a host got a free port of its own; people type only one.
            self._server.close()
            try:
                self._server = await self._listen(host, taken[1])
            except OSError:
                if not attempts_left:
                    raise
                self._server = await self._listen(host, port)
        self._address = host, taken[1]
        if sys.platform != "win32":
            os.register_at_fork(after_in_child=self._leave_to_parent)
        return format_address(taken)

    async def accept(self) -> None:
        """Let newcomers in, from now on."""
        # Windows' loop closes its listening socket for good where one client resets its
        # connection as it is let in (`_start_serving` in asyncio/proactor_events.py).
        loop = self._server.get_loop()
        on_windows = isinstance(loop, getattr(asyncio, "ProactorEventLoop", ()))
        if not on_windows:
            await self._server.start_serving()
        for listening in self._server.sockets:
            same_queue = listening.dup()
            same_queue.listen(BACKLOG)
            if on_windows:
                self._accepting.append(loop.create_task(self._let_in(same_queue)))
            else:
                same_queue.close()

    def is_open(self) -> bool:
        """Tell whether newcomers are let in."""
        return self._server.is_serving() or any(not task.done() for task in self._accepting)

    async def stay_open(self) -> None:
        """Open the port again if students' code has closed it, and tell of it."""
        if self.is_open() or self.is_closed:
            return
        loop = self._server.get_loop()
        loop.call_exception_handler({"message": faults.CLOSED})
        try:
            self._server = await self._listen(*self._address)
            await self.accept()
        except OSError as error:
            why = {"message": faults.NOT_OPENED, "exception": error}
            loop.call_exception_handler(why)

    def close(self) -> None:
        """Let nobody in any more."""
        self.is_closed = True
        for task in self._accepting:
            task.cancel()
        self._server.close()

    def tell_of_lost(self, error: OSError) -> None:
        """Tell of a client that went as it was let in."""
        loop = self._server.get_loop()
        loop.call_exception_handler({"message": faults.LOST, "exception": error})

    async def _let_in(self, queue: socket.socket) -> None:
        """Let clients in, one after the other, whatever becomes of one."""
        with queue:
            while not self.is_closed:
                # Students' code can cancel any task: nobody could come in any more.
                with contextlib.suppress(asyncio.CancelledError):
                    await self._let_next_in(queue)

    async def _let_next_in(self, queue: socket.socket) -> None:
        loop = self._server.get_loop()
        try:
            newcomer, _ = await loop.sock_accept(queue)
            await loop.connect_accepted_socket(self._make_connection, newcomer)
        except OSError as error:
            if error.errno not in faults.EXHAUSTED:
                self.tell_of_lost(error)
            await asyncio.sleep(PAUSE_SECONDS)

    def _leave_to_parent(self) -> None:
        """Keep no port in a copy of the process, and end it when it comes back to the loop."""
        for listening in self._server.sockets:
            os.close(listening.fileno())
        self._server.get_loop().call_soon(os._exit, 0)

    async def _listen(self, host: str, port: int) -> asyncio.Server:
        # asyncio also accepts this many at a time; `accept` sets the real backlog.
        return await asyncio.get_running_loop().create_server(
            self._make_connection, host, port, backlog=ACCEPTED_AT_ONCE, start_serving=False
        )


def raise_descriptor_limit() -> int:
    """Let this process open as many files and sockets as the system allows; return how many."""
    try:
        import resource
    except ImportError:  # Windows, where sockets are not counted so
        return sys.maxsize
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (hard, FALLBACK_DESCRIPTORS):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except (OSError, ValueError):
            continue
        return limit if limit != resource.RLIM_INFINITY else sys.maxsize
    return soft
