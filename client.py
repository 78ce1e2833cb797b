"""The client: connects, takes its steps through `client_logic`, shows what comes of them.

python3 client.py [--host HOST] [--port PORT] [--no-window] [--username NAME]
"""

from gui import program

if __name__ == "__main__":
    # Here, not at the end: the window is there before the rest of this file, and what that
    # needs, is imported.

    def start() -> int:
        """Read the command line, show the window, then run a client in it."""
        parser = program.command_line("A client: registers, logs in, asks for the registry.")
        parser.add_argument("--username", metavar="NAME", help="take the three steps as NAME")
        options = parser.parse_args()
        if not program.is_known(options.host):
            sentence = f"There is no host named {options.host!r}; try another --host."
            return program.fail(sentence)
        root = None if options.no_window else program.open_window("Client")
        from client import main

        return main(root, options.host, options.port, options.username)

    program.run(start)

import contextlib
import errno
import os
import socket
from typing import TYPE_CHECKING

import protocol
from gui import client_state as states
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import ClientState, Connect, Link, Step, TakeStep
from gui.console import ClientConsole
from gui.tutor.call import Call, Handle
from gui.tutor.promises import CLIENT_PORTIONS, NO_DICTIONARIES, explain_step, wrong_step
from gui.tutor.supervisor import Supervisor
from protocol import Connection, LineTooLong, ProtocolError, format_address, normal_username

if TYPE_CHECKING:
    import tkinter

MESSAGES = {
    Step.REGISTER: protocol.Register,
    Step.LOGIN: protocol.Login,
    Step.REQUEST_REGISTRY: protocol.RequestRegistry,
}

# A host that answers nothing at all would be waited for more than two minutes.
CONNECT_LIMIT_SECONDS = 10


class ClientConnection(Connection):
    """The connection to the server."""

    kinds = protocol.REPLIES
    max_line_bytes = protocol.MAX_REPLY_BYTES


class ClientHandle(Handle):
    """What the functions in `client_logic` get: the client, as far as it sends messages."""

    async def register(self, username: str) -> None:
        """Ask the server to register this client."""
        await self.send_message(protocol.Register(username))

    async def login(self, username: str) -> None:
        """Ask the server to log this client in."""
        await self.send_message(protocol.Login(username))

    async def request_registry(self) -> None:
        """Ask the server for the registry."""
        await self.send_message(protocol.RequestRegistry())


class Client:
    """One client: its connection, and the state that its view shows.

    Parameters:
        host, port: where the server is.
        mailbox: takes the log, and a `ClientState` whenever it changes.
    """

    def __init__(self, host: str, port: int, mailbox: Mailbox) -> None:
        self._address = (host, port)
        self._server = format_address((host, port))
        self._mailbox = mailbox
        self._network: NetworkThread
        self._connection: ClientConnection
        self._state = ClientState(Link.CLOSED, "")
        self._logic = Supervisor("client_logic", CLIENT_PORTIONS, "client", mailbox.post)

    def start(self, network: NetworkThread) -> None:
        """Connect to the server, for the first time."""
        self._network = network
        network.loop.call_soon_threadsafe(self._logic.load)
        self.submit(Connect())

    def submit(self, command: TakeStep | Connect) -> None:
        """Begin to carry out a command; may be called in any thread."""
        if isinstance(command, TakeStep):
            self._network.start(self._take(command.step, command.username))
        else:
            self._network.start(self._connect())

    async def _connect(self) -> None:
        # Here, not above: the window opens before asyncio is imported (see NetworkThread).
        import asyncio

        if self._state.link is not Link.CLOSED:
            return
        self._show(states.connecting(self._server))
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(
            lambda: ClientConnection(loop, self._mailbox.log), *self._address
        )
        try:
            _, self._connection = await asyncio.wait_for(connecting, CONNECT_LIMIT_SECONDS)
        except (OSError, asyncio.TimeoutError) as error:
            self._show(states.refused(self._server, reason(error)))
        else:
            self._show(states.connected(self._server))
            await self._listen(self._connection)

    async def _listen(self, connection: ClientConnection) -> None:
        while True:
            try:
                reply = await connection.receive()
            except LineTooLong:
                break
            except ProtocolError as error:
                self._show(states.misunderstood(self._state, str(error)))
                continue
            if reply is None:
                break
            self._show(states.answered(self._state, reply))
        connection.close()
        self._show(states.lost(self._state, self._server))

    async def _take(self, step: Step, username: str) -> None:
        if self._state.link is not Link.OPEN or self._state.pending is not None:
            return
        self._show(states.taking(self._state, step))
        try:
            if username:
                username = normal_username(username)
        except ProtocolError as error:
            self._show(self._state.ended(step, str(error)))
            return
        connection = self._connection
        call = Call(step.name.lower(), (MESSAGES[step],))
        typed = () if step is Step.REQUEST_REGISTRY else (username,)
        handle = ClientHandle(call, connection)
        with contextlib.suppress(ConnectionError):  # told by `_listen`
            rest = self._logic.run(call, handle, *typed)
            if rest is not None:
                await rest
        username = "".join(typed)
        if not call.problems:
            wrong = wrong_step(call, username)
            if wrong is not None or call.is_doubtful:
                replay = self._logic.replay(call, NO_DICTIONARIES, handle, *typed)
                explain_step(replay, wrong)
                call.problems = replay.problems
        for problem in call.problems:
            self._mailbox.post(problem)
        if call.sent is None and connection is self._connection:
            why = "the username is empty" if not call.problems else "see the problem below"
            self._show(self._state.ended(step, f"Nothing was sent: {why}."))

    def _show(self, state: ClientState) -> None:
        if state != self._state:
            self._state = state
            self._mailbox.post(state)


def reason(error: BaseException) -> str:
    """Return why there is no connection, in a few words."""
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if not isinstance(error, OSError) or not str(error):
        return f"no answer within {CONNECT_LIMIT_SECONDS} s"
    # Without a number: the host has several addresses, and each was tried in vain.
    if error.errno in (None, errno.ECONNREFUSED):
        return "nothing listens there"
    return os.strerror(error.errno).lower()


# --- the program ------------------------------------------------------------------------


def main(root: "tkinter.Tk | None", host: str, port: int, username: str | None) -> int:
    """Run a client; return its exit status.

    Parameters:
        root: the window, empty; None for a client on the terminal.
    """
    mailbox = Mailbox()
    client = Client(host, port, mailbox)
    if root is None:
        run = ClientConsole(mailbox, client.submit, username).run
    else:
        # Here, not above: without a window nothing imports tkinter.
        from gui.windows.client_window import ClientWindow

        run = ClientWindow(root, mailbox, client.submit, username or "").run
    with NetworkThread() as network:
        client.start(network)
        return run()
