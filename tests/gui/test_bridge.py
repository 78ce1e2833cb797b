"""The bridge between asyncio and whoever shows what happens."""

import asyncio
import contextlib
import gc
import inspect
import select
import socket
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.bridge import (
    MANY_WAITING_EVENTS,
    MANY_WAITING_LOG_LINES,
    MAX_LOGGED_BYTES,
    MAX_LOGGED_BYTES_OF_MANY,
    MAX_WAITING_LOG_LINES,
    STOP_LIMIT_SECONDS,
    LogLine,
    Mailbox,
    NetworkThread,
)

DEADLINE_SECONDS = 15
EVERYTHING = sys.maxsize


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Give a mailbox, and close it afterwards."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


def take(mailbox: Mailbox, limit: int = EVERYTHING) -> tuple[list[LogLine], list[Any]]:
    """Take out what is in a mailbox; return the lines of the log, and the other events."""
    news = [event for _, event in mailbox.take(limit)]
    lines = [event for event in news if isinstance(event, LogLine)]
    return lines, [event for event in news if not isinstance(event, LogLine)]


def is_woken(mailbox: Mailbox) -> bool:
    """Tell whether somebody who waits for the mailbox would be woken now."""
    readable, _, _ = select.select([mailbox.wake_socket], [], [], 0)
    return bool(readable)


# --- mailbox ----------------------------------------------------------------------------


def test_log_lines_come_out_in_their_order(mailbox: Mailbox) -> None:
    mailbox.log("→", "127.0.0.1:1", b"first\n")
    mailbox.log("←", "127.0.0.1:2", b"second\n")
    lines, events = take(mailbox)
    assert [(line.arrow, line.peer, line.line) for line in lines] == [
        ("→", "127.0.0.1:1", b"first\n"),
        ("←", "127.0.0.1:2", b"second\n"),
    ]
    assert lines[0].time <= lines[1].time
    assert events == []


def test_events_come_out_in_their_order(mailbox: Mailbox) -> None:
    for event in range(5):
        mailbox.post(event)
    assert take(mailbox) == ([], [0, 1, 2, 3, 4])
    assert take(mailbox) == ([], [])


def test_no_more_is_taken_out_than_asked_for(mailbox: Mailbox) -> None:
    for event in range(5):
        mailbox.post(event)
    assert take(mailbox, 2) == ([], [0, 1])
    assert take(mailbox, 2) == ([], [2, 3])
    assert take(mailbox, 2) == ([], [4])


@given(st.lists(st.booleans()), st.lists(st.integers(0, 5)))
def test_lines_and_events_come_out_in_the_order_in_which_they_were_left(
    kinds: list[bool], limits: list[int]
) -> None:
    with contextlib.closing(Mailbox()) as mailbox:
        for number, is_line in enumerate(kinds):
            if is_line:
                mailbox.log("→", "127.0.0.1:1", b"%d" % number)
            else:
                mailbox.post(number)
        news = [each for limit in [*limits, EVERYTHING] for each in mailbox.take(limit)]
        numbers = [int(e.line) if isinstance(e, LogLine) else e for _, e in news]
        assert numbers == list(range(len(kinds)))
        assert [number for number, _ in news] == numbers


def test_in_a_flood_of_lines_an_event_keeps_its_place(mailbox: Mailbox) -> None:
    for number in range(2 * MAX_WAITING_LOG_LINES):
        mailbox.log("→", "127.0.0.1:1", b"%d" % number)
        if number % 1000 == 0:
            mailbox.post(number)
        if number == 100:
            mailbox.take(10)
    last = -1
    for _, event in mailbox.take(EVERYTHING):
        number = int(event.line) if isinstance(event, LogLine) else event
        assert number > last or (number == last and not isinstance(event, LogLine))
        last = number


def test_a_note_keeps_its_place_among_the_lines_and_is_dropped_like_them(mailbox: Mailbox) -> None:
    mailbox.log("←", "127.0.0.1:1", b"0")
    mailbox.note("a note")
    mailbox.log("→", "127.0.0.1:1", b"1")
    assert [event for _, event in mailbox.take(EVERYTHING)][1] == "a note"
    mailbox.note("dropped")
    for _ in range(MAX_WAITING_LOG_LINES):
        mailbox.note("kept")
    assert take(mailbox) == ([], ["kept"] * MAX_WAITING_LOG_LINES)


def test_of_events_that_repeat_no_more_wait_than_anybody_reads(mailbox: Mailbox) -> None:
    for number in range(2 * MANY_WAITING_EVENTS):
        mailbox.post(number, is_repeated=True)
    mailbox.post("what nobody knows yet")
    _, events = take(mailbox)
    assert events == [*range(MANY_WAITING_EVENTS), "what nobody knows yet"]


def test_the_oldest_lines_are_dropped_and_counted(mailbox: Mailbox) -> None:
    numbers = range(MAX_WAITING_LOG_LINES + 5)
    for number in numbers:
        mailbox.log("←", "127.0.0.1:1", b"%d\n" % number)
    lines, _ = take(mailbox)
    assert [int(line.line) for line in lines] == list(numbers[5:])
    assert mailbox.dropped() == 5
    assert mailbox.dropped() == 0


def test_lines_that_were_taken_out_in_time_do_not_count_as_dropped(mailbox: Mailbox) -> None:
    for _ in range(3):
        mailbox.log("←", "127.0.0.1:1", b"line\n")
        assert mailbox.dropped() == 0
        take(mailbox)
        assert mailbox.dropped() == 0


def test_of_a_long_line_the_beginning_is_kept(mailbox: Mailbox) -> None:
    mailbox.log("←", "127.0.0.1:1", b"x" * MAX_LOGGED_BYTES)
    mailbox.log("←", "127.0.0.1:1", b"x" * (MAX_LOGGED_BYTES + 7))
    lines, _ = take(mailbox)
    assert [(len(line.line), line.left_out) for line in lines] == [
        (MAX_LOGGED_BYTES, 0),
        (MAX_LOGGED_BYTES, 7),
    ]


def test_of_a_long_line_behind_many_a_shorter_beginning_is_kept(mailbox: Mailbox) -> None:
    for _ in range(MANY_WAITING_LOG_LINES + 1):
        mailbox.log("←", "127.0.0.1:1", b"x" * MAX_LOGGED_BYTES)
    lines, _ = take(mailbox)
    assert {len(line.line) for line in lines[:-1]} == {MAX_LOGGED_BYTES}
    shortest = MAX_LOGGED_BYTES_OF_MANY
    assert (len(lines[-1].line), lines[-1].left_out) == (shortest, MAX_LOGGED_BYTES - shortest)


def test_a_line_that_is_just_being_left_does_not_count_as_dropped(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    def clock() -> float:
        # The other thread may ask at any moment, also while a line asks for the time.
        counted.append(mailbox.dropped())
        return 0.0

    with monkeypatch.context() as patch:
        patch.setattr(time, "time", clock)
        mailbox.log("←", "127.0.0.1:1", b"line\n")
    assert [*counted, mailbox.dropped()] == [0, 0]


def test_no_event_is_dropped_however_many_lines_are(mailbox: Mailbox) -> None:
    mailbox.post("the first")
    for _ in range(MAX_WAITING_LOG_LINES + 1):
        mailbox.log("←", "127.0.0.1:1", b"line\n")
    assert take(mailbox)[1] == ["the first"]


def test_an_empty_mailbox_wakes_nobody(mailbox: Mailbox) -> None:
    assert not is_woken(mailbox)
    mailbox.post("event")
    take(mailbox)
    assert not is_woken(mailbox)


def test_an_event_and_a_line_each_wake_who_waits(mailbox: Mailbox) -> None:
    mailbox.post("event")
    assert is_woken(mailbox)
    mailbox.wait()
    take(mailbox)
    mailbox.log("→", "127.0.0.1:1", b"line\n")
    assert is_woken(mailbox)
    mailbox.wait()


def test_many_at_once_wake_only_once(mailbox: Mailbox) -> None:
    for event in range(100):
        mailbox.post(event)
        mailbox.log("→", "127.0.0.1:1", b"line\n")
    assert len(mailbox.wake_socket.recv(4096)) == 1


def test_what_comes_after_the_mailbox_was_closed_is_silently_dropped() -> None:
    mailbox = Mailbox()
    mailbox.close()
    mailbox.post("event")
    mailbox.log("→", "127.0.0.1:1", b"line\n")
    mailbox.close()


class InterruptedSocket:
    """A socket in front of which something else happens each time it is read."""

    def __init__(self, behind: socket.socket, interruption: Callable[[], None]) -> None:
        self._behind = behind
        self._interruption = interruption
        self.fileno = behind.fileno
        self.close = behind.close

    def recv(self, size: int) -> bytes:
        """Let the other thing happen, then read."""
        self._interruption()
        return self._behind.recv(size)


def test_what_comes_while_a_mailbox_is_emptied_does_not_silence_it(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        mailbox.post("meanwhile")

    interrupted = InterruptedSocket(mailbox.wake_socket, interrupt)
    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "wake_socket", interrupted)
        mailbox.post("before")
        _, events = take(mailbox)
    assert set(events) == {"before", "meanwhile"} or is_woken(mailbox)
    mailbox.post("after")
    assert is_woken(mailbox)


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Let the interpreter switch between threads as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless_threads")
def test_no_wake_is_lost_however_threads_interleave(mailbox: Mailbox) -> None:
    # No more than may wait at once: none is dropped.
    count = MAX_WAITING_LOG_LINES

    def repeat(action: Callable[[], None]) -> None:
        for _ in range(count):
            action()

    posters = [
        threading.Thread(target=repeat, args=[lambda: mailbox.post("event")]),
        threading.Thread(target=repeat, args=[lambda: mailbox.post("event")]),
        threading.Thread(target=repeat, args=[lambda: mailbox.log("→", "", b"\n")]),
    ]
    for poster in posters:
        poster.start()
    # A mailbox whose wake was lost never wakes again: who waits for it waits in vain.
    seen_lines = seen_events = 0
    while seen_lines < count or seen_events < 2 * count:
        readable, _, _ = select.select([mailbox.wake_socket], [], [], DEADLINE_SECONDS)
        assert readable, f"asleep after {seen_lines} lines and {seen_events} events"
        lines, events = take(mailbox)
        seen_lines += len(lines)
        seen_events += len(events)
        assert mailbox.dropped() == 0
    for poster in posters:
        poster.join()
    assert (seen_lines, seen_events) == (count, 2 * count)


# --- network thread ---------------------------------------------------------------------


async def the_answer() -> int:
    """Return the answer, after a turn of the loop."""
    await asyncio.sleep(0)
    return 42


async def fail() -> None:
    """Fail, after a turn of the loop."""
    await asyncio.sleep(0)
    raise LookupError("no answer")


def test_a_call_runs_in_the_loop_and_returns_the_result() -> None:
    with NetworkThread() as network:
        assert network.call(the_answer()) == 42
        assert network.call(name_of_thread()) == "network"


async def name_of_thread() -> str:
    """Return the name of the thread that runs this."""
    return threading.current_thread().name


def test_a_call_raises_what_the_coroutine_raises() -> None:
    with NetworkThread() as network:
        with pytest.raises(LookupError, match="no answer"):
            network.call(fail())
        assert network.call(the_answer()) == 42


def test_what_is_started_runs_in_its_order_and_is_not_waited_for() -> None:
    ran: list[int] = []
    go_on = threading.Event()

    async def run(number: int) -> None:
        assert go_on.wait(DEADLINE_SECONDS)
        ran.append(number)

    with NetworkThread() as network:
        for number in range(10):
            network.start(run(number))
        assert ran == []
        go_on.set()
        network.call(the_answer())
    assert ran == list(range(10))


def test_what_is_started_lives_though_nobody_else_refers_to_it() -> None:
    tasks: list[weakref.ref[asyncio.Task[Any]]] = []

    async def wait_for_ever() -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(weakref.ref(task))
        del task
        await asyncio.get_running_loop().create_future()

    with NetworkThread() as network:
        network.start(wait_for_ever())
        network.call(the_answer())
        gc.collect()
        assert tasks[0]() is not None


def test_a_task_that_runs_at_the_end_is_cancelled() -> None:
    ended: Future[str] = Future()
    started = threading.Event()

    async def wait_for_ever() -> None:
        try:
            started.set()
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set_result("cleaned up")

    with NetworkThread() as network:
        network.start(wait_for_ever())
        assert started.wait(DEADLINE_SECONDS)
    assert ended.result(0) == "cleaned up"


def test_a_coroutine_that_blocks_does_not_hold_up_the_end() -> None:
    blocked, let_go = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        let_go.wait(DEADLINE_SECONDS)

    others = set(threading.enumerate())
    with NetworkThread() as network:
        network.start(block())
        assert blocked.wait(DEADLINE_SECONDS)
        threads = set(threading.enumerate()) - others
    # Had the end waited for the coroutine, its deadline would have let it go.
    assert [thread.name for thread in threads if thread.is_alive()] == ["network"]
    assert STOP_LIMIT_SECONDS < 1
    let_go.set()
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
        assert not thread.is_alive()


def test_what_is_started_after_the_end_is_silently_dropped() -> None:
    with NetworkThread() as network:
        pass
    late: Any = the_answer()
    network.start(late)
    assert inspect.getcoroutinestate(late) == inspect.CORO_CLOSED


def test_what_is_started_just_before_the_end_is_no_loose_end() -> None:
    with NetworkThread() as network:
        coroutines: list[Any] = [the_answer() for _ in range(100)]
        for coroutine in coroutines:
            network.start(coroutine)
    assert {inspect.getcoroutinestate(each) for each in coroutines} == {inspect.CORO_CLOSED}


# --- the port ---------------------------------------------------------------------------


def test_a_thread_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no loop")

    monkeypatch.setattr(asyncio, "new_event_loop", fail)
    with pytest.raises(OSError, match="no loop"), NetworkThread():
        pass


def test_whoever_waits_for_a_thread_that_ends_is_told() -> None:
    async def end() -> None:
        network._is_ending = True
        network.loop.stop()
        await asyncio.Event().wait()

    with NetworkThread() as network, pytest.raises((RuntimeError, CancelledError)):
        network.call(end())
