"""The supervisor: imports a file of students' code, and runs its functions.

Whatever they do, the program goes on, and what is wrong is reported as a `Problem`.
"""

import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import wraps
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from operator import eq
from pathlib import Path
from threading import get_ident
from types import FunctionType, ModuleType, coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from gui.tutor.assignment import Dictionaries, Function
from gui.tutor.call import Call
from gui.tutor.evidence import Evidence
from gui.tutor.exceptions import frames_in, import_problem, problem_of, why_it_ended
from gui.tutor.explanations import explain
from gui.tutor.layout import not_graded
from gui.tutor.loaded import Loaded
from gui.tutor.logic import Logic
from gui.tutor.problem import Problem
from gui.tutor.replay import run_again, threads_left_out
from gui.tutor.rules import helped_rightly
from gui.tutor.saved_file import SavedFile
from gui.tutor.snapshot import Snapshot, class_name, snapshot
from gui.tutor.source import Source
from gui.tutor.syntax import may_return_nothing
from gui.tutor.watchdog import BREAK_SECONDS, Stuck, StuckWait, Watchdog
from protocol import ConnectionEnded, others_first

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")

ENDED = object()
# Calls that catch every exception. They are kept: Python would try to end one that is not, and
# report that it can't.
UNENDING: list[Generator[Any, Any, object]] = []


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
        functions: those that students fill in.
        program: what the code holds up when it is stuck, "server" or "client".
        report: takes a problem that cannot wait for the end of a call, in any thread.
        did_right: takes the name of a helper that did what its docstring says, once.

    Attributes:
        logic: the file that is in force.
        file: the same, as it is saved.
        known: the two dictionaries as they were last seen.
        waiting: how many of the functions are waiting for something at the moment.
    """

    logic: Logic
    file: SavedFile

    def __init__(
        self,
        name: str,
        functions: Mapping[str, Function],
        program: str,
        report: Callable[[Problem], None],
        did_right: Callable[[str], None],
    ) -> None:
        self.known = Snapshot({}, {})
        self.waiting = 0
        self._name = name
        self._functions = functions
        self._program = program
        self._report = report
        self._did_right = did_right
        self._current = Call("", (), None, None)

    def load(self) -> tuple[Loaded, list[Problem]]:
        """Load the file for the first time.

        Returns:
            That it was loaded, and what in it cannot be used.
        """
        self._thread_id = get_ident()
        # The C library's own makes the whole process ignore Ctrl-C meanwhile (POSIX, system()).
        os.system = system
        self._notice_forgotten_awaits()
        self._notice_unhandled()
        spec = find_spec(self._name)
        # The first place is the folder of the program, where the file belongs.
        path = spec.origin if spec and spec.origin else f"{sys.path[0]}/{self._name}.py"
        self.file = SavedFile(Path(path), self._functions)
        self._watchdog = Watchdog(self._running_source, self._report_stuck)
        self._source = self.file.read()
        self._put_in_force(None)
        return self._loaded(), self.logic.problems()

    def load_again(self) -> tuple[Loaded, list[Problem]] | None:
        """Load the file again if it was saved; what runs goes on as it was.

        Returns:
            That it was loaded, and what in it cannot be used, but for what was so before; None
            if it was not saved.
        """
        source = self.file.look()
        if source is None:
            return None
        before, self._source = self.logic, source
        self._put_in_force(before.known)
        problems = self.logic.problems()
        was, now = before.source.definitions(), source.definitions()
        loaded = self._loaded()._replace(
            changed=frozenset(name for name in {*was, *now} if was.get(name) != now.get(name)),
            wrong=identities(problems),
            wrong_before=identities(before.problems()),
        )
        if source.ungraded() == before.source.ungraded():
            loaded = loaded._replace(remark="")
        told = loaded.wrong_before
        return loaded, [p for p in problems if p.identity not in told or loaded.ends(p)]

    def _put_in_force(self, known: Dictionaries | None) -> None:
        """Run the file from top to bottom, and let its functions be called from now on.

        Parameters:
            known: the two dictionaries that go on; None at the start.
        """
        # What it does casts no doubt on any call.
        self._current = Call("", (), None, None)
        spec = spec_from_file_location(self._name, self._source.path)
        assert spec is not None
        spec.loader_state = self._source
        module = module_from_spec(spec)
        failure = self._run_file(self._source, module)
        self.logic = Logic(module, self._source, self._functions, failure, known)
        self._watch_helpers(self.logic)

    def _loaded(self) -> Loaded:
        """Return that the file is in force."""
        remark = not_graded(self._source.ungraded())
        is_there = self._source.data is not None
        return Loaded(self._source.file, time.time(), is_there=is_there, remark=remark)

    def _running_source(self) -> Source:
        """Return the file that runs, as it was when that began."""
        logic = self._current.logic
        return self._source if logic is None else logic.source

    def _run_file(self, source: Source, module: ModuleType) -> Problem | None:
        """Run a file from top to bottom, in a module; return why it stopped, if it did."""
        sys.modules[self._name] = module
        try:
            try:
                self._watchdog.begin()
                for code in source.reading.code:
                    exec(code, vars(module))
            finally:
                self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            failure = self.watched(import_problem, error, source)
            if failure is None:
                said = class_name(type(error))
                explanation = explain("stops_while_read", file=source.file, said=said)
                failure = source.problem(explanation, None)
            return failure
        return None

    async def run(self, call: Call, *arguments: object) -> BaseException | None:
        """Run an async function; return what ended it before its end, if something did.

        Raises:
            ConnectionEnded: the peer went while something was being sent to it.
        """
        function = self.logic.functions[call.function]
        self._current = call
        try:
            try:
                self._watchdog.begin()
                steps = function(*arguments).__await__()
                # Unlike `send`, this raises nothing when the function ends, which would take
                # longer.
                waiting_for = next(steps, ENDED)
                if waiting_for is ENDED and call.sent is not None:
                    call.left_known = self.logic.is_still(self.known)
                    return None
            finally:
                self._watchdog.end()
        except BaseException as error:
            self._watchdog.end()
            return not_of_network(error)
        end = None if waiting_for is ENDED else await self._go_on(call, steps, waiting_for)
        if call.sent is None:
            # The function may have made a task that sends its answer: let it begin.
            await others_first()
        return end

    @coroutine
    def _go_on(
        self, call: Call, steps: Generator[Any, Any, object], waiting_for: Any
    ) -> Generator[Any, Any, BaseException | None]:
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
                try:
                    self._watchdog.begin()
                    waiting_for = resume(value)
                finally:
                    self._watchdog.end()
                if isinstance(value, StuckWait):  # it was caught, and waits again
                    UNENDING.append(steps)
                    raise value
        except StopIteration:
            return None
        except BaseException as error:
            self._watchdog.end()
            if error is interruption:
                raise
            return not_of_network(error)
        finally:
            limit.cancel()
            self.waiting -= 1

    def watched(self, action: Callable[..., Result], *arguments: Any) -> Result | None:
        """Do what may call a special method of students' code, watched as their functions are.

        Returns:
            What the action returns; None if it raised something.
        """
        # Perhaps it is one of their functions that leads here. Another thread holds up nobody.
        if self._watchdog.since is not None or get_ident() != self._thread_id:
            try:
                return action(*arguments)
            except BaseException:
                return None
        try:
            try:
                self._watchdog.begin()
                return action(*arguments)
            finally:
                self._watchdog.end()
        except BaseException:
            self._watchdog.end()
            return None

    def look(self) -> Snapshot:
        """Return what the dictionaries hold now; the same as before, if nothing changed."""
        is_watched = self._watchdog.since is not None
        is_still, known = self.logic.is_still, self.known
        if not (is_still(known) if is_watched else self.watched(is_still, known)):
            now = self.logic.dictionaries()
            unchanged = [self.watched(eq, *pair) for pair in zip(now, known, strict=True)]
            self.known = snapshot(now, known, unchanged, self._take_out)
        return self.known

    def _take_out(self, name: str, *key: object) -> None:
        """Take the entry of a key out of a dictionary; without one, all entries."""
        entries = getattr(self.logic.dictionaries(), name)
        if key:
            self.watched(dict.pop, entries, *key, None)
        else:
            self.watched(dict.clear, entries)

    def replay(
        self, call: Call, before: Snapshot, arguments: tuple[object, ...]
    ) -> Evidence | None:
        """Run a function again as it ran in a call, and return what it did.

        Parameters:
            before: the dictionaries when it began.
            arguments: what it was given after the handle.
        """
        # What has held up the program once is not run again.
        if call.stuck is not None:
            return None
        import asyncio  # here for the same reason

        function = self._functions[call.function]
        # What it does now casts no doubt on any call.
        self._current = Call("", (), None, call.logic)
        tasks = asyncio.all_tasks()

        def run() -> Evidence | None:
            with call.logic.recorded(before.originals()) as recorder:
                code = getattr(call.logic.module, function.name)
                return run_again(function, code, recorder, call.key, arguments)

        # What it raises did not happen in the first run, so that it explains nothing.
        with threads_left_out(asyncio.get_running_loop()):
            did = self.watched(run)
        for task in asyncio.all_tasks() - tasks:
            task.cancel()
        return did

    def _watch_helpers(self, logic: Logic) -> None:
        """Watch each helper until it was right once, and always whether it gives no answer."""
        tree = logic.source.tree()
        for name, function in logic.functions.items():
            expected = self._functions[name]
            if not expected.sends:
                is_doubted = expected.answers and may_return_nothing(tree, name)
                helper = self._doubted(function) if is_doubted else function
                setattr(logic.module, name, self._watched_once(logic, expected, helper))

    def _watched_once(
        self, logic: Logic, expected: Function, helper: Callable[..., Any]
    ) -> Callable[..., Any]:
        """Return a helper that takes its own place again once it was right."""
        names, name = vars(logic.module), expected.name

        @wraps(helper)
        def watched(*arguments: Any, **keywords: Any) -> Any:
            # What is made after the model of `dict` may have a copy of its own.
            if any(type(entries) is not dict for entries in logic.known):
                return helper(*arguments, **keywords)
            before = logic.known.copy()
            result = helper(*arguments, **keywords)
            given = dict(zip(expected.parameters, arguments, strict=False)) | keywords
            now = Dictionaries(names.get("users", {}), names.get("active_users", {}))
            if helped_rightly(expected, before, given, now, result):
                if names.get(name) is watched:
                    names[name] = helper
                self._did_right(name)
            return result

        return watched

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
        if error is None or not (frames := frames_in(self._source, error)):
            return False
        # It may have come out of a function of their own, of which the assignment says nothing.
        name = frames[-1][0].f_code.co_name
        function = next(iter(self._functions.values()))._replace(name=name)

        def problem() -> Problem:
            # The file may have been saved since.
            source: Source = frames[-1][0].f_globals["__spec__"].loader_state
            return problem_of(why_it_ended(error, function, source), source, error)

        found = self.watched(problem)
        if found is not None:
            self._report(found)
        return found is not None

    def _report_stuck(self, stuck: Stuck) -> None:
        call = self._current
        call.stuck = stuck
        # So it is looked at once more when it has let go.
        call.is_doubtful = True
        rule = "stuck_loop" if stuck.in_loop else "stuck_call"
        self._report(replace(self._problem_of(stuck, rule, self._running_source()), ongoing=True))

    def held_up(self, call: Call, stuck: Stuck) -> Problem:
        """Return the problem that a call held up the program, although it let go by itself."""
        rule = "was_long_loop" if stuck.in_loop else "was_long_call"
        return self._problem_of(stuck, rule, call.logic.source)

    def _problem_of(self, stuck: Stuck, rule: str, source: Source) -> Problem:
        name = stuck.code.co_name
        explanation = explain(
            rule,
            who="What stands outside the functions" if name == "<module>" else f"{name}()",
            program=self._program,
            seconds=stuck.seconds,
            limit=BREAK_SECONDS,
        )
        return source.problem(explanation, stuck.code, stuck.line)


def identities(problems: list[Problem]) -> frozenset[tuple[str, str]]:
    """Return what tells problems from others."""
    return frozenset(problem.identity for problem in problems)


def not_of_network(error: BaseException) -> BaseException:
    """Return an exception that students' code is to answer for; raise one of the network."""
    if issubclass(type(error), ConnectionEnded):
        raise error
    return error


def system(command: Any) -> int:
    """Run a command in a shell, and return its status, as `os.system` does."""
    import subprocess  # here, because hardly anybody calls it

    status = subprocess.call(command, shell=True)
    if os.name == "nt":
        return status
    return status << 8 if status >= 0 else -status
