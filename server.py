"""The server: accepts clients, lets their requests be answered, logs them off when they go.

python3 server.py [--host HOST] [--port PORT] [--no-window] [--clients N]
"""

from gui import program  # isort: skip  # before all else: it looks whether anything hides that

if __name__ == "__main__":
    program.end_quietly()  # from now on, though what this file needs is still to be imported

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Protocol

import protocol
from gui.listener import Listener, raise_descriptor_limit
from gui.tutor.assignment import HANDLERS, Dictionaries
from protocol import Connection, Error, LineTooLong, Message, ProtocolError

# Descriptors kept free for the window, files, processes, and newcomers until they are told
# that the server is full.
RESERVED_DESCRIPTORS = 64
# How many of those newcomers may stay to read it; the others are closed at once.
LINGERING_NEWCOMERS = 16


class Answerer(Protocol):
    """What a server is given: the object that answers requests."""

    async def answer(self, connection: "ServerConnection", request: Message) -> None:
        """Answer a request of the client at the other end of a connection."""

    def dictionaries(self) -> Dictionaries:
        """Return the two dictionaries, `users` and `active_users`, as they are now."""


class ServerConnection(Connection):
    """The connection to one client.

    Attributes:
        key: the client's key, which no other client has had.
        has_gone: whether it has gone, or is no longer served.
        is_dismissed: whether that is because the server has started over.
        server: the server that serves it.
    """

    kinds = protocol.REQUESTS
    max_line_bytes = protocol.MAX_REQUEST_BYTES

    def __init__(self, server: "Server") -> None:
        super().__init__(server.loop, server.log)
        self.key = ""
        self.has_gone = self.is_dismissed = False
        self.server = server
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve the client."""
        super().connection_made(transport)
        # Its log lines are told apart from those of clients that had the address before.
        self.peer = self.key = self.server.keys.new_key(self.peer)
        self.server.descriptors += 1
        if self.server.is_open():
            self.task = self._loop.create_task(self.server.serve(self))
        else:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """End serving the client, whatever is being done for it."""
        super().connection_lost(error)
        self.has_gone = True
        self.server.descriptors -= 1
        if self.task is not None:
            self.task.cancel()


class ServerHandle(protocol.Handle):
    """What the handlers in `server_logic` get: the server, as far as it concerns one client."""

    def get_addr_key(self) -> str:
        """Return the client's key: "IP:port", told apart from clients that had it before."""
        key: str = self._peer.key
        return key

    async def registration_successful(self, username: str) -> None:
        """Tell the client that it is registered."""
        await self.send_message(protocol.RegistrationSuccessful(username))

    async def registration_failed(self, username: str) -> None:
        """Tell the client that it could not be registered."""
        await self.send_message(protocol.RegistrationFailed(username))

    async def login_successful(self, username: str) -> None:
        """Tell the client that it is logged in."""
        await self.send_message(protocol.LoginSuccessful(username))

    async def login_failed(self, username: str) -> None:
        """Tell the client that it could not be logged in."""
        await self.send_message(protocol.LoginFailed(username))

    async def request_denied(self) -> None:
        """Tell the client that it may not have the registry."""
        await self.send_message(protocol.RequestDenied())

    async def send_registry(self) -> None:
        """Send the client the list of all registered clients."""
        await self.send_message(self._peer.server.registry())


class Keys:
    """The keys of the clients: each one its own, as long as the server runs."""

    def __init__(self) -> None:
        # For each host, the ports that clients have had, as bits of one number: at most 8 KB.
        self._used_ports: defaultdict[str, int] = defaultdict(int)
        self._later_uses: Counter[str] = Counter()

    def new_key(self, address: str) -> str:
        """Return a key that no client has had.

        An operating system hands a port out again; who has it then is another client.
        """
        host, _, port = address.rpartition(":")
        bit = 1 << int(port)
        if not self._used_ports[host] & bit:
            self._used_ports[host] |= bit
            return address
        self._later_uses[address] += 1
        return f"{address}#{self._later_uses[address] + 1}"


class Server:
    """The server: listens, and serves each client in a task of its own.

    Parameters:
        answerer: answers the requests.
        log: takes every line sent and received.
        show: takes the two dictionaries whenever they may have changed, and the key of the client
            that has gone, if that is why.
    """

    def __init__(
        self, answerer: Answerer, log: protocol.Log, show: Callable[[Dictionaries, str], None]
    ) -> None:
        self.loop: asyncio.AbstractEventLoop
        self.keys = Keys()
        self.descriptors = 0
        self._answerer = answerer
        self._log = log
        self._show = show
        self._served: set[ServerConnection] = set()
        self._capacity = 0
        self._listed = Dictionaries({}, {})
        self._registry = protocol.Registry(())

    async def listen(self, host: str, port: int) -> str:
        """Take the port, and return the address, "HOST:PORT"; `serve_clients` comes next.

        Raises:
            OSError, UnicodeError: there is no such host, or the port can't be had.
        """
        self.loop = asyncio.get_running_loop()
        self._listener = Listener(lambda: ServerConnection(self))
        return await self._listener.open(host, port)

    async def serve_clients(self) -> None:
        """Accept clients, from now on."""
        limit = raise_descriptor_limit()
        self._capacity = max(limit - RESERVED_DESCRIPTORS, limit // 2)
        await self._listener.accept()
        # The answerer may take long to load students' code. Only the first request waits for it.
        self.loop.call_soon(self._show_dictionaries)

    def log(self, arrow: str, peer: str, line: bytes) -> None:
        """Log a line; what was changed before it was sent is shown before it."""
        if arrow == "→":
            self._show_dictionaries()
        self._log(arrow, peer, line)

    def is_open(self) -> bool:
        """Tell whether newcomers are let in."""
        return self._listener.is_open()

    async def stop_accepting(self) -> None:
        """Let nobody in any more: what begins while the loop is being ended is never ended."""
        self._listener.close()

    async def start_over(self) -> None:
        """Empty the dictionaries, and let every client go: to come again, it connects again."""
        clients = list(self._served)
        told = Error("The server starts over: it knows nobody any more.")
        telling = [self.loop.create_task(client.send_message(told)) for client in clients]
        await protocol.others_first()
        for client in clients:
            client.is_dismissed = client.has_gone = True
            if client.task is not None:
                client.task.cancel()
        for entries in self._answerer.dictionaries():
            entries.clear()
        self._show_dictionaries()
        # Some may be slow to take it, or gone already.
        await asyncio.gather(*telling, return_exceptions=True)

    async def serve(self, connection: ServerConnection) -> None:
        """Serve one client until it goes, then log it off."""
        self._served.add(connection)
        try:
            if len(self._served) > self._capacity:
                await connection.send_message(Error("The server is full. Try again later."))
                if self.descriptors <= self._capacity + LINGERING_NEWCOMERS:
                    connection.hang_up()
            else:
                await self._answer_requests(connection)
        except protocol.ConnectionEnded:
            pass  # the client went while it was being answered
        finally:
            self._served.discard(connection)
            if connection.is_dismissed:
                connection.hang_up()
            connection.close()
            self._answerer.dictionaries().active_users.pop(connection.key, None)
            self._show_dictionaries(gone=connection.key)
            # A cancelled task keeps its frames alive, and those would keep the connection.
            connection.task = None

    async def _answer_requests(self, connection: ServerConnection) -> None:
        is_open = True
        while is_open:
            try:
                is_open = await self._answer_next(connection)
            except asyncio.CancelledError:
                self._stay(connection)

    async def _answer_next(self, connection: ServerConnection) -> bool:
        """Answer the next request; return whether there may be another."""
        try:
            request = await connection.receive()
        except LineTooLong as error:
            await connection.send_message(Error(str(error)))
            connection.hang_up()
            return False
        except ProtocolError as error:
            await connection.send_message(Error(str(error)))
            return True
        if request is not None:
            await self._answer(connection, request)
        return request is not None and not connection.has_gone

    def _stay(self, connection: ServerConnection) -> None:
        """Go on with a client whose task was cancelled by students' code; called in `except`."""
        if connection.has_gone or self._listener.is_closed:
            raise
        self._tell("A task was cancelled.", asyncio.CancelledError())

    async def _answer(self, connection: ServerConnection, request: Message) -> None:
        """Let a request be answered; if it is not, say so to the client."""
        sent_before = connection.messages_sent
        try:
            await self._answerer.answer(connection, request)
        except protocol.ConnectionEnded:
            raise
        except asyncio.CancelledError:
            self._stay(connection)
        except Exception as error:
            self._tell("A request could not be answered.", error)
        self._show_dictionaries()
        if not self.is_open():
            await self._listener.stay_open()
        if connection.messages_sent == sent_before:
            handler = HANDLERS[request.type]
            reason = f"The server's {handler}() failed; the server shows why."
            await connection.send_message(Error(reason))

    def _tell(self, message: str, error: BaseException) -> None:
        self.loop.call_exception_handler({"message": message, "exception": error})

    def registry(self) -> protocol.Registry:
        """Return the list of all registered clients; what did not change is not made anew."""
        now = self._answerer.dictionaries()
        if now != self._listed:
            known = {entry.address: entry for entry in self._registry.clients}
            active = now.active_users
            entries = []
            for key, username in now.users.items():
                entry = known.get(key)
                logged_in = key in active
                if entry is None or (entry.username, entry.logged_in) != (username, logged_in):
                    entry = protocol.RegisteredClient(username, key, logged_in)
                entries.append(entry)
            self._registry = protocol.Registry(tuple(entries))
            self._listed = now.copy()
        return self._registry

    def _show_dictionaries(self, gone: str = "") -> None:
        self._show(self._answerer.dictionaries(), gone)


if __name__ == "__main__":
    program.run(lambda: program.serve(Server, ServerHandle))
