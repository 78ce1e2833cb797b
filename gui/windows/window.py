"""What both windows have in common: the way news gets into Tk's thread, and their end."""

import contextlib
import gc
import itertools
import os
import sys
import threading
import time
import tkinter
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from gui.bridge import ClientGone, LogLine, Mailbox, Quit
from gui.signals import on_ending_signals
from gui.tutor.observed import TimedCall
from gui.windows.icon import set_icon
from gui.windows.keys import RETURN_KEYS, invoke, select_all, without_event
from gui.windows.messages import Messages
from gui.windows.portions_view import PortionsView
from gui.windows.root import SMALLEST_WIDTH, limit_size
from gui.windows.style import Zoom, pixels
from gui.windows.viewport import Viewport

if TYPE_CHECKING:
    from gui.tutor.loaded import Loaded
    from gui.tutor.problem import Problem
    from gui.tutor.progress import Portions
    from gui.windows.problems_panel import ProblemsPanel

# Only the messages show these.
IN_MESSAGES = (TimedCall, ClientGone)
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
# What both programs know how to do by keys; Command is Control's name on macOS.
COMMON_KEYS = {
    "In the whole window": {
        "Tab, Shift+Tab": "go to the next part, or the one before",
        "{control}+F": "find a text among the messages",
        "Ctrl+Tab": "in the messages, go from the log to the diagram, and back",
        "{control}+plus, {control}+minus": "make everything larger, or smaller",
        "{control}+0": "make everything as large as it was",
        "{control}+W, {control}+Q": "close the window and end the program",
        "Escape": "close what was opened: this help, the search, a raw line",
    },
    "In a table": {
        "Arrows, Shift+Arrows": "go through the rows, and select several",
        "{control}+A, {control}+C": "select all, and copy what is selected",
        "1, 2, 3": "sort by this column, then the other way round, then not; so does a click",
    },
    "In the explanation of a problem": {
        "Return": "see the message that led to it, in the diagram",
    },
    "In the log": {
        "Space": "show long lines whole, or fold them again",
        "{control}+A, {control}+C": "select all, and copy what is selected",
    },
    "In the diagram": {
        "Up, Down, Home, End": "go from message to message",
        "Left, Right": "see the lanes that are out of sight",
        "Return": "see the whole of a message, and the line of code that sent it",
    },
    "In the search": {
        "Return": "go to the place before",
        "Shift+Return": "go to the place after",
    },
}


class Window:
    """Fills the root window, and shows a program in it until it is to end.

    A subclass creates the widgets in `content`, calls `begin`, and shows events with `show`.

    Parameters:
        program: "Server" or "Client".

    Attributes:
        look: is called when somebody comes back to the window, perhaps from an editor.
    """

    def __init__(self, root: tkinter.Tk, mailbox: Mailbox, program: str) -> None:
        self.root = root
        self.problems: ProblemsPanel | None = None
        self.look: Callable[[], None] = lambda: None
        self.names: dict[str, str] = {}
        self._program = program
        self._mailbox = mailbox
        self._drain_timer = ""
        self._making_room = ""
        self._zoom = Zoom(root)
        self._status = 0
        # Tk may be waiting for another program, the owner of a clipboard that hangs, say.
        self._last_resort = threading.Timer(END_LIMIT_SECONDS, lambda: os._exit(self._status))
        self._last_resort.daemon = True
        root.columnconfigure(0, weight=1)
        root.rowconfigure(0, weight=1)
        self._viewport = Viewport(root, self._smallest_size)
        self._viewport.grid(sticky="nsew")
        self.content = self._viewport.content
        self.content.columnconfigure(0, weight=1)
        self.portions = PortionsView(self.content, self._lead_to)
        root.protocol("WM_DELETE_WINDOW", self._quit)
        self._bind_keys()

    def create_parts(self) -> ttk.PanedWindow:
        """Create the part of the window whose heights can be changed, with the log in it."""
        self.parts = ttk.PanedWindow(self.content, orient="vertical")
        self.messages = Messages(
            self.parts, self.names, self._program, self._lead_to, self.make_room_soon
        )
        self.parts.add(self.messages, weight=1)
        self.parts.bind("<Configure>", lambda _: self.make_room_soon())
        return self.parts

    def begin(self) -> None:
        """Draw the widgets, take what was typed until now, and begin to show events."""
        # A cycle that holds a Tk object must be collected in Tk's thread: collected in
        # another, it aborts the process ("Tcl_AsyncDelete"). So this thread collects.
        gc.disable()
        gc.freeze()
        # They were created before what is above them: Tab is to go from top to bottom.
        self.messages.lift()
        self.show_title()
        self.root.update()
        set_icon(self.root, self._program)
        if has_file_handlers(self.root):
            wake_socket = self._mailbox.wake_socket
            self.root.tk.createfilehandler(wake_socket, tkinter.READABLE, lambda *_: self._drain())
        else:
            self._poll()

    def show(self, event: Any) -> None:
        """Show an event."""
        raise NotImplementedError

    def name(self) -> str:
        """Return who the program is, as its title tells; "" where it is nobody."""
        return ""

    def keys(self) -> dict[str, str]:
        """Return what the program knows to do by keys, beside what both know."""
        return {}

    def show_title(self) -> None:
        """Tell in the title who this is and how many problems are open: it may be covered."""
        count = len(self.problems) if self.problems is not None else 0
        problems = f"{count} problem{'s' * (count > 1)}" if count else ""
        ended = "ended" if self._status else ""
        says = ", ".join(part for part in (self.name(), problems, ended) if part)
        self.root.title(f"{self._program}: {says}" if says else self._program)

    def run(self) -> int:
        """Show what happens until the program is to end; return its exit status."""
        on_ending_signals(lambda *_: self._mailbox.post(Quit()))
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
                # Not `after_cancel`: what a timer calls belongs to the widget that has set it.
                self.root.tk.call("after", "cancel", timer)
            # What ttk has put off until it is idle would fail once the widgets are gone.
            self.root.update_idletasks()
            self.root.destroy()
        gc.enable()
        gc.collect()

    def _bind_keys(self) -> None:
        root, zoom = self.root, self._change_size
        for kind, key in itertools.product(("TButton", "TCheckbutton"), RETURN_KEYS):
            root.bind_class(kind, key, invoke)
        # Unless told otherwise, a field goes to its beginning at Control-a on some systems.
        root.bind_class("TEntry", "<Control-a>", select_all)
        on_macos = root.tk.call("tk", "windowingsystem") == "aqua"
        self._control = "Command" if on_macos else "Control"
        keys: dict[str, Callable[[], object]] = {
            "f": self.find, "w": self._quit, "q": self._quit,
            "plus": lambda: zoom(1), "equal": lambda: zoom(1), "KP_Add": lambda: zoom(1),
            "minus": lambda: zoom(-1), "KP_Subtract": lambda: zoom(-1),
            "Key-0": lambda: zoom(0), "KP_0": lambda: zoom(0),
        }  # fmt: skip
        for key, action in keys.items():
            # With Shift or Caps Lock, a letter is another key.
            for spelling in {key, key.upper()} if len(key) == 1 else {key}:
                root.bind(f"<{self._control}-{spelling}>", partial(without_event, action))
        root.bind("<F1>", self._help)
        root.bind("<FocusIn>", self._come_back, add=True)
        if on_macos:
            root.createcommand("tk::mac::Quit", self._quit)

    def _come_back(self, event: "tkinter.Event[tkinter.Misc]") -> None:
        if event.widget is self.root:
            self.look()

    def find(self) -> None:
        """Let somebody search the messages."""
        self.messages.find()

    def _quit(self) -> None:
        self._mailbox.post(Quit())

    def _change_size(self, steps: int) -> None:
        self._zoom.change(steps)
        limit_size(self.root)
        self._viewport.fit_soon()

    def _help(self, _: object) -> None:
        # Here, not above: most never ask.
        from gui.windows.help import Help

        own = {self._program: self.keys()} if self.keys() else {}
        control = "Command" if self._control == "Command" else "Ctrl"
        parts = {
            heading: {key.format(control=control): does for key, does in keys.items()}
            for heading, keys in {**own, **COMMON_KEYS}.items()
        }
        Help(self.root, parts)

    def _smallest_size(self) -> tuple[int, int]:
        """Return the least size of the content: beneath it, the window scrolls."""
        panes = self._panes()
        sashes = pixels(1) * (len(panes) - 1)
        others = self.content.winfo_reqheight() - self.parts.winfo_reqheight()
        height = others + sum(pane.winfo_reqheight() for pane in panes) + sashes
        # In the smallest window there is room for a scrollbar beside the content.
        return pixels(SMALLEST_WIDTH - 2), height

    def _drain(self) -> None:
        """Show what is in the mailbox, but give way to keys and drawing soon."""
        if self._drain_timer:
            self.root.after_cancel(self._drain_timer)
            self._drain_timer = ""
        # Here, not above: the window is drawn before it needs this.
        from gui.tutor.loaded import Loaded
        from gui.tutor.problem import Problem
        from gui.tutor.progress import Portions

        shows: dict[type, Callable[[Any], None]] = {
            Quit: self._end,
            Problem: self._show_problem,
            Loaded: self._show_loaded,
            Portions: self._show_portions,
        }
        stop_at = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < stop_at:
            news = [event for _, event in self._mailbox.take(DRAIN_ITEMS)]
            if not news:
                break
            # In their order: a line is told with the name that its peer has by then.
            for kind, alike in itertools.groupby(news, kind_of):
                events = list(alike)
                self._try(self.messages.take, events)
                for event in events if kind is not LogLine else ():
                    self._try(shows.get(kind, self.show), event)
        else:
            self._drain_timer = self.root.after(1, self._drain)
        if gc.get_count()[0] > GARBAGE_OBJECTS:
            gc.collect()

    def _end(self, request: Quit) -> None:
        """End; but what the program says of why it can't go on is to be read first."""
        if request.status == 0:
            self.root.quit()
            if self._last_resort.ident is None:  # nobody has asked before
                self._last_resort.start()
        else:
            self._status = request.status
            self.show_title()

    def _try(self, action: Callable[[Any], None], argument: Any) -> None:
        """Call something; report what it raises, which would end Tk's main loop."""
        try:
            action(argument)
        except Exception:
            self.root.report_callback_exception(*sys.exc_info())

    def _show_problem(self, problem: "Problem") -> None:
        if self.problems is None:
            # Here, not above: most never have one.
            from gui.windows.problems_panel import ProblemsPanel

            self.problems = ProblemsPanel(self.parts, self._problems_changed, self.messages)
            self.problems.lower()
        if not self.problems.winfo_manager():
            self.parts.insert(0, self.problems, weight=1)
        self.problems.add(problem)

    def _show_loaded(self, loaded: "Loaded") -> None:
        self.portions.show_loaded(loaded)
        if self.problems is not None:
            self.problems.take_away(loaded.ends)
        self._viewport.fit_soon()

    def _show_portions(self, portions: "Portions") -> None:
        self.portions.show_portions(portions)
        self._viewport.fit_soon()

    def _lead_to(self, problem: "Problem") -> None:
        """Lead the keyboard to a problem, which may have been cleared meanwhile."""
        if self.problems is None or not self.problems.has(problem):
            self._show_problem(problem)
        assert self.problems is not None
        self.problems.choose(problem)

    def _problems_changed(self) -> None:
        assert self.problems is not None
        self.show_title()
        if len(self.problems):
            self.make_room_soon()
        else:
            self.parts.forget(self.problems)
            if str(self.root.focus_lastfor()).startswith(f"{self.problems}."):
                # What had the keyboard is gone, and it must be somewhere.
                self.messages.focus_set()
            self._viewport.fit_soon()

    def make_room_soon(self) -> None:
        """Give each part its room, once everything is laid out."""
        if not self._making_room:
            self._making_room = self.root.after_idle(self._make_room)

    def _make_room(self) -> None:
        """Give each part the height that it needs, unless each has that already.

        What is left is for the others than the explanation of a problem, which is all in sight.
        """
        self._making_room = ""
        asks_anew = False
        # A second time: where a scrollbar has taken some width, a text needs more height.
        for _ in range(2):
            self.root.update_idletasks()
            if self.problems is not None:
                asks_anew |= self.problems.ask_for_room()
                self.root.update_idletasks()
            self._viewport.fit()
        self.root.update_idletasks()
        panes = self._panes()
        has_room = all(pane.winfo_height() >= pane.winfo_reqheight() for pane in panes)
        if has_room and not asks_anew:
            return
        sash = pixels(1)
        room = self.parts.winfo_height() - sash * (len(panes) - 1)
        others = len(panes) - (self.problems in panes)
        more = max(0, room - sum(pane.winfo_reqheight() for pane in panes)) // others
        place = 0
        for number, pane in enumerate(panes[:-1]):
            place += pane.winfo_reqheight() + (more if pane is not self.problems else 0)
            self.parts.sashpos(number, place)  # type: ignore[no-untyped-call]  # typeshed has no types
            place += sash

    def _panes(self) -> list[tkinter.Misc]:
        names = self.parts.panes()  # type: ignore[no-untyped-call]  # typeshed has no types
        return [self.root.nametowidget(name) for name in names]

    def _poll(self) -> None:
        """Look into the mailbox again and again, since Tk cannot watch a socket."""
        self.root.after(POLL_MILLISECONDS, self._poll)
        self._drain()


def kind_of(event: object) -> type:
    """Return what an event is; what only the messages show counts as a line of the log."""
    return LogLine if isinstance(event, IN_MESSAGES) else type(event)


def has_file_handlers(root: tkinter.Tk) -> bool:
    """Tell whether Tk can watch a socket: not on Windows (docs of tkinter, "File Handlers")."""
    return hasattr(root.tk, "createfilehandler")
