"""The supervisor: loads a file of students' code and runs its functions.

Whatever they do, the program goes on, and what is wrong is reported as a `Problem`.
"""

import dis
import functools
import importlib.util
import inspect
import itertools
import warnings
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, coroutine
from typing import TYPE_CHECKING, Any

from gui.tutor import explanations
from gui.tutor.call import Call, Handle
from gui.tutor.explanations import Explanation
from gui.tutor.problem import Problem, Source
from gui.tutor.promises import Dictionaries, Portion
from gui.tutor.replay import NotedHandle, Replay
from gui.tutor.watchdog import BREAK_SECONDS, Stuck, Watchdog
from protocol import ConnectionEnded, others_first

if TYPE_CHECKING:
    import asyncio

ENDED = object()


class StuckWait(BaseException):
    """A function that waits for something that does not come is broken off with this."""


class Limit:
    """How long a call may wait for something other than a slow peer.

    Attributes:
        waiting_for: what it waits for.
        is_reached: whether it is to be broken off.
    """

    def __init__(self, loop: "asyncio.AbstractEventLoop", call: Call) -> None:
        self.waiting_for: asyncio.Future[Any] | None = None
        self.is_reached = False
        self._loop = loop
        self._call = call
        self._timer = loop.call_later(BREAK_SECONDS, self._reach)

    def cancel(self) -> None:
        """Take note that the call has ended."""
        self._timer.cancel()

    def _reach(self) -> None:
        if not self._call.is_delivering():
            self.is_reached = True
            if self.waiting_for is not None:
                self.waiting_for.cancel()
        self._timer = self._loop.call_later(BREAK_SECONDS, self._reach)


class Supervisor:
    """Loads one file of students' code, and runs the functions in it.

    Parameters:
        name: the module's name.
        portions: the functions that students fill in.
        program: what the code holds up when it is stuck, "server" or "client".
        report: takes each problem, in any thread.

    Attributes:
        module: the file, as it was imported.
        waiting: how many of the functions are waiting for something at the moment.
    """

    def __init__(
        self,
        name: str,
        portions: Mapping[str, Portion],
        program: str,
        report: Callable[[Problem], None],
    ) -> None:
        self.module = ModuleType(name)
        self._name = name
        self._portions = portions
        self._program = program
        self._report = report
        self._functions: dict[str, FunctionType] = {}
        self._unusable: dict[str, Problem] = {}
        self.waiting = 0
        self._current = Call("", ())
        self._dictionaries = Dictionaries({}, {})

    def load(self) -> None:
        """Import the file, and report what in it cannot be used."""
        self._notice_forgotten_awaits()
        spec = importlib.util.find_spec(self._name)
        self._source = Source(Path(spec.origin if spec and spec.origin else f"{self._name}.py"))
        self._watchdog = Watchdog(self._source, self._report_stuck)
        self._watchdog.begin()
        try:
            self.module = importlib.import_module(self._name)
            self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            problem = self._source.import_problem(error)
            self._unusable = dict.fromkeys(self._portions, problem)
        for name in Dictionaries._fields:
            if not isinstance(vars(self.module).get(name, {}), dict):
                line = self._source.assigning_line(name)
                self._report(self._source.problem(explanations.no_dictionary(name), None, line))
        if not self._unusable:
            for name, portion in self._portions.items():
                self._take(name, portion)
        for problem in dict.fromkeys(self._unusable.values()):
            self._report(problem)

    def run(self, call: Call, *arguments: object) -> Awaitable[None] | None:
        """Run an async function, and take note in the call of what ends it before its end.

        Most functions end at once. One that waits for something, or has sent nothing, is not
        over yet: the rest of it is returned, to be awaited.

        Raises:
            ConnectionEnded: the peer went while something was being sent to it.
        """
        function = self._functions.get(call.function)
        if function is None:
            call.problems = (self._unusable[call.function],)
            return None
        self._current = call
        self._watchdog.begin()
        try:
            steps = function(*arguments).__await__()
            # Unlike `send`, this makes no exception of a function that ends without waiting.
            waiting_for = next(steps, ENDED)
            self._watchdog.end()
        except BaseException as error:
            self._note_end(call, error)
            return None
        if waiting_for is not ENDED:
            return self._go_on(call, steps, waiting_for)
        # A task that the function has made, perhaps of its answer, begins now.
        return others_first() if call.sent is None else None

    @coroutine
    def _go_on(
        self, call: Call, steps: Generator[Any, Any, object], waiting_for: Any
    ) -> Generator[Any, Any, None]:
        """Drive a function that waits for something, as `await` would."""
        # Here, not above: the window opens before asyncio is imported (see NetworkThread).
        import asyncio

        loop = asyncio.get_running_loop()
        limit = Limit(loop, call)
        self.waiting += 1
        try:
            while True:
                limit.waiting_for = waiting_for
                resume, value = steps.send, None
                try:
                    value = yield waiting_for
                except BaseException as error:
                    call.interruption = error
                    resume, value = steps.throw, error
                if limit.is_reached:
                    resume, value = steps.throw, StuckWait()
                self._current = call
                self._watchdog.begin()
                waiting_for = resume(value)
                self._watchdog.end()
                if isinstance(value, StuckWait):
                    raise value  # it was caught, and waits again
        except StopIteration:
            self._watchdog.end()
        except BaseException as error:
            self._note_end(call, error)
        finally:
            limit.cancel()
            self.waiting -= 1
        if call.sent is None:
            yield  # see `run`

    def _note_end(self, call: Call, error: BaseException) -> None:
        """Take note of an exception that ended a call, or raise it if it concerns others."""
        self._watchdog.end()
        if error is call.interruption or isinstance(error, ConnectionEnded):
            raise error
        code = self._functions[call.function].__code__
        call.problems = (self._source.problem_of(error, code, vars(self.module)),)

    def replay(
        self, call: Call, before: Dictionaries, handle: Handle, *arguments: object
    ) -> Replay:
        """Run a function again as it ran in a call, with note taken of everything.

        Parameters:
            call: what it did.
            before: the dictionaries when it began.
            handle, arguments: what it was given.
        """
        replay = Replay(call, self._source, self._functions)
        # Nobody wants to wait for it a second time.
        if not call.was_stuck:
            self._follow(replay, Dictionaries(*map(dict, before)), handle, arguments)
        if not replay.went_like(call):
            # A clock or a die is in it, say: what the second run did explains nothing.
            replay = Replay(call, self._source, self._functions)
        replay.sent, replay.held_back = call.sent, call.held_back
        replay.find_forgotten_awaits()
        return replay

    def _follow(
        self,
        replay: Replay,
        dictionaries: Dictionaries,
        handle: Handle,
        arguments: tuple[object, ...],
    ) -> None:
        import asyncio  # here for the same reason

        self._current = replay
        tasks = asyncio.all_tasks()
        with self._copies(dictionaries, replay):
            self._watchdog.begin()
            try:
                function = self._functions[replay.function]
                replay.follow(function(NotedHandle(handle, replay), *arguments))
                self._watchdog.end()
            except BaseException:
                # It did not happen in the first run, so that there is nothing to tell of it.
                self._watchdog.end()
        for task in asyncio.all_tasks() - tasks:
            task.cancel()

    @contextmanager
    def _copies(self, dictionaries: Dictionaries, replay: Replay) -> Iterator[None]:
        """Let the file's functions see copies of what they may change, and print or ask nothing."""
        names = vars(self.module)
        before, dictionaries_before = dict(names), self._dictionaries
        for name, value in before.items():
            if isinstance(value, (dict, list, set)) and not name.startswith("_"):
                with suppress(Exception):  # what cannot be copied is shared
                    names[name] = deepcopy(value)
        names.update(dictionaries._asdict(), print=lambda *_, **__: None, input=iter(()).__next__)
        for name, function in self._functions.items():
            portion = self._portions[name]
            if portion.truth and parameters(function.__code__) == portion.parameters:
                names[name] = replay.noted(function, portion.parameters)
        self._dictionaries = dictionaries
        try:
            yield
        finally:
            names.clear()
            names.update(before)
            self._dictionaries = dictionaries_before

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
            if portion.truth and not portion.stores and may_return_nothing(function.__code__):
                setattr(self.module, name, self._doubted(function))

    def _refuse(self, name: str, explanation: Explanation, code: CodeType | None = None) -> None:
        self._unusable[name] = self._source.problem(explanation, code)

    def _doubted(self, helper: FunctionType) -> Callable[..., Any]:
        """Return a helper that does the same, and casts doubt on a call where it returns None."""

        @functools.wraps(helper)
        def doubted(*arguments: Any, **keywords: Any) -> Any:
            result = helper(*arguments, **keywords)
            if result is None:
                self._current.is_doubtful = True
            return result

        return doubted

    def dictionaries(self, call: Call | None = None) -> Dictionaries:
        """Return the two dictionaries, and note in the call if it replaced one.

        What is no dictionary any more is put back to what it was.
        """
        users, active_users = self._dictionaries
        names = vars(self.module)
        if names.get("users") is users and names.get("active_users") is active_users:
            return self._dictionaries
        for name, known in self._dictionaries._asdict().items():
            found = names.get(name)
            if found is known:
                continue
            if call is not None:
                code, line = self._writer(name, self._functions[call.function].__code__)
                explanation = explanations.replaced(code.co_name, name, type(found).__name__)
                call.problems += (self._source.problem(explanation, code, line),)
            if isinstance(found, dict):
                self._dictionaries = self._dictionaries._replace(**{name: found})
            else:
                names[name] = known
        return self._dictionaries

    def _writer(self, dictionary: str, default: CodeType) -> tuple[CodeType, int]:
        """Return the function, and the line, that gives a new value to a dictionary's name."""
        for function in self._functions.values():
            code = function.__code__
            for step in dis.get_instructions(code):
                if step.opname == "STORE_GLOBAL" and step.argval == dictionary:
                    lines = (n for start, end, n in code.co_lines() if start <= step.offset < end)
                    return code, next(lines) or 0
        return default, 0

    def _notice_forgotten_awaits(self) -> None:
        """Let a message that is dropped before it was sent cast doubt on the call.

        Python warns as soon as nothing refers to it any more: for most, in the very line.
        """
        show = warnings.showwarning

        def notice(message: Warning | str, *rest: Any, **more: Any) -> None:
            if str(message).endswith("was never awaited"):
                self._current.is_doubtful = True
            else:
                show(message, *rest, **more)

        warnings.filterwarnings("always", "coroutine .* was never awaited", RuntimeWarning)
        warnings.showwarning = notice

    def _report_stuck(self, stuck: Stuck) -> None:
        explanation = explanations.stuck(
            stuck.code.co_name, stuck.seconds, stuck.in_loop, self._program
        )
        self._current.was_stuck = True
        problem = self._source.problem(explanation, stuck.code, stuck.line)
        self._report(replace(problem, ongoing=True))


def may_return_nothing(code: CodeType) -> bool:
    """Tell whether a function has a path that ends without `return` and a value."""
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    return ("RETURN_CONST", None) in steps or any(
        load == ("LOAD_CONST", None) and opname == "RETURN_VALUE"
        for load, (opname, _) in itertools.pairwise(steps)
    )


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
