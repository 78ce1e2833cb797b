"""The client's window: three steps, the registry, the log."""

import tkinter
from functools import partial
from tkinter import ttk

from gui.bridge import Mailbox
from gui.client_state import ClientState, Commands, Link, Outcome, Step
from gui.text import REGISTRY_COLUMNS, registry_row
from gui.windows.table import Table
from gui.windows.window import RETURN_KEYS, Window, wrapping_label

# As wide as the longest of the three: no button moves when another appears.
BUTTON_CHARACTERS = len("Request registry")
NOTHING_YET = Outcome("", succeeded=True)


class ClientWindow(Window):
    """Shows a client, and passes on what its user commands.

    Parameters:
        username: what stands in the username field at first.

    Attributes:
        commands: what the client can be told.
    """

    commands: Commands

    def __init__(self, root: tkinter.Tk, mailbox: Mailbox, username: str) -> None:
        super().__init__(root, mailbox)
        self._state = ClientState(Link.CONNECTING, "")
        self._early: tuple[Step, str] | None = None
        self._waiting_timer = ""
        unit = self.unit
        root.rowconfigure(2, weight=1)
        self._create_link_line().grid(sticky="ew", padx=2 * unit, pady=(2 * unit, unit))
        self._create_steps().grid(sticky="ew", padx=2 * unit)
        self.create_parts().grid(sticky="nsew", padx=2 * unit, pady=(unit, 2 * unit))
        self.table = Table(self.parts, "Registry", REGISTRY_COLUMNS, unit)
        self.parts.insert(0, self.table, weight=1)
        self.username.insert(0, username)
        # Tk would let what is not laid out wait for the keyboard, and lose what was typed.
        root.update_idletasks()
        self.username.focus_set()
        self.begin()

    def _create_link_line(self) -> ttk.Frame:
        line = ttk.Frame(self.root)
        line.columnconfigure(0, weight=1)
        self.notice = wrapping_label(line, style="Heading.TLabel")
        self.notice.grid(sticky="ew")
        self.connect = ttk.Button(
            line, text="Connect again", command=lambda: self.commands.connect()
        )
        self.connect.grid(row=0, column=1)
        self.connect.grid_remove()
        return line

    def _create_steps(self) -> ttk.Frame:
        steps = ttk.Frame(self.root)
        steps.columnconfigure(3, weight=1)
        ttk.Label(steps, text="Username").grid(row=0, column=0)
        self.username = ttk.Entry(steps, width=24)
        self.username.grid(row=0, column=1, padx=self.unit)
        for key in RETURN_KEYS:
            self.username.bind(key, lambda _: self._take(self._state.offered))
        self.buttons: dict[Step, ttk.Button] = {}
        self.outcomes: dict[Step, ttk.Label] = {}
        for step in Step:
            name = step.name.replace("_", " ").capitalize()
            take = partial(self._take, step)
            button = ttk.Button(steps, text=name, command=take, width=BUTTON_CHARACTERS)
            button.grid(row=step.value, column=2, sticky="ew", pady=self.unit // 4)
            self.buttons[step] = button
            self.outcomes[step] = wrapping_label(steps)
            self.outcomes[step].grid(row=step.value, column=3, sticky="ew", padx=(self.unit, 0))
        return steps

    def show(self, state: ClientState) -> None:
        """Show the client's state."""
        before, self._state = self._state, state
        self.root.title(f"Client: {state.username}" if state.username else "Client")
        self.notice.configure(text=state.notice)
        show_if(state.link is Link.CLOSED, self.connect)
        possible = "disabled" if state.link is Link.CLOSED else "normal"
        self.username.configure(state=possible)
        for step in Step:
            self.buttons[step].configure(state=possible)
            self._show_step(step)
        if state.clients is not before.clients:
            rows = {entry.address: registry_row(entry) for entry in state.clients or ()}
            self.table.show_rows(rows)
        self._move_focus(before)
        if self._waiting_timer:
            self.root.after_cancel(self._waiting_timer)
            self._waiting_timer = ""
        if state.pending is not None:
            self._waiting_timer = self.root.after(1000, self._tell_waiting, state.pending, 1)
        if state.link is not Link.CONNECTING:
            early, self._early = self._early, None
            if early is not None and state.link is Link.OPEN:
                self.commands.take_step(*early)

    def _show_step(self, step: Step) -> None:
        offered = step <= self._state.offered
        show_if(offered, self.buttons[step])
        show_if(offered, self.outcomes[step])
        outcome = self._state.outcomes.get(step, NOTHING_YET)
        style = "Success.TLabel" if outcome.succeeded else "Failure.TLabel"
        self.outcomes[step].configure(text=outcome.sentence, style=style)

    def _move_focus(self, before: ClientState) -> None:
        """Lead the keyboard to what is to be done next, but never out of a text being read."""
        state = self._state
        steps = (self.root, self.username, self.connect, *self.buttons.values())
        if self.root.focus_lastfor() not in steps:
            return
        if state.link is Link.CLOSED:
            self.connect.focus_set()
        elif before.link is Link.CLOSED:
            self.username.focus_set()
        elif state.offered is not before.offered:
            self.buttons[state.offered].focus_set()

    def _tell_waiting(self, step: Step, seconds: int) -> None:
        """Tell how long the server has not answered, and again for as long as it hasn't."""
        sentence = f"Waiting for the server's answer: {seconds} s."
        self.outcomes[step].configure(text=sentence, style="TLabel")
        self._waiting_timer = self.root.after(1000, self._tell_waiting, step, seconds + 1)

    def _take(self, step: Step) -> None:
        """Take a step; while there is no connection yet, as soon as there is."""
        username = self.username.get().strip()
        if self._state.link is Link.CONNECTING:
            self._early = step, username
        elif self._state.link is Link.OPEN and self._state.pending is None:
            self.commands.take_step(step, username)


def show_if(wanted: bool, widget: ttk.Widget) -> None:
    """Show a widget in its place in the grid, or hide it."""
    if wanted:
        widget.grid()
    else:
        widget.grid_remove()
