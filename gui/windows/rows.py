"""Rows of texts in columns: cut where there is no room, whole when pointed at or copied."""

import bisect
import tkinter
from collections.abc import Sequence
from tkinter import font, ttk

from gui.tutor.printable import printable, shorter
from gui.windows.style import CHANGED, digit_width, pixels
from gui.windows.tooltip import Tooltip

# Students' code may put anything into a dictionary.
MAX_CHARACTERS = 500
# Both sides of a cell together, in units: what the style leaves, and some more looks better.
CELL_MARGIN = 1.5
# What clam draws around a tree; other themes draw less.
BORDER_PIXELS = 2


class Rows(ttk.Treeview):
    """A tree without branches, as wide as it is told to be.

    Parameters:
        headings: the texts above the columns; where they are "", nothing is above them.
    """

    def __init__(self, parent: tkinter.Misc, headings: tuple[str, ...], height: int) -> None:
        columns = [str(number) for number in range(len(headings))]
        super().__init__(parent, columns=columns, height=height)
        self.configure(show="headings" if any(headings) else "")
        self.texts: dict[str, tuple[str, ...]] = {}
        self._headings = headings
        self._cut_items: set[str] = set()
        self._laying_out = ""
        self._tooltip = Tooltip(self)
        for column in columns:
            # The column that is last takes what is left; the others have what they need.
            self.column(column, stretch=False)
        self.tag_configure("changed", background=CHANGED)
        self.bind("<Configure>", self._lay_out_soon)
        self.bind("<<ThemeChanged>>", self._measure_again)
        self.bind("<Motion>", self._point)
        self.bind("<<Copy>>", self._copy)
        for event in ("<<SelectAll>>", "<Control-a>"):
            self.bind(event, self._select_all)
        self.bind("<FocusIn>", self._have_focus)
        self.bind("<space>", lambda _: self.selection_set(self.focus()))
        self.bind("<Home>", lambda _: self._go_to(0))
        self.bind("<End>", lambda _: self._go_to(-1))
        self.bind("<Shift-Up>", lambda _: self._extend(-1))
        self.bind("<Shift-Down>", lambda _: self._extend(1))
        self._measure_again()

    def put(self, item: str, texts: Sequence[str], tag: str = "") -> None:
        """Show a row, at the end if it is new."""
        whole = tuple(printable(shorter(text, MAX_CHARACTERS)) for text in texts)
        self._widen(whole)
        cells = whole if self._laying_out else self._cells(whole)
        if cells != whole:
            self._cut_items.add(item)
        if item in self.texts:
            self.item(item, values=cells, tags=tag)
        else:
            self.insert("", "end", item, values=cells, tags=tag)
        self.texts[item] = whole

    def take_away(self, item: str) -> None:
        """Show a row no longer."""
        is_here = self.focus() == item
        self.delete(item)
        del self.texts[item]
        self._cut_items.discard(item)
        if is_here:
            self._have_focus()

    def _measure_again(self, _: object = None) -> None:
        """Find out how wide each column would like to be."""
        heading_font = font.nametofont("TkHeadingFont")
        # Room for the arrow that tells by which column the rows are sorted.
        self._least = [heading_font.measure(f"{text} ▲") if text else 0 for text in self._headings]
        self._wanted = list(self._least)
        for texts in self.texts.values():
            self._widen(texts)
        self._lay_out_soon()

    def _widen(self, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts):
            width = self._width(text)
            if width > self._wanted[column]:
                self._wanted[column] = width
                self._lay_out_soon()

    def _lay_out_soon(self, _: object = None) -> None:
        if not self._laying_out:
            self._laying_out = self.after_idle(self._lay_out)

    def _lay_out(self) -> None:
        """Give each column the width that its texts need; the widest give way first."""
        self._laying_out = ""
        margin, room = pixels(CELL_MARGIN), self.winfo_width() - 2 * BORDER_PIXELS
        wanted = [width + margin for width in self._wanted]
        widths = shared(wanted, [width + margin for width in self._least], room)
        fits = widths == wanted
        widths[-1] += max(0, room - sum(widths))
        for column, width in enumerate(widths):
            self.column(str(column), width=width, minwidth=margin)
        for item in list(self._cut_items) if fits else self.texts:
            cells = self._cells(self.texts[item])
            if cells != self.texts[item] or item in self._cut_items:
                self.item(item, values=cells)
                self._cut_items.add(item)
            if cells == self.texts[item]:
                self._cut_items.discard(item)

    def _cells(self, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._cut(text, column) for column, text in enumerate(texts))

    def _cut(self, text: str, column: int) -> str:
        """Return as much of a text as has room in its column, with … where some has none."""
        room = int(self.column(str(column), "width")) - digit_width()
        if self._width(text) <= room:
            return text
        kept = bisect.bisect_right(
            range(1, len(text)), room, key=lambda length: self._width(f"{text[:length]}…")
        )
        return f"{text[:kept]}…"

    def _width(self, text: str) -> int:
        return int(self.tk.call("font", "measure", "TkDefaultFont", text))

    def _point(self, event: "tkinter.Event[ttk.Treeview]") -> None:
        item, column = self.identify_row(event.y), self.identify_column(event.x)
        texts = self.texts.get(item, ())
        number = int(column[1:] or 0) - 1
        if item in self._cut_items and 0 <= number < len(texts):
            is_cut = str(self.set(item, str(number))) != texts[number]
            self._tooltip.offer(texts[number] if is_cut else "")
        else:
            self._tooltip.offer("")

    def _copy(self, _: object) -> None:
        """Put the selected rows on the clipboard, with a tab between two texts."""
        lines = ["\t".join(self.texts[item]) for item in self.selection()]
        if lines:
            self.clipboard_clear()
            self.clipboard_append("\n".join(lines))

    def _select_all(self, _: object) -> str:
        self.selection_set(self.get_children())
        return "break"

    def _go_to(self, index: int) -> None:
        """Select the first row, 0, or the last one, -1."""
        if items := self.get_children():
            self.focus(items[index])
            self.selection_set(items[index])
            self.see(items[index])

    def _extend(self, step: int) -> str:
        """Select one more row, or, on the way back, one less."""
        items, here = self.get_children(), self.focus()
        if here in items:
            there = items[min(max(items.index(here) + step, 0), len(items) - 1)]
            if there != here and {here, there} <= set(self.selection()):
                self.selection_remove(here)
            else:
                self.selection_add(here, there)
            self.focus(there)
            self.see(there)
        return "break"

    def _have_focus(self, _: object = None) -> None:
        """Let the arrow keys begin at a row that is there."""
        if self.focus() not in self.texts and self.texts:
            self.focus(self.get_children()[0])


def shared(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return what each gets of some room: what it wants, or else an equal part of what is left.

    Parameters:
        least: what each gets at least, even if there is not so much.
    """
    widths = list(least)
    room -= sum(least)
    more = [want - has for want, has in zip(wanted, least, strict=True)]
    for rank, number in enumerate(sorted(range(len(more)), key=more.__getitem__)):
        given = max(0, min(more[number], room // (len(more) - rank)))
        widths[number] += given
        room -= given
    return widths
