"""One call of a function that students filled in, and the handle that it gets."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from gui.problem import Problem
from protocol import Message

if TYPE_CHECKING:
    import asyncio


class Call:
    """What one call of a portion sends, and what is wrong with it.

    Parameters:
        function: the name of the function.
        expected: the messages of which it is to send one.
        deliver: sends a message to the peer.
    """

    # What a call begins with stands here, once: most calls change little of it.
    problems: tuple[Problem, ...] = ()
    sent: Message | None = None
    held_back: Message | None = None
    delivery: Coroutine[Any, Any, None] | None = None
    is_doubtful = False
    was_stuck = False
    interruption: BaseException | None = None
    waiting_for: "asyncio.Future[Any] | None" = None
    waited_too_long = False

    def __init__(
        self,
        function: str,
        expected: tuple[type[Message], ...],
        deliver: Callable[[Message], Coroutine[Any, Any, None]],
    ) -> None:
        self.function = function
        self.expected = expected
        self._deliver = deliver

    def send(self, msg: Message) -> Awaitable[None]:
        """Deliver the first message, if it is one of the expected; hold back any other.

        Raises:
            ConnectionEnded: the peer has gone.
        """
        if self.sent is None and isinstance(msg, self.expected):
            self.sent = msg
            self.delivery = self._deliver(msg)
            return self.delivery
        if not isinstance(msg, Message):
            raise TypeError(f"send_message takes a message, not {type(msg).__name__}")
        self.held_back = msg
        return nothing(msg)

    def stop_waiting(self) -> None:
        """Break off what the function waits for, unless it is a slow peer."""
        if self.delivery is None or inspect.getcoroutinestate(self.delivery) == "CORO_CLOSED":
            self.waited_too_long = True
            if self.waiting_for is not None:
                self.waiting_for.cancel()


async def nothing(_: Message) -> None:
    """Deliver a message to nobody."""


class Handle:
    """What students' code sends messages with."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def send_message(self, msg: Message) -> None:
        """Send a message to the peer."""
        await self._call.send(msg)
