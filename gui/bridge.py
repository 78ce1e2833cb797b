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
import threading
import time
from collections import deque
from collections.abc import Coroutine
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
# When this many events wait, one that repeats an earlier one is not worth its memory.
MANY_WAITING_EVENTS = 1000
# In Python's development mode asyncio complains of a step that takes longer. To import students'
# code takes a moment, and of what it does the watchdog tells from here on.
SLOW_SECONDS = 2
# Ctrl-C and closing end a program within 1 s: half of it for connections to say goodbye.
STOP_LIMIT_SECONDS = 0.5


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


class Quit(NamedTuple):
    """Somebody asked the program to end: Ctrl-C, a closed window, `quit`."""


Numbered = tuple[int, Any]
"""Something that happened, after its place in the order of all that did."""


class Mailbox:
    """Carries what happens to the thread that shows it, in order, and wakes that thread.

    `log` belongs to asyncio's thread, `post` may be called in any; everything else belongs
    to the thread that shows. What asyncio's thread leaves comes out in the order in which it
    was left, lines of the log and other events alike.
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
        log_line = LogLine(time.time(), arrow, peer, kept, len(line) - len(kept))
        self._lines.append((next(self._numbers), log_line))
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
    """A thread in which one asyncio loop runs, for as long as the `with` block."""

    def __enter__(self) -> "NetworkThread":
        self._started = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self.loop.call_soon_threadsafe(self._stop.set)
        # A thread that students' code holds up cannot be ended; it goes with the process.
        self._thread.join(STOP_LIMIT_SECONDS)

    def call(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine in the loop, wait for its end, and return its result."""
        import asyncio

        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Start a coroutine in the loop, and do not wait for it."""
        try:
            self.loop.call_soon_threadsafe(self._keep, coroutine)
        except RuntimeError:  # the loop has ended, and so does the program
            coroutine.close()

    def _run(self) -> None:
        # Here, not above: asyncio takes a third of the time in which a window opens to
        # import, and the window need not wait for it.
        import asyncio

        async def wait_for_stop() -> None:
            self.loop = asyncio.get_running_loop()
            self.loop.slow_callback_duration = SLOW_SECONDS
            self._stop = asyncio.Event()
            self._started.set()
            await self._stop.wait()

        asyncio.run(wait_for_stop())

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(coroutine)
        # The loop itself keeps weak references only (asyncio.create_task).
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
