"""The client: connects, takes its steps through `client_logic`, shows what comes of them.

python3 client.py [--host HOST] [--port PORT] [--no-window] [--username NAME]
"""

from gui import program

if __name__ == "__main__":
    # The window is drawn before the rest of this file, and what that needs, is imported.
    options, mailbox, view = program.open_client()

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol

import protocol
from gui import client_state as states
from gui.addresses import CONNECT_LIMIT_SECONDS, why_unreached
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import ClientState, Link, Step
from protocol import Connection, Error, LineTooLong, Message, ProtocolError, RawLine, format_address

if TYPE_CHECKING:
    from gui.console import ClientConsole
    from gui.windows.client_window import ClientWindow

REQUESTS: dict[Step, type[Message]] = {
    Step.REGISTER: protocol.Register,
    Step.LOGIN: protocol.Login,
    Step.REQUEST_REGISTRY: protocol.RequestRegistry,
}


class StepTaker(Protocol):
    """What a client is given: the object that takes its steps."""

    async def take_step(
        self, connection: "ClientConnection", request: type[Message], *typed: str
    ) -> bool:
        """Send a request of this kind, with what was typed; return whether nothing went wrong.

        Raises:
            ProtocolError: what was typed can't be a username.
        """


class ClientConnection(Connection):
    """The connection to the server."""

    kinds = protocol.REPLIES
    max_line_bytes = protocol.MAX_REPLY_BYTES


class ClientHandle(protocol.Handle):
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
        network: the thread in which it works.
        mailbox: takes the log, and a `ClientState` whenever it changes.
        make_step_taker: called in that thread, makes what takes the steps.
    """

    def __init__(
        self,
        host: str,
        port: int,
        network: NetworkThread,
        mailbox: Mailbox,
        make_step_taker: Callable[[], StepTaker],
    ) -> None:
        self._address = (host, port)
        self._server = format_address(self._address)
        self._network = network
        self._mailbox = mailbox
        self._make_step_taker = make_step_taker
        self._step_taker: StepTaker
        self._connection: ClientConnection
        self._state = ClientState(Link.CLOSED, "")

    def start(self) -> None:
        """Connect to the server, for the first time."""
        self._network.start(self._start())

    def connect(self) -> None:
        """Connect to the server, again; may be called in any thread."""
        self._network.start(self._connect())

    def take_step(self, step: Step, typed: str) -> None:
        """Take a step, with what was typed; may be called in any thread."""
        self._network.start(self._take_step(step, typed))

    async def _start(self) -> None:
        self._step_taker = self._make_step_taker()
        await self._connect()

    async def _connect(self) -> None:
        # Here, not above: the window opens before asyncio is imported (see NetworkThread).
        import asyncio

        if self._state.link is not Link.CLOSED:
            return
        self._show(states.connecting(self._server))
        loop = self._network.loop
        connecting = loop.create_connection(
            lambda: ClientConnection(loop, self._mailbox.log), *self._address
        )
        try:
            _, self._connection = await asyncio.wait_for(connecting, CONNECT_LIMIT_SECONDS)
        except (OSError, asyncio.TimeoutError) as error:
            self._show(states.refused(self._server, why_unreached(error)))
        else:
            self._show(states.connected(self._server))
            await self._listen(self._connection)

    async def _listen(self, connection: ClientConnection) -> None:
        loop, farewell, said_at = self._network.loop, None, 0.0
        while True:
            try:
                reply = await connection.receive()
            except LineTooLong:
                break
            except ProtocolError as error:
                self._show(states.misunderstood(self._state, str(error)))
            except BaseException:
                self._network.go_on("A reply could not be received.")
            else:
                if reply is None:
                    break
                self._show(states.answered(self._state, reply))
                farewell, said_at = (reply if isinstance(reply, Error) else None), loop.time()
        connection.close()
        # A server that lets a client go says why, and hangs up at once.
        if loop.time() - said_at > protocol.LINGER_SECONDS:
            farewell = None
        self._show(states.lost(self._state, self._server, farewell))

    async def _take_step(self, step: Step, typed: str) -> None:
        if self._state.link is not Link.OPEN or self._state.pending is not None:
            return
        self._show(states.taking(self._state, step))
        connection = self._connection
        sent_before = connection.messages_sent
        username = () if step is Step.REQUEST_REGISTRY else (typed,)
        why = "Nothing was sent: see the problem below."
        try:
            if step is Step.RAW_LINE:
                await connection.send_message(RawLine(typed))
            elif await self._step_taker.take_step(connection, REQUESTS[step], *username):
                why = "Nothing was sent: the username is empty."
        except ProtocolError as error:
            why = str(error)
        except protocol.ConnectionEnded:
            return  # told by `_listen`
        except BaseException:
            self._network.go_on("A step could not be taken.")
        if connection.messages_sent == sent_before and connection is self._connection:
            self._show(self._state.ended(step, why))

    def _show(self, state: ClientState) -> None:
        if state != self._state:
            self._state = state
            self._mailbox.post(state)


def main(options: SimpleNamespace, mailbox: Mailbox, view: "ClientConsole | ClientWindow") -> int:
    """Run a client; return its exit status.

    Parameters:
        options: what the command line says.
        mailbox: leads to what shows the client, the view.
    """
    with NetworkThread(mailbox.post) as network:
        make_tutor = partial(program.client_tutor, ClientHandle, network, mailbox, view)
        client = Client(options.host, options.port, network, mailbox, make_tutor)
        view.commands = client
        client.start()
        return view.run()


if __name__ == "__main__":
    program.run(lambda: main(options, mailbox, view))
