"""Hold: requests wait, each before its handler, until somebody lets them in."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, Protocol

from protocol import Connection, ConnectionEnded, Error, Message, ProtocolError


class Held(NamedTuple):
    """A request is held, or no longer.

    Parameters:
        time: when that began, in seconds since the epoch.
        peer: the client's address, as in the log.
        request: what it asks for.
        is_held: whether it is held now.
    """

    time: float
    peer: str
    request: Message
    is_held: bool


class HoldCommands(Protocol):
    """How requests are held and let in; may be called in any thread."""

    def switch(self, is_on: bool) -> None:
        """Hold what comes from now on; or hold nothing, and let in all that wait, in order."""

    def let_in(self, peer: str) -> None:
        """Let in the request of a client, if it has one that is held."""


class Hold:
    """Lets another answer requests; while it is switched on, each waits to be let in.

    It is off at first.

    Parameters:
        answerer: answers the requests that are let in.
        start: starts a coroutine in the thread in which it answers; may be called in any.
        post: takes each `Held`.

    Attributes:
        answer: lets a request be answered, as soon as it is let in: the answerer's own, as long as
            nothing is held. Raises ConnectionEnded if the client went meanwhile, or sent more than
            may wait.
        dictionaries: the answerer's own.
    """

    def __init__(
        self,
        answerer: Any,
        start: Callable[[Coroutine[Any, Any, None]], None],
        post: Callable[[Held], None],
    ) -> None:
        self.dictionaries = answerer.dictionaries
        self.answer = answerer.answer
        self._answerer = answerer
        self._start = start
        self._post = post
        # The oldest comes first.
        self._waiting: dict[str, Connection] = {}

    def switch(self, is_on: bool) -> None:
        """Hold what comes from now on; or hold nothing, and let in all that wait, in order."""
        self._start(self._switch(is_on))

    def let_in(self, peer: str) -> None:
        """Let in the request of a client, if it has one that is held."""
        self._start(self._let_in(peer))

    async def _answer_later(self, connection: Connection, request: Message) -> None:
        try:
            await self._hold(connection, request)
        except ProtocolError as error:
            await connection.send_message(Error(str(error)))
            connection.hang_up()
            raise ConnectionEnded from error
        await self._answerer.answer(connection, request)

    async def _hold(self, connection: Connection, request: Message) -> None:
        held = Held(time.time(), connection.peer, request, True)
        self._waiting[held.peer] = connection
        self._post(held)
        try:
            await connection.halt()
        finally:
            self._waiting.pop(held.peer, None)
            self._post(held._replace(time=time.time(), is_held=False))

    async def _switch(self, is_on: bool) -> None:
        self.answer = self._answer_later if is_on else self._answerer.answer
        while not is_on and self._waiting:
            await self._let_in(next(iter(self._waiting)))

    async def _let_in(self, peer: str) -> None:
        if (connection := self._waiting.pop(peer, None)) is not None:
            connection.go_on()
