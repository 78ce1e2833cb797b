"""How long client.py takes to show its window, beside an empty ttk window. Limit: 1.3 times."""

import ctypes
import socket
import statistics
import time

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


def milliseconds(screen: Screen, display: str, *arguments: str) -> float:
    """Return how long a program takes until its window is there."""
    start = time.perf_counter()
    with running(*arguments, DISPLAY=display):
        screen.wait_for_window()
        return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measure in turns, and print the medians."""
    with virtual_display() as display, socket.create_server(("127.0.0.1", 0)) as server:
        screen = Screen(display)
        client = ("client.py", "--port", str(server.getsockname()[1]))
        empty_times, client_times = [], []
        for _ in range(ROUNDS):
            empty_times.append(milliseconds(screen, display, "-c", EMPTY_WINDOW))
            client_times.append(milliseconds(screen, display, *client))
    empty, program = statistics.median(empty_times), statistics.median(client_times)
    print_table(
        f"From the start to the window, median of {ROUNDS}",
        [
            ("client.py", f"{program:.0f} ms"),
            ("empty ttk window", f"{empty:.0f} ms"),
            ("ratio", f"{program / empty:.2f} (limit {LIMIT})"),
        ],
    )


if __name__ == "__main__":
    main()
