"""The supervisor: loads a file of students' code and runs its functions.

Whatever they do, the program goes on, and what is wrong is reported as a `Problem`.
"""

import dis
import functools
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, coroutine
from typing import TYPE_CHECKING, Any

from gui import explanations
from gui.call import Call
from gui.explanations import Explanation
from gui.problem import Problem, Source
from gui.promises import Dictionaries, Portion, find_in_helper
from gui.watchdog import BREAK_SECONDS, Stuck, Watchdog

if TYPE_CHECKING:
    import asyncio


class StuckWait(BaseException):
    """A function that waits for something that does not come is broken off with this."""


class Supervisor:
    """Loads one file of students' code, and runs the functions in it.

    Parameters:
        name: the module's name.
        portions: the functions that students fill in.
        program: what the code holds up when it is stuck, "server" or "client".
        report: takes each problem, in any thread.
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
        self._watchdog = Watchdog(self._report_stuck)
        self._functions: dict[str, FunctionType] = {}
        self._unusable: dict[str, Problem] = {}
        self._current: Call
        self._dictionaries = Dictionaries({}, {})

    def load(self) -> None:
        """Import the file, and report what in it cannot be used."""
        # Python prints this sooner or later, or never; a forgotten await is told at once.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        spec = importlib.util.find_spec(self._name)
        self._source = Source(Path(spec.origin if spec and spec.origin else f"{self._name}.py"))
        self._watchdog.begin(self._source)
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
        self.dictionaries()
        if not self._unusable:
            for name, portion in self._portions.items():
                self._take(name, portion)
        for problem in dict.fromkeys(self._unusable.values()):
            self._report(problem)

    @coroutine
    def run(self, call: Call, *arguments: object) -> Generator[Any, Any, None]:
        """Run an async function, and take note in the call of everything that is wrong with it.

        Raises:
            ConnectionError: the peer went while something was being sent to it.
        """
        name = call.function
        if name in self._unusable:
            call.problems.append(self._unusable[name])
            return
        call.source, call.path, call.functions = self._source, self._source.path, self._functions
        try:
            yield from self._steps(call, arguments)
        except BaseException as error:
            self._watchdog.end()
            if error is call.interruption or error is call.lost_peer:
                raise
            code = self._functions[name].__code__
            call.problems.append(self._source.problem_of(error, code, vars(self.module)))
        finally:
            if call.limit is not None:
                call.limit.cancel()
        if call.has_unawaited():
            yield  # a task that was made of it begins now
            call.find_forgotten_awaits()

    def _steps(self, call: Call, arguments: tuple[object, ...]) -> Generator[Any, Any, None]:
        """Drive the function's coroutine as `await` would; the watchdog knows of each step."""
        steps = self._functions[call.function](*arguments)
        resume, value = steps.send, None
        try:
            while True:
                self._current = call
                self._watchdog.begin(self._source)
                waiting_for = resume(value)
                self._watchdog.end()
                self._limit_waiting(call, waiting_for)
                try:
                    resume, value = steps.send, (yield waiting_for)
                except BaseException as error:
                    call.interruption = error
                    resume, value = steps.throw, error
                if call.waited_too_long:
                    resume, value = steps.throw, StuckWait()
        except StopIteration as end:
            self._watchdog.end()
            if inspect.iscoroutine(end.value) and not call.sendings:
                end.value.close()
                call.find(explanations.forgotten_await(call.function, end.value.__name__))

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
            if portion.truth and parameters(function.__code__) == portion.parameters:
                setattr(self.module, name, self._noted(function, portion))

    def _refuse(self, name: str, explanation: Explanation, code: CodeType | None = None) -> None:
        self._unusable[name] = self._source.problem(explanation, code)

    def _noted(self, function: FunctionType, portion: Portion) -> Callable[..., Any]:
        """Return a helper that does the same, and of whose calls note is taken."""
        name = function.__name__

        @functools.wraps(function)
        def noted(*arguments: Any, **keywords: Any) -> Any:
            result = function(*arguments, **keywords)
            call = self._current
            if keywords:
                arguments += tuple(keywords[n] for n in portion.parameters if n in keywords)
            if result is None and not portion.stores:
                find_in_helper(call, name, explanations.no_result(name))
            call.helpers.append((name, arguments, result, sys._getframe(1).f_lineno))
            return result

        return noted

    def dictionaries(self, call: Call | None = None) -> Dictionaries:
        """Return the two dictionaries; that the call replaced one is found in the call.

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
                code, line = self._writer(name)
                function = code.co_name if code else call.function
                explanation = explanations.replaced(function, name, type(found).__name__)
                call.find(explanation, code, line)
            if isinstance(found, dict):
                self._dictionaries = self._dictionaries._replace(**{name: found})
            else:
                names[name] = known
        return self._dictionaries

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
