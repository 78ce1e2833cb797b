"""How long client.py takes to show its window, beside an empty ttk window. Limit: 1.3 times.

What is typed from then on is kept for the username field. Everything in the window is drawn,
and the client connects, later: that time is told as well.
"""

import ctypes
import socket
import statistics
import time
from collections.abc import Callable, Sequence

from tests.benchmarks.programs import print_table, running
from tests.conftest import virtual_display

ROUNDS = 20
LIMIT = 1.3
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


class Screen:
    """An X server that tells when a window appears."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))
        self._x11.XSelectInput(self._display, root, ctypes.c_long(SUBSTRUCTURE_NOTIFY))
        self._x11.XSync(self._display, 0)

    def wait_for_window(self) -> None:
        """Wait until a window appears."""
        event = (ctypes.c_long * 24)()
        while ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] != MAP_NOTIFY:
            self._x11.XNextEvent(self._display, event)


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
    with virtual_display() as display, socket.create_server(("127.0.0.1", 0)) as server:
        window = Screen(display).wait_for_window
        client = ("client.py", "--port", str(server.getsockname()[1]))

        def connection() -> None:
            server.accept()[0].close()

        rounds = [
            milliseconds(display, "-c", EMPTY_WINDOW, waits=[window])
            + milliseconds(display, *client, waits=[window, connection])
            for _ in range(ROUNDS)
        ]
    empty, program, connected = map(statistics.median, zip(*rounds, strict=True))
    print_table(
        f"From the start to the window, and to all of it, median of {ROUNDS}",
        [
            ("empty ttk window", f"{empty:.0f} ms"),
            ("client.py", f"{program:.0f} ms"),
            ("ratio", f"{program / empty:.2f} (limit {LIMIT})"),
            ("client.py drawn and connecting", f"{connected:.0f} ms"),
            ("ratio", f"{connected / empty:.2f}"),
        ],
    )


if __name__ == "__main__":
    main()
