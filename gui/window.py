"""What both windows have in common: their look, and the way news gets into Tk's thread."""

import gc
import signal
import sys
import time
import tkinter
from collections.abc import Callable
from tkinter import font, ttk
from typing import Any

from gui.bridge import Mailbox, Quit
from gui.log import Log
from gui.problem import Problem
from gui.problems_panel import ProblemsPanel

# Long enough to get on, short enough that keys and drawing do not wait noticeably.
DRAIN_SECONDS = 0.008
DRAIN_ITEMS = 100
# Where Tk cannot watch a socket, the mailbox is looked into this often: 50 times a second
# costs little, and nobody notices so short a delay.
POLL_MILLISECONDS = 20
# The interpreter lets a busy thread run for 5 ms before it gives way to another: a window
# that shares it with a busy network would stutter.
SWITCH_INTERVAL_SECONDS = 0.0005
# How many objects may be created before unreachable ones are looked for. What a program
# has at its start is never looked at again (gc.freeze), so that this takes a moment only.
GARBAGE_OBJECTS = 10_000


def open_root() -> tkinter.Tk | None:
    """Open Tk, with no window visible yet; None where there is no display."""
    if sys.platform == "win32":
        import ctypes

        # Otherwise Windows draws small and enlarges the picture. 1 is
        # PROCESS_SYSTEM_DPI_AWARE; it must be said before the first window.
        ctypes.windll.shcore.SetProcessDpiAwareness(1)
    try:
        root = tkinter.Tk()
    except tkinter.TclError:
        return None
    root.withdraw()
    return root


class Window:
    """A window that shows a program until it is to end.

    A subclass creates the widgets, and shows events with `show`.
    """

    has_window = True

    def __init__(self, root: tkinter.Tk, mailbox: Mailbox, title: str) -> None:
        self.root = root
        self.unit = use_style(root)
        self._mailbox = mailbox
        self._drain_timer = ""
        root.title(title)
        root.protocol("WM_DELETE_WINDOW", root.quit)
        root.columnconfigure(0, weight=1)
        self.create_widgets()
        # A cycle that holds a Tk object must be collected in Tk's thread: collected in
        # another, it aborts the process ("Tcl_AsyncDelete"). So this thread collects.
        gc.disable()
        gc.freeze()
        watch = watch_socket if has_file_handlers(root) else poll_socket
        self._unwatch = watch(root, mailbox, self._drain)

    def create_widgets(self) -> None:
        """Create everything in the window."""
        raise NotImplementedError

    def create_parts(self) -> ttk.PanedWindow:
        """Create the part of the window whose heights can be changed, with the log in it."""
        self.parts = ttk.PanedWindow(self.root, orient="vertical")
        self.log = Log(self.parts, self.unit)
        self.parts.add(self.log, weight=1)
        self.problems = ProblemsPanel(self.parts, self.unit)
        return self.parts

    def show_problem(self, problem: Problem) -> None:
        """Show a problem in students' code."""
        if not self.problems.winfo_manager():
            self.parts.insert(0, self.problems, weight=2)
        self.problems.add(problem)

    def show(self, event: Any) -> None:
        """Show an event."""
        raise NotImplementedError

    def appear(self, width: int, height: int) -> None:
        """Make the window visible, its size in widths of a digit, or as the screen allows."""
        width = min(width * self.unit, self.root.winfo_screenwidth())
        height = min(height * self.unit, self.root.winfo_screenheight())
        self.root.geometry(f"{width}x{height}")
        self.root.deiconify()
        self.root.update()

    def run(self) -> int:
        """Show what happens until the program is to end; return its exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._mailbox.post(Quit()))
        self._mailbox.wake_on_signals()
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        self.root.mainloop()
        self.close()
        return 0

    def close(self) -> None:
        """Close the window."""
        self._unwatch()
        self._cancel_drain()
        # What ttk has put off until it is idle would fail once the widgets are gone.
        self.root.update_idletasks()
        self.root.destroy()
        gc.enable()
        gc.collect()

    def _drain(self) -> None:
        """Show what is in the mailbox, but give way to keys and drawing soon."""
        self._cancel_drain()
        stop_at = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < stop_at:
            lines, events = self._mailbox.empty(DRAIN_ITEMS)
            if not lines and not events:
                break
            self._try(self.log.append, lines)
            for event in events:
                if isinstance(event, Quit):
                    self.root.quit()
                else:
                    self._try(self.show, event)
        else:
            self._drain_timer = self.root.after(1, self._drain)
        if gc.get_count()[0] > GARBAGE_OBJECTS:
            gc.collect()

    def _try(self, action: Callable[[Any], None], argument: Any) -> None:
        """Call something; report what it raises, which would end Tk's main loop."""
        try:
            action(argument)
        except Exception:
            self.root.report_callback_exception(*sys.exc_info())

    def _cancel_drain(self) -> None:
        if self._drain_timer:
            self.root.after_cancel(self._drain_timer)
            self._drain_timer = ""


def has_file_handlers(root: tkinter.Tk) -> bool:
    """Tell whether Tk can watch a socket: not on Windows (docs of tkinter, "File Handlers")."""
    return hasattr(root.tk, "createfilehandler")


def watch_socket(
    root: tkinter.Tk, mailbox: Mailbox, callback: Callable[[], None]
) -> Callable[[], None]:
    """Call back when something comes into the mailbox; return what ends that."""
    readable = mailbox.wake_socket
    root.tk.createfilehandler(readable, tkinter.READABLE, lambda *_: callback())
    return lambda: root.tk.deletefilehandler(readable)


def poll_socket(
    root: tkinter.Tk, mailbox: Mailbox, callback: Callable[[], None]
) -> Callable[[], None]:
    """Call back again and again, since Tk cannot watch a socket; return what ends that."""
    timer = ""

    def poll() -> None:
        nonlocal timer
        callback()
        timer = root.after(POLL_MILLISECONDS, poll)

    poll()
    return lambda: root.after_cancel(timer)


def use_style(root: tkinter.Tk) -> int:
    """Set the look of both windows; return the unit of all distances, the width of a digit."""
    normal = font.nametofont("TkDefaultFont")
    unit = normal.measure("0")
    style = ttk.Style(root)
    if root.tk.call("tk", "windowingsystem") == "x11":
        use_light_theme(style)
    root.configure(background=style.lookup(".", "background"))
    style.configure("Heading.TLabel", font="TkHeadingFont")
    style.configure("Success.TLabel", foreground="#15803d")
    style.configure("Failure.TLabel", foreground="#b91c1c")
    style.configure("TButton", padding=(unit, unit // 2))
    style.configure("Treeview", rowheight=int(normal.metrics("linespace") * 1.4), indent=0)
    return unit


def use_light_theme(style: ttk.Style) -> None:
    """Make X11's themes, which look like the 1990s, as light as those of other systems."""
    paper, ink, line, accent = "#f6f6f7", "#1c1c1e", "#c8c8ce", "#1d4ed8"
    style.theme_use("clam")
    style.configure(
        ".",
        background=paper,
        foreground=ink,
        bordercolor=line,
        lightcolor=paper,
        darkcolor=paper,
        troughcolor=paper,
        fieldbackground="white",
        selectbackground=accent,
        selectforeground="white",
    )
    style.configure("TButton", background="white", lightcolor="white", darkcolor="white")
    style.map("TButton", background=[("disabled", paper), ("active", "#e8eefc")])
    style.map("TButton", bordercolor=[("focus", accent)], foreground=[("disabled", "#8e8e93")])
    style.map("TEntry", bordercolor=[("focus", accent)], lightcolor=[("focus", accent)])
    style.configure("Treeview", background="white")
    style.map("Treeview", background=[("selected", "#dbe6fd")], foreground=[("selected", ink)])
    style.configure("Treeview.Heading", background=paper, relief="flat", padding=3)
    style.configure("TScrollbar", background="#dcdce0", arrowcolor="#6b7280", gripcount=0)
