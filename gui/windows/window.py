"""What both windows have in common: the way news gets into Tk's thread, and their end."""

import contextlib
import gc
import os
import sys
import threading
import time
import tkinter
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from gui.bridge import LogLine, Mailbox, Quit
from gui.signals import on_ending_signals
from gui.tutor.problem import Problem
from gui.windows.log import Log
from gui.windows.problems_panel import ProblemsPanel
from gui.windows.root import digit_width

RETURN_KEYS = ("<Return>", "<KP_Enter>")
# Long enough to get on, short enough that keys and drawing do not wait noticeably.
DRAIN_SECONDS = 0.008
DRAIN_ITEMS = 100
# Where Tk cannot watch a socket, the mailbox is looked into this often: 50 times a second
# costs little, and nobody notices so short a delay.
POLL_MILLISECONDS = 20
# The interpreter lets a busy thread run for 5 ms before it gives way to another: a window
# that shares it with a busy network would stutter.
SWITCH_INTERVAL_SECONDS = 0.0005
# Ctrl-C and closing end a program within 1 s: half of it for Tk to come back.
END_LIMIT_SECONDS = 0.5
# How many objects may be created before unreachable ones are looked for. What a program
# has at its start is never looked at again (gc.freeze), so that this takes a moment only.
GARBAGE_OBJECTS = 10_000


class Window:
    """Fills the root window, and shows a program in it until it is to end.

    A subclass creates the widgets, calls `begin`, and shows events with `show`.
    """

    def __init__(self, root: tkinter.Tk, mailbox: Mailbox) -> None:
        self.root = root
        self.unit = digit_width()
        self._mailbox = mailbox
        self._drain_timer = ""
        self._status = 0
        # Tk may be waiting for another program, the owner of a clipboard that hangs, say.
        self._last_resort = threading.Timer(END_LIMIT_SECONDS, lambda: os._exit(self._status))
        self._last_resort.daemon = True
        root.columnconfigure(0, weight=1)
        root.protocol("WM_DELETE_WINDOW", lambda: mailbox.post(Quit()))
        for key in RETURN_KEYS:
            root.bind_class("TButton", key, lambda event: root.tk.call(event.widget, "invoke"))

    def create_parts(self) -> ttk.PanedWindow:
        """Create the part of the window whose heights can be changed, with the log in it."""
        self.parts = ttk.PanedWindow(self.root, orient="vertical")
        self.log = Log(self.parts, self.unit)
        self.parts.add(self.log, weight=1)
        self.problems = ProblemsPanel(self.parts, self.unit)
        return self.parts

    def begin(self) -> None:
        """Draw the widgets, take what was typed until now, and begin to show events."""
        # A cycle that holds a Tk object must be collected in Tk's thread: collected in
        # another, it aborts the process ("Tcl_AsyncDelete"). So this thread collects.
        gc.disable()
        gc.freeze()
        self.root.update()
        if has_file_handlers(self.root):
            wake_socket = self._mailbox.wake_socket
            self.root.tk.createfilehandler(wake_socket, tkinter.READABLE, lambda *_: self._drain())
        else:
            self._poll()

    def show(self, event: Any) -> None:
        """Show an event."""
        raise NotImplementedError

    def run(self) -> int:
        """Show what happens until the program is to end; return its exit status."""
        on_ending_signals(lambda *_: self._mailbox.post(Quit()))
        self._mailbox.wake_on_signals()
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        self.root.mainloop()
        self.close()
        return self._status

    def close(self) -> None:
        """Close the window."""
        self._last_resort.cancel()
        if has_file_handlers(self.root):
            self.root.tk.deletefilehandler(self._mailbox.wake_socket)
        with contextlib.suppress(tkinter.TclError):  # somebody else has destroyed it
            for timer in self.root.tk.splitlist(self.root.tk.call("after", "info")):
                self.root.after_cancel(timer)
            # What ttk has put off until it is idle would fail once the widgets are gone.
            self.root.update_idletasks()
            self.root.destroy()
        gc.enable()
        gc.collect()

    def _drain(self) -> None:
        """Show what is in the mailbox, but give way to keys and drawing soon."""
        if self._drain_timer:
            self.root.after_cancel(self._drain_timer)
            self._drain_timer = ""
        stop_at = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < stop_at:
            news = [event for _, event in self._mailbox.take(DRAIN_ITEMS)]
            if not news:
                break
            self._try(self.log.append, [event for event in news if isinstance(event, LogLine)])
            for event in news:
                if isinstance(event, LogLine):
                    continue
                if isinstance(event, Quit):
                    self._end(event.status)
                elif isinstance(event, Problem):
                    self._try(self._show_problem, event)
                else:
                    self._try(self.show, event)
        else:
            self._drain_timer = self.root.after(1, self._drain)
        if gc.get_count()[0] > GARBAGE_OBJECTS:
            gc.collect()

    def _end(self, status: int) -> None:
        """End; but what the program says of why it can't go on is to be read first."""
        if status == 0:
            self.root.quit()
            if self._last_resort.ident is None:  # nobody has asked before
                self._last_resort.start()
        else:
            self._status = status
            self.root.title(f"{self.root.title()}: ended")

    def _try(self, action: Callable[[Any], None], argument: Any) -> None:
        """Call something; report what it raises, which would end Tk's main loop."""
        try:
            action(argument)
        except Exception:
            self.root.report_callback_exception(*sys.exc_info())

    def _show_problem(self, problem: Problem) -> None:
        if not self.problems.winfo_manager():
            self.parts.insert(0, self.problems, weight=2)
        self.problems.add(problem)

    def _poll(self) -> None:
        """Look into the mailbox again and again, since Tk cannot watch a socket."""
        self.root.after(POLL_MILLISECONDS, self._poll)
        self._drain()


def has_file_handlers(root: tkinter.Tk) -> bool:
    """Tell whether Tk can watch a socket: not on Windows (docs of tkinter, "File Handlers")."""
    return hasattr(root.tk, "createfilehandler")


def wrapping_label(parent: tkinter.Misc, style: str = "TLabel") -> ttk.Label:
    """Create a label whose text wraps at the width that the label gets."""
    label = ttk.Label(parent, style=style, width=1)
    # A little less: Tk measures a line without the edge of its last letter.
    label.bind("<Configure>", lambda event: label.configure(wraplength=event.width * 97 // 100))
    return label
