"""The worker: runs students' code, and says what it did. It knows nothing that is expected.

This file's text is given to an interpreter of its own (`python -I -S -c`). It takes jobs
from standard input and answers on standard output, a JSON text a line. Each job is one
function; where the system can fork, it runs in a process of its own.

Its arguments are the numbers of the user and group that students' code should run as, none
for its own. A job has:
    token       a word that stands in each answer to this job
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
    imports     lines to run first
    asyncio     whether a loop of asyncio is needed
    room        an empty folder to be locked up in
    user        the numbers of the user and group to run as, or null
    fork        whether to fork
    patience    after how many seconds nobody can be waiting for an answer any more
    scenarios   a list of users, active_users (lists of pairs), key, arguments
"""

from __future__ import annotations

import builtins
import gc
import json
import os
import signal
import sys
import warnings

# Nothing is imported here that need not be: a worker starts for each submission.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from io import BufferedRWPair as Stream
    from types import CodeType, FrameType
    from typing import Any, BinaryIO

    Job = dict[str, Any]
    Scenario = dict[str, Any]
    Calls = list[dict[str, Any]]

# No new file grows, no process or thread starts; memory and time have an end.
LIMITS = {
    "RLIMIT_AS": 512 * 1024 * 1024,
    "RLIMIT_CPU": 60,
    "RLIMIT_FSIZE": 0,
    "RLIMIT_NPROC": 0,
    "RLIMIT_CORE": 0,
}
try:
    import resource
except ImportError:  # Windows
    LIMITS = {}
PRINTED_CHARACTERS = 500
LONGEST_TEXT = 300
MOST_ENTRIES = 100
# Importing them does more than making names known.
NEVER_LOADED = {"antigravity", "this"}
# What reaches out of this process, by the names of Python's audit events.
FORBIDDEN = frozenset(
    [
        "os.kill",
        "os.killpg",
        "os.fork",
        "os.forkpty",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "subprocess.Popen",
        "pty.spawn",
        "ctypes.dlopen",
        "ctypes.dlsym",
        "gc.get_objects",
        "gc.get_referrers",
        "gc.get_referents",
        "socket.connect",
        "socket.bind",
        "signal.pthread_kill",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.truncate",
        "os.chmod",
        "os.link",
        "os.symlink",
        "shutil.rmtree",
        "sys.setprofile",
        "sys.addaudithook",
        "_winapi.CreateProcess",
        "_winapi.OpenProcess",
        "_winapi.TerminateProcess",
        "os.mkdir",
        "os.chown",
        "os.utime",
        "os.setxattr",
        "os.removexattr",
        "os.chflags",
        "os.putenv",
        "resource.prlimit",
        "resource.setrlimit",
        "socket.sendto",
        "socket.sendmsg",
        "sqlite3.connect",
        "winreg.CreateKey",
        "winreg.DeleteKey",
        "winreg.SetValue",
    ]
)
# What could do the same with no such event, or start an interpreter without the guard.
FORBIDDEN_MODULES = frozenset(
    [
        "ctypes",
        "_ctypes",
        "_posixsubprocess",
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
# They name no event and no module of their own, and a grader could be killed with them.
FORBIDDEN_FUNCTIONS = ("pidfd_open", "pidfd_send_signal")


def main() -> None:
    """Take jobs until there are no more."""
    jobs, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    gc.freeze()
    user = [int(number) for number in sys.argv[1:]]
    answer(answers, {"locked": bool(user) and can_change_user(user)})
    with os.fdopen(jobs, "rb") as lines:
        for line in lines:
            job = json.loads(line)
            # Done once, before there is a process for each function.
            make_handle({**job, "handle": ""}, {}, [], [0])
            add_doubles({}, job, [], [0])
            if job["fork"]:
                run_forked(job, lines, answers)
            else:
                run(job, answers)


def can_change_user(user: list[int]) -> bool:
    """Tell whether the system lets this process lock others up: not every container does."""
    child = os.fork()
    if not child:
        try:
            change_user(".", user)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def run_forked(job: Job, lines: BinaryIO, answers: int) -> None:
    """Run a job in a process of its own, and say how that ended."""
    child = os.fork()
    if not child:
        try:
            lines.close()
            run(job, answers)
        finally:
            os._exit(0)

    def stop(number: int, frame: object) -> None:
        os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    # Whoever waits for the answers may be killed: nothing is left running for long then.
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(job["patience"])
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    answer(answers, {"token": job["token"], "ended": status})


def answer(descriptor: int, observation: dict[str, Any]) -> None:
    """Write one line."""
    line = json.dumps(observation).encode() + b"\n"
    while line:
        line = line[os.write(descriptor, line) :]


def run(job: Job, answers: int) -> None:
    """Run one function in every scenario of a job."""
    load_modules(job)
    token = job["token"]
    if "together" in job:
        ends = connect(job["together"]["clients"])
        lock_up(job)
        answer(answers, {"token": token, "scenario": 0, **observe_together(job, ends)})
        return
    lock_up(job)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(job["source"], job["file"], "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        found = {
            "token": token,
            "kind": type(error).__name__,
            "message": str(getattr(error, "msg", None) or error)[:LONGEST_TEXT],
            "line": getattr(error, "lineno", None) or 0,
        }
        answer(answers, {"syntax": found, "token": token})
        return
    warnings.simplefilter("ignore")
    for number, scenario in enumerate(job["scenarios"]):
        observed = observe(code, job, scenario)
        answer(answers, {"token": token, "scenario": number, **observed})


def load_modules(job: Job) -> None:
    """Import the modules of the standard library that a job names, while they can be read."""
    lines = [line for line in [*job["source"].splitlines(), *job["imports"]] if "import" in line]
    words = set("".join(c if c.isalnum() or c == "_" else " " for c in " ".join(lines)).split())
    if job["asyncio"]:
        words.add("asyncio")
    for module in words & sys.stdlib_module_names - NEVER_LOADED - FORBIDDEN_MODULES:
        try:
            __import__(module)
        except ImportError:
            pass  # not every system has every module


# --- one scenario -----------------------------------------------------------------------


class Printed:
    """Keeps the beginning of what is printed."""

    encoding = "utf-8"
    text = ""

    def write(self, text: str) -> int:
        """Take some text."""
        if type(text) is not str:
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if len(self.text) < PRINTED_CHARACTERS:
            self.text = (self.text + text)[:PRINTED_CHARACTERS]
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Say that nobody reads it."""
        return False


def observe(code: CodeType, job: Job, scenario: Scenario) -> dict[str, Any]:
    """Call the function once, and return what it did as plain data."""
    line = [0]
    calls: Calls = []
    printed = Printed()
    sys.stdout = sys.stderr = printed
    namespace: dict[str, Any] = {
        "__name__": job["file"].partition(".")[0],
        "__builtins__": builtins,
    }
    dictionaries = {name: dict(scenario[name]) for name in ("users", "active_users")}
    if job["dictionaries"]:
        namespace.update(dictionaries)
    add_doubles(namespace, job, calls, line)
    arguments: list[Any] = [fresh(argument) for argument in scenario["arguments"]]
    if job["handle"]:
        arguments.insert(0, make_handle(job, scenario, calls, line))

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != job["file"]:
            return None
        line[0] = frame.f_lineno
        return trace

    value: Any = None
    error: BaseException | None = None
    local: tuple[str, ...] = ()
    try:
        for statement in job["imports"]:
            try:
                exec(statement, namespace)
            except Exception:
                pass
        exec(code, namespace)
        function = namespace[job["name"]]
        local = getattr(getattr(function, "__code__", None), "co_varnames", ())
        sys.settrace(trace)
        value = function(*arguments)
        if job["coroutine"]:
            value = finish(value, job["asyncio"])
    except BaseException as raised:
        error = raised
    sys.settrace(None)
    observed = {
        "value": encode(value),
        "calls": calls,
        "line": line[0],
        "error": describe(error, job) if error is not None else None,
        "local": [name for name in ("users", "active_users") if name in local],
        "printed": str.__str__(printed.text),
    }
    for name, given in dictionaries.items():
        now = namespace.get(name)
        observed[name] = entries(now)
        observed[name + "_replaced"] = job["dictionaries"] and now is not given
        observed[name + "_given"] = entries(given)
    return observed


def fresh(text: str) -> str:
    """Return an equal text that is another object."""
    return "".join(list(text)) if type(text) is str else text


def finish(coroutine: Coroutine[Any, Any, Any], in_loop: bool) -> Any:
    """Run a coroutine to its end, and return what it returned."""
    if in_loop:
        import asyncio

        async def whole() -> Any:
            value = await coroutine
            others = asyncio.all_tasks() - {asyncio.current_task()}
            if others:
                await asyncio.wait(others)
            return value

        return asyncio.run(whole())
    try:
        while True:
            if coroutine.send(None) is not None:
                raise RuntimeError("this waits for something that never comes")
    except StopIteration as end:
        return end.value


def make_handle(
    job: Job, scenario: Scenario, calls: Calls, line: list[int], peer: Stream | None = None
) -> object:
    """Make the handle that a handler gets; it notes what is called, and may really send it."""

    async def sending(call: dict[str, Any]) -> None:
        call["awaited"] = call["awaited"] + 1
        if peer:
            peer.write(json.dumps(call).encode() + b"\n")
            peer.flush()

    def note(name: str, *arguments: object) -> Coroutine[Any, Any, None]:
        call = {"name": name, "arguments": [encode(a) for a in arguments], "awaited": 0}
        call["line"] = line[0]
        calls.append(call)
        return sending(call)

    members: dict[str, Any] = {"__slots__": ()}
    for name, parameters in job["methods"].items():
        exec(definition(name, ["self", *parameters], parameters), {"double": note}, members)
    members["get_addr_key"] = lambda self: fresh(scenario["key"])
    members["get_addr_key"].__name__ = "get_addr_key"
    return type(job["handle"], (), members)()


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


def observe_together(job: Job, ends: list[tuple[str, Stream, Stream]]) -> dict[str, Any]:
    """Have clients take steps with the student's own functions; return what each was answered."""
    together = job["together"]
    users: dict[str, str] = {}
    active_users: dict[str, str] = {}
    spaces: dict[str, dict[str, Any]] = {"server": {"users": users, "active_users": active_users}}
    spaces["client"] = {}
    replies: Calls = []
    error = None
    sys.stdout = sys.stderr = Printed()
    try:
        for side, sources in together["sources"].items():
            for statement in together["imports"][side]:
                exec(statement, spaces[side])
            for source in sources:
                exec(compile(source, f"{side}_logic.py", "exec", dont_inherit=True), spaces[side])
        for number, step, arguments in together["steps"]:
            key, client_end, server_end = ends[number]

            def call(side: str, name: str, given: list[str], peer: Stream, key: str = key) -> int:
                part = {**job, "handle": f"{side.capitalize()}Handle", "methods": job[side]}
                calls: Calls = []
                handle = make_handle(part, {"key": key}, calls, [0], peer)
                finish(spaces[side][name](handle, *given), job["asyncio"])
                return sum(call["awaited"] for call in calls)

            for _ in range(call("client", step, arguments, client_end)):
                request = json.loads(server_end.readline())
                handler = together["handlers"][request["name"]]
                for _ in range(call("server", handler, request["arguments"], server_end)):
                    reply = json.loads(client_end.readline())
                    replies.append({**reply, "arguments": [key, *reply["arguments"]]})
    except BaseException as raised:
        error = raised
    return {
        "value": None,
        "calls": replies,
        "line": 0,
        "error": describe(error, job) if error is not None else None,
        "local": [],
        "printed": "",
        "users": entries(spaces["server"].get("users")),
        "active_users": entries(spaces["server"].get("active_users")),
        "users_replaced": False,
        "active_users_replaced": False,
    }


def add_doubles(namespace: dict[str, Any], job: Job, calls: Calls, line: list[int]) -> None:
    """Put in the place of the file's other functions some that agree with the dictionaries."""

    def look_up(name: str, *arguments: object) -> bool:
        calls.append(
            {
                "name": name,
                "arguments": [encode(a) for a in arguments],
                "double": True,
                "line": line[0],
            }
        )
        _, dictionary, sides = job["lookups"][name]
        wanted = dict(zip(sides, arguments, strict=True))
        for entry in namespace[dictionary].items():
            if all(entry[side] == given for side, given in wanted.items()):
                return True
        return False

    def store(name: str, *arguments: object) -> None:
        calls.append(
            {
                "name": name,
                "arguments": [encode(a) for a in arguments],
                "double": True,
                "line": line[0],
            }
        )
        _, dictionary, sides = job["stores"][name]
        entry = [argument for _, argument in sorted(zip(sides, arguments, strict=True))]
        namespace[dictionary].update([entry])

    async def other(name: str, *arguments: object) -> None:
        calls.append(
            {
                "name": name,
                "arguments": [encode(a) for a in arguments],
                "double": True,
                "line": line[0],
            }
        )

    for functions, double in (("lookups", look_up), ("stores", store), ("others", other)):
        for name, (parameters, *_) in job[functions].items():
            exec(definition(name, parameters, parameters), {"double": double}, namespace)


DEFINITIONS: dict[tuple[str, str], CodeType] = {}


def definition(name: str, parameters: list[str], passed: list[str]) -> CodeType:
    """Return the code that defines a function which calls `double` with what it receives."""
    received = ", ".join(parameters)
    if (name, received) not in DEFINITIONS:
        handed = "".join(f", {parameter}" for parameter in passed)
        source = f"def {name}({received}): return double({name!r}{handed})"
        DEFINITIONS[name, received] = compile(source, "", "exec")
    return DEFINITIONS[name, received]


# --- plain data -------------------------------------------------------------------------


def encode(value: Any) -> Any:
    """Return a value as plain data, whatever it is and claims to be."""
    kind = type(value)
    if value is None or value is True or value is False:
        return value
    if kind is str and len(value) <= LONGEST_TEXT:
        return value
    shown = repr(value) if kind in (int, float) and abs(value) < 1e15 else ""
    if kind is str:
        shown = repr(value[:20])
    elif kind in (list, tuple, set, dict, bytes):
        shown = f"{kind.__name__} of {len(value)}"
    return {"type": type.__dict__["__name__"].__get__(kind)[:60], "shown": shown}


def entries(dictionary: object) -> Any:
    """Return a dictionary's entries as a list of pairs, or what it is instead."""
    if type(dictionary) is not dict:
        return encode(dictionary)
    pairs = list(dict.items(dictionary))[:MOST_ENTRIES]
    return [[encode(key), encode(value)] for key, value in pairs]


def describe(error: BaseException, job: Job) -> dict[str, Any]:
    """Return an exception as plain data."""
    line, function = 0, job["name"]
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == job["file"]:
            line, function = step.tb_lineno, step.tb_frame.f_code.co_name
        step = step.tb_next
    try:
        message = str(error)[:LONGEST_TEXT]
    except BaseException:
        message = ""
    name = getattr(error, "name", None)
    owner = getattr(error, "obj", None)
    return {
        "kind": type(error).__name__[:60],
        "message": message,
        "line": line,
        "function": function,
        "name": name[:60] if type(name) is str else "",
        "owner": type(owner).__name__[:60],
    }


# --- the door ---------------------------------------------------------------------------


def lock_up(job: Job) -> None:
    """Take from this process what a portion never needs."""
    if job["user"] is not None:
        change_user(job["room"], job["user"])
    for name, limit in LIMITS.items():
        try:
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (most, most))
        except (AttributeError, OSError, ValueError):
            pass  # not every system has every limit
    for module in ("os", "posix", "signal", "_signal"):
        for name in FORBIDDEN_FUNCTIONS:
            vars(sys.modules.get(module, builtins)).pop(name, None)
    sys.addaudithook(make_guard(os.path.dirname(os.__file__)))


def change_user(room: str, user: list[int]) -> None:
    """See nothing but an empty folder from now on, and be another user."""
    os.chroot(room)
    os.chdir("/")
    os.setgroups([])
    os.setgid(user[1])
    os.setuid(user[0])


def make_guard(library: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Return a hook that refuses what reaches out of this process."""
    forbidden, modules = FORBIDDEN, FORBIDDEN_MODULES
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            inside = type(path) is str and path.startswith(library) and ".." not in path
            if inside and not flags & writing:
                return
        elif event == "import":
            if arguments[0].partition(".")[0] not in modules:
                return
        elif event not in forbidden:
            return
        raise PermissionError(f"no portion of the assignment needs this: {event}")

    return guard


main()
