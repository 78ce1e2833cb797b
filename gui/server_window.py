"""The server's window: what it listens on, its two dictionaries, its log."""

import tkinter
from tkinter import ttk
from typing import Any

from gui.bridge import Mailbox
from gui.client_window import wrapping_label
from gui.problem import Problem
from gui.table import Table
from gui.window import Window


class ServerWindow(Window):
    """Shows a server.

    Parameters:
        address: what it listens on, "HOST:PORT".
        invitation: the sentence that says how others connect; "" if they can't.
    """

    def __init__(
        self, root: tkinter.Tk, mailbox: Mailbox, address: str, invitation: str = ""
    ) -> None:
        self._address = address
        self._invitation = invitation
        super().__init__(root, mailbox, "Server")
        self.appear(width=84, height=64)

    def create_widgets(self) -> None:
        """Create the heading, the two tables side by side, and the log below them."""
        unit = self.unit
        self.root.rowconfigure(2, weight=1)
        heading = ttk.Label(self.root, text=f"Listening on {self._address}", style="Heading.TLabel")
        heading.grid(sticky="w", padx=2 * unit, pady=(2 * unit, unit))
        if self._invitation:
            sentence = wrapping_label(self.root)
            sentence.configure(text=self._invitation)
            sentence.grid(row=1, sticky="ew", padx=2 * unit, pady=(0, unit))
        self.create_parts().grid(row=2, sticky="nsew", padx=2 * unit, pady=(0, 2 * unit))
        tables = ttk.Frame(self.parts)
        tables.rowconfigure(0, weight=1)
        tables.columnconfigure((0, 1), weight=1, uniform="tables")
        self.tables = {}
        for column, name in enumerate(("users", "active_users")):
            table = Table(tables, name, ("key", "username"), unit)
            table.grid(row=0, column=column, sticky="nsew", padx=(2 * unit * column, 0))
            self.tables[name] = table
        self.parts.insert(0, tables, weight=1)

    def show(self, event: Any) -> None:
        """Show what changed in a dictionary, or a problem."""
        if isinstance(event, Problem):
            self.show_problem(event)
            return
        self.tables[event.name].update_rows(
            {
                key: None if username is None else (key, username)
                for key, username in event.changes.items()
            }
        )
