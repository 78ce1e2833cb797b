"""Each function has its time, all of them together an end, and nobody waits for a stray process."""

import argparse
import contextlib
import errno
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import FUNCTIONS
from gui.tutor.evidence import Evidence
from tests.grading import desk, runner, together
from tests.grading.__main__ import run_check
from tests.grading.desk import grade_next
from tests.grading.runner import Died, Hung, Job, Outcome, Runner, WorkerError
from tests.grading_tests.submitted import PROJECT, REFERENCE, SKELETONS, filled, graded, lost

GRADESCOPE_SECONDS = 600
# Beside what the functions take: what is left for starting workers and ending them.
HANGING_SECONDS = 36


class Slow:
    """Stands for a worker whose functions take as long as they may."""

    locked = True
    reusable = True

    def __init__(self) -> None:
        self.allowed: list[float] = []

    def run(self, jobs: list[Job], limit: float, seconds: float) -> list[list[Outcome]]:
        """Take the time."""
        self.allowed.append(seconds)
        return [[Hung(0, seconds)] for _ in jobs]


def allowed(limit: float, taken: float) -> list[float]:
    """Return how long each function may take, if each takes a share of that, the last one all."""
    with pytest.MonkeyPatch.context() as patch:
        slow = Slow()
        now = [0.0]
        patch.setattr(runner, "any_worker", lambda: slow)
        patch.setattr(time, "monotonic", lambda: now[0])
        run = slow.run

        def pass_time(jobs: list[Job], limit: float, seconds: float) -> list[list[Outcome]]:
            now[0] += seconds * taken
            return run(jobs, limit, seconds)

        patch.setattr(slow, "run", pass_time)
        running = Runner(limit)
        # First those that can share a process, then each in one of its own.
        for _ in range(1 + len(FUNCTIONS)):
            running.run({})
    return slow.allowed


@given(st.floats(0.01, 3600), st.floats(0, 1))
def test_all_functions_end_in_time_at_any_limit_and_none_is_left_without(
    limit: float, taken: float
) -> None:
    seconds = allowed(limit, taken)
    assert sum(seconds) * taken < GRADESCOPE_SECONDS - 60
    if limit <= 5:
        assert sum(seconds) * taken < HANGING_SECONDS
    assert min(seconds) >= runner.LEAST_SECONDS
    assert seconds[0] >= min(limit, runner.MOST_SPARE_SECONDS)


def test_functions_that_take_no_time_leave_it_to_those_that_follow() -> None:
    assert set(allowed(2.0, 0.1)) == {4.0}


def test_sleeps_that_are_shorter_than_the_limit_add_up() -> None:
    body = "import time\nfor _ in range({}):\n    time.sleep(0.2)\nreturn key in users"
    assert lost(graded(filled({"server_logic.registered": body.format(2)}), 0.5)) == set()
    result = graded(filled({"server_logic.registered": body.format(20)}), 0.5)
    assert lost(result) == {"server_logic.registered"}
    assert "broken off after waiting for" in result.marks["server_logic.registered"].message


def test_functions_that_hang_are_broken_off_and_the_others_are_judged() -> None:
    hanging = {
        function.full_name: "while True:\n    pass" if number % 2 else "import time\ntime.sleep(60)"
        for number, function in enumerate(FUNCTIONS)
        if number % 4
    }
    result = graded(filled(hanging), 0.3)
    assert lost(result) == set(hanging)
    assert sum("did not finish" in mark.message for mark in result.marks.values()) == len(hanging)


def test_a_sleep_that_is_too_long_is_not_waited_for_and_told_as_if_it_were() -> None:
    began = time.monotonic()
    result = graded(filled({"server_logic.registered": "import time\ntime.sleep(600)"}), 300)
    assert time.monotonic() - began < 100
    assert lost(result) == {"server_logic.registered"}
    assert "broken off after waiting for 300 s" in result.marks["server_logic.registered"].message
    # What Python refuses is no sleep.
    refused = (
        "import time\ntry:\n    time.sleep(float({!r}))\nexcept (OverflowError, ValueError):\n"
    )
    for forever in ("inf", "nan", "1e300"):
        body = f"{refused.format(forever)}    return key in users"
        assert lost(graded(filled({"server_logic.registered": body}))) == set()


@pytest.mark.skipif(not runner.CAN_FORK, reason="this system cannot fork")
def test_the_next_submission_has_the_same_worker_only_where_nothing_can_have_outlasted_its_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with contextlib.closing(Runner(2.0)) as running:

        def worker_of(files: dict[str, bytes]) -> runner.Worker:
            grade_next(files, SKELETONS, "secret", running)
            (worker,) = runner.LIVE
            return worker

        first = worker_of(REFERENCE)
        wrong = filled({"server_logic.registered": "return True"})
        assert worker_of(wrong) is worker_of(REFERENCE) is first
        unusual = filled({"server_logic.registered": "import os\nreturn key in users"})
        assert worker_of(unusual) is first
        second = worker_of(REFERENCE)
        assert second is not first
        # Nor where it is not known what has happened.
        monkeypatch.setattr(together, "watch", lambda *_: 1 / 0)
        monkeypatch.setattr(desk, "not_lost", lambda *_: contextlib.nullcontext())
        with pytest.raises(ZeroDivisionError):
            worker_of(REFERENCE)
        monkeypatch.undo()
        assert worker_of(REFERENCE) is not second


def test_where_no_worker_can_be_started_nobody_loses_points(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runner, "WORKER", tmp_path / "worker.py")
    runner.WORKER.write_text("raise SystemExit(1)")
    with pytest.raises(WorkerError, match="did not start"):
        graded(filled({}))
    monkeypatch.setattr(runner, "environment", lambda: {"too": "long" * 10**6})
    with pytest.raises(WorkerError, match="did not start: "):
        graded(filled({}))
    assert not runner.LIVE


def test_where_no_worker_can_be_started_a_student_is_told_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start_worker() -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(runner, "start_worker", start_worker)
    assert run_check(argparse.Namespace(folder=PROJECT, steps=False)) == 2
    assert capsys.readouterr() == (
        "",
        f"{runner.NOT_STARTED}: Resource temporarily unavailable.\n",
    )


FAULTY_WORKERS = {
    "says nothing": "import time\ntime.sleep(600)",
    "ends at once": "raise SystemExit(0)",
    "says what is no frame": "os.write(1, b'\\xff' * 100)\ntime.sleep(600)",
    "says a frame without end": "while True: os.write(1, bytes([9, 1, 0, 0]))",
    "says what is no answer": "tell(b'{}\\n')\ntell(b'[]\\n')\ntime.sleep(600)",
    "says lines without end": "while True: tell(b'x' * 60000)",
    "says more and more after the last": "while True: tell(ANSWER)",
    "leaves a process that holds its pipes": "if os.fork(): os._exit(0)\ntime.sleep(20)",
}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], runner.Worker]:
    """Return what starts something else as a worker, which is told a job and does something."""
    line = json.dumps({"locked": True}).encode() + b"\n"
    answer = json.dumps({"scenario": 0}).encode() + b"\n"
    monkeypatch.setattr(runner, "WORKER", tmp_path / "worker.py")

    def start(does: str) -> runner.Worker:
        runner.WORKER.write_text(
            "import os, sys, time\n"
            "def tell(said): os.write(1, len(said).to_bytes(4, 'big') + said)\n"
            f"ANSWER = {answer!r}\ntell({line!r})\n"
            f"sys.stdin.readline()\nsys.stdin.readline()\n{does}\n"
        )
        return runner.Worker()

    return start


def job_of(scenarios: int) -> Job:
    """Return a job whose function may call nothing."""
    may_call: Job = {"methods": {}, "lookups": {}, "stores": {}, "others": {}}
    return may_call | {"scenarios": [None] * scenarios}


@pytest.mark.skipif(not runner.CAN_FORK, reason="this system cannot fork")
@pytest.mark.parametrize("name", FAULTY_WORKERS)
def test_the_desk_waits_for_no_worker_whatever_it_does(
    name: str, monkeypatch: pytest.MonkeyPatch, stand_in: Callable[[str], runner.Worker]
) -> None:
    monkeypatch.setattr(runner, "LOADING_SECONDS", 0.3)
    began = time.monotonic()
    worker = stand_in(FAULTY_WORKERS[name])
    (outcomes,) = worker.run([job_of(3)], 0.3, 0.6)
    assert isinstance(outcomes[0], (Died, Hung))
    assert not worker.reusable
    worker.close()
    assert not runner.LIVE
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("is_ready", [True, False])
def test_what_it_takes_to_import_modules_is_no_functions_time(
    is_ready: bool, stand_in: Callable[[str], runner.Worker]
) -> None:
    loading, running = "time.sleep(1)\n", "tell(b'\"ready\"\\n')\n"
    slow = loading + running if is_ready else running + loading
    answer = {"scenario": 0, "users": [], "active_users": []}
    tells = f"tell({json.dumps(answer).encode()!r} + b'\\n')"
    worker = stand_in(f"{slow}{tells}\ntell(b'')\nsys.stdin.read()")
    (outcomes,) = worker.run([job_of(1)], 0.5, 0.7)
    worker.close()
    assert isinstance(outcomes[0], Evidence if is_ready else Hung)


@pytest.mark.skipif(not runner.CAN_FORK, reason="this system cannot fork")
def test_a_function_that_ends_what_watches_it_has_no_verdict_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # As where the guard was got past, and there is no wall behind it.
    worker = runner.WORKER.read_text(encoding="utf-8")
    monkeypatch.setattr(runner, "WORKER", tmp_path / "worker.py")
    unguarded = worker.replace("    sys.addaudithook(", "    (lambda hook: None)(")
    runner.WORKER.write_text(unguarded, encoding="utf-8")
    monkeypatch.setattr(runner, "user_of", lambda process: None)
    monkeypatch.setattr(runner, "namespaces", tuple)
    killing = "import os\nos.kill(os.getppid(), 9)\nreturn key in users"
    changing = (
        "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (50, 50))\n"
        "return key in active_users"
    )
    bodies = {"server_logic.registered": killing, "server_logic.logged_in": changing}
    result = graded(filled(bodies))
    assert lost(result) == set(bodies)
    for function in bodies:
        assert f"{function}: ended its process" in result.flags


@pytest.mark.skipif(not runner.CAN_FORK, reason="this system cannot fork")
def test_one_worker_answers_jobs_in_order() -> None:
    worker = runner.Worker()
    try:
        for number in range(1, 5):
            job: dict[str, Any] = {
                "file": "server_logic.py",
                "name": "f",
                # Each is told apart by the line on which it fails.
                "source": "\n" * (number - 1) + "def f(): 1 // 0",
                "coroutine": False,
                "handle": None,
                "methods": {},
                "dictionaries": True,
                "lookups": {},
                "stores": {},
                "others": {},
                "imports": [],
                "asyncio": False,
                "instrument": "",
                "settings": [{"users": {}, "active_users": {}}],
                "scenarios": [{"setting": 0, "key": "", "arguments": []}],
            }
            ((outcome,),) = worker.run([job], 5.0, 5.0)
            assert isinstance(outcome, Evidence)
            assert outcome.error is not None
            assert outcome.error.line == number
            assert worker.reusable
    finally:
        worker.close()


def test_a_process_that_cannot_be_killed_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float | None] = []

    def wait(limit: float | None = None) -> NoReturn:
        waits.append(limit)
        raise subprocess.TimeoutExpired("worker", limit or 0)

    process: Any = SimpleNamespace(pid=0, poll=lambda: None, kill=lambda: None, wait=wait)
    monkeypatch.setattr(os, "killpg", lambda *_: None, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)
    runner.kill(process)
    assert waits == [runner.END_SECONDS]
