"""The watchdog: notices students' code that holds up the program, and breaks off its loops.

It sleeps while no such code runs. Once some does, it looks twice a second, until it sees
nothing run: in a busy server two looks a second, in an idle one none. Each look puts off an
alarm, which goes off where the code lets nothing look.
"""

import sys
import threading
import time
import types
from collections.abc import Callable
from typing import NamedTuple

from gui.tutor.alarm import ALARM
from gui.tutor.source import Source

# Often enough to be in time with a report that is due, too seldom to cost anything.
LOOK_SECONDS = 0.5
# An answer takes some milliseconds. Two seconds are no accident.
REPORT_SECONDS = 2
BREAK_SECONDS = 5


class StuckLoop(BaseException):
    """A loop that does not end is broken off with this.

    Not an `Exception`, so that `except Exception` in the loop does not swallow it.
    """


class StuckWait(BaseException):
    """A function that waits for something that does not come is broken off with this."""


class Stuck(NamedTuple):
    """Students' code that is holding up the program at this moment.

    Parameters:
        code: the function.
        line: the line that it is at.
        seconds: for how long.
        in_loop: whether it is a loop that does not end, or a call that does not return.
    """

    code: types.CodeType
    line: int
    seconds: int
    in_loop: bool


class Watchdog:
    """Watches the stretches in which one thread runs students' code.

    A loop is broken off by an exception in its thread, which may arrive at any instruction: in
    the loop, or, if that ends at the same moment, in what follows, `end` included. It arrives
    before `end` returns, and once at most after the file's code was left (see `_break_off`).
    So whoever watches calls `end` again where its first call may have been interrupted:

        try:
            try:
                watchdog.begin()
                ...  # students' code
            finally:
                watchdog.end()
        except BaseException:
            watchdog.end()

    Parameters:
        source: tells which file the code is in, as it was when it began.
        report: called, in the watchdog's thread, with what is stuck, once a second.

    Attributes:
        since: when the code began that runs, or what was begun with as if it did; or None.
    """

    def __init__(self, source: Callable[[], Source], report: Callable[[Stuck], None]) -> None:
        self._source = source
        self._report = report
        self._called = threading.Event()
        self._asleep = True
        self.since: float | None = None
        self._reported = (0.0, 0)
        self._thread_id = 0
        self._hand_raised = False
        self._aiming = False
        threading.Thread(target=self._keep_watching, name="watchdog", daemon=True).start()

    def begin(self) -> None:
        """Take note that the calling thread, always the same, begins to run students' code."""
        self.since = time.monotonic()
        if self._asleep:
            self._asleep = False
            self._thread_id = threading.get_ident()
            # Here, not in the watchdog's thread, which may never run again.
            ALARM.set()
            self._called.set()

    def end(self) -> None:
        """Take note that the code has let go; from the return on, nothing is broken off."""
        self.since = None
        # The watchdog raises its hand before it looks whether anything runs: either it sees
        # that nothing does, or the hand is seen here.
        if self._hand_raised:
            # No lock: an exception that arrives just after it is taken would leave it taken.
            while self._aiming:
                time.sleep(0)  # lets the watchdog's thread go on
            let_arrive()
            self._hand_raised = False

    def _keep_watching(self) -> None:
        while True:
            try:
                self._watch()
            except BaseException:
                # Told as the end of any thread is, but this one begins again.
                ended = (*sys.exc_info(), threading.current_thread())
                threading.excepthook(threading.ExceptHookArgs(ended))
                # It was not asleep, so that nobody would call it.
                self._called.set()

    def _watch(self) -> None:
        while True:
            self._called.wait()
            self._called.clear()
            # No event ends it: setting one would cost each call of students' code its time.
            time.sleep(LOOK_SECONDS)
            while (since := self.since) is not None:
                ALARM.set()
                self._look(since)
                time.sleep(LOOK_SECONDS)  # no event, as above
            self._asleep = True
            ALARM.cancel()
            # Whoever began before that did not see it.
            if self.since is not None:
                ALARM.set()
                self._called.set()

    def _look(self, since: float) -> None:
        seconds = time.monotonic() - since
        if seconds < REPORT_SECONDS:
            return
        frame = sys._current_frames().get(self._thread_id)
        stuck = where_stuck(frame, self._source(), int(seconds))
        del frame
        if stuck is None or self.since is not since:
            return
        if self._reported != (since, stuck.seconds):
            self._reported = since, stuck.seconds
            self._report(stuck)
        if stuck.in_loop and seconds >= BREAK_SECONDS:
            self._break_off(since)

    def _break_off(self, since: float) -> None:
        """Raise `StuckLoop` in the thread, if it still is in the file's code.

        What was raised before and has not arrived is taken back first. So of all that arrive,
        only the last one can do so after the thread was seen in that code for the last time.
        """
        # In this order: who sees the hand sees, too, that the watchdog is aiming.
        self._aiming = True
        self._hand_raised = True
        try:
            # Not `==`: a coarse clock may give the next stretch the same time.
            if self.since is since:
                raise_in_thread(self._thread_id, None)
                frame = sys._current_frames().get(self._thread_id)
                if functions_in(frame, self._source()):
                    raise_in_thread(self._thread_id, StuckLoop)
        finally:
            self._aiming = False


def where_stuck(frame: types.FrameType | None, source: Source, seconds: int) -> Stuck | None:
    """Return what holds up the thread whose innermost frame this is, if the file's code does.

    The innermost function that is inside a loop is named; where none is, the innermost.
    """
    own = functions_in(frame, source)
    if not own:
        return None
    loops = (index for index, (_, line) in enumerate(own) if source.is_in_loop(line))
    index = next(loops, -1)
    code, line = own[max(index, 0)]
    # A list comprehension, say, is part of the function around it.
    named = (outer for outer, _ in own[max(index, 0) :] if not outer.co_name.startswith("<"))
    return Stuck(next(named, code), line, seconds, index >= 0)


def functions_in(frame: types.FrameType | None, source: Source) -> list[tuple[types.CodeType, int]]:
    """Return the functions of the file that a thread is in, with their lines, innermost first."""
    own: list[tuple[types.CodeType, int]] = []
    while frame is not None:
        if frame.f_code.co_filename == source.path:
            own.append((frame.f_code, frame.f_lineno or frame.f_code.co_firstlineno))
        frame = frame.f_back
    return own


def let_arrive() -> None:
    """Let what may be on its way to this thread arrive here; nothing is from then on.

    It could be taken back, but Python 3.10 and 3.11 would go on looking for it, in every
    thread, as long as the program runs; a debugger hangs there.
    """
    try:
        # In place of what is on its way, if something is.
        raise_in_thread(threading.get_ident(), StuckLoop)
        while True:
            pass
    except StuckLoop:
        return


def raise_in_thread(thread_id: int, exception: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step, or take back one that is on its way.

    Source: "PyThreadState_SetAsyncExc" in the Python/C API reference.
    """
    # Here, not above: it is hardly ever needed, and takes its time to import.
    import ctypes

    target = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), target)
