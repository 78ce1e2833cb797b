"""The supervisor: imports a file of students' code, and runs its functions.

Whatever they do, the program goes on, and what is wrong is reported as a `Problem`.
"""

import dis
import importlib.util
import itertools
import os
import threading
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from gui.tutor import explanations
from gui.tutor.assignment import Portion
from gui.tutor.call import Call
from gui.tutor.exceptions import frames_in, import_problem, problem_of
from gui.tutor.explanations import Failure, no_import
from gui.tutor.logic import Logic
from gui.tutor.problem import Problem
from gui.tutor.replay import RecordedHandle, Replay
from gui.tutor.snapshot import Snapshot, class_name
from gui.tutor.source import Source
from gui.tutor.watchdog import BREAK_SECONDS, Stuck, Watchdog
from protocol import ConnectionEnded, others_first

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")

ENDED = object()
# Calls that no exception ends. Where nothing refers to one any more, Python tries once more, and
# complains.
UNENDING: list[Generator[Any, Any, object]] = []


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
    """Imports one file of students' code, and runs the functions in it.

    Parameters:
        name: the module's name.
        portions: the functions that students fill in.
        program: what the code holds up when it is stuck, "server" or "client".
        report: takes a problem that cannot wait for the end of a call, in any thread.

    Attributes:
        logic: the file, as it was imported.
        waiting: how many of the functions are waiting for something at the moment.
    """

    logic: Logic

    def __init__(
        self,
        name: str,
        portions: Mapping[str, Portion],
        program: str,
        report: Callable[[Problem], None],
    ) -> None:
        self.waiting = 0
        self._name = name
        self._portions = portions
        self._program = program
        self._report = report
        self._current = Call("", (), None)

    def load(self) -> None:
        """Import the file, and report what in it cannot be used."""
        self._thread_id = threading.get_ident()
        # The C library's own makes the whole process ignore Ctrl-C meanwhile (POSIX, system()).
        os.system = system
        self._notice_forgotten_awaits()
        self._notice_unhandled()
        spec = importlib.util.find_spec(self._name)
        self._source = source = Source(
            Path(spec.origin if spec and spec.origin else f"{self._name}.py")
        )
        self._watchdog = Watchdog(source, self._report_stuck)
        self._watchdog.begin()
        try:
            module = importlib.import_module(self._name)
            self.logic = Logic(module, source, self._portions)
            self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            failure = self.watched(import_problem, error, source)
            failure = failure or source.problem(
                no_import(source.file, class_name(type(error)), ""), None
            )
            self.logic = Logic(ModuleType(self._name), source, self._portions, failure)
        else:
            self._doubt_helpers(module)
        for problem in [*self.logic.misplaced, *dict.fromkeys(self.logic.unusable.values())]:
            self._report(problem)

    async def run(self, call: Call, *arguments: object) -> Problem | None:
        """Run an async function; return what ended it before its end, if something did.

        Raises:
            ConnectionEnded: the peer went while something was being sent to it.
        """
        function = self.logic.functions.get(call.function)
        if function is None:
            return self.logic.unusable[call.function]
        self._current = call
        self._watchdog.begin()
        try:
            steps = function(*arguments).__await__()
            # Unlike `send`, this makes no exception of a function that ends without waiting.
            waiting_for = next(steps, ENDED)
            self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            return self._explain(call, error)
        problem = None if waiting_for is ENDED else await self._go_on(call, steps, waiting_for)
        if call.sent is None:
            # A task that the function has made, perhaps of its answer, begins now.
            await others_first()
        return problem

    @coroutine
    def _go_on(
        self, call: Call, steps: Generator[Any, Any, object], waiting_for: Any
    ) -> Generator[Any, Any, Problem | None]:
        """Drive a function that waits for something, as `await` would."""
        # Here, not above: the window opens before asyncio is imported (see NetworkThread).
        import asyncio

        limit = Limit(asyncio.get_running_loop(), call)
        interruption: BaseException | None = None
        self.waiting += 1
        try:
            while True:
                limit.waiting_for = waiting_for
                resume, value = steps.send, None
                try:
                    value = yield waiting_for
                except BaseException as error:
                    interruption = error
                    resume, value = steps.throw, error
                if limit.is_reached:
                    resume, value = steps.throw, StuckWait()
                self._current = call
                self._watchdog.begin()
                waiting_for = resume(value)
                self._watchdog.end()
                if isinstance(value, StuckWait):  # it was caught, and waits again
                    UNENDING.append(steps)
                    raise value
        except StopIteration:
            self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            if error is interruption:
                raise
            return self._explain(call, error)
        finally:
            limit.cancel()
            self.waiting -= 1
        return None

    def watched(self, action: Callable[..., Result], *arguments: Any) -> Result | None:
        """Do what may call a special method of students' code, watched as their functions are.

        Returns:
            What the action returns; None if it raised something.
        """
        # Perhaps it is one of their functions that leads here. Another thread holds up nobody.
        is_watched = self._watchdog.is_watching or threading.get_ident() != self._thread_id
        if not is_watched:
            self._watchdog.begin()
        try:
            result: Result | None = action(*arguments)
        except BaseException:
            result = None
        if not is_watched:
            self._watchdog.end()
        return result

    def _explain(self, call: Call, error: BaseException) -> Problem:
        """Return the problem that an exception is which ended a call; raise one of the network."""
        if issubclass(type(error), ConnectionEnded):
            raise error
        logic = self.logic
        code = logic.functions[call.function].__code__
        problem = self.watched(problem_of, error, code, vars(logic.module), logic.source)
        if problem is not None:
            return problem
        failure = Failure(class_name(type(error)), "", call.function)
        return logic.source.problem(explanations.explain_exception(failure), code)

    def replay(self, call: Call, before: Snapshot, handle: Any, *arguments: object) -> Replay:
        """Run a function again as it ran in a call, with everything recorded.

        Parameters:
            call: what it did.
            before: the dictionaries when it began.
            handle: makes a handle that sends through the replay.
            arguments: what it was given after the handle.
        """
        replay = Replay(call, self.logic.source, self.logic.functions)
        # Nobody wants to wait for it a second time.
        if not call.was_stuck:
            self._follow(replay, before, handle, arguments)
        if not replay.went_like(call):
            # A clock or a die is in it, say: what the second run did explains nothing.
            replay = Replay(call, self.logic.source, self.logic.functions)
        replay.sent, replay.held_back = call.sent, call.held_back
        replay.find_forgotten_awaits()
        return replay

    def _follow(
        self, replay: Replay, before: Snapshot, handle: Any, arguments: tuple[object, ...]
    ) -> None:
        import asyncio  # here for the same reason

        def follow() -> None:
            with self.logic.copies(before.originals(), replay):
                function = self.logic.functions[replay.function]
                replay.follow(function(RecordedHandle(handle(replay), replay), *arguments))

        self._current = replay
        tasks = asyncio.all_tasks()
        # What it raises did not happen in the first run, so that there is nothing to tell of it.
        self.watched(follow)
        for task in asyncio.all_tasks() - tasks:
            task.cancel()

    def _doubt_helpers(self, module: ModuleType) -> None:
        """Let a helper that returns None where it should answer cast doubt on the call."""
        for name, function in self.logic.functions.items():
            portion = self._portions[name]
            if portion.truth and not portion.stores and may_return_nothing(function.__code__):
                setattr(module, name, self._doubted(function))

    def _doubted(self, helper: FunctionType) -> Callable[..., Any]:
        @wraps(helper)
        def doubted(*arguments: Any, **keywords: Any) -> Any:
            result = helper(*arguments, **keywords)
            if result is None:
                self._current.is_doubtful = True
            return result

        return doubted

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

    def _notice_unhandled(self) -> None:
        """Report what ends a task or a thread that students' code has made."""
        import asyncio  # here for the same reason

        def end_thread(ended: Any) -> None:
            if not self._report_unhandled(ended.exc_value):
                end_other_thread(ended)

        end_other_thread = threading.excepthook
        threading.excepthook = end_thread
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # loaded to be looked at only
            return

        def handle(loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
            if not self._report_unhandled(context.get("exception")):
                handle_other(loop, context)

        default = type(loop).default_exception_handler
        handle_other = loop.get_exception_handler() or default
        loop.set_exception_handler(handle)

    def _report_unhandled(self, error: BaseException | None) -> bool:
        """Report an exception if it comes out of the file; tell whether it does."""
        if error is None or not frames_in(self._source, error):
            return False
        known = vars(self.logic.module)
        problem = self.watched(problem_of, error, None, known, self._source)
        if problem:
            self._report(problem)
        return problem is not None

    def _report_stuck(self, stuck: Stuck) -> None:
        explanation = explanations.stuck(
            stuck.code.co_name, stuck.seconds, stuck.in_loop, self._program
        )
        self._current.was_stuck = True
        problem = self._source.problem(explanation, stuck.code, stuck.line)
        self._report(replace(problem, ongoing=True))


def system(command: Any) -> int:
    """Run a command in a shell, and return its status, as `os.system` does."""
    import subprocess  # here, because hardly anybody calls it

    status = subprocess.call(command, shell=True)
    if os.name == "nt":
        return status
    return status << 8 if status >= 0 else -status


def may_return_nothing(code: CodeType) -> bool:
    """Tell whether a function has a path that ends without `return` and a value."""
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    return ("RETURN_CONST", None) in steps or any(
        load == ("LOAD_CONST", None) and opname == "RETURN_VALUE"
        for load, (opname, _) in itertools.pairwise(steps)
    )
