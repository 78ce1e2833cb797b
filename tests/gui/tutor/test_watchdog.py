"""The watchdog: it sees what is stuck, breaks off loops, and sleeps while nothing runs."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gui.tutor import watchdog
from gui.tutor.source import Source
from gui.tutor.watchdog import Stuck, StuckLoop, Watchdog
from tests.conftest import DEADLINE_SECONDS

CODE = """\
def wait(call):
    call()

def wait_in_loop(call):
    while True:
        call()

def turn():
    while True:
        pass

def turn_in(helper):
    while True:
        helper()

def help_a_little():
    return 1
"""


class Clock:
    """A time that stands still until a test moves it, in the watchdog's place of `time`."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks: queue.Queue[threading.Event] = queue.Queue()
        self._sleeping: threading.Event | None = None

    def monotonic(self) -> float:
        """Return the time, in seconds."""
        return self.now

    def sleep(self, _seconds: float) -> None:
        """Wait until the test lets the watchdog look."""
        woken = threading.Event()
        self.looks.put(woken)
        assert woken.wait(DEADLINE_SECONDS)

    def fall_asleep(self) -> None:
        """Wait until the watchdog waits for its next look."""
        self._sleeping = self.looks.get(timeout=DEADLINE_SECONDS)

    def look_at(self, seconds: float) -> None:
        """Let the watchdog look at a time, and wait until it has."""
        assert self._sleeping is not None
        self.now = seconds
        self._sleeping.set()
        self.fall_asleep()

    def wake(self) -> None:
        """Let the watchdog look, and do not wait for it to sleep again."""
        assert self._sleeping is not None
        self._sleeping.set()


class Kennel:
    """A watchdog, what it has reported, and code of a file for it to watch."""

    def __init__(self, path: Path) -> None:
        path.write_text(CODE, encoding="utf-8")
        self.source = Source(path)
        self.reports: list[Stuck] = []
        self.dog = Watchdog(self.source, self.reports.append)
        self.code: dict[str, Any] = {}
        exec(compile(CODE, str(path), "exec"), self.code)

    def run(self, function: str, *arguments: object) -> BaseException | None:
        """Run a function of the file under the watchdog's eyes; return what ended it."""
        try:
            self.dog.begin()
            self.code[function](*arguments)
        except BaseException as error:
            self.dog.end()
            return error
        self.dog.end()
        return None

    def start(self, function: str, *arguments: object) -> threading.Thread:
        """Run a function of the file in another thread."""
        thread = threading.Thread(target=self.run, args=(function, *arguments))
        thread.start()
        return thread


def wait_until(happened: Callable[[], object]) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "in vain"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the watchdog a time that the test moves."""
    clock = Clock()
    monkeypatch.setattr(
        watchdog, "time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    )
    return clock


@pytest.fixture
def kennel(tmp_path: Path) -> Kennel:
    """Give a watchdog that sleeps."""
    return Kennel(tmp_path / "students.py")


@pytest.fixture
def blocked(clock: Clock, kennel: Kennel) -> Iterator[None]:
    """Have code of the file wait for something, until the end of the test."""
    let_go = threading.Event()
    entered = threading.Event()

    def call() -> None:
        entered.set()
        let_go.wait(DEADLINE_SECONDS)

    thread = kennel.start("wait", call)
    entered.wait(DEADLINE_SECONDS)
    clock.fall_asleep()
    yield
    let_go.set()
    thread.join()
    # The thread of the watchdog outlives the test: it must not fail in its patched time.
    clock.wake()
    wait_until(lambda: kennel.dog._asleep)


# --- asleep -----------------------------------------------------------------------------


def test_it_does_not_look_while_nothing_runs(clock: Clock, kennel: Kennel) -> None:
    for _ in range(3):
        wait_until(lambda: kennel.dog._asleep)
        assert clock.looks.empty()
        kennel.run("help_a_little")
        clock.fall_asleep()
        clock.wake()


def test_many_short_calls_cost_one_look_each_half_second(clock: Clock, kennel: Kennel) -> None:
    kennel.run("help_a_little")
    clock.fall_asleep()
    for _ in range(1000):
        kennel.run("help_a_little")
    assert clock.looks.empty()
    clock.wake()
    wait_until(lambda: kennel.dog._asleep)


# --- reports ----------------------------------------------------------------------------


def test_what_takes_less_than_two_seconds_is_not_reported(
    blocked: None, clock: Clock, kennel: Kennel
) -> None:
    for seconds in (0.5, 1.0, 1.5, 1.99):
        clock.look_at(seconds)
    assert kennel.reports == []


def test_what_takes_longer_is_reported_once_a_second(
    blocked: None, clock: Clock, kennel: Kennel
) -> None:
    for half_seconds in range(1, 13):
        clock.look_at(half_seconds / 2)
    assert [report.seconds for report in kennel.reports] == [2, 3, 4, 5, 6]


def test_a_look_that_comes_late_still_reports(blocked: None, clock: Clock, kennel: Kennel) -> None:
    for seconds in (1.9, 2.6, 3.4):
        clock.look_at(seconds)
    assert [report.seconds for report in kennel.reports] == [2, 3]


def test_a_blocking_call_is_named_with_its_function_and_line(
    blocked: None, clock: Clock, kennel: Kennel
) -> None:
    clock.look_at(2.0)
    (stuck,) = kennel.reports
    assert (stuck.code.co_name, kennel.source.line(stuck.line)) == ("wait", "call()")
    assert not stuck.in_loop


def test_a_blocking_call_is_not_broken_off(blocked: None, clock: Clock, kennel: Kennel) -> None:
    for seconds in (2.0, 5.0, 6.0, 60.0):
        clock.look_at(seconds)
    assert kennel.dog._hand_raised is False


# --- loops ------------------------------------------------------------------------------


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watchdog report and break off after a moment."""
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "REPORT_SECONDS", 1)
    monkeypatch.setattr(watchdog, "BREAK_SECONDS", 1.2)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("turn", ()),
        ("wait_in_loop", (lambda: time.sleep(0.01),)),
    ],
)
def test_a_loop_is_named_and_broken_off(
    function: str, arguments: tuple[Any, ...], hurry: None, kennel: Kennel
) -> None:
    error = kennel.run(function, *arguments)
    assert isinstance(error, StuckLoop)
    assert kennel.reports
    assert {report.code.co_name for report in kennel.reports} == {function}
    assert all(report.in_loop for report in kennel.reports)


def test_the_function_with_the_loop_is_named_not_the_one_that_it_calls(
    hurry: None, kennel: Kennel
) -> None:
    error = kennel.run("turn_in", kennel.code["help_a_little"])
    assert isinstance(error, StuckLoop)
    assert {report.code.co_name for report in kennel.reports} == {"turn_in"}
