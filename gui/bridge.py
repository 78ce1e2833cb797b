"""The bridge between asyncio and whoever shows what happens.

asyncio runs in a thread of its own, so that whatever runs in it, a student's endless
loop included, never holds up the window. Into that thread lead the loop's thread-safe
calls; out of it leads a mailbox, and a byte on a socket wakes the thread that empties it.
"""

import contextlib
import itertools
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")

# Twice what a window keeps. A console that is slower than the network (a pipe that
# nobody reads) loses the oldest lines of the log rather than filling the memory.
MAX_WAITING_LOG_LINES = 4000
# Enough for a registry of fifty. One of thousands is a line of megabytes: nobody reads it.
MAX_LOGGED_BYTES = 4096
# When more lines than this wait, only the beginning of a further one is kept, so that a flood of
# long lines fills neither the memory nor the console's time.
MANY_WAITING_LOG_LINES = 100
MAX_LOGGED_BYTES_OF_MANY = 128
# When this many events wait, one more of a problem that is told already is not worth its memory.
MANY_WAITING_EVENTS = 1000
# In Python's development mode asyncio complains of a step that takes longer. Importing students'
# code takes a moment, and of what takes longer than this the watchdog tells.
SLOW_SECONDS = 2
# Ctrl-C and closing end a program within 1 s: half of it for connections to say goodbye.
STOP_LIMIT_SECONDS = 0.5
# Whoever waits for the network's thread looks this often whether it is still there.
LOOK_SECONDS = 1


class LogLine(NamedTuple):
    """One message sent or received.

    Parameters:
        time: seconds since the epoch.
        arrow: "→" for sent, "←" for received.
        peer: the address of the other side.
        line: the bytes on the wire, or the first of them.
        left_out: how many bytes more there were.
    """

    time: float
    arrow: str
    peer: str
    line: bytes
    left_out: int = 0


class ClientGone(NamedTuple):
    """A client has gone, and is logged off.

    Parameters:
        time: seconds since the epoch.
        key: the client's key.
    """

    time: float
    key: str


class Quit(NamedTuple):
    """The program is to end: Ctrl-C, a closed window, or it cannot go on.

    Parameters:
        status: its exit status.
    """

    status: int = 0


Numbered = tuple[int, Any]
"""Something that happened, after its place in the order of all that did."""


class Mailbox:
    """Carries what happens to the thread that shows it, in order, and wakes that thread.

    `log` and `note` belong to asyncio's thread, `post` may be called in any; everything else
    belongs to the thread that shows. What asyncio's thread leaves comes out in the order in
    which it was left, lines of the log and other events alike.
    """

    def __init__(self) -> None:
        self.wake_socket, self._waker = socket.socketpair()
        self.wake_socket.setblocking(False)
        self._waker.setblocking(False)
        self._numbers = itertools.count()
        self._lines: deque[Numbered] = deque(maxlen=MAX_WAITING_LOG_LINES)
        self._events: deque[Numbered] = deque()
        # The oldest line; here it can't be dropped while its number is compared with an event's.
        self._next_line: Numbered | None = None
        self._logged = 0
        self._taken = 0
        self._awake = False

    def log(self, arrow: str, peer: str, line: bytes) -> None:
        """Leave a line for the log; when too many wait, the oldest is dropped."""
        many = len(self._lines) >= MANY_WAITING_LOG_LINES
        kept = line[: MAX_LOGGED_BYTES_OF_MANY if many else MAX_LOGGED_BYTES]
        self.note(LogLine(time.time(), arrow, peer, kept, len(line) - len(kept)))

    def note(self, event: object) -> None:
        """Leave what belongs to the lines of the log, and is dropped like them."""
        self._lines.append((next(self._numbers), event))
        self._logged += 1
        if not self._awake:
            self._wake()

    def post(self, event: object, is_repeated: bool = False) -> None:
        """Leave an event; none is ever dropped, unless it is one more of many alike.

        Parameters:
            is_repeated: whether it tells what an earlier event has told already.
        """
        if is_repeated and len(self._events) >= MANY_WAITING_EVENTS:
            return
        self._events.append((next(self._numbers), event))
        if not self._awake:
            self._wake()

    def take(self, limit: int) -> list[Numbered]:
        """Take out at most `limit` lines and events, the oldest first."""
        with contextlib.suppress(BlockingIOError):
            while self.wake_socket.recv(4096):
                pass
        # After the socket was emptied, and before anything is taken: whatever comes from now on
        # sends a byte that stays in the socket, and whatever came before is taken out below.
        self._awake = False
        lines, events, line = self._lines, self._events, self._next_line
        news: list[Numbered] = []
        # What comes meanwhile is left for the next call: a flood must not keep this one busy.
        for _ in range(min(limit, len(lines) + len(events) + (line is not None))):
            if line is None and lines:
                line = lines.popleft()
                self._taken += 1
            if line is None or (events and events[0][0] < line[0]):
                news.append(events.popleft())
            else:
                news.append(line)
                line = None
        self._next_line = line
        return news

    def dropped(self) -> int:
        """Return how many log lines were dropped since this was last asked."""
        # `log` appends a line before it counts it: for a moment there is one more than counted.
        dropped = max(0, self._logged - self._taken - len(self._lines))
        self._taken += dropped
        return dropped

    def wake_on_signals(self) -> None:
        """Let a signal wake the main thread, whatever it waits for, so that it is handled.

        Tk's main loop and Windows' sockets wait in C, where Python's signal handlers do
        not run; a byte comes with the signal (`signal.set_wakeup_fd`) and ends the wait.
        """
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)

    def wait(self) -> None:
        """Wait until something is in the mailbox."""
        select.select([self.wake_socket], [], [])

    def close(self) -> None:
        """Close the sockets; what is left from now on is not delivered."""
        with contextlib.suppress(ValueError):  # not the main thread: nothing to take back
            signal.set_wakeup_fd(-1)
        self.wake_socket.close()
        self._waker.close()

    def _wake(self) -> None:
        self._awake = True
        # A full socket wakes its reader anyway; a closed one has no reader.
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")


class NetworkThread:
    """A thread in which one asyncio loop runs, for as long as the `with` block.

    The loop runs students' code, too, which can stop it, or raise what ends it: it goes on.

    Parameters:
        tell: takes what went wrong, a `Problem`, and `Quit` if it can't go on; without it, asyncio
            writes to its log.
    """

    def __init__(self, tell: Callable[[object], None] | None = None) -> None:
        self._tell = tell
        self._is_ending = False

    def __enter__(self) -> "NetworkThread":
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            # What was started until now begins before that.
            self.loop.call_soon_threadsafe(self.loop.call_soon, self._stop)
        # A thread that students' code holds up cannot be ended; it goes with the process.
        self._thread.join(STOP_LIMIT_SECONDS)

    def call(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine in the loop, wait for its end, and return its result.

        Raises:
            RuntimeError: the thread has ended before.
        """
        import asyncio

        result = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        done = threading.Event()
        result.add_done_callback(lambda _: done.set())
        while not done.wait(LOOK_SECONDS):
            if not self._thread.is_alive():
                raise RuntimeError("The network's thread has ended.")
        return result.result()

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Start a coroutine in the loop, and do not wait for it."""
        try:
            self.loop.call_soon_threadsafe(self._keep, coroutine)
        except RuntimeError:  # the loop has ended, and so does the program
            coroutine.close()

    def go_on(self, message: str) -> None:
        """Tell what ended a task before its time, and let it go on; called in `except`.

        Raises:
            BaseException: what was caught, where the loop is ending.
        """
        if self._is_ending:
            raise
        context = {"message": message, "exception": sys.exc_info()[1]}
        self.loop.call_exception_handler(context)

    def _run(self) -> None:
        try:
            # Here, not above: asyncio takes a third of the time in which a window opens to
            # import, and the window need not wait for it.
            import asyncio

            from gui import faults

            self.loop = asyncio.new_event_loop()
            self.loop.slow_callback_duration = SLOW_SECONDS
        except BaseException as error:
            self._failure = error
            return
        finally:
            self._started.set()
        if self._tell is not None:
            self.loop.set_exception_handler(partial(faults.tell, self._tell))
            threading.excepthook = partial(faults.tell_of_thread, self._tell)
        while not self._is_ending:
            self._run_loop()
        with contextlib.suppress(Exception):  # where it could not go on, it cannot end well, either
            self.loop.run_until_complete(self._end_tasks())
            self.loop.close()

    def _run_loop(self) -> None:
        """Run the loop until it is to end, or something in it has stopped it."""
        from gui import faults  # here for the same reason

        turns: list[bool] = []
        try:
            self.loop.call_soon(turns.append, True)
            self.loop.run_forever()
            if not self._is_ending:
                self.loop.call_exception_handler({"message": faults.STOPPED})
        except BaseException as error:
            context = {"message": "The loop was ended.", "exception": error}
            self.loop.call_exception_handler(context)
        # What fails before its first turn would fail for ever.
        if not turns and not self._is_ending:
            self._is_ending = True
            self.loop.call_exception_handler({"message": faults.ENDED})
            if self._tell is not None:
                self._tell(Quit(status=1))

    def _stop(self) -> None:
        self._is_ending = True
        self.loop.stop()

    async def _end_tasks(self) -> None:
        import asyncio

        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(coroutine)
        # The loop itself keeps weak references only (asyncio.create_task).
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
