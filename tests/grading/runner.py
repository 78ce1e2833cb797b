"""Runs portions in workers, each scenario within its limit; what runs is never trusted.

All that differs between systems is here: users, process groups, and what kills them.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.grading.observations import Observation

CAN_FORK = hasattr(os, "fork")
WORKER = Path(__file__).with_name("worker.py")
STUDENT_USER = "student-code"
NOBODY = 65534
# An interpreter needs this long at most to start, on the slowest machine.
START_SECONDS = 60
# After which a process that cannot be killed is left alone.
KILL_SECONDS = 5
# Longer than any honest answer: what is longer is a flood.
LONGEST_ANSWER_BYTES = 128 * 1024
MOST_WAITING_ANSWERS = 200


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


Outcome = Observation | Hung | Died | BadSyntax


def is_root() -> bool:
    """Tell whether other users' processes can be started from here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def student_user() -> tuple[int, int] | None:
    """Return the user and group that students' code runs as, None for this one."""
    if not is_root():
        return None
    import pwd

    try:
        entry = pwd.getpwnam(STUDENT_USER)
    except KeyError:
        return NOBODY, NOBODY
    return entry.pw_uid, entry.pw_gid


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
    AHEAD.append(threading.Thread(target=lambda: SPARE.put(Worker()), daemon=True))
    AHEAD[0].start()


def any_worker() -> "Worker":
    """Return a worker that was started ahead, or else a new one."""
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
    """Runs the functions of one submission, in as few workers as they leave alive.

    Parameters:
        limit: how long one scenario may take, in seconds.

    Attributes:
        sandboxed: whether what ran last ran as another user, in an empty folder.
    """

    def __init__(self, limit: float) -> None:
        self.sandboxed = False
        self._limit = limit
        # It starts while the submission is still being read.
        self._worker: Worker | None = any_worker()

    def run(self, job: dict[str, Any]) -> list[Outcome]:
        """Return what a function did in each scenario, up to the first that was its end."""
        if self._worker is None:
            self._worker = any_worker()
        outcomes = self._worker.run(job, self._limit)
        self.sandboxed = self._worker.locked
        if not self._worker.reusable:
            self.close()
        return outcomes

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


class Worker:
    """One worker: a process, and the thread that takes its answers."""

    def __init__(self) -> None:
        self.reusable = True
        with STARTING:
            self._start()
            LIVE.add(self)
        self._answers: queue.Queue[bytes] = queue.Queue(MOST_WAITING_ANSWERS)
        threading.Thread(target=self._take_answers, daemon=True).start()
        self._ready = False

    def _start(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="grading-")
        os.chmod(self._folder, 0o755)
        self.locked = False
        self._user = student_user()
        command = [sys.executable, "-I", "-S", "-c", WORKER.read_text(encoding="utf-8")]
        command += map(str, self._user or ())
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=environment(),
            **own_group(),
        )

    def _take_answers(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := self._process.stdout.readline(LONGEST_ANSWER_BYTES):
                self._answers.put_nowait(line)
                if not line.endswith(b"\n"):
                    break
        except (queue.Full, OSError, ValueError):
            pass  # a flood, or the worker was closed: either is the end of what it says
        with suppress(queue.Full):
            self._answers.put_nowait(b"")

    def _next(self, seconds: float) -> dict[str, Any] | None:
        """Return the next answer, {} if it is none, None if no more come.

        Raises:
            queue.Empty: nothing came in time.
        """
        line = self._answers.get(timeout=seconds)
        if not line:
            return None
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}

    def run(self, job: dict[str, Any], limit: float) -> list[Outcome]:
        """Run one function; what it did in each scenario, up to the first that was its end."""
        token = os.urandom(8).hex()
        self.reusable = self.reusable and CAN_FORK
        outcomes: list[Outcome] = []
        try:
            if not self._ready:
                self.locked = (self._next(START_SECONDS) or {}).get("locked") is True
                self._ready = True
            sent = {
                **job,
                "token": token,
                "fork": CAN_FORK,
                "patience": START_SECONDS + int(limit * len(job["scenarios"])),
                "user": self._user if self.locked else None,
                "room": self._folder,
            }
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(sent).encode() + b"\n")
            self._process.stdin.flush()
            for number in range(len(job["scenarios"])):
                outcome = self._outcome(token, number, limit)
                outcomes.append(outcome)
                if isinstance(outcome, BadSyntax):
                    break
                if not isinstance(outcome, Observation):
                    self.reusable = False
                    return outcomes
            if CAN_FORK:
                ended = self._next(limit)
                if ended is None or set(ended) != {"token", "ended"} or ended["token"] != token:
                    self.reusable = False
        except (OSError, queue.Empty):
            self.reusable = False
            if not outcomes:
                outcomes.append(Died(0))
        return outcomes

    def _outcome(self, token: str, number: int, limit: float) -> Outcome:
        try:
            answer = self._next(limit)
        except queue.Empty:
            return Hung(number, limit)
        if not answer or answer.get("token") != token:
            return Died(number)
        if isinstance(syntax := answer.get("syntax"), dict) and number == 0:
            kind, message, line = (syntax.get(name) for name in ("kind", "message", "line"))
            return BadSyntax(str(kind), str(message), line if isinstance(line, int) else 0)
        if answer.get("scenario") != number:
            return Died(number)
        return Observation.from_answer(answer) or Died(number)

    def close(self) -> None:
        """Kill the worker and all that it started."""
        kill_group(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        LIVE.discard(self)


# --- systems ----------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """Return the few variables that an interpreter needs to start."""
    kept = ("SYSTEMROOT", "PATH") if sys.platform == "win32" else ()
    return {name: os.environ[name] for name in kept if name in os.environ}


def own_group() -> dict[str, Any]:
    """Return how a process is started that can be killed with all that it starts."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all that it started."""
    if sys.platform == "win32":
        if process.poll() is None:
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)
            process.kill()  # where taskkill could not
    else:
        if process.poll() is None:
            # The worker itself knows its child, which may have left the group.
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(KILL_SECONDS)
