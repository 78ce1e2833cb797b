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
# What moves the rows in sight.
SCROLLING = (
    *("<MouseWheel>", "<Button-4>", "<Button-5>"),
    *("<Up>", "<Down>", "<Prior>", "<Next>", "<Home>", "<End>"),
)


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
        # While it is sorted: what each row is sorted by, and its item, the least first.
        self._order: list[tuple[str, str, str]] = []
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
        self._follows = True
        # Once the tree has its new height: it takes that after this.
        self.tree.bind("<Configure>", lambda _: self.after_idle(self._resized), add=True)
        for event in SCROLLING:
            self.tree.bind(event, self._scrolled, add=True)
        scrollbar.bind("<ButtonRelease-1>", self._scrolled)
        self.update_rows({})

    def update_rows(self, changes: Mapping[str, Sequence[str] | None], note: str = "") -> None:
        """Change some rows; None takes a row away.

        Parameters:
            changes: the texts of each changed row, by the row's key.
            note: what the title says beside how many rows there are.
        """
        have_come = not changes.keys() <= self._rows.keys()
        for key, row in changes.items():
            item = item_of(key)
            # Changed again, it is marked for as long as what changed last.
            self._changed.pop(item, None)
            if key in self._rows:
                self._take_out(item)
            if row is None:
                self.tree.take_away(item)
                del self._rows[key]
            else:
                self._rows[key] = row
                self.tree.put(item, row, tag="changed")
                self._put_in(item)
                self._changed[item] = time.monotonic() + CHANGED_SECONDS
        if have_come:
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

    def _newest(self) -> str:
        """Return the item of the row that came last, "" if there is none."""
        return next((item_of(key) for key in reversed(self._rows)), "")

    def _follow(self) -> None:
        """Bring in sight who came last, unless somebody reads elsewhere."""
        if self._follows and self._rows and not self.tree.selection():
            self.tree.see(self._newest())

    def _resized(self) -> None:
        # Where it is sorted, who came last may be out of sight although nobody has scrolled.
        if self._sorted_by is None:
            self._follow()

    def _scrolled(self, _: object) -> None:
        # Once Tk has scrolled: it does so after this.
        self.after_idle(self._note_place)

    def _note_place(self) -> None:
        """Follow from now on if who came last is in sight."""
        self._follows = bool(not self._rows or self.tree.bbox(self._newest()))

    def _ordered(self, item: str) -> tuple[str, str, str]:
        """Return what a row of the sorted table is sorted by, and its item."""
        assert self._sorted_by is not None
        text = self.tree.texts[item][self._sorted_by[0]]
        return natural_order(text), natural_order(item), item

    def _take_out(self, item: str) -> None:
        """Forget the place of a row in the order, if there is one."""
        if self._sorted_by is not None:
            del self._order[bisect.bisect_left(self._order, self._ordered(item))]

    def _put_in(self, item: str) -> None:
        """Move a row to its place in the order, if there is one."""
        if self._sorted_by is not None:
            ordered = self._ordered(item)
            place = bisect.bisect_left(self._order, ordered)
            self.tree.move(item, "", len(self._order) - place if self._sorted_by[1] else place)
            self._order.insert(place, ordered)

    def _sort_by_key(self, column: int, _: object) -> None:
        self.sort(column)

    def sort(self, column: int) -> None:
        """Sort by a column: from its least to its greatest, then back, then as the rows came."""
        if self._sorted_by == (column, True):
            self._sorted_by = None
        else:
            self._sorted_by = (column, self._sorted_by == (column, False))
        items = [item_of(key) for key in self._rows]
        if self._sorted_by is not None:
            self._order = sorted(map(self._ordered, items))
            items = [item for *_, item in self._order]
            if self._sorted_by[1]:
                items.reverse()
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


def item_of(key: str) -> str:
    """Return the name of a row's item: it must not be "", which is the tree's root."""
    return f"row {key}"


def natural_order(text: str) -> str:
    """Return what a text is sorted by: capitals count as small letters, digits as a number."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(20), text.casefold())
