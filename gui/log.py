"""The log: every message sent and received, in a text that scrolls."""

import tkinter
from collections.abc import Iterable
from tkinter import font, ttk
from typing import Any

from gui.bridge import LogLine
from gui.words import log_parts

# Some hours of a class; many more would make a text widget slow.
MAX_LINES = 2000

COLOURS = {"time": "#6b7280", "→": "#1d4ed8", "←": "#15803d"}


class Log(ttk.Frame):
    """A text that follows its end unless scrolled up, and can be selected and copied."""

    def __init__(self, parent: tkinter.Misc, unit: int) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text = read_only_text(self, font="TkFixedFont", padx=unit, pady=unit // 2)
        self.text.grid(sticky="nsew")
        scrollbar = ttk.Scrollbar(self, command=self.text.yview)
        scrollbar.grid(row=0, column=1, sticky="ns")
        self.text.configure(yscrollcommand=scrollbar.set)
        indent = font.nametofont("TkFixedFont").measure("00:00:00 → ")
        self.text.tag_configure("line", lmargin2=indent)
        for tag, colour in COLOURS.items():
            self.text.tag_configure(tag, foreground=colour)

    def append(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end, all in one go, and drop the oldest past `MAX_LINES`."""
        pieces: list[str | tuple[str, ...]] = []
        for line in lines:
            clock, arrow, rest = log_parts(line)
            pieces += [f"{clock} ", ("line", "time"), f"{arrow} ", ("line", arrow)]
            pieces += [f"{rest}\n", ("line",)]
        if not pieces:
            return
        follow = self.text.yview()[1] == 1.0
        self.text.configure(state="normal")
        self.text.insert("end", *pieces)  # type: ignore[arg-type]  # typeshed: pairs
        excess = int(self.text.index("end-1c").split(".")[0]) - 1 - MAX_LINES
        if excess > 0:
            self.text.delete("1.0", f"{excess + 1}.0")
        self.text.configure(state="disabled")
        if follow:
            self.text.see("end")


def read_only_text(parent: tkinter.Misc, **options: Any) -> tkinter.Text:
    """Create a text that can be read, selected and copied, but not written in."""
    text = tkinter.Text(
        parent,
        state="disabled",
        wrap="word",
        width=1,
        height=1,
        relief="flat",
        background="white",
        foreground="black",
        highlightthickness=1,
        **options,
    )

    def select_all(_: object) -> str:
        text.tag_add("sel", "1.0", "end-1c")
        return "break"

    text.bind("<Control-a>", select_all)
    # On macOS a disabled text takes no focus by itself, and without it copies nothing.
    text.bind("<Button-1>", lambda _: text.focus_set(), add=True)
    return text
