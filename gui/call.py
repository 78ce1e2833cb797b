"""One call of a function that students filled in, and the handle that it gets."""

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from types import CodeType, CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from gui import explanations
from gui.explanations import Explanation
from gui.problem import Problem, Source
from protocol import Message

if TYPE_CHECKING:
    import asyncio

Arguments = ParamSpec("Arguments")
AnyHandle = TypeVar("AnyHandle", bound="Handle")


HelperCall = tuple[str, tuple[Any, ...], object, int]
"""The name of a helper, what it was given, what it returned, and the line of the call."""


class Call:
    """What one call of a portion sent, and what is wrong with it.

    Parameters:
        function: the name of the function.
        expected: the messages of which it is to send one.
        deliver: sends a message to the peer.
    """

    # What a call begins with stands here, once: most calls change little of it.
    sent: Message | None = None
    sent_line = 0
    held_back: Message | None = None
    held_back_line = 0
    source: Source | None = None
    path = ""
    functions: Mapping[str, FunctionType] = {}
    interruption: BaseException | None = None
    lost_peer: ConnectionError | None = None
    is_delivering = False
    waiting_for: "asyncio.Future[Any] | None" = None
    waited_too_long = False
    limit: "asyncio.TimerHandle | None" = None

    def __init__(
        self,
        function: str,
        expected: tuple[type[Message], ...],
        deliver: Callable[[Message], Coroutine[Any, Any, None]],
    ) -> None:
        self.function = function
        self.problems: list[Problem] = []
        # The calls of the handle's methods: the method, the coroutine, the line.
        self.sendings: list[tuple[str, CoroutineType[Any, Any, None], int]] = []
        self.helpers: list[HelperCall] = []
        self._expected = expected
        self._deliver = deliver

    async def send(self, msg: Message) -> None:
        """Deliver the first message, if it is one of the expected; hold back any other.

        Raises:
            ConnectionError: the peer has gone.
        """
        if not isinstance(msg, Message):
            raise TypeError(f"send_message takes a message, not {type(msg).__name__}")
        line = self.sendings[-1][2] if self.sendings else 0
        if self.sent is not None or not isinstance(msg, self._expected):
            self.held_back, self.held_back_line = msg, line
            return
        self.sent, self.sent_line = msg, line
        self.is_delivering = True
        try:
            await self._deliver(msg)
        except ConnectionError as error:
            self.lost_peer = error
            raise
        finally:
            self.is_delivering = False

    def stop_waiting(self) -> None:
        """Break off what the function waits for, unless it is a slow peer."""
        if not self.is_delivering:
            self.waited_too_long = True
            if self.waiting_for is not None:
                self.waiting_for.cancel()

    def find(self, explanation: Explanation, code: CodeType | None = None, line: int = 0) -> None:
        """Take note of something that is wrong, in the function or in one that it calls."""
        if self.source is not None:
            code = code or self.functions[self.function].__code__
            line = line or self.source.suspect_line(code)
            self.problems.append(self.source.problem(explanation, code, line))

    def find_change(self, explanation: Explanation, code: CodeType, dictionary: str) -> None:
        """Take note of what is wrong with a change of a dictionary, where it is changed."""
        if self.source is not None:
            self.find(explanation, code, self.source.changing_line(code, dictionary))

    def has_unawaited(self) -> bool:
        """Tell whether a message was prepared that is not being sent yet."""
        for _, coroutine, _ in self.sendings:
            # One that has run to its end has no frame any more: the usual, quick case.
            if coroutine.cr_frame and inspect.getcoroutinestate(coroutine) == "CORO_CREATED":
                return True
        return False

    def find_forgotten_awaits(self) -> None:
        """Take note of each message that was prepared and never sent."""
        for method, coroutine, line in self.sendings:
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                coroutine.close()
                self.find(explanations.forgotten_await(self.function, method), line=line)

    def culprit(self, dictionary: str) -> CodeType:
        """Return what changed a dictionary: this function, or the last helper that could."""
        codes = [self.functions[name].__code__ for name, *_ in reversed(self.helpers)]
        own = self.functions[self.function].__code__
        return next((code for code in (own, *codes) if dictionary in code.co_names), own)


def sends(
    method: Callable[Concatenate[AnyHandle, Arguments], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[AnyHandle, Arguments], Coroutine[Any, Any, None]]:
    """Let a handle's method that sends be noticed when it is called without `await`."""

    def called(
        self: AnyHandle, /, *arguments: Arguments.args, **keywords: Arguments.kwargs
    ) -> Coroutine[Any, Any, None]:
        coroutine = cast("CoroutineType[Any, Any, None]", method(self, *arguments, **keywords))
        caller = sys._getframe(1)
        if caller.f_code.co_filename == self._call.path:
            self._call.sendings.append((method.__name__, coroutine, caller.f_lineno))
        return coroutine

    functools.update_wrapper(called, method)
    return called


class Handle:
    """What students' code sends messages with."""

    def __init__(self, call: Call) -> None:
        self._call = call

    @sends
    async def send_message(self, msg: Message) -> None:
        """Send a message to the peer."""
        await self._call.send(msg)
