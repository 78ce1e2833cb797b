"""How long client.py takes to show its window, and all of it, beside an empty ttk window.

It is started as the README says, so that the default port must be free.
Limits: 1.2 times and 2.0 times. What is typed from the first on is kept for the username field.
When the client connects, which is later, is told as well.
"""

import ctypes
import select
import socket
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from gui.program import DEFAULT_HOST, DEFAULT_PORT
from tests.benchmarks.programs import print_table, running
from tests.conftest import virtual_display

ADDRESS = (DEFAULT_HOST, DEFAULT_PORT)
ROUNDS = 20
WINDOW_LIMIT, DRAWN_LIMIT = 1.2, 2.0
# Nothing takes so long unless it never happens.
DEADLINE_SECONDS = 20
EMPTY_WINDOW = """\
import tkinter
from tkinter import ttk

root = tkinter.Tk()
ttk.Frame(root, width=600, height=500).pack()
root.mainloop()
"""
# X11/X.h
SUBSTRUCTURE_NOTIFY = 1 << 19
MAP_NOTIFY = 19
# <X11/Xlib.h>: in an XMapEvent, of longs, the window that appeared.
WINDOW_FIELD = 5


class Screen:
    """An X server that tells when a window appears, and what is in it."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        self._root = self._x11.XDefaultRootWindow(self._display)
        self._watch(self._root)

    def forget(self) -> None:
        """Forget what has appeared so far."""
        self._x11.XSync(self._display, 1)

    def wait_for_window(self) -> None:
        """Wait until a window appears; from then on, what appears in it is noticed."""
        wrapper = self._next_window()
        # Tk's own window is the only child of the one that a window manager would frame.
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        found = map(ctypes.byref, (root, parent, children, count))
        self._x11.XQueryTree(self._display, ctypes.c_ulong(wrapper), *found)
        self._watch(children[0])

    def wait_for_widgets(self) -> None:
        """Wait until what is in the window appears: all of it is inside of one frame."""
        self._next_window()

    def _watch(self, window: int) -> None:
        mask = ctypes.c_long(SUBSTRUCTURE_NOTIFY)
        self._x11.XSelectInput(self._display, ctypes.c_ulong(window), mask)
        self._x11.XSync(self._display, 0)

    def _next_window(self) -> int:
        event = (ctypes.c_long * 24)()
        deadline = time.monotonic() + DEADLINE_SECONDS
        while ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] != MAP_NOTIFY:
            if self._x11.XPending(self._display):
                self._x11.XNextEvent(self._display, event)
            elif not select.select(
                [self._x11.XConnectionNumber(self._display)],
                [],
                [],
                max(0, deadline - time.monotonic()),
            )[0]:
                sys.exit(f"In vain for {DEADLINE_SECONDS} s: no window appeared.")
        return event[WINDOW_FIELD]


def milliseconds(
    display: str, *arguments: str, waits: Sequence[Callable[[], object]]
) -> list[float]:
    """Return how long a program takes until each of some waits is over."""
    start = time.perf_counter()
    times = []
    with running(*arguments, DISPLAY=display):
        for wait in waits:
            wait()
            times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Measure in turns, and print the medians."""
    with virtual_display() as display, socket.create_server(ADDRESS) as server:
        server.settimeout(DEADLINE_SECONDS)
        screen = Screen(display)
        window, widgets = screen.wait_for_window, screen.wait_for_widgets

        def connection() -> None:
            server.accept()[0].close()

        rounds = [
            milliseconds(display, "-c", EMPTY_WINDOW, waits=[screen.forget, window])[1:]
            + milliseconds(
                display, "client.py", waits=[screen.forget, window, widgets, connection]
            )[1:]
            for _ in range(ROUNDS)
        ]
    empty, program, drawn, connected = map(statistics.median, zip(*rounds, strict=True))
    print_table(
        f"From the start to the window, and to all of it, median of {ROUNDS}",
        [
            ("empty ttk window", f"{empty:.0f} ms"),
            ("client.py", f"{program:.0f} ms"),
            ("ratio", f"{program / empty:.2f} (limit {WINDOW_LIMIT})"),
            ("client.py, all of it drawn", f"{drawn:.0f} ms"),
            ("ratio", f"{drawn / empty:.2f} (limit {DRAWN_LIMIT})"),
            ("client.py connecting", f"{connected:.0f} ms"),
            ("ratio", f"{connected / empty:.2f}"),
        ],
    )


if __name__ == "__main__":
    main()
