"""Runs portions in workers, each scenario within its limit; what runs is never trusted.

All that differs between systems is here and at the end of `worker.py`: users, namespaces,
process groups, and what kills them.
"""

import contextlib
import json
import marshal
import math
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import IO, Any, NamedTuple

from gui.tutor import recorder
from gui.tutor.evidence import MAX_LINE, NOTHING_DONE, Entries, Evidence, number_of, text, whole

CAN_FORK = hasattr(os, "fork")
WORKER = Path(__file__).with_name("worker.py")
STUDENT_USER = "student-code"
# Accounts have lower numbers than this, and what systemd gives out ends below the next one:
# https://systemd.io/UIDS-GIDS.
FIRST_USER, LAST_USER = 10_000, 2_000_000_000
# The worker is the first process of a process namespace: when it ends, all others are killed.
NAMESPACES = ("--pid", "--fork", "--kill-child", "--net", "--ipc")
UNSANDBOXED = (
    "unsandboxed: students' code ran with the rights of whoever started this, and could have "
    "read and changed what they can."
)
UNCONFINED_ROOT = (
    "This runs as root, and the system does not let it lock students' code up. Start it as a user "
    "without rights, or where root may change its root folder and its user."
)
NOT_STARTED = "An interpreter for students' code did not start"
# An interpreter needs this long at most to start, on the slowest machine.
START_SECONDS = 60.0
# What is killed, or told that nobody listens any more, is gone after this long.
END_SECONDS = 1.0
# Importing what functions name is none of their time. Where each file is looked through for
# viruses, or the machine is busy, asyncio takes some seconds.
LOADING_SECONDS = 10.0
# Longer than any honest answer: what is longer is a flood.
LONGEST_ANSWER_BYTES = 256 * 1024
CHUNK_BYTES = 64 * 1024
# What is answered for a function that has begun to sleep for longer than it may.
ASLEEP = b'"asleep"'
LENGTH_BYTES = 4
# Each function has this long, whatever the others have taken.
LEAST_SECONDS = 1.5
# Whatever is left of the time that a submission has besides, none has more than so many limits.
LIMITS_A_FUNCTION = 2
# So twelve functions that hang end within 40 s, and at any limit within Gradescope's 10 minutes.
SPARE_SECONDS = 15.0
SPARE_LIMITS = 3
MOST_SPARE_SECONDS = 420.0


class Hung(NamedTuple):
    """A scenario was not done within the limit."""

    scenario: int
    seconds: float


class Died(NamedTuple):
    """The process ended before it had answered."""

    scenario: int


class BadSyntax(NamedTuple):
    """The function is not Python."""

    kind: str
    message: str
    line: int


Outcome = Evidence | Hung | Died | BadSyntax
Job = dict[str, Any]
"""What a worker is told of one function: see `worker.py`."""


class WorkerError(OSError):
    """Students' code cannot be run here: nobody's portion is to blame."""


def is_root() -> bool:
    """Tell whether other users' processes can be started from here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


@lru_cache
def namespaces() -> tuple[str, ...]:
    """Return the command that starts another one in namespaces of its own, () if there is none."""
    command = shutil.which("unshare") if sys.platform == "linux" else None
    if command is None:
        return ()
    own_user = () if is_root() else ("--user", "--map-root-user")
    started = (command, *own_user, *NAMESPACES)
    try:
        done = subprocess.run(
            [*started, sys.executable, "-I", "-S", "-c", ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return started if done.returncode == 0 else ()


def require_walls() -> None:
    """Make sure that students' code does not run as root.

    Raises:
        WorkerError: it would, or no worker could be started.
    """
    if is_root():
        worker = any_worker()
        SPARE.put(worker)
        if not worker.locked:
            raise WorkerError(UNCONFINED_ROOT)


LIVE: "set[Worker]" = set()
"""The workers that run now, to be closed if the desk is stopped."""
STARTING = threading.Lock()
"""Held while a worker starts, so that none starts unseen."""


SPARE: "queue.SimpleQueue[Worker]" = queue.SimpleQueue()
"""Workers that were started before it was known what they are for."""
AHEAD: list[threading.Thread] = []
"""The threads that start them."""


def start_ahead() -> None:
    """Start a worker for whoever needs one first; this thread can be interrupted meanwhile."""

    def start() -> None:
        # Whoever needs one tries again, and tells why it cannot be.
        with contextlib.suppress(OSError):
            SPARE.put(Worker())

    AHEAD.append(threading.Thread(target=start, daemon=True))
    AHEAD[0].start()


def any_worker() -> "Worker":
    """Return a worker that was started ahead, or else a new one.

    Raises:
        WorkerError: none could be started.
    """
    for thread in AHEAD:
        thread.join()
    try:
        return SPARE.get_nowait()
    except queue.Empty:
        return Worker()


def close_all() -> None:
    """End every worker, for good: the desk is being stopped."""
    STARTING.acquire()
    for worker in list(LIVE):
        worker.close()


class Runner:
    """Runs the functions of submissions, in turn, in as few workers as they leave alive.

    Parameters:
        limit: how long one scenario may take, in seconds.

    Attributes:
        sandboxed: whether all that ran of a submission could see no file and had no rights.
        keeps_worker: whether the next submission has the same worker: where nothing of this one
            can have outlasted its call.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._worker: Worker | None = None
        self.keeps_worker = True
        self.begin()

    def begin(self) -> None:
        """Begin with a submission."""
        if not self.keeps_worker:
            self.close()
        self.sandboxed = True
        self.keeps_worker = False
        limit = self._limit
        self._spare_seconds = min(max(SPARE_SECONDS, SPARE_LIMITS * limit), MOST_SPARE_SECONDS)

    def run(self, job: Job) -> list[Outcome]:
        """Return what a function did in each scenario, up to the first that was its end.

        Raises:
            WorkerError: no worker could be started.
        """
        (outcomes,) = self.run_in_turn([job])
        return outcomes

    def run_in_turn(self, jobs: list[Job]) -> list[list[Outcome]]:
        """Return what functions did in one process; of none that follows one that was its end.

        Raises:
            WorkerError: no worker could be started.
        """
        if self._worker is None:
            self._worker = any_worker()
        worker = self._worker
        self.sandboxed = self.sandboxed and worker.locked
        seconds = min(LIMITS_A_FUNCTION * self._limit, LEAST_SECONDS + self._spare_seconds)
        began = time.monotonic()
        outcomes = worker.run(jobs, self._limit, max(seconds, LEAST_SECONDS))
        taken = time.monotonic() - began
        self._spare_seconds = max(0.0, self._spare_seconds - max(0.0, taken - LEAST_SECONDS))
        if not worker.reusable:
            self.close()
        return outcomes

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


class Worker:
    """One worker: a process that runs functions, one at a time.

    Attributes:
        locked: whether what it runs can see no file and has no rights.
        reusable: whether it can run another function.

    Raises:
        WorkerError: it could not be started.
    """

    def __init__(self) -> None:
        self.reusable = CAN_FORK
        self._frames = self._said = b""
        self._lines: deque[bytes] = deque()
        self._has_ended = self._is_gone = False
        try:
            with STARTING:
                self._process = start_worker()
                LIVE.add(self)
        except OSError as error:
            raise WorkerError(f"{NOT_STARTED}: {error.strerror}.") from None
        self._chunks: queue.Queue[bytes] = queue.Queue(1)
        if sys.platform == "win32":
            threading.Thread(target=self._take_chunks, daemon=True).start()
        try:
            write_all(pipe(self._process.stdin), program(WORKER))
            self._tell({"user": user_of(self._process.pid), "fork": CAN_FORK})
            line = self._line(time.monotonic() + START_SECONDS)
            self.locked = json.loads(line or b"")["locked"] is True
        except (OSError, EOFError, ValueError):
            self.close()
            raise WorkerError(f"{NOT_STARTED}.") from None

    def run(self, jobs: list[Job], limit: float, seconds: float) -> list[list[Outcome]]:
        """Run functions in one process; what each did in each scenario, up to what was its end.

        Parameters:
            jobs: what the worker is told.
            limit: how long one scenario may take, in seconds.
            seconds: how long all of them may take.
        """
        found: list[list[Outcome]] = []
        self._has_ended = False
        with contextlib.suppress(OSError, EOFError):  # then it ends before it has answered
            self._tell([{**job, "limit": limit} for job in jobs])
            self._line(time.monotonic() + LOADING_SECONDS)
        deadline = time.monotonic() + seconds
        for job in jobs:
            known = possible_calls(job)
            outcomes: list[Outcome] = []
            found.append(outcomes)
            for number in range(len(job["scenarios"])):
                before = dictionaries_before(job, number)
                outcomes.append(self._outcome(number, known, before, limit, deadline, seconds))
                if not isinstance(outcomes[-1], Evidence):
                    break
            if isinstance(outcomes[-1], (Hung, Died)):
                break
        if isinstance(outcomes[-1], Hung) or not self._ends():
            self.reusable = False
        if self._is_gone and isinstance(outcomes[-1], Evidence):
            # The function took along what watched it: so it has no verdict.
            outcomes[-1] = Died(len(outcomes) - 1)
        return found

    def _outcome(
        self,
        number: int,
        known: "PossibleCalls",
        before: Mapping[str, Entries],
        limit: float,
        deadline: float,
        seconds: float,
    ) -> Outcome:
        soon = time.monotonic() + limit
        try:
            line = self._line(min(soon, deadline))
            if line == ASLEEP:
                raise TimeoutError
            return read_outcome(line, number, known, before)
        except TimeoutError:
            return Hung(number, round(limit if soon < deadline else seconds, 1))
        except (OSError, EOFError, ValueError):
            return Died(number)

    def _ends(self) -> bool:
        """Tell whether a job comes to its end by itself."""
        end = time.monotonic() + END_SECONDS
        try:
            while self._line(end) is not None:
                if time.monotonic() > end:
                    return False
        except (OSError, EOFError, ValueError):
            return False
        return True

    def close(self) -> None:
        """End the worker and all that it started."""
        end = time.monotonic() + END_SECONDS
        with contextlib.suppress(OSError, EOFError, ValueError):
            # That alone tells it to end what it runs, which may have left its group.
            pipe(self._process.stdin).close()
            if sys.platform == "win32":
                kill(self._process)
            while time.monotonic() < end:
                self._chunk(end)
        kill(self._process)
        pipe(self._process.stdout).close()
        LIVE.discard(self)

    # --- what is said -------------------------------------------------------------------

    def _tell(self, told: object) -> None:
        write_all(pipe(self._process.stdin), json.dumps(told).encode() + b"\n")

    def _line(self, deadline: float) -> bytes | None:
        """Return the next line that a job has said, None at its end.

        Raises:
            TimeoutError: there was none in time.
            EOFError: the worker has ended, or what it says is no line.
        """
        while not self._lines:
            frame = b"" if self._has_ended else self._frame(deadline)
            if not frame:
                self._said, self._has_ended = b"", True
                return None
            *lines, self._said = (self._said + frame).split(b"\n")
            self._lines.extend(lines)
            if len(self._said) > LONGEST_ANSWER_BYTES:
                raise EOFError
        return self._lines.popleft()

    def _frame(self, deadline: float) -> bytes:
        """Return the next frame that the worker passed on: its length, and what it holds."""
        while len(self._frames) < (end := self._frame_end()):
            if end > LONGEST_ANSWER_BYTES:
                raise EOFError
            self._frames += self._chunk(deadline)
        frame, self._frames = self._frames[LENGTH_BYTES:end], self._frames[end:]
        return frame

    def _frame_end(self) -> int:
        if len(self._frames) < LENGTH_BYTES:
            return LENGTH_BYTES
        return LENGTH_BYTES + int.from_bytes(self._frames[:LENGTH_BYTES], "big")

    def _chunk(self, deadline: float) -> bytes:
        """Return what comes next out of the worker's process."""
        seconds = max(0.0, deadline - time.monotonic())
        if sys.platform == "win32":
            try:
                chunk = self._chunks.get(timeout=seconds)
            except queue.Empty:
                raise TimeoutError from None
        else:
            answers = pipe(self._process.stdout).fileno()
            ready = select.poll()
            ready.register(answers, select.POLLIN)
            if not ready.poll(math.ceil(seconds * 1000)):
                raise TimeoutError
            chunk = os.read(answers, CHUNK_BYTES)
        if not chunk:
            self._is_gone = True
            raise EOFError
        return chunk

    def _take_chunks(self) -> None:
        """Wait for what comes out of the process, where only a thread can."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := pipe(self._process.stdout).read(CHUNK_BYTES):
                self._chunks.put(chunk)
        self._chunks.put(b"")


PossibleCalls = Mapping[tuple[str, bool], int]
"""For each name, and whether it is another function of the file: how many arguments it takes."""


def possible_calls(job: Job) -> PossibleCalls:
    """Return what a worker lets the function of a job call."""
    methods = {(name, False): len(parameters) for name, parameters in job["methods"].items()}
    others = {**job["lookups"], **job["stores"], **job["others"]}
    return methods | {(name, True): len(parameters) for name, (parameters, *_) in others.items()}


def dictionaries_before(job: Job, number: int) -> dict[str, Entries]:
    """Return what the two dictionaries hold when a scenario of a job begins, if it says so."""
    scenario = job["scenarios"][number]
    before: dict[str, Entries] = job["settings"][scenario["setting"]] if scenario else {}
    return before


def read_outcome(
    line: bytes | None, number: int, known: PossibleCalls, before: Mapping[str, Entries]
) -> Outcome:
    """Return what an answer tells of a scenario: whatever it is, nothing else can come of it.

    Parameters:
        line: what was said; None if nothing more is.
        number: the scenario's.
        known: what it could call.
        before: the two dictionaries when it began, if it had any.
    """
    try:
        answer = json.loads((line or b"").decode())
        if number == 0 and "syntax" in answer:
            found = answer["syntax"]
            kind, message = (text(found[name]) for name in ("kind", "message"))
            return BadSyntax(kind, message, number_of(found["line"], MAX_LINE))
        if type(answer["scenario"]) is not int or answer["scenario"] != number:
            return Died(number)
        did = whole(answer, {**NOTHING_DONE, **before})
        for call in did.calls:
            if known[call.name, call.is_helper] != len(call.arguments):
                return Died(number)
        return did
    except (ValueError, TypeError, KeyError, RecursionError):
        return Died(number)


# --- systems ----------------------------------------------------------------------------


# An interpreter runs what it reads first: a command line would be too long on Windows.
BEGINNING = """\
import marshal, os, sys
read = b""
while len(read) < {length} and (chunk := os.read(0, {length} - len(read))):
    read += chunk
modules, worker = marshal.loads(read)
for name, code in modules.items():
    module = sys.modules[name] = type(sys)(name)
    exec(code, vars(module))
exec(worker)
"""


@lru_cache
def program(worker: Path) -> bytes:
    """Return what a worker runs, compiled once for all: the recorder as a module, and itself."""

    def compiled(text: str, name: str) -> CodeType:
        return compile(text, name, "exec", dont_inherit=True, optimize=2)

    recording = Path(recorder.__file__).read_text(encoding="utf-8")
    modules = {
        "gui": compiled("", "gui"),
        "gui.tutor": compiled("", "tutor"),
        recorder.__name__: compiled(recording, "recorder"),
    }
    return marshal.dumps((modules, compiled(worker.read_text(encoding="utf-8"), "worker")))


def start_worker() -> "subprocess.Popen[bytes]":
    """Start the process of a worker, in a folder that is no more."""
    beginning = BEGINNING.format(length=len(program(WORKER)))
    folder = tempfile.mkdtemp(prefix="grading-") if sys.platform != "win32" else None
    try:
        if folder:
            os.chmod(folder, 0o755)
        return subprocess.Popen(
            [*namespaces(), sys.executable, "-I", "-S", "-c", beginning],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=folder,
            env=environment(),
            **own_group(),
        )
    finally:
        if folder:
            os.rmdir(folder)


def user_of(process: int) -> int | None:
    """Return the user that students' code runs as: see `worker.py`.

    Parameters:
        process: the number of the worker's process.
    """
    if not is_root():
        return 0 if namespaces() else None
    # No other worker has this number at the same time, and no account.
    if (user := last_user() - process) >= FIRST_USER:
        return user
    import pwd

    try:
        return pwd.getpwnam(STUDENT_USER).pw_uid
    except KeyError:
        return None


def last_user() -> int:
    """Return the highest number of a user: containers may have few, see user_namespaces(7)."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return LAST_USER
    ranges = [tuple(map(int, line.split())) for line in lines]
    return min(LAST_USER, max(first + count - 1 for first, _, count in ranges))


def environment() -> dict[str, str]:
    """Return the few variables that an interpreter needs to start."""
    kept = ("SYSTEMROOT", "PATH") if sys.platform == "win32" else ()
    return {name: os.environ[name] for name in kept if name in os.environ}


def own_group() -> dict[str, Any]:
    """Return how a process is started that can be killed with all that it starts."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def pipe(of_process: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe that a process was started with."""
    assert of_process is not None
    return of_process


def write_all(stream: IO[bytes], data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[stream.write(data) :]


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and its group."""
    if sys.platform == "win32":
        if process.poll() is None:
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)
            process.kill()  # where taskkill could not
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
