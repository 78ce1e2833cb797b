"""The supervisor: loads a file of students' code and runs its functions.

Whatever they do, the program goes on, and what is wrong is reported as a `Problem`.
"""

import contextlib
import dis
import functools
import importlib.util
import inspect
import reprlib
import sys
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, coroutine
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from gui import explanations
from gui.explanations import Explanation
from gui.problem import Problem, Source, stops_early
from gui.watchdog import BREAK_SECONDS, Stuck, Watchdog
from protocol import Message

if TYPE_CHECKING:
    import asyncio

Arguments = ParamSpec("Arguments")
AnyHandle = TypeVar("AnyHandle", bound="Handle")


class Dictionaries(NamedTuple):
    """The two dictionaries at one moment."""

    users: dict[Any, Any]
    active_users: dict[Any, Any]


class Portion(NamedTuple):
    """A function that students fill in, as it was handed out.

    Parameters:
        parameters: the names of what it receives.
        is_async: whether it is an async function.
        check: says what is wrong with a call of it. It gets the dictionaries, what the
            function returned or, if it `stores`, the dictionaries before the call in the
            first place, and then what the function received.
        stores: whether the function is there to change a dictionary.
    """

    parameters: tuple[str, ...]
    is_async: bool = False
    check: Callable[..., Explanation | None] | None = None
    stores: bool = False


class StuckWait(BaseException):
    """A function that waits for something that does not come is broken off with this."""


class Sending(NamedTuple):
    """A call of one of the handle's methods, from students' code."""

    method: str
    coroutine: Coroutine[Any, Any, None]
    line: int

    def is_running(self) -> bool:
        """Tell whether this is the call that sends at this moment."""
        return inspect.getcoroutinestate(self.coroutine) == inspect.CORO_RUNNING

    def was_forgotten(self) -> bool:
        """Tell whether nobody awaited the call."""
        return inspect.getcoroutinestate(self.coroutine) == inspect.CORO_CREATED


class Call:
    """One call of a function that students filled in: what it sent, and what is wrong with it.

    Parameters:
        function: the function's name.
        expected: the messages of which it is to send one.
        deliver: sends a message to the peer.
    """

    def __init__(
        self,
        function: str,
        expected: tuple[type[Message], ...],
        deliver: Callable[[Message], Coroutine[Any, Any, None]],
    ) -> None:
        self.function = function
        self.sent: Message | None = None
        self.sent_line = 0
        self.held_back: Message | None = None
        self.held_back_line = 0
        self.problems: list[Problem] = []
        self.sendings: list[Sending] = []
        self.values: dict[str, object] = {}
        self.hint: tuple[Explanation, int] | None = None
        self.interruption: BaseException | None = None
        self.lost_peer: ConnectionError | None = None
        self.source: Source | None = None
        self.code: CodeType | None = None
        self.waiting_for: asyncio.Future[Any] | None = None
        self.waited_too_long = False
        self.limit: asyncio.TimerHandle | None = None
        self._is_delivering = False
        self._expected = expected
        self._deliver = deliver

    async def send(self, msg: Message) -> None:
        """Deliver the first message, if it is one of the expected; hold back any other.

        Raises:
            ConnectionError: the peer has gone.
        """
        if not isinstance(msg, Message):
            raise TypeError(f"send_message takes a message, not {type(msg).__name__}")
        line = next((sending.line for sending in self.sendings if sending.is_running()), 0)
        if self.sent is not None or not isinstance(msg, self._expected):
            self.held_back, self.held_back_line = msg, line
            return
        self.sent, self.sent_line = msg, line
        self._is_delivering = True
        try:
            await self._deliver(msg)
        except ConnectionError as error:
            self.lost_peer = error
            raise
        finally:
            self._is_delivering = False

    def stop_waiting(self) -> None:
        """Break off what the function waits for, unless it is a slow peer."""
        if not self._is_delivering:
            self.waited_too_long = True
            if self.waiting_for is not None:
                self.waiting_for.cancel()

    def find(self, explanation: Explanation, code: CodeType | None = None, line: int = 0) -> None:
        """Take note of something that is wrong, in the function or in one that it calls."""
        if self.source is not None:
            code = code or self.code
            line = line or (self.source.suspect_line(code) if code else 0)
            self.problems.append(self.source.problem(explanation, code, line))

    def compare(self, helper: str, given: Mapping[str, object], line: int) -> None:
        """Remember that a helper was asked about something else than this call is about."""
        for parameter, value in given.items():
            if self.hint is None and value != self.values.get(parameter, value):
                shown = reprlib.repr(value) if isinstance(value, str) else "something else"
                explanation = explanations.wrong_argument(self.function, helper, parameter, shown)
                self.hint = explanation, line

    def find_forgotten_awaits(self) -> None:
        """Take note of each message that was prepared and never sent."""
        for sending in self.sendings:
            if sending.was_forgotten():
                sending.coroutine.close()
                explanation = explanations.forgotten_await(self.function, sending.method)
                self.find(explanation, line=sending.line)


def sends(
    method: Callable[Concatenate[AnyHandle, Arguments], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[AnyHandle, Arguments], Coroutine[Any, Any, None]]:
    """Let a handle's method that sends be noticed when it is called without `await`."""

    def called(
        self: AnyHandle, /, *arguments: Arguments.args, **keywords: Arguments.kwargs
    ) -> Coroutine[Any, Any, None]:
        coroutine = method(self, *arguments, **keywords)
        caller = sys._getframe(1)
        if self._call.source and caller.f_code.co_filename == self._call.source.path:
            self._call.sendings.append(Sending(method.__name__, coroutine, caller.f_lineno))
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


class Supervisor:
    """Loads one file of students' code, and runs the functions in it.

    Parameters:
        name: the module's name.
        portions: the functions that students fill in.
        program: what the code holds up when it is stuck, "server" or "client".
        report: takes each problem, in any thread.
        dictionaries: the names of those that the file holds.
    """

    def __init__(
        self,
        name: str,
        portions: Mapping[str, Portion],
        program: str,
        report: Callable[[Problem], None],
        dictionaries: Iterable[str] = (),
    ) -> None:
        self.module = ModuleType(name)
        self._name = name
        self._portions = portions
        self._program = program
        self._report = report
        self._watchdog = Watchdog(self._report_stuck)
        self._functions: dict[str, FunctionType] = {}
        self._unusable: dict[str, Problem] = {}
        self._current: Call | None = None
        self._dictionaries: dict[str, dict[Any, Any]] = {name: {} for name in dictionaries}

    def load(self) -> None:
        """Import the file, and report what in it cannot be used."""
        spec = importlib.util.find_spec(self._name)
        self._source = Source(Path(spec.origin if spec and spec.origin else f"{self._name}.py"))
        self._watchdog.begin(self._source)
        try:
            self.module = importlib.import_module(self._name)
        except BaseException as error:
            problem = self._source.import_problem(error)
            self._unusable = dict.fromkeys(self._portions, problem)
        finally:
            self._watchdog.end()
        for name in self._dictionaries:
            self._dictionaries[name] = getattr(self.module, name, {})
        if not self._unusable:
            for name, portion in self._portions.items():
                self._take(name, portion)
        for problem in dict.fromkeys(self._unusable.values()):
            self._report(problem)

    async def run(self, call: Call, *arguments: object) -> None:
        """Run a function, and take note in the call of everything that is wrong with it.

        Raises:
            ConnectionError: the peer went while something was being sent to it.
        """
        if call.function in self._unusable:
            call.problems.append(self._unusable[call.function])
            return
        function = self._functions[call.function]
        call.source, call.code = self._source, function.__code__
        try:
            await self._steps(call, function, arguments)
        except BaseException as error:
            self._watchdog.end()
            if error is call.interruption or error is call.lost_peer:
                raise
            call.problems.append(
                self._source.problem_of(error, function.__code__, vars(self.module))
            )
        finally:
            if call.limit is not None:
                call.limit.cancel()
        call.find_forgotten_awaits()

    @coroutine
    def _steps(
        self, call: Call, function: FunctionType, arguments: tuple[object, ...]
    ) -> Generator[Any, Any, None]:
        """Drive an async function like `await`, watched in each stretch that it runs."""
        steps = function(*arguments)
        resume, value = steps.send, None
        while True:
            self._current = call
            self._watchdog.begin(self._source)
            try:
                waiting_for = resume(value)
            except StopIteration:
                return
            finally:
                self._watchdog.end()
            self._limit_waiting(call, waiting_for)
            try:
                resume, value = steps.send, (yield waiting_for)
            except BaseException as error:
                call.interruption = error
                resume, value = steps.throw, error
            if call.waited_too_long:
                resume, value = steps.throw, StuckWait()

    def _limit_waiting(self, call: Call, waiting_for: "asyncio.Future[Any] | None") -> None:
        """Break the call off in a while, should it wait for something other than a slow peer."""
        import asyncio

        call.waiting_for = waiting_for
        if call.limit is None:
            loop = asyncio.get_running_loop()
            call.limit = loop.call_later(BREAK_SECONDS, call.stop_waiting)

    def _take(self, name: str, portion: Portion) -> None:
        """Take a function into use, or note why it can't be."""
        function = getattr(self.module, name, None)
        if not isinstance(function, FunctionType):
            found = [n for n, f in vars(self.module).items() if isinstance(f, FunctionType)]
            self._refuse(name, explanations.missing_function(name, found))
        elif inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            self._refuse(name, explanations.uses_yield(name), function.__code__)
        elif inspect.iscoroutinefunction(function) is not portion.is_async:
            explanation = explanations.wrong_async(name, portion.is_async)
            self._refuse(name, explanation, function.__code__)
        elif portion.is_async and not receives(function, portion.parameters):
            explanation = explanations.wrong_parameters(name, portion.parameters)
            self._refuse(name, explanation, function.__code__)
        else:
            self._functions[name] = function
            if portion.check and parameters(function.__code__) == portion.parameters:
                setattr(self.module, name, self._checked(function, portion))

    def _refuse(self, name: str, explanation: Explanation, code: CodeType | None = None) -> None:
        self._unusable[name] = self._source.problem(explanation, code)

    def _checked(self, function: FunctionType, portion: Portion) -> Callable[..., Any]:
        """Return a function that does the same, and takes note of what is wrong with it."""
        code = function.__code__
        check = portion.check
        assert check is not None

        @functools.wraps(function)
        def checked(*arguments: Any, **keywords: Any) -> Any:
            before = self._copies() if portion.stores else None
            result = function(*arguments, **keywords)
            # Nonsense in a dictionary is found when the handler has ended.
            with contextlib.suppress(Exception):
                now = self.dictionaries(self._current)
                first = (before, now) if portion.stores else (now, result)
                found = check(*first, *arguments, **keywords)
                if found and self._current is not None:
                    self._current.find(self._sharpened(found, code), code)
            if self._current is not None:
                given = dict(zip(portion.parameters, arguments, strict=False))
                self._current.compare(function.__name__, given, sys._getframe(1).f_lineno)
            return result

        return checked

    def _sharpened(self, explanation: Explanation, code: CodeType) -> Explanation:
        """Return what a look at a function's text tells more exactly, if it does."""
        for dictionary in Dictionaries._fields:
            if dictionary in code.co_varnames:
                return explanations.local_dictionary(code.co_name, dictionary)
        if stops_early(self._source.tree(), code.co_name):
            return explanations.early_return(code.co_name)
        return explanation

    def _copies(self) -> Dictionaries:
        return Dictionaries(*map(dict, self.dictionaries(self._current)))

    def dictionaries(self, call: Call | None = None) -> Dictionaries:
        """Return the two dictionaries; one that the last call replaced is told to that call.

        What is no dictionary any more is put back to what it was.
        """
        for name, known in self._dictionaries.items():
            found = getattr(self.module, name, None)
            if found is known:
                continue
            if call is not None:
                code, line = self._writer(name)
                explanation = explanations.replaced(
                    code.co_name if code else call.function, name, type(found).__name__
                )
                call.find(explanation, code, line)
            if isinstance(found, dict):
                self._dictionaries[name] = found
            else:
                setattr(self.module, name, known)
        return Dictionaries(**self._dictionaries)

    def _writer(self, dictionary: str) -> tuple[CodeType | None, int]:
        """Return the function, and the line, that gives a new value to a dictionary's name."""
        for function in self._functions.values():
            code = function.__code__
            for step in dis.get_instructions(code):
                if step.opname == "STORE_GLOBAL" and step.argval == dictionary:
                    lines = (n for start, end, n in code.co_lines() if start <= step.offset < end)
                    return code, next(lines) or 0
        return None, 0

    def _report_stuck(self, source: Source, stuck: Stuck) -> None:
        explanation = explanations.stuck(
            stuck.code.co_name, stuck.seconds, stuck.in_loop, self._program
        )
        problem = source.problem(explanation, stuck.code, stuck.line)
        self._report(replace(problem, ongoing=True))


def parameters(code: CodeType) -> tuple[str, ...]:
    """Return the names of what a function receives."""
    return code.co_varnames[: code.co_argcount]


def receives(function: FunctionType, names: tuple[str, ...]) -> bool:
    """Tell whether a function can be called with one value for each name."""
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        return False
    return True
