"""The worker: runs students' code, and says what it did. It knows nothing that is expected.

This file, compiled, and the recorder are given to an interpreter of its own (`python -I -S -c`),
where the system grants it in namespaces of its own. It takes jobs from standard input, a JSON
text a line: a list of them. Each job is one function; where the system can fork, those of a line
run in a process of their own, in turn, and this one passes on what it says. Standard output has
frames: four bytes with a length, and as many bytes; an empty one is the end of a line's jobs,
which only this process can tell.

The first line has the `user` to run students' code as: a number; 0 for nobody in a user
namespace of its own; null for whoever this is. It says, too, whether to `fork`. A job has:
    file        the name of the student's file, for the text of errors
    name        the function to call
    source      the function's text
    coroutine   whether it is a coroutine function
    handle      the name of the class of the handle, or null
    methods     for each method of the handle that sends: its parameters
    dictionaries  whether the file has users and active_users
    lookups     for each function of the file that answers: parameters, dictionary, and which of
                its key and its username each parameter is
    stores      the same for each function that stores
    others      for each other function of the file: its parameters
    imports     statements to run first
    asyncio     whether a loop of asyncio is needed
    instrument  the text of what instruments the function; "" where nobody asks for its steps
    limit       how many seconds a scenario may take
    settings    what users and active_users hold
    scenarios   a list of the number of the setting, key, arguments; and `meanwhile`, where other
                clients ask for the same at the same time: their keys

First of all a line's process says that it is "ready": it has imported what its functions name.
What a function did is the data of an `Evidence`; what is as if it did nothing is left out. One
that falls asleep for longer than it may is not waited for: the answer is "asleep".
"""

from __future__ import annotations

import builtins
import errno
import functools
import gc
import io
import json
import os
import select
import signal
import sys
import warnings

from gui.tutor import recorder

# Nothing is imported here that need not be: a worker starts for each submission.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop as Loop
    from collections.abc import Callable, Coroutine
    from io import BufferedRWPair as Stream
    from types import CodeType
    from typing import Any, BinaryIO

    Job = dict[str, Any]
    Scenario = dict[str, Any]

try:
    import resource
except ImportError:  # Windows
    pass

CHUNK_BYTES = 64 * 1024
# Most functions have been watched to their end before that.
SAY_SECONDS = 0.05
# No data of an evidence.
TOLD = object()
READY = b'"ready"\n'
ASLEEP = b'"asleep"\n'
# No clock is asked for as much, and Python refuses to sleep for ever.
LONGEST_SLEEP_SECONDS = 10**6
# Importing them does more than making names known.
NEVER_LOADED = {"antigravity", "test", "this"}


def main() -> None:
    """Take jobs until there are no more."""
    jobs, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    gc.freeze()

    def pass_on(said: bytes) -> None:
        write(answers, len(said).to_bytes(4, "big") + said)

    with os.fdopen(jobs, "rb") as lines:
        settings = json.loads(lines.readline())
        user = settings["user"]
        load_library(user)
        locked = user is not None and can_change_user(user)
        pass_on(as_line({"locked": locked}))
        untouched = state() if settings["fork"] else []
        for line in lines:
            jobs_now = json.loads(line)
            # Done once, before there is a process for each function.
            for job in jobs_now:
                make_ready(job)
            run_them = functools.partial(run, jobs_now, user if locked else None)
            if settings["fork"]:
                run_forked(run_them, lines, answers, pass_on)
            else:
                end_with(lines)
                run_them(pass_on)
            if settings["fork"] and state() != untouched:
                break
            pass_on(b"")


def make_ready(job: Job) -> None:
    """Make what jobs like this one need, to be kept for all of them."""
    recorder.Recorder("", {}).handle(job.get("handle") or "", job["methods"], "")
    names_in(job["instrument"])
    Doubles(job)
    if "together" in job:
        raise_loopback()


def state() -> list[Any]:
    """Return what a process of the same user could change of this one."""
    kinds = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return [os.getpriority(os.PRIO_PROCESS, 0), *map(resource.getrlimit, kinds)]


def can_change_user(user: int) -> bool:
    """Tell whether the system lets this process lock others up: not every container does."""
    child = os.fork()
    if not child:
        try:
            change_user(user)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def run_forked(
    run_them: Callable[[Callable[[bytes], None]], None],
    lines: BinaryIO,
    answers: int,
    pass_on: Callable[[bytes], None],
) -> None:
    """Run jobs in a process of their own, and pass on what it says until it ends.

    It is ended, too, when whoever waits for the answers closes standard input, or is no more.
    """
    listening, saying = os.pipe()
    child = os.fork()
    if not child:
        try:
            lines.close()
            os.close(answers)
            os.close(listening)
            answers_together = Answers(saying)
            run_them(answers_together.add)
            answers_together.end()
        finally:
            os._exit(0)
    os.close(saying)
    try:
        while lines.fileno() not in select.select([lines.fileno(), listening], [], [])[0]:
            said = os.read(listening, CHUNK_BYTES)
            if not said:
                break
            pass_on(said)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(listening)


class Answers:
    """What a function's process says, many answers at a time: each alone takes as long again.

    Whatever the function does, what it has done before is said soon.

    Parameters:
        descriptor: where to write.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: list[bytes] = []
        self._set_timer = signal.setitimer
        signal.signal(signal.SIGALRM, self._say)
        self._say()

    def add(self, line: bytes) -> None:
        """Take an answer, to be said soon."""
        self._waiting.append(line)

    def end(self) -> None:
        """Say all that is left."""
        self._set_timer(signal.ITIMER_REAL, 0)
        write(self._descriptor, b"".join(self._waiting))

    def _say(self, *_: object) -> None:
        write(self._descriptor, b"".join(self._waiting))
        self._waiting.clear()
        # Once only: this never interrupts itself.
        self._set_timer(signal.ITIMER_REAL, SAY_SECONDS)


def end_with(lines: BinaryIO) -> None:
    """End this process when standard input ends: whoever waits for the answers is no more."""
    import threading

    def wait() -> None:
        lines.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def write(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(descriptor, data) :]


def as_line(observation: dict[str, Any]) -> bytes:
    """Return one answer as it is written."""
    return json.dumps(observation).encode() + b"\n"


def run(jobs: list[Job], user: int | None, say: Callable[[bytes], None]) -> None:
    """Run the functions of some jobs in turn.

    Parameters:
        user: who they run as, None for whoever this is.
    """
    for job in jobs:
        load_modules(job)
    first = jobs[0]
    together = first.get("together")
    loop = make_loop() if any(job["asyncio"] for job in jobs) else None
    allowed = Allowed(first["limit"], functools.partial(say, ASLEEP))
    ends = connect(together["clients"]) if together else []
    lock_up(user)
    say(READY)
    if together:
        say(as_line({"scenario": 0, **observe_together(first, ends, loop, allowed)}))
        return
    for job in jobs:
        watch(job, say, loop if job["asyncio"] else None, allowed)


def watch(job: Job, say: Callable[[bytes], None], loop: Loop | None, allowed: Allowed) -> None:
    """Run one function in every scenario of its job."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if job["instrument"]:
                ours = names_in(job["instrument"])
                tree = ours["ast"].parse(job["source"], job["file"])
                code = ours["instrumented"](tree, job["file"])
            else:
                code = compile(job["source"], job["file"], "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        found = {
            "kind": type(error).__name__,
            "message": str(getattr(error, "msg", None) or error)[: recorder.MAX_TEXT_CHARACTERS],
            "line": getattr(error, "lineno", None) or 0,
        }
        say(as_line({"syntax": found}))
        return
    warnings.simplefilter("ignore")
    doubles = Doubles(job)
    for number, scenario in enumerate(job["scenarios"]):
        allowed.begin()
        say(as_line({"scenario": number, **observe(code, job, scenario, loop, doubles)}))


@functools.cache
def names_in(text: str) -> dict[str, Any]:
    """Return the names of a module of ours, by its text."""
    names: dict[str, Any] = {}
    exec(text, names)
    return names


def load_modules(job: Job) -> None:
    """Import the modules of the standard library that a job names, while they can be read."""
    lines = [line for line in [*job["source"].splitlines(), *job["imports"]] if "import" in line]
    words = set("".join(c if c.isalnum() or c in "_." else " " for c in " ".join(lines)).split())
    if any(word.startswith("concurrent") for word in words):
        words.add("concurrent.futures.thread")
    # There Python looks up letters beyond ASCII in a name, and what \N{ } in a text stands for.
    if any(not text.isascii() or "\\N{" in text for text in [job["source"], *job["imports"]]):
        words.add("unicodedata")
    for module in words:
        top = module.partition(".")[0]
        if top not in sys.stdlib_module_names - NEVER_LOADED - FORBIDDEN_MODULES:
            continue
        try:
            __import__(module)
        except ImportError:
            pass  # not every system has every module, and not everything with dots is one


def make_loop() -> Loop:
    """Make a loop of asyncio, as long as descriptors can be opened, and modules be read."""
    import asyncio

    __import__("concurrent.futures.thread")
    return asyncio.new_event_loop()


# --- one scenario -----------------------------------------------------------------------


def observe(
    code: CodeType, job: Job, scenario: Scenario, loop: Loop | None, doubles: Doubles
) -> dict[str, Any]:
    """Call the function once, and return what it did as plain data."""
    names = names_of_module(job["file"].partition(".")[0])
    setting = job["settings"][scenario["setting"]] if job["dictionaries"] else {}
    names.update({name: entries.copy() for name, entries in setting.items()})
    recording = recorder.Recorder(job["file"], names, setting)
    if job["instrument"]:
        ours = names_in(job["instrument"])
        recording.take_notes(ours["STEP"], ours["VALUE"])
    sys.stdout = sys.stderr = recording.printed
    doubles.put_into(names, recording)

    def call_for(key: str) -> Any:
        arguments: list[Any] = [recorder.fresh(argument) for argument in scenario["arguments"]]
        if job["handle"]:
            arguments.insert(0, recording.handle(job["handle"], job["methods"], key))
        return names[job["name"]](*arguments)

    def call() -> Any:
        value = call_for(scenario["key"])
        meanwhile = map(call_for, scenario.get("meanwhile", []))
        return finish(value, loop, *meanwhile) if job["coroutine"] else value

    for statement in job["imports"]:
        try:
            exec(statement, names)
        except Exception:
            pass
    exec(code, names)
    # What is wrong is looked at again, and only then each line is followed.
    did = recording.run(call, traced=bool(job["instrument"]))
    return {name: data for name, data in did.items() if data != recorder.NOTHING.get(name, TOLD)}


def names_of_module(name: str) -> dict[str, Any]:
    """Return the names of a new module, which can be imported."""
    module = sys.modules[name] = type(sys)(name)
    vars(module)["__builtins__"] = builtins
    return vars(module)


def finish(
    coroutine: Coroutine[Any, Any, Any],
    loop: Loop | None,
    *meanwhile: Coroutine[Any, Any, Any],
) -> Any:
    """Run a coroutine to its end, and others as far as a loop has them; return what it returned."""
    if loop:
        import asyncio

        cancelled: list[asyncio.CancelledError] = []

        async def whole() -> Any:
            begun = set(map(asyncio.create_task, meanwhile))
            try:
                value = await coroutine
            except asyncio.CancelledError as error:
                # Before 3.11 a task passes on another one, which did not come through its lines.
                cancelled.append(error)
                return None
            others = begun | asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others)
            return value

        value = loop.run_until_complete(whole())
        for error in cancelled:
            raise error
        return value
    try:
        while True:
            if coroutine.send(None) is not None:
                raise RuntimeError("this waits for something that never comes")
    except StopIteration as end:
        return end.value


# --- all functions together -------------------------------------------------------------


def connect(count: int) -> list[tuple[str, Stream, Stream]]:
    """Return for some clients: the key, and both ends of a connection over TCP."""
    import socket

    made: list[tuple[str, Stream, Stream]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(count):
            client = socket.create_connection(listener.getsockname())
            server, (host, port) = listener.accept()
            made.append((f"{host}:{port}", client.makefile("rwb"), server.makefile("rwb")))
    return made


@functools.cache
def raise_loopback() -> None:
    """Let this machine reach itself, which it cannot in a new network namespace: netdevice(7)."""
    if sys.platform == "linux":
        import fcntl
        import socket
        import struct

        set_flags, is_up = 0x8914, 1
        with socket.socket() as any_socket:
            try:
                fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", is_up))
            except OSError:
                pass  # it is up, and not this process's to change


def observe_together(
    job: Job, ends: list[tuple[str, Stream, Stream]], loop: Loop | None, allowed: Allowed
) -> dict[str, Any]:
    """Have clients take steps with the student's own functions; return what each was answered."""
    together = job["together"]
    spaces = {side: names_of_module(f"{side}_logic") for side in ("server", "client")}
    spaces["server"].update(users={}, active_users={})
    replies: list[dict[str, Any]] = []
    recording = recorder.Recorder("server_logic.py", spaces["server"])
    sys.stdout = sys.stderr = recording.printed

    def take_steps() -> None:
        for side, sources in together["sources"].items():
            for statement in together["imports"][side]:
                exec(statement, spaces[side])
            for source in sources:
                exec(compile(source, f"{side}_logic.py", "exec", dont_inherit=True), spaces[side])
        for number, step, arguments in together["steps"]:
            allowed.begin()
            key, client_end, server_end = ends[number]

            def call(side: str, name: str, given: list[str], peer: Stream, key: str = key) -> int:
                def deliver(call: dict[str, Any]) -> None:
                    peer.write(json.dumps(call).encode() + b"\n")
                    peer.flush()

                part = recorder.Recorder(f"{side}_logic.py", spaces[side])
                handle = part.handle(f"{side.capitalize()}Handle", job[side], key, deliver)
                finish(spaces[side][name](handle, *given), loop)
                return sum(call["awaited"] for call in part.calls)

            for _ in range(call("client", step, arguments, client_end)):
                request = json.loads(server_end.readline())
                handler = together["handlers"][request["name"]]
                for _ in range(call("server", handler, request["arguments"], server_end)):
                    reply = json.loads(client_end.readline())
                    replies.append({**reply, "arguments": [key, *reply["arguments"]]})

    return {**recording.run(take_steps, traced=False), "calls": replies[: recorder.MAX_CALLS]}


class Doubles:
    """What stands in the place of the file's other functions, and agrees with the dictionaries."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._names: dict[str, Any] = {}
        self._recording: recorder.Recorder | None = None
        kinds = (("lookups", self._look_up), ("stores", self._store), ("others", self._other))
        self._doubles = {
            name: recorder.forwarding(name, parameters, parameters, double)
            for kind, double in kinds
            for name, (parameters, *_) in job[kind].items()
        }

    def put_into(self, names: dict[str, Any], recording: recorder.Recorder) -> None:
        """Put them beside a function that is watched now."""
        self._names, self._recording = names, recording
        names.update(self._doubles)

    def _note(self, name: str, arguments: tuple[object, ...]) -> None:
        if self._recording is not None:
            self._recording.note(name, arguments, helper=True)

    def _look_up(self, name: str, *arguments: object) -> bool:
        self._note(name, arguments)
        _, dictionary, sides = self._job["lookups"][name]
        keys_and_names = [*zip(*self._names[dictionary].items(), strict=True)] or [(), ()]
        return arguments in zip(*(keys_and_names[side] for side in sides), strict=True)

    def _store(self, name: str, *arguments: object) -> None:
        self._note(name, arguments)
        _, dictionary, sides = self._job["stores"][name]
        entry = [argument for _, argument in sorted(zip(sides, arguments, strict=True))]
        self._names[dictionary].update([entry])

    async def _other(self, name: str, *arguments: object) -> None:
        self._note(name, arguments)


# --- what is harmless -------------------------------------------------------------------


class Allowed:
    """What students' code may do although there is no clock, no thread and no file for it.

    It waits without taking time, as long as that is shorter than the limit. A thread does its
    work at once. What is written into a file stays in memory until the function ends.

    Parameters:
        limit: how many seconds a function may wait.
        say_asleep: says that it has begun to wait for longer, whatever may come.
    """

    def __init__(self, limit: float, say_asleep: Callable[[], None]) -> None:
        self._limit = limit
        self._say_asleep = say_asleep
        self._waited = 0.0
        self._files: dict[str, bytes] = {}
        # Here nothing has made the two that a terminal knows.
        vars(builtins).update(exit=sys.exit, quit=sys.exit)
        io.open = builtins.open = self._opening(builtins.open, os.path.dirname(os.__file__))
        # Python 3.10's has taken note of the function that opens files before.
        accessor = getattr(sys.modules.get("pathlib"), "_NormalAccessor", None)
        if accessor is not None:
            accessor.open = staticmethod(io.open)
        if "time" in sys.modules:
            self._skip_sleep(sys.modules["time"])
        if "asyncio" in sys.modules:
            self._skip_waiting(sys.modules["asyncio"])
        if "concurrent.futures.thread" in sys.modules:
            self._work_at_once(sys.modules["concurrent.futures"])

    def begin(self) -> None:
        """Take note that a function begins."""
        self._waited = 0.0
        self._files.clear()

    def _is_short(self, seconds: Any) -> bool:
        if type(seconds) not in (int, float) or not 0 <= seconds < self._limit - self._waited:
            return False
        self._waited += seconds
        return True

    def _skip_sleep(self, time: Any) -> None:
        sleep = time.sleep

        def skipping(seconds: Any) -> None:
            if self._is_short(seconds):
                return
            if type(seconds) in (int, float) and self._limit <= seconds < LONGEST_SLEEP_SECONDS:
                self._say_asleep()
            sleep(seconds)

        time.sleep = skipping

    def _skip_waiting(self, asyncio: Any) -> None:
        sleep = asyncio.sleep

        async def skipping(delay: Any, result: Any = None) -> Any:
            return await sleep(0 if self._is_short(delay) else delay, result)

        asyncio.sleep = asyncio.tasks.sleep = skipping
        run_in_executor = asyncio.base_events.BaseEventLoop.run_in_executor

        async def one_turn_later(work: Any) -> Any:
            # From 3.15 on nothing else had a turn meanwhile, as if nobody had waited.
            await sleep(0)
            return await work

        asyncio.base_events.BaseEventLoop.run_in_executor = lambda loop, *given: loop.create_task(
            one_turn_later(run_in_executor(loop, *given))
        )

    def _work_at_once(self, futures: Any) -> None:
        class AtOnce(futures.Executor):  # type: ignore[misc]
            def __init__(self, *arguments: Any, **keywords: Any) -> None:
                pass

            def submit(self, function: Any, /, *arguments: Any, **keywords: Any) -> Any:
                future = futures.Future()
                try:
                    future.set_result(function(*arguments, **keywords))
                except BaseException as error:
                    future.set_exception(error)
                return future

        futures.ThreadPoolExecutor = futures.thread.ThreadPoolExecutor = AtOnce

    def _opening(self, open_file: Any, library: str) -> Any:
        files = self._files

        class InMemory(io.BytesIO):
            def __init__(self, name: str, mode: str) -> None:
                if "r" in mode and name not in files:
                    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
                if "x" in mode and name in files:
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
                super().__init__(b"" if "w" in mode else files.get(name, b""))
                self._name = name
                files[name] = self.getvalue()
                if "a" in mode:
                    self.seek(0, io.SEEK_END)

            def close(self) -> None:
                if not self.closed:
                    files[self._name] = self.getvalue()
                super().close()

        def opening(
            file: Any,
            mode: str = "r",
            buffering: int = -1,
            encoding: str | None = None,
            errors: str | None = None,
            newline: str | None = None,
            *others: Any,
            **more: Any,
        ) -> Any:
            name = file if type(file) is str else getattr(file, "__fspath__", str)()
            if type(name) is not str or not name or name.startswith(library):
                return open_file(file, mode, buffering, encoding, errors, newline, *others, **more)
            kept = InMemory(name, mode)
            return kept if "b" in mode else io.TextIOWrapper(kept, encoding, errors, newline)

        return opening


# --- the walls --------------------------------------------------------------------------

# No new file grows, no process or thread starts; memory and time have an end.
LIMITS = {
    "RLIMIT_AS": 512 * 1024 * 1024,
    "RLIMIT_CPU": 60,
    "RLIMIT_FSIZE": 0,
    "RLIMIT_NPROC": 0,
    "RLIMIT_CORE": 0,
}
# Where files of others can be seen, none is opened.
UNSANDBOXED_LIMITS = {**LIMITS, "RLIMIT_NOFILE": 0}


def lock_up(user: int | None) -> None:
    """Take from this process what a portion never needs."""
    if user is not None:
        change_user(user)
    die_with_parent()
    LIBRARY.clear()
    for name, limit in (LIMITS if user is not None else UNSANDBOXED_LIMITS).items():
        try:
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (most, most))
        except (NameError, AttributeError, OSError, ValueError):
            pass  # not every system has every limit
    close_modules()
    sys.addaudithook(make_guard(os.path.dirname(os.__file__)))


def change_user(user: int) -> None:
    """See nothing from now on, and have no rights.

    Raises:
        OSError: the system does not allow it.
    """
    # The working folder has been removed: nobody can ever put anything there.
    os.chroot(".")
    os.chdir("/")
    if user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    else:
        drop_capabilities()


LIBRARY: list[Any] = []
"""The C library, where it has to be called."""


def load_library(user: int | None) -> None:
    """Load the C library, unless a process namespace and another user's rights make do."""
    if sys.platform == "linux" and not (user and os.getpid() == 1):
        try:
            import ctypes
        except ImportError:
            return  # not every Python has it
        LIBRARY.append(ctypes.CDLL(None))


def drop_capabilities() -> None:
    """Give back what the first user of a namespace may do in it: see capset(2).

    Raises:
        OSError: the system does not allow it.
    """
    version_3 = 0x20080522
    header = version_3.to_bytes(4, sys.byteorder) + bytes(4)
    if not LIBRARY or LIBRARY[0].capset(header, bytes(24)):
        raise OSError("capset failed")


def die_with_parent() -> None:
    """End when the process that has started this one ends, whatever it dies of: see prctl(2)."""
    set_death_signal = 1
    if LIBRARY:
        LIBRARY[0].prctl(set_death_signal, signal.SIGKILL, 0, 0, 0)


# --- the second wall --------------------------------------------------------------------
# It stands in the same process as what it holds back, so it alone is not enough.

# What reaches out of this process, by the beginnings of the names of Python's audit events.
FORBIDDEN = (
    "_winapi.",
    "code.__new__",
    "cpython.remote_debugger_script",
    "cpython.run_",
    "ctypes.",
    "fcntl.",
    "gc.",
    "marshal.",
    "mmap.",
    "msvcrt.",
    "os.",
    "pty.",
    "resource.",
    "shutil.",
    "signal.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "sys._current_",
    "sys.addaudithook",
    "sys.remote_exec",
    "sys.setprofile",
    "syslog.",
    "winreg.",
)
HARMLESS = frozenset(["os.listdir", "os.scandir", "os.walk", "os.fwalk"])
# What could do the same with no such event, or start an interpreter without the guard.
FORBIDDEN_MODULES = frozenset(
    [
        "ctypes",
        "_ctypes",
        "_posixsubprocess",
        "_posixshmem",
        "_testcapi",
        "_testinternalcapi",
        "_interpreters",
        "_xxsubinterpreters",
        "dbm",
        "_dbm",
        "_gdbm",
        "sqlite3",
        "_sqlite3",
        "readline",
        "tkinter",
        "_tkinter",
        "idlelib",
        "turtle",
        "turtledemo",
    ]
)
# What has no event, and reaches out of this process, or runs in the midst of the guard.
OF_THE_SYSTEM = (
    "chroot",
    "mkfifo",
    "mknod",
    "nice",
    "pidfd_open",
    "sched_setaffinity",
    "sched_setparam",
    "sched_setscheduler",
    "setns",
    "setpriority",
    "unshare",
)
OF_SIGNALS = ("alarm", "pidfd_send_signal", "raise_signal", "setitimer", "signal")
FORBIDDEN_FUNCTIONS = {
    "os": OF_THE_SYSTEM,
    "posix": OF_THE_SYSTEM,
    "signal": OF_SIGNALS,
    "_signal": OF_SIGNALS,
    "gc": ("callbacks", "enable", "set_threshold"),
    "_imp": ("create_builtin", "create_dynamic"),
}


def close_modules() -> None:
    """Take away what the guard is not asked about."""
    gc.disable()
    for name in FORBIDDEN_MODULES:
        sys.modules.pop(name, None)
    for name, functions in FORBIDDEN_FUNCTIONS.items():
        if name in sys.modules:
            for function in functions:
                vars(sys.modules[name]).pop(function, None)


def make_guard(library: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Return a hook that refuses what reaches out of this process.

    A portion can reach the globals, the builtins, the cells of a function and, from Python 3.13
    on, a frame's variables (PEP 667): so the hook has all it needs as defaults, which are taken
    afresh for each call, and calls no method of an object that may not be what it seems.
    """

    def guard(
        event: str,
        arguments: tuple[Any, ...],
        library: str = library,
        writing: int = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND,
        forbidden: tuple[str, ...] = FORBIDDEN,
        harmless: frozenset[str] = HARMLESS,
        modules: frozenset[str] = FORBIDDEN_MODULES,
        kind: type[type] = type,
        text: type[str] = str,
        refusal: type[Exception] = PermissionError,
    ) -> None:
        if event == "open":
            path, _, flags = arguments
            inside = kind(path) is text and path.startswith(library) and ".." not in path
            if inside and not flags & writing:
                return
        elif event == "import":
            name = arguments[0]
            if kind(name) is text and name.partition(".")[0] not in modules:
                return
        elif event in harmless or not event.startswith(forbidden):
            return
        raise refusal(f"the desk does not allow this: {event}")

    return guard


main()
