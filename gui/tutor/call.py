"""One call of a function that students filled in."""

import inspect
import sys
from collections.abc import Coroutine
from types import FrameType
from typing import TYPE_CHECKING, Any

from protocol import Message

if TYPE_CHECKING:
    from gui.tutor.observed import TimedCall
    from gui.tutor.watchdog import Stuck


class Call:
    """The connection as one call of a portion may use it: one message goes out, if expected.

    The handle that the portion gets sends through it.

    Parameters:
        function: the name of the function.
        expected: the messages of which it is to send one.
        connection: leads to the peer.
        logic: the file that the function is in, as it was when it began.
        key: the client's, where the peer is one.

    Attributes:
        sent: the message that went out.
        held_back: the last message that did not: it was not expected, or came too late.
        held_back_line: the line of the file that would have sent it, 0 if it was none.
        is_doubtful: whether something was seen that may be wrong though the outcome is right, or
            a message was held back.
        stuck: how it held up the program, None if it did not.
        left_known: whether the dictionaries are known to be, at its end, as they were last seen.
        is_over: whether the function has ended: what a task of it still sends comes too late.
        timed: what is told of it, where somebody wants to know.
    """

    # Attributes of the class, because most calls never change them.
    sent: Message | None = None
    held_back: Message | None = None
    held_back_line = 0
    is_doubtful = False
    stuck: "Stuck | None" = None
    is_over = False
    left_known = False
    timed: "TimedCall | None" = None
    _delivery: Coroutine[Any, Any, None] | None = None

    def __init__(
        self,
        function: str,
        expected: tuple[type[Message], ...],
        connection: Any,
        logic: Any,
        key: str = "",
    ) -> None:
        self.function = function
        self.expected = expected
        self.connection = connection
        self.logic = logic
        self.key = key

    @property
    def server(self) -> Any:
        """The server that serves the peer, where the peer is a client."""
        return self.connection.server

    def send_message(self, msg: Message) -> Coroutine[Any, Any, None]:
        """Send the first message, if it is one of the expected; hold back any other."""
        if self.sent is None and isinstance(msg, self.expected) and not self.is_over:
            self.sent = msg
            if self.timed is not None and (frame := running(self.timed.source.path)):
                self.timed.sent_by = frame.f_code, frame.f_lasti
            delivery: Coroutine[Any, Any, None] = self.connection.send_message(msg)
            self._delivery = delivery
            return delivery
        self.hold_back(msg)
        return nothing()

    def hold_back(self, msg: Message) -> None:
        """Record a message that is not sent.

        Raises:
            TypeError: it is no message.
        """
        if not isinstance(msg, Message):
            raise TypeError(f"send_message takes a message, not {type(msg).__name__}")
        self.held_back = msg
        self.is_doubtful = True
        frame = running(self.logic.source.path)
        self.held_back_line = frame.f_lineno if frame else 0

    def is_delivering(self) -> bool:
        """Tell whether a message is under way, to a peer that is slow to take it."""
        state = self._delivery and inspect.getcoroutinestate(self._delivery)
        return state not in (None, inspect.CORO_CLOSED)


def running(path: str) -> FrameType | None:
    """Return the frame of a file's code that is running, the innermost; None if none is."""
    # The last three are this function, and how a handle sends.
    frame: FrameType | None = sys._getframe(3)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    return frame


async def nothing() -> None:
    """Send nothing."""
