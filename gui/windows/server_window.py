"""The server's window: what it listens on, its two dictionaries, its log."""

import tkinter
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from gui.bridge import Mailbox
from gui.hold import Held, HoldCommands
from gui.windows.hold_panel import HoldPanel
from gui.windows.style import space
from gui.windows.table import Table
from gui.windows.window import Window
from gui.windows.wrapping_label import WrappingLabel


class ServerWindow(Window):
    """Shows a server.

    Parameters:
        address: what it listens on, "HOST:PORT".
        invitation: the sentence that says how others connect; "" if they can't.

    Attributes:
        hold: holds requests, and lets them in.
        start_over: empties the dictionaries, and lets every client go.
    """

    hold: HoldCommands
    start_over: Callable[[], None]

    def __init__(
        self, root: tkinter.Tk, mailbox: Mailbox, address: str, invitation: str = ""
    ) -> None:
        super().__init__(root, mailbox, "Server")
        content = self.content
        content.rowconfigure(3, weight=1)
        heading = self._create_heading(address)
        heading.grid(sticky="ew")
        space(heading, padx=1.5, pady=(1.5, 1))
        if invitation:
            sentence = WrappingLabel(content)
            sentence.configure(text=invitation)
            sentence.grid(row=1, sticky="ew")
            space(sentence, padx=1.5, pady=(0, 1))
        # They were created before what is above them: Tab is to go from top to bottom.
        self.portions.lift()
        self.portions.grid(row=2, sticky="ew")
        space(self.portions, padx=1.5, pady=(0, 1))
        parts = self.create_parts()
        self.messages.let_in = lambda peer: self.hold.let_in(peer)
        parts.grid(row=3, sticky="nsew")
        space(parts, padx=1.5, pady=(0, 1.5))
        tables = ttk.Frame(parts)
        tables.rowconfigure(0, weight=1)
        tables.columnconfigure((0, 1), weight=1, uniform="tables")
        self.tables = {}
        for column, name in enumerate(("users", "active_users")):
            table = Table(tables, name, ("key", "username"))
            table.grid(row=0, column=column, sticky="nsew")
            # Half of the distance is taken from each: so they are equally wide.
            space(table, padx=(0.75 * column, 0.75 * (1 - column)))
            self.tables[name] = table
        parts.insert(0, tables, weight=1)
        self.hold_panel = HoldPanel(parts, self.names, lambda peer: self.hold.let_in(peer))
        self.hold_panel.lower()
        self.begin()

    def _create_heading(self, address: str) -> ttk.Frame:
        heading = ttk.Frame(self.content)
        heading.columnconfigure(0, weight=1)
        sentence = WrappingLabel(heading, style="Heading.TLabel")
        sentence.configure(text=f"Listening on {address}")
        sentence.grid(sticky="ew")
        self.fresh = ttk.Button(
            heading, text="Start over", style="Small.TButton", command=lambda: self.start_over()
        )
        self.fresh.configure(width=0)
        self.fresh.grid(row=0, column=1)
        self._holds = tkinter.BooleanVar(heading)
        self.switch = ttk.Checkbutton(
            heading, text="Hold requests", variable=self._holds, command=self._switch_hold
        )
        self.switch.grid(row=0, column=2)
        space(self.switch, padx=(1, 0))
        return heading

    def keys(self) -> dict[str, str]:
        """Return what a server knows to do by keys, beside what both programs know."""
        return {"Return, on a held request": "let it in"}

    def _switch_hold(self) -> None:
        """Hold requests from now on, or no longer."""
        self.hold.switch(self._holds.get())
        if self._holds.get():
            self.parts.insert(0, self.hold_panel, weight=0)
        else:
            self.parts.forget(self.hold_panel)
        self.make_room_soon()

    def show(self, event: Any) -> None:
        """Show what changed in a dictionary, or which request is held."""
        if isinstance(event, Held):
            self.hold_panel.show(event)
            return
        rows = {key: name if name is None else (key, name) for key, name in event.changes.items()}
        if event.name == "users":
            # A client that is no longer in it had its name all the same.
            self.names.update({key: name for key, name in event.changes.items() if name})
        self.tables[event.name].update_rows(rows)
