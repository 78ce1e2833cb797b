"""The server's window: what it listens on, its two dictionaries, its log."""

import tkinter
from tkinter import ttk
from typing import Any

from gui.bridge import Mailbox
from gui.windows.table import Table
from gui.windows.window import Window, wrapping_label


class ServerWindow(Window):
    """Shows a server.

    Parameters:
        address: what it listens on, "HOST:PORT".
        invitation: the sentence that says how others connect; "" if they can't.
    """

    def __init__(
        self, root: tkinter.Tk, mailbox: Mailbox, address: str, invitation: str = ""
    ) -> None:
        super().__init__(root, mailbox)
        unit = self.unit
        root.rowconfigure(2, weight=1)
        heading = ttk.Label(root, text=f"Listening on {address}", style="Heading.TLabel")
        heading.grid(sticky="w", padx=2 * unit, pady=(2 * unit, unit))
        if invitation:
            sentence = wrapping_label(root)
            sentence.configure(text=invitation)
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
        self.begin()

    def show(self, event: Any) -> None:
        """Show what changed in a dictionary."""
        rows = {key: name if name is None else (key, name) for key, name in event.changes.items()}
        self.tables[event.name].update_rows(rows)
