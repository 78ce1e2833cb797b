"""The alarm: goes off when students' code keeps Python to itself.

A call that is written in C, such as `sum(range(10**11))`, lets no other thread run, and no signal
be handled, before it returns. What needs no Python still works: a timer of `faulthandler`, which
writes what each thread is doing, and another process, the sentry, which reads that.
"""

import contextlib
import faulthandler
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

# The watchdog looks twice a second. Where it can't for so long, the machine is not just busy.
KEPT_SECONDS = 4
# Tells the sentry that Python runs again.
LET_GO = b"Let go\n"


class Alarm:
    """The timer, of which a process has but one, and the sentry that hears it."""

    def __init__(self) -> None:
        self._pipe: int | None = None
        self._due = math.inf

    def post_sentry(self, wake_socket: "socket.socket") -> None:
        """Start the sentry, without which the alarm is never set.

        Parameters:
            wake_socket: gets a byte for each signal (`signal.set_wakeup_fd`).
        """
        if is_debugged() or is_free_threaded():
            return
        # So it is inherited on every system, and nothing else is (PEP 446).
        signals = wake_socket.dup()
        signals.set_inheritable(True)
        script = str(Path(__file__).with_name("sentry.py"))
        command = [sys.executable, "-I", "-S", script, str(signals.fileno()), str(os.getpid())]
        with signals, contextlib.suppress(OSError):  # no more processes
            self._sentry = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                close_fds=False,
                # Ctrl-C is for the program alone. Windows ignores the first, the others the second.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            assert self._sentry.stdin is not None
            with self._sentry.stdin as pipe:
                self._pipe = os.dup(pipe.fileno())
            if sys.platform != "win32":
                os.register_at_fork(after_in_child=self._leave_to_parent)

    def set(self) -> None:
        """Let it go off in a while, unless it is set or cancelled before."""
        if self._pipe is not None:
            due = time.monotonic() + KEPT_SECONDS
            with contextlib.suppress(RuntimeError):  # no more threads
                faulthandler.dump_traceback_later(KEPT_SECONDS, file=self._pipe)
            self._put_off(self._pipe, due)

    def cancel(self) -> None:
        """Let it not go off."""
        if self._pipe is not None:
            faulthandler.cancel_dump_traceback_later()
            self._put_off(self._pipe, math.inf)

    def _leave_to_parent(self) -> None:
        """Let no copy of the process, which students' code may make, keep the sentry."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def _put_off(self, pipe: int, due: float) -> None:
        if time.monotonic() >= self._due:  # it has gone off
            with contextlib.suppress(OSError):  # nobody hears it any more
                os.write(pipe, LET_GO)
        self._due = due


def is_debugged() -> bool:
    """Tell whether there is a debugger, which may stop all threads, the watchdog's too."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    return sys.gettrace() is not None or (
        monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None
    )


def is_free_threaded() -> bool:
    """Tell whether threads run side by side, so that none keeps Python to itself."""
    return not getattr(sys, "_is_gil_enabled", lambda: True)()


ALARM = Alarm()
