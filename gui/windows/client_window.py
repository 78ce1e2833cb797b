"""The client's window: three steps, the registry, the log."""

import time
import tkinter
from tkinter import ttk
from typing import TYPE_CHECKING

from gui.bridge import Mailbox
from gui.client_state import ClientState, Commands, Link, Step
from gui.text import REGISTRY_COLUMNS, clock, registry_row
from gui.windows.steps import Steps, show_if
from gui.windows.style import space
from gui.windows.window import RETURN_KEYS, Window
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
        self.content.rowconfigure(3, weight=1)
        link_line = self._create_link_line()
        link_line.grid(sticky="ew")
        space(link_line, padx=1.5, pady=(1.5, 1))
        self.steps = Steps(self.content, self._take, username)
        self.steps.grid(sticky="ew")
        space(self.steps, padx=1.5)
        self.portions.grid(sticky="ew")
        space(self.portions, padx=1.5, pady=(1, 0))
        parts = self.create_parts()
        parts.grid(sticky="nsew")
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
        return line

    def name(self) -> str:
        """Return the name under which the client is registered."""
        return self._state.username or ""

    def keys(self) -> dict[str, str]:
        """Return what a client knows to do by keys, beside what both programs know."""
        return {"Return": "do the step at hand: register, log in, request the registry"}

    def show(self, state: ClientState) -> None:
        """Show the client's state."""
        before, self._state = self._state, state
        self.show_title()
        self.notice.configure(text=state.notice)
        show_if(state.link is Link.CLOSED, self.connect)
        self.steps.show(state)
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
            self.table.lower(self.log)
        rows = {entry.address: registry_row(entry) for entry in clients or ()}
        self.table.show_rows(rows, f", as of {clock(int(time.time()))}")
        if clients is None:
            self.parts.forget(self.table)
        elif not self.table.winfo_manager():
            self.parts.insert(self.log, self.table, weight=1)
            self.make_room_soon()

    def _move_focus(self, before: ClientState) -> None:
        """Lead the keyboard to what is to be done next, but never out of a text being read."""
        state = self._state
        steps = (self.root, self.steps.username, self.connect, *self.steps.buttons.values())
        if self.root.focus_lastfor() not in steps:
            return
        if state.link is Link.CLOSED:
            self.connect.focus_set()
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
            self.steps.say(state.pending, f"Waiting for the server's answer: {seconds} s.")

    def _go_on(self) -> None:
        """Do what is at hand."""
        if self._state.link is Link.CLOSED:
            self.commands.connect()
        else:
            self._take(self._state.offered)

    def _take(self, step: Step) -> None:
        """Take a step; while there is no connection yet, as soon as there is."""
        username = self.steps.username.get().strip()
        if self._state.link is Link.CONNECTING:
            self._early = step, username
            self.steps.say(step, "Waiting for the connection.")
        elif self._state.link is Link.OPEN and self._state.pending is None:
            self.commands.take_step(step, username)
        else:
            self._tell_waiting()
