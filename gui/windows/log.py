"""The log: every message sent and received, in a text that scrolls."""

import tkinter
from collections.abc import Iterable
from tkinter import font

from gui.bridge import LogLine
from gui.text import log_text
from gui.windows.read_only_text import ReadOnlyText

# Some hours of a class; many more would make a text widget slow.
MAX_LINES = 2000

COLOURS = {"time": "#6b7280", "→": "#1d4ed8", "←": "#15803d"}


class Log(ReadOnlyText):
    """A text that follows its end unless scrolled up, and can be selected and copied."""

    def __init__(self, parent: tkinter.Misc, unit: int) -> None:
        super().__init__(parent, unit, font="TkFixedFont")
        # A text that becomes lower keeps its first line in sight; here the last one matters.
        self.text.bind("<Configure>", self._stay_at_end)
        self.text.configure(yscrollcommand=self._scrolled)
        self._at_end = True
        indent = font.nametofont("TkFixedFont").measure("00:00:00 → ")
        self.text.tag_configure("line", lmargin2=indent)
        for tag, colour in COLOURS.items():
            self.text.tag_configure(tag, foreground=colour)

    def append(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end, all in one go, and drop the oldest past `MAX_LINES`."""
        pieces: list[str | tuple[str, ...]] = []
        for line in lines:
            clock, arrow, rest = log_text(line).split(" ", maxsplit=2)
            pieces += [f"{clock} ", ("line", "time"), f"{arrow} ", ("line", arrow)]
            pieces += [f"{rest}\n", ("line",)]
        if not pieces:
            return
        follow = self.text.yview()[1] == 1.0
        self.text.configure(state="normal")
        self.text.insert("end", *pieces)  # type: ignore[arg-type]  # typeshed lets one text and its tags follow
        excess = int(self.text.index("end-1c").split(".")[0]) - 1 - MAX_LINES
        if excess > 0:
            self.text.delete("1.0", f"{excess + 1}.0")
        self.text.configure(state="disabled")
        if follow:
            self.text.see("end")

    def _scrolled(self, first: float, last: float) -> None:
        self.scrollbar.set(first, last)
        self._at_end = float(last) == 1.0

    def _stay_at_end(self, _: object) -> None:
        if self._at_end:
            self.text.see("end")
