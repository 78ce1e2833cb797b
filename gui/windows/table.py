"""A table that is brought up to date row by row."""

import tkinter
from collections.abc import Mapping, Sequence
from tkinter import ttk


class Table(ttk.Frame):
    """A table with a heading for each column, and a title above it that counts the rows.

    Parameters:
        title: what the rows are.
        columns: the headings.
    """

    def __init__(
        self, parent: tkinter.Misc, title: str, columns: tuple[str, ...], unit: int
    ) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._title = title
        self._rows: dict[str, Sequence[str]] = {}
        self._heading = ttk.Label(self, style="Heading.TLabel")
        self._heading.grid(sticky="w", pady=(0, unit // 2))
        self.tree = ttk.Treeview(self, columns=columns, show="headings", height=1)
        self.tree.grid(sticky="nsew")
        scrollbar = ttk.Scrollbar(self, command=self.tree.yview)
        scrollbar.grid(row=1, column=1, sticky="ns")
        self.tree.configure(yscrollcommand=scrollbar.set)
        for column in columns:
            self.tree.heading(column, text=column, anchor="w")
            self.tree.column(column, width=12 * unit, minwidth=6 * unit)
        self.update_rows({})

    def update_rows(self, changes: Mapping[str, Sequence[str] | None]) -> None:
        """Change some rows; None takes a row away.

        Parameters:
            changes: the texts of each changed row, by the row's key.
        """
        for key, row in changes.items():
            # An item of the tree must not be named "", which is the tree's root.
            item = f"row {key}"
            if row is None:
                self.tree.delete(item)
                del self._rows[key]
            elif key in self._rows:
                self.tree.item(item, values=tuple(row))
                self._rows[key] = row
            else:
                self.tree.insert("", "end", item, values=tuple(row))
                self._rows[key] = row
        self._heading.configure(text=f"{self._title} ({len(self._rows)})")

    def show_rows(self, rows: Mapping[str, Sequence[str]]) -> None:
        """Show exactly these rows, touching only those that differ."""
        gone = {key: None for key in self._rows if key not in rows}
        changed = {key: row for key, row in rows.items() if self._rows.get(key) != row}
        self.update_rows({**gone, **changed})
