"""One call of a function that students filled in, and the handle that it gets."""

import inspect
from collections.abc import Coroutine
from typing import Any

from gui.tutor.problem import Problem
from protocol import Connection, Message


class Call:
    """What one call of a portion sends, and what is wrong with it.

    Parameters:
        function: the name of the function.
        expected: the messages of which it is to send one.
    """

    # What a call begins with stands here, once: most calls change little of it.
    problems: tuple[Problem, ...] = ()
    sent: Message | None = None
    held_back: Message | None = None
    delivery: Coroutine[Any, Any, None] | None = None
    is_doubtful = False
    was_stuck = False
    interruption: BaseException | None = None

    def __init__(self, function: str, expected: tuple[type[Message], ...]) -> None:
        self.function = function
        self.expected = expected

    def deliver(self, msg: Message, peer: Connection) -> Coroutine[Any, Any, None]:
        """Send the message that was expected."""
        return peer.send_message(msg)

    def hold_back(self, msg: Message) -> None:
        """Take note of a message that is not sent: it was not expected, or comes too late."""
        if not isinstance(msg, Message):
            raise TypeError(f"send_message takes a message, not {type(msg).__name__}")
        self.held_back = msg

    def is_delivering(self) -> bool:
        """Tell whether a message is under way, to a peer that is slow to take it."""
        state = self.delivery and inspect.getcoroutinestate(self.delivery)
        return state not in (None, inspect.CORO_CLOSED)


class Handle:
    """What students' code sends messages with.

    Parameters:
        call: of the function that gets it.
        peer: the connection that takes the messages.
    """

    def __init__(self, call: Call, peer: Connection) -> None:
        self._call = call
        self._peer = peer

    async def send_message(self, msg: Message) -> None:
        """Send a message to the peer: the first, if it is one of the expected."""
        call = self._call
        if call.sent is None and isinstance(msg, call.expected):
            call.sent = msg
            call.delivery = call.deliver(msg, self._peer)
            await call.delivery
        else:
            call.hold_back(msg)
