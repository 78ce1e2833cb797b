"""The watchdog: it sees what is stuck, breaks off loops, and sleeps while nothing runs."""

import itertools
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
from tests.endurance import break_off
from tests.instructions import interrupted

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

def fail():
    return 1 // 0
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

    def sleep(self, seconds: float) -> None:
        """Wait until the test lets the watchdog look; a thread that gives way goes on."""
        if not seconds:
            return
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
    """A watchdog, what it has reported, and code of a file for it to watch.

    Attributes:
        ended: what ended each run of the code: an exception, or None.
    """

    def __init__(self, path: Path) -> None:
        path.write_text(CODE, encoding="utf-8")
        self.source = Source(path)
        self.reports: list[Stuck] = []
        self.ended: list[BaseException | None] = []
        self.dog = Watchdog(lambda: self.source, self.reports.append)
        self.code: dict[str, Any] = {}
        exec(compile(CODE, str(path), "exec"), self.code)

    def run(self, function: str, *arguments: object) -> None:
        """Run a function of the file under the watchdog's eyes."""
        try:
            try:
                self.dog.begin()
                self.code[function](*arguments)
            finally:
                self.dog.end()
        except BaseException as error:
            self.dog.end()
            self.ended.append(error)
        else:
            self.ended.append(None)

    def start(self, function: str, *arguments: object) -> threading.Thread:
        """Run a function of the file in another thread."""
        thread = threading.Thread(target=self.run, args=(function, *arguments), daemon=True)
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


def test_an_alarm_is_set_as_long_as_it_is_awake(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, kennel: Kennel
) -> None:
    did: list[tuple[str, int]] = []

    def note(what: str) -> None:
        did.append((what, threading.get_ident()))

    def own() -> list[str]:
        # Watchdogs of other tests, too, may go to sleep now.
        setting = {thread for what, thread in did if what == "set"}
        return [what for what, thread in did if thread in setting]

    alarm = SimpleNamespace(set=lambda: note("set"), cancel=lambda: note("cancel"))
    monkeypatch.setattr(watchdog, "ALARM", alarm)
    kennel.run("wait", lambda: note("run"))
    clock.fall_asleep()
    kennel.dog.begin()
    clock.look_at(0.5)
    kennel.dog.end()
    clock.wake()
    wait_until(lambda: own()[-1] == "cancel")
    assert own() == ["set", "run", "set", "cancel"]


def test_a_look_that_fails_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch, blocked: None, clock: Clock, kennel: Kennel
) -> None:
    told = queue.Queue[object]()
    monkeypatch.setattr(threading, "excepthook", told.put)
    monkeypatch.setattr(kennel.dog, "_report", lambda _: 1 // 0)
    clock.look_at(2.0)
    told.get(timeout=DEADLINE_SECONDS)
    monkeypatch.setattr(kennel.dog, "_report", kennel.reports.append)
    clock.look_at(3.0)
    assert [report.seconds for report in kennel.reports] == [3]


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
    assert kennel.ended == []


# --- loops ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("turn", ()),
        ("wait_in_loop", (lambda: time.sleep(0.01),)),
        ("turn_in", (lambda: 1,)),
    ],
)
def test_a_loop_is_named_and_broken_off(
    function: str, arguments: tuple[Any, ...], clock: Clock, kennel: Kennel
) -> None:
    thread = kennel.start(function, *arguments)
    clock.fall_asleep()
    for seconds in (2.0, 3.0, 4.0):
        clock.look_at(seconds)
    assert kennel.ended == []
    clock.now = 5.0
    clock.wake()
    thread.join(DEADLINE_SECONDS)
    assert [type(error) for error in kennel.ended] == [StuckLoop]
    assert [(r.code.co_name, r.seconds, r.in_loop) for r in kennel.reports] == [
        (function, seconds, True) for seconds in (2, 3, 4, 5)
    ]
    clock.fall_asleep()
    clock.wake()


def test_the_function_with_the_loop_is_named_not_the_one_that_it_calls(
    clock: Clock, kennel: Kennel
) -> None:
    thread = kennel.start("turn_in", kennel.code["help_a_little"])
    clock.fall_asleep()
    clock.look_at(2.0)
    clock.now = 5.0
    clock.wake()
    thread.join(DEADLINE_SECONDS)
    assert [type(error) for error in kennel.ended] == [StuckLoop]
    assert {report.code.co_name for report in kennel.reports} == {"turn_in"}
    clock.fall_asleep()
    clock.wake()


# --- the end of a loop that is being broken off -------------------------------------------


@pytest.mark.parametrize(
    ("function", "end"), [("help_a_little", type(None)), ("fail", ZeroDivisionError)]
)
def test_an_exception_may_arrive_at_any_instruction_until_the_end(
    function: str, end: type[object], kennel: Kennel
) -> None:
    dog = kennel.dog

    def end_as_it_is_broken_off() -> object:
        dog._hand_raised = True
        return kennel.code[function]()

    codes = (Kennel.run.__code__, Watchdog.end.__code__, watchdog.let_arrive.__code__)
    for number in itertools.count():
        with interrupted(number, StuckLoop(), codes, lambda: dog._hand_raised) as interruption:
            kennel.run("wait", end_as_it_is_broken_off)
        assert (dog.since, dog._hand_raised) == (None, False)
        if not interruption.came:
            break
    assert number > 10
    assert {type(error) for error in kennel.ended} == {StuckLoop, end}
    assert type(kennel.ended[-1]) is end


Raised = list[type[BaseException] | None]


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch, kennel: Kennel) -> Raised:
    """Collect what is raised in a thread, and None for what is taken back."""
    raised: Raised = []

    def raise_in_thread(_thread: int, exception: type[BaseException] | None) -> None:
        raised.append(exception)
        # What the watchdog raises is on its way; what a thread raises in itself is there.
        if exception is not None and not kennel.dog._aiming:
            raise exception

    monkeypatch.setattr(watchdog, "raise_in_thread", raise_in_thread)
    return raised


def test_what_has_not_arrived_is_taken_back_before_more_is_raised(
    kennel: Kennel, raised: Raised
) -> None:
    kennel.run("wait", lambda: kennel.dog._break_off(kennel.dog.since or 0.0))
    *by_the_watchdog, _by_the_thread = raised
    assert by_the_watchdog == [None, StuckLoop]


def test_in_a_stretch_that_is_over_nothing_is_raised_or_taken_back(
    kennel: Kennel, raised: Raised
) -> None:
    before = time.monotonic()
    kennel.run("wait", lambda: kennel.dog._break_off(before))
    # The thread raises one in itself, and waits for it: nobody may take that back.
    *by_the_watchdog, _by_the_thread = raised
    assert by_the_watchdog == []


def test_a_thread_that_has_left_the_code_is_not_interrupted(kennel: Kennel, raised: Raised) -> None:
    kennel.dog.begin()
    kennel.dog._break_off(kennel.dog.since or 0.0)
    kennel.dog.end()
    *by_the_watchdog, _by_the_thread = raised
    assert by_the_watchdog == [None]


def test_the_code_ends_once_the_watchdog_has_aimed(
    monkeypatch: pytest.MonkeyPatch, kennel: Kennel, raised: Raised
) -> None:
    dog = kennel.dog
    dog._aiming = dog._hand_raised = True
    turns = iter(["aims", "aims", "has aimed"])

    def give_way(_seconds: float) -> None:
        assert raised == []
        dog._aiming = next(turns) == "aims"

    monkeypatch.setattr(watchdog, "time", SimpleNamespace(sleep=give_way))
    dog.end()
    assert list(turns) == []
    assert dog._hand_raised is False


def test_what_comes_after_a_loop_is_not_hit() -> None:
    # Some of them are broken off, on a busy machine none; what is claimed is of all of them.
    # The run at full length is tests.endurance.break_off.
    break_off.check(rounds=200)
