"""A second run of a function that students filled in, to find out why the first went wrong.

Their code runs as it is, so that right code pays nothing for the explanations of wrong
code. Only after a call with a wrong outcome does the function run once more: on copies of
what it may change, with nothing sent and nothing printed, and with everything recorded.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from gui.tutor import explanations
from gui.tutor.call import Call, nothing
from gui.tutor.explanations import Explanation
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from protocol import Message

# A replay that awaits 100 times will never finish on copies.
MAX_WAITS = 100


class HelperCall(NamedTuple):
    """One call of a helper: its name, what it was given and returned, and the line."""

    name: str
    given: tuple[Any, ...]
    result: object
    line: int


class Sending(NamedTuple):
    """One call of a method of the handle: its name, what it returned, and from where."""

    method: str
    coroutine: Coroutine[Any, Any, None]
    caller: CodeType
    line: int


class Replay(Call):
    """What a function does in its second run, and what is wrong with it.

    Parameters:
        call: what it did in its first.
        source: the file that it is in.
        functions: the functions of the assignment in that file.

    Attributes:
        problems: what is wrong.
        helpers: the calls of the file's helpers, in order.
        sent_line, held_back_line: the line that sent the message, 0 for none.
    """

    sent_line = 0
    held_back_line = 0

    def __init__(self, call: Call, source: Source, functions: Mapping[str, FunctionType]) -> None:
        super().__init__(call.function, call.expected, call.connection)
        self.key = call.key
        self.problems: tuple[Problem, ...] = ()
        self.helpers: list[HelperCall] = []
        self.source = source
        self.functions = functions
        self._sendings: list[Sending] = []

    def send_message(self, msg: Message) -> Coroutine[Any, Any, None]:
        """Record a message, and the line that sends it; it goes nowhere."""
        if self.sent is None and isinstance(msg, self.expected):
            self.sent, self.sent_line = msg, self._last_line()
        else:
            self.hold_back(msg)
        return nothing()

    def hold_back(self, msg: Message) -> None:
        """Record a message that is not sent, and the line that would send it."""
        super().hold_back(msg)
        self.held_back_line = self._last_line()

    def _last_line(self) -> int:
        return self._sendings[-1].line if self._sendings else 0

    def follow(self, steps: Coroutine[Any, Any, object]) -> None:
        """Drive the function's coroutine, and let nothing that it waits for take its time."""
        try:
            for _ in range(MAX_WAITS):
                waiting_for = steps.send(None)
                if waiting_for is not None:
                    waiting_for.set_result(None)
        except StopIteration as end:
            if inspect.iscoroutine(end.value) and not self._sendings:
                end.value.close()
                self.find(explanations.forgotten_await(self.function, end.value.__name__))
        else:
            steps.close()

    def went_like(self, call: Call) -> bool:
        """Tell whether the second run did what the first one did, as far as it can be seen."""
        if self.sent is None and call.sent is not None and self._sendings:
            # The function made a task that sends it, and that task has not begun yet.
            self.sent, self.sent_line = call.sent, self._sendings.pop().line
        return type(self.sent) is type(call.sent) and type(self.held_back) is type(call.held_back)

    def recorded(self, helper: FunctionType, parameters: tuple[str, ...]) -> Callable[..., Any]:
        """Return a helper that does the same, and whose calls are recorded."""

        @functools.wraps(helper)
        def recorded(*arguments: Any, **keywords: Any) -> Any:
            result = helper(*arguments, **keywords)
            given = arguments + tuple(keywords[name] for name in parameters if name in keywords)
            line = sys._getframe(1).f_lineno
            self.helpers.append(HelperCall(helper.__name__, given, result, line))
            return result

        return recorded

    def record_sending(self, sending: Sending) -> None:
        """Record a call of a method of the handle that sends something once it is awaited."""
        self._sendings.append(sending)

    def find(self, explanation: Explanation, code: CodeType | None = None, line: int = 0) -> None:
        """Record something that is wrong, in the function or in one that it calls."""
        code = code or self.functions[self.function].__code__
        line = line or self.source.suspect_line(code)
        self.problems += (self.source.problem(explanation, code, line),)

    def find_change(self, explanation: Explanation, code: CodeType, dictionary: str) -> None:
        """Record what is wrong with a change of a dictionary, where it is changed."""
        self.find(explanation, code, self.source.changing_line(code, dictionary))

    def find_forgotten_awaits(self) -> None:
        """Record each message that was prepared and never sent."""
        for method, coroutine, caller, line in self._sendings:
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                coroutine.close()
                self.find(explanations.forgotten_await(caller.co_name, method), caller, line)

    def culprit(self, dictionary: str) -> CodeType:
        """Return what changed a dictionary: this function, or the last helper that could."""
        codes = [self.functions[call.name].__code__ for call in reversed(self.helpers)]
        own = self.functions[self.function].__code__
        return next((code for code in (own, *codes) if dictionary in code.co_names), own)


class RecordedHandle:
    """A handle whose calls are recorded.

    Parameters:
        handle: one that sends through the replay.
        replay: records the calls.
    """

    def __init__(self, handle: Any, replay: Replay) -> None:
        self._handle = handle
        self._replay = replay

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._handle, name)

        def recorded(*arguments: Any, **keywords: Any) -> Any:
            coroutine = method(*arguments, **keywords)
            caller = sys._getframe(1)
            self._replay.record_sending(Sending(name, coroutine, caller.f_code, caller.f_lineno))
            return coroutine

        return recorded if inspect.iscoroutinefunction(method) else method
