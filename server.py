"""The server: accepts clients, hands their requests to `server_logic`, logs them off.

python3 server.py [--host HOST] [--port PORT] [--no-window] [--clients N]
"""

import contextlib
import errno
import reprlib
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gui.program as program
import protocol
from gui.bridge import Mailbox, NetworkThread
from gui.console import Console
from gui.events import DictionaryChanged
from gui.text import invitation
from gui.tutor.call import Call, Handle
from gui.tutor.promises import SERVER_PORTIONS, Dictionaries, explain_answer, wrong_answer
from gui.tutor.supervisor import Supervisor
from protocol import Connection, Error, LineTooLong, Message, ProtocolError, format_address

if TYPE_CHECKING:
    import asyncio

# A whole class, or a load test, may connect in the same instant.
BACKLOG = 4096
# Of them so many are let in at a time: those who are in are served in between.
ACCEPTED_AT_ONCE = 16
# Descriptors kept for everything but clients: the window, files, processes, and newcomers
# until they are told that the server is full.
RESERVED_DESCRIPTORS = 64
# So many of those newcomers may linger; the others must go at once.
LINGERING_NEWCOMERS = 16
# What the system says when it has no descriptor, or no memory, for a newcomer.
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
# macOS calls its limit infinite and then refuses more than OPEN_MAX (<sys/syslimits.h>).
FALLBACK_DESCRIPTORS = 10_240
# Who a client is when nobody types a name.
CLIENT_NAMES = ("ada", "grace", "alan", "barbara", "donald", "frances", "edsger", "radia")
# A server that listens on every address is reached on this machine's own.
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}

# Which handler answers a request, and with which messages.
HANDLERS: Mapping[type[Message], tuple[str, tuple[type[Message], ...]]] = {
    protocol.Register: (
        "register_client",
        (protocol.RegistrationSuccessful, protocol.RegistrationFailed),
    ),
    protocol.Login: ("login_client", (protocol.LoginSuccessful, protocol.LoginFailed)),
    protocol.RequestRegistry: (
        "send_registry_to_client",
        (protocol.Registry, protocol.RequestDenied),
    ),
}


class ServerConnection(Connection):
    """The connection to one client."""

    kinds = protocol.REQUESTS
    max_line_bytes = protocol.MAX_REQUEST_BYTES

    def __init__(self, server: "Server") -> None:
        super().__init__(server.loop, server.mailbox.log)
        self.key = ""
        self.server = server
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: "asyncio.BaseTransport") -> None:
        """Begin to serve the client."""
        super().connection_made(transport)
        self.key = self.server.new_key(self.peer)
        self.server.descriptors += 1
        if self.server.is_open():
            self.task = self._loop.create_task(self.server.serve(self))
        else:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """End serving the client, whatever is being done for it."""
        super().connection_lost(error)
        self.server.descriptors -= 1
        if self.task is not None:
            self.task.cancel()


class ServerHandle(Handle):
    """What the handlers in `server_logic` get: the server, as far as it concerns one client."""

    _peer: ServerConnection

    def get_addr_key(self) -> str:
        """Return the client's key: "IP:port", told apart from clients that had it before."""
        return self._peer.key

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


class Server:
    """The server: listens, and serves each client in a task of its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.loop: asyncio.AbstractEventLoop
        self.descriptors = 0
        self._clients = 0
        self._capacity = 0
        # For each host the ports that clients have had, each a bit of a number: 8 KB at most.
        # Only a port that was handed out again has an entry of its own besides.
        self._used_ports: defaultdict[str, int] = defaultdict(int)
        self._later_uses: Counter[str] = Counter()
        self._logic = Supervisor("server_logic", SERVER_PORTIONS, "server", mailbox.post)
        self._before = Dictionaries({}, {})
        self._listed = Dictionaries({}, {})
        self._registry = protocol.Registry(())

    async def listen(self, loop: "asyncio.AbstractEventLoop", host: str, port: int) -> str:
        """Take the port, and return the address, "HOST:PORT"; `serve_clients` comes next.

        Raises:
            OSError, UnicodeError: there is no such host, or the port can't be had.
        """
        self.loop = loop
        loop.set_exception_handler(tell_of_error)
        # What asyncio calls backlog is also how many it lets in at a time.
        self._listener = await loop.create_server(
            lambda: ServerConnection(self),
            host,
            port,
            backlog=ACCEPTED_AT_ONCE,
            start_serving=False,
        )
        return format_address(self._listener.sockets[0].getsockname())

    async def serve_clients(self) -> None:
        """Accept clients, from now on; load `server_logic` before the first request."""
        limit = raise_descriptor_limit()
        self._capacity = max(limit - RESERVED_DESCRIPTORS, limit // 2)
        await self._listener.start_serving()
        for listening in self._listener.sockets:
            with listening.dup() as same_queue:
                same_queue.listen(BACKLOG)
        # Students' code may do anything as it is loaded. Whoever waits here need not wait
        # for that; the first request must, and does.
        self.loop.call_soon(self._logic.load)
        # What the file begins with is no handler's doing.
        self.loop.call_soon(self._show_dictionaries)

    def is_open(self) -> bool:
        """Tell whether newcomers are let in."""
        return self._listener.is_serving()

    async def stop_accepting(self) -> None:
        """Let nobody in any more: what begins while the loop is being ended is never ended."""
        self._listener.close()

    def new_key(self, address: str) -> str:
        """Return a key that no client has had since the server started.

        An operating system hands a port out again; who has it then is another client.
        """
        host, _, port = address.rpartition(":")
        bit = 1 << int(port)
        if not self._used_ports[host] & bit:
            self._used_ports[host] |= bit
            return address
        self._later_uses[address] += 1
        return f"{address}#{self._later_uses[address] + 1}"

    def registry(self) -> protocol.Registry:
        """Return the list of all registered clients; what did not change is not made anew."""
        now = self._logic.dictionaries()
        if now != self._listed:
            known = {entry.address: entry for entry in self._registry.clients}
            entries = []
            for key, username in now.users.items():
                entry = known.get(key)
                logged_in = key in now.active_users
                if entry is None or (entry.username, entry.logged_in) != (username, logged_in):
                    entry = protocol.RegisteredClient(username, key, logged_in)
                entries.append(entry)
            self._registry = protocol.Registry(tuple(entries))
            self._listed = Dictionaries(*map(dict, now))
        return self._registry

    async def serve(self, connection: ServerConnection) -> None:
        """Serve one client until it goes, then log it off."""
        self._clients += 1
        try:
            if self._clients > self._capacity:
                await connection.send_message(Error("The server is full. Try again later."))
                if self.descriptors <= self._capacity + LINGERING_NEWCOMERS:
                    connection.hang_up()
            else:
                await self._answer_requests(connection)
        except ConnectionError:
            pass  # the client went while it was being answered
        finally:
            self._clients -= 1
            connection.close()
            self._log_off(connection.key)
            # A task that was cancelled keeps its frames, and they keep the connection.
            connection.task = None

    async def _answer_requests(self, connection: ServerConnection) -> None:
        while True:
            try:
                request = await connection.receive()
            except LineTooLong as error:
                await connection.send_message(Error(str(error)))
                connection.hang_up()
                return
            except ProtocolError as error:
                await connection.send_message(Error(str(error)))
            else:
                if request is None:
                    return
                await self._answer(connection, request)

    async def _answer(self, connection: ServerConnection, request: Message) -> None:
        function, answers = HANDLERS[type(request)]
        key, fields = connection.key, vars(request)
        call = Call(function, answers)
        handle = ServerHandle(call, connection)
        # What other clients' requests change meanwhile is none of this handler's doing.
        before, alone = self._before, not self._logic.waiting
        rest = self._logic.run(call, handle, *fields.values())
        if rest is not None:
            await rest
        alone = alone and self._before is before
        self._show_dictionaries(call)
        now = self._before if alone else None
        username = fields.get("username", "")
        try:
            if call.sent is None:
                call.expected = ()  # what a task of it sends from now on comes too late
                reason = f"The server's {function}() failed; its window says why."
                await connection.send_message(Error(reason))
        finally:
            if not call.problems:
                wrong = wrong_answer(call, key, username, before, now)
                if wrong is not None or call.is_doubtful:
                    replay = self._logic.replay(call, before, handle, *fields.values())
                    explain_answer(replay, wrong, key, username, before, now)
                    call.problems = replay.problems
            # A flood of requests to a broken handler must not fill the memory.
            if call.problems and self.mailbox.has_room():
                for problem in call.problems:
                    self.mailbox.post(problem)

    def _log_off(self, key: str) -> None:
        self._logic.dictionaries().active_users.pop(key, None)
        self._show_dictionaries()

    def _show_dictionaries(self, call: Call | None = None) -> None:
        now = self._logic.dictionaries(call)
        if now == self._before:
            return
        for name, entries, before in zip(now._fields, now, self._before, strict=True):
            changes = differences(before, entries)
            if changes:
                self.mailbox.post(DictionaryChanged(name, changes))
        self._before = Dictionaries(*map(dict, now))


def differences(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[str, str | None]:
    """Return what each changed key leads to now, None if it is gone; everything as text."""
    gone = {as_text(key): None for key in before if key not in now}
    return gone | {
        as_text(key): as_text(value) for key, value in now.items() if before.get(key) != value
    }


def as_text(value: object) -> str:
    """Return what stands in a dictionary as text, even if it is no text."""
    return value if isinstance(value, str) else reprlib.repr(value)


def tell_of_error(loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
    """Tell of an error that nobody handled, but for newcomers who have to wait.

    Where there is no descriptor for a newcomer, asyncio tries again a second later.
    """
    if getattr(context.get("exception"), "errno", None) not in EXHAUSTED:
        loop.default_exception_handler(context)


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


# --- command line -----------------------------------------------------------------------


def main() -> int:
    """Run the server; return its exit status."""
    parser = program.command_line("The server: clients register, log in, ask for the registry.")
    count = partial(program.number, len(CLIENT_NAMES))
    parser.add_argument("--clients", type=count, default=0, metavar="N", help="open N clients")
    options = parser.parse_args()
    mailbox = Mailbox()
    server = Server(mailbox)
    with NetworkThread() as network:
        try:
            address = network.call(server.listen(network.loop, options.host, options.port))
        except (OSError, UnicodeError) as error:
            return program.fail(f"Cannot listen on {options.host}:{options.port}: {reason(error)}")
        sentence = invitation(reached_at(address))
        root = None if options.no_window else program.open_window("Server")
        if root is None:
            run = Console(mailbox).run
        else:
            # Here, not above: without a window nothing imports tkinter.
            from gui.windows.server_window import ServerWindow

            run = ServerWindow(root, mailbox, address, sentence).run
        network.call(server.serve_clients())
        with clients_beside(options.clients, address, windows=root is not None):
            print(f"Server listening on {address}\n{sentence}".rstrip(), flush=True)
            try:
                return run()
            finally:
                network.start(server.stop_accepting())


def reason(error: Exception) -> str:
    """Return why a server cannot listen, and what can be done about it."""
    known = {
        errno.EADDRINUSE: "the port is in use, perhaps by another server; try another --port.",
        errno.EACCES: "the system keeps this port for itself; try a --port from 1024 on.",
        errno.EADDRNOTAVAIL: "this machine does not have that address; try another --host.",
    }
    return known.get(getattr(error, "errno", 0), "there is no such host; try another --host.")


def reached_at(address: str) -> str:
    """Return where other machines reach a server that listens on an address.

    One that listens on every address is reached on that of this machine in its network; if it
    is in none, there is nothing before the port.
    """
    # Far away, and nobody's: kept for documentation (RFC 5737, RFC 3849).
    far_away = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "[::]": (socket.AF_INET6, "2001:db8::1")}
    host, _, port = address.rpartition(":")
    if host not in far_away:
        return address
    family, elsewhere = far_away[host]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as way:
        # Nothing is sent: the system only chooses the way there, and its own end of it.
        way.connect((elsewhere, int(port)))
        return format_address((way.getsockname()[0], port))
    return f":{port}"


@contextlib.contextmanager
def clients_beside(count: int, address: str, windows: bool) -> Iterator[None]:
    """Open clients as processes of their own; close those that are left at the end."""
    host, _, port = address.rpartition(":")
    host = EVERY_ADDRESS.get(host, host.strip("[]"))
    command = [sys.executable, str(Path(__file__).with_name("client.py"))]
    command += ["--host", host, "--port", port]
    clients: list[subprocess.Popen[bytes]] = []
    try:
        for name in CLIENT_NAMES[:count]:
            alone = [] if windows else ["--no-window", "--username", name]
            clients.append(subprocess.Popen(command + alone, stdin=subprocess.DEVNULL))
        yield
    finally:
        for client in clients:
            client.terminate()


if __name__ == "__main__":
    program.run(main)
