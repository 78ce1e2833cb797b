"""The client's window: three steps, the registry, the log."""

import time
import tkinter
from tkinter import ttk
from typing import TYPE_CHECKING

from gui.bridge import Mailbox
from gui.client_state import ClientState, Commands, Link, Step
from gui.text import REGISTRY_COLUMNS, clock, registry_row
from gui.windows.keys import RETURN_KEYS
from gui.windows.raw_line import RawLine
from gui.windows.steps import Steps
from gui.windows.style import show_if, space
from gui.windows.window import Window
from gui.windows.wrapping_label import WrappingLabel

if TYPE_CHECKING:
    from gui.windows.table import Table


class ClientWindow(Window):
    """Shows a client, and passes on what its user commands.

    Parameters:
        username: what stands in the username field at first.

    Attributes:
        commands: what the client can be told.
    """

    commands: Commands

    def __init__(self, root: tkinter.Tk, mailbox: Mailbox, username: str) -> None:
        super().__init__(root, mailbox, "Client")
        self.table: Table | None = None
        self._state = ClientState(Link.CONNECTING, "")
        self._early: tuple[Step, str] | None = None
        self._waiting_timer = ""
        self._waited_seconds = 0
        self.content.rowconfigure(4, weight=1)
        link_line = self._create_link_line()
        link_line.grid(sticky="ew")
        space(link_line, padx=1.5, pady=(1.5, 1))
        self.steps = Steps(self.content, self._take_step, username)
        self.steps.grid(sticky="ew")
        space(self.steps, padx=1.5)
        self.raw_line = self._create_raw_line()
        self.outcomes = {**self.steps.outcomes, Step.RAW_LINE: self.raw_line.outcome}
        # They were created before what is above them: Tab is to go from top to bottom.
        self.portions.lift()
        self.portions.grid(row=3, sticky="ew")
        space(self.portions, padx=1.5, pady=(1, 0))
        parts = self.create_parts()
        parts.grid(row=4, sticky="nsew")
        space(parts, padx=1.5, pady=(1, 1.5))
        for key in RETURN_KEYS:
            root.bind(key, lambda _: self._go_on())
        # Tk would let what is not laid out wait for the keyboard, and lose what was typed.
        root.update_idletasks()
        self.steps.username.focus_set()
        self.begin()

    def _create_link_line(self) -> ttk.Frame:
        line = ttk.Frame(self.content)
        line.columnconfigure(0, weight=1)
        self.notice = WrappingLabel(line, style="Heading.TLabel")
        self.notice.grid(sticky="ew")
        self.connect = ttk.Button(
            line, text="Connect again", command=lambda: self.commands.connect()
        )
        self.connect.grid(row=0, column=1)
        self.connect.grid_remove()
        self._raw_is_open = tkinter.BooleanVar(line)
        self.raw_switch = ttk.Checkbutton(
            line, text="Raw line", variable=self._raw_is_open, command=self._open_raw_line
        )
        self.raw_switch.grid(row=0, column=1)
        return line

    def _create_raw_line(self) -> RawLine:
        raw_line = RawLine(self.content, lambda typed: self._take(Step.RAW_LINE, typed))
        raw_line.grid(row=2, sticky="ew")
        space(raw_line, padx=1.5, pady=(0.5, 0))
        raw_line.grid_remove()
        for widget in (raw_line.field, raw_line.button):
            widget.bind("<Escape>", lambda _: self._close_raw_line())
        return raw_line

    def _open_raw_line(self) -> None:
        """Open the field for a raw line, or close it."""
        show_if(self._raw_is_open.get(), self.raw_line)
        if self._raw_is_open.get():
            # Tk would let what is not laid out wait for the keyboard.
            self.root.update_idletasks()
            self.raw_line.field.focus_set()
        self.make_room_soon()

    def _close_raw_line(self) -> None:
        self.raw_switch.invoke()
        self.raw_switch.focus_set()

    def name(self) -> str:
        """Return the name under which the client is registered."""
        return self._state.username or ""

    def keys(self) -> dict[str, str]:
        """Return what a client knows to do by keys, beside what both programs know."""
        return {
            "Return": "do the step at hand: register, log in, request the registry",
            "Return, in a raw line": "send it, exactly as it was typed",
        }

    def show(self, state: ClientState) -> None:
        """Show the client's state."""
        before, self._state = self._state, state
        self.show_title()
        self.messages.diagram.own = self.name() or "Client"
        self.notice.configure(text=state.notice)
        show_if(state.link is Link.CLOSED, self.connect)
        show_if(state.link is not Link.CLOSED, self.raw_switch)
        self.steps.show(state)
        self.raw_line.show(state)
        for step, label in self.outcomes.items():
            label.tell(state.outcomes.get(step))
        if state.clients is not before.clients:
            self._show_registry()
        self._move_focus(before)
        if (state.link, state.pending) != (before.link, before.pending):
            self._wait_anew()
        if state.link is not Link.CONNECTING:
            early, self._early = self._early, None
            if early is not None and state.link is Link.OPEN:
                self.commands.take_step(*early)

    def _show_registry(self) -> None:
        """Show the registry as it was answered; there is none before it was asked for."""
        clients = self._state.clients
        if self.table is None:
            # Here, not above: the window opens before it is needed.
            from gui.windows.table import Table

            self.table = Table(self.parts, "Registry", REGISTRY_COLUMNS)
            # Tab goes from top to bottom.
            self.table.lower(self.messages)
        rows = {entry.address: registry_row(entry) for entry in clients or ()}
        self.table.show_rows(rows, f", as of {clock(int(time.time()))}")
        if clients is None:
            self.parts.forget(self.table)
        elif not self.table.winfo_manager():
            self.parts.insert(self.messages, self.table, weight=1)
            self.make_room_soon()

    def _move_focus(self, before: ClientState) -> None:
        """Lead the keyboard to what is to be done next, but never out of a text being read."""
        state = self._state
        here = self.root.focus_lastfor()
        steps = (self.root, self.steps.username, self.connect, *self.steps.buttons.values())
        raw_line = (self.raw_switch, self.raw_line.field, self.raw_line.button)
        if state.link is Link.CLOSED and here in (*steps, *raw_line):
            self.connect.focus_set()
        elif here not in steps:
            return
        elif before.link is Link.CLOSED:
            self.steps.username.focus_set()
        elif state.offered is not before.offered:
            self.steps.buttons[state.offered].focus_set()

    def _wait_anew(self) -> None:
        """Begin to tell, second by second, how long something is waited for."""
        if self._waiting_timer:
            self.root.after_cancel(self._waiting_timer)
            self._waiting_timer = ""
        self._waited_seconds = 0
        if self._state.link is Link.CONNECTING or self._state.pending is not None:
            self._waiting_timer = self.root.after(1000, self._wait_on)

    def _wait_on(self) -> None:
        self._waited_seconds += 1
        self._tell_waiting()
        self._waiting_timer = self.root.after(1000, self._wait_on)

    def _tell_waiting(self) -> None:
        """Tell for how long something has been waited for."""
        seconds, state = self._waited_seconds, self._state
        if state.link is Link.CONNECTING:
            self.notice.configure(text=f"{state.notice} {seconds} s")
        elif state.pending is not None:
            waiting = f"Waiting for the server's answer: {seconds} s."
            self.outcomes[state.pending].say(waiting)

    def _go_on(self) -> None:
        """Do what is at hand."""
        if self._state.link is Link.CLOSED:
            self.commands.connect()
        else:
            self._take_step(self._state.offered)

    def _take_step(self, step: Step) -> None:
        """Take one of the three steps."""
        self._take(step, self.steps.username.get().strip())

    def _take(self, step: Step, typed: str) -> None:
        """Take a step; while there is no connection yet, as soon as there is."""
        if self._state.link is Link.CONNECTING:
            self._early = step, typed
            self.outcomes[step].say("Waiting for the connection.")
        elif self._state.link is Link.OPEN and self._state.pending is None:
            self.commands.take_step(step, typed)
        else:
            self._tell_waiting()
