"""A table that is brought up to date row by row."""

import bisect
import re
import time
import tkinter
from collections.abc import Mapping, Sequence
from functools import partial
from tkinter import ttk

from gui.windows.rows import Rows
from gui.windows.scrollbar import Scrollbar
from gui.windows.style import space

# Long enough to look up, short enough to tell one change from the next.
CHANGED_SECONDS = 2.0
LEAST_ROWS = 3


class Table(ttk.Frame):
    """A table with a heading for each column, and a title above it that counts the rows.

    A click on a heading sorts by it, another the other way round, a third no longer.

    Parameters:
        title: what the rows are.
        columns: the headings.
    """

    def __init__(self, parent: tkinter.Misc, title: str, columns: tuple[str, ...]) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._title = title
        self._columns = columns
        self._rows: dict[str, Sequence[str]] = {}
        self._sorted_by: tuple[int, bool] | None = None
        # Until when each row that changed is marked; the order is that of time.
        self._changed: dict[str, float] = {}
        self._timer = ""
        self._heading = ttk.Label(self, style="Heading.TLabel")
        self._heading.grid(sticky="w")
        space(self._heading, pady=(0, 0.5))
        self.tree = Rows(self, columns, LEAST_ROWS)
        self.tree.grid(sticky="nsew")
        scrollbar = Scrollbar(self, command=self.tree.yview)
        scrollbar.grid(row=1, column=1, sticky="ns")
        self.tree.configure(yscrollcommand=scrollbar.set)
        for number, column in enumerate(columns):
            sort = partial(self.sort, number)
            self.tree.heading(str(number), text=column, anchor="w", command=sort)
            self.tree.bind(f"<Key-{number + 1}>", partial(self._sort_by_key, number))
        self._newest = ""
        self._is_at_end = True
        # Once the tree has its new height: it takes that after this.
        self.tree.bind("<Configure>", lambda _: self.after_idle(self._follow), add=True)
        for event in ("<MouseWheel>", "<Button-4>", "<Button-5>", "<Key>"):
            self.tree.bind(event, self._scrolled, add=True)
        scrollbar.bind("<ButtonRelease-1>", self._scrolled)
        self.update_rows({})

    def update_rows(self, changes: Mapping[str, Sequence[str] | None], note: str = "") -> None:
        """Change some rows; None takes a row away.

        Parameters:
            changes: the texts of each changed row, by the row's key.
            note: what the title says beside how many rows there are.
        """
        for key, row in changes.items():
            # An item of the tree must not be named "", which is the tree's root.
            item = f"row {key}"
            if row is None:
                self.tree.take_away(item)
                del self._rows[key]
                if item == self._newest:
                    self._newest = ""
                self._changed.pop(item, None)
                continue
            if key not in self._rows:
                self._newest = item
            self._rows[key] = row
            self._put(item, row)
            self._changed[item] = time.monotonic() + CHANGED_SECONDS
        self._follow()
        if self._changed and not self._timer:
            self._timer = self.after(int(CHANGED_SECONDS * 1000), self._forget_changes)
        self._heading.configure(text=f"{self._title} ({len(self._rows)}){note}")

    def show_rows(self, rows: Mapping[str, Sequence[str]], note: str = "") -> None:
        """Show exactly these rows, touching only those that differ."""
        gone = {key: None for key in self._rows if key not in rows}
        changed = {key: row for key, row in rows.items() if self._rows.get(key) != row}
        self.update_rows({**gone, **changed}, note)

    def selected(self) -> list[str]:
        """Return the keys of the rows that are selected."""
        return [item.removeprefix("row ") for item in self.tree.selection()]

    def _follow(self) -> None:
        """Keep who came last in sight, unless somebody reads elsewhere."""
        if self._is_at_end and self._newest and not self.tree.selection():
            self.tree.see(self._newest)

    def _scrolled(self, _: object) -> None:
        # Once Tk has scrolled: it does so after this.
        self.after_idle(self._note_place)

    def _note_place(self) -> None:
        self._is_at_end = self._sorted_by is None and self.tree.yview()[1] == 1.0

    def _put(self, item: str, row: Sequence[str]) -> None:
        # Changed again, it is marked for as long as what changed last.
        self._changed.pop(item, None)
        self.tree.put(item, row, tag="changed")
        if self._sorted_by is not None:
            self.tree.move(item, "", self._place(item, *self._sorted_by))

    def _place(self, item: str, column: int, descending: bool) -> int:
        """Return where among the other rows, which are sorted, a row belongs."""

        def order(item: str) -> str:
            return natural_order(self.tree.texts[item][column])

        others = [other for other in self.tree.get_children() if other != item]
        if descending:
            return len(others) - bisect.bisect_left(others[::-1], order(item), key=order)
        return bisect.bisect_right(others, order(item), key=order)

    def _sort_by_key(self, column: int, _: object) -> None:
        self.sort(column)

    def sort(self, column: int) -> None:
        """Sort by a column: from its least to its greatest, then back, then as the rows came."""
        if self._sorted_by == (column, True):
            self._sorted_by = None
        else:
            self._sorted_by = (column, self._sorted_by == (column, False))
        items = list(self.tree.texts)
        if self._sorted_by is not None:
            items.sort(
                key=lambda item: natural_order(self.tree.texts[item][column]),
                reverse=self._sorted_by[1],
            )
        self._note_place()
        # One command, however many rows there are.
        self.tree.set_children("", *items)
        for number, name in enumerate(self._columns):
            arrow = ""
            if self._sorted_by is not None and self._sorted_by[0] == number:
                arrow = " ▼" if self._sorted_by[1] else " ▲"
            self.tree.heading(str(number), text=f"{name}{arrow}")

    def _forget_changes(self) -> None:
        """Mark no longer what changed a while ago."""
        now = time.monotonic()
        items = [item for item, until in self._changed.items() if until <= now + 0.05]
        for item in items:
            del self._changed[item]
        self.tree.tk.call(self.tree, "tag", "remove", "changed", items)
        self._timer = ""
        if self._changed:
            rest = min(self._changed.values()) - now
            self._timer = self.after(int(rest * 1000) + 1, self._forget_changes)


def natural_order(text: str) -> str:
    """Return what a text is sorted by: capitals count as small letters, digits as a number."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(20), text.casefold())
