"""A text that can be read, scrolled, selected and copied, but not written in."""

import tkinter
from tkinter import ttk
from typing import Any

from gui.windows.style import ACCENT, INK, LINE, SELECTED, WHITE, digit_width


class ReadOnlyText(ttk.Frame):
    """The text, `text`, and its scrollbar; whoever fills it makes it "normal" meanwhile."""

    def __init__(self, parent: tkinter.Misc, **options: Any) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text = tkinter.Text(self, state="disabled", wrap="word", width=1, height=1)
        # Unlike other disabled widgets, it takes the focus: it can be scrolled and copied.
        self.text.configure(takefocus=True, font="TkDefaultFont", relief="flat")
        self.text.configure(background=WHITE, foreground=INK)
        self.text.configure(highlightbackground=LINE, highlightcolor=ACCENT)
        # What is found or selected can be seen from elsewhere, too.
        self.text.configure(selectbackground=SELECTED, selectforeground=INK)
        self.text.configure(inactiveselectbackground=SELECTED, **options)
        self.text.grid(sticky="nsew")
        self.scrollbar = ttk.Scrollbar(self, command=self.text.yview)
        self.scrollbar.grid(row=0, column=1, sticky="ns")
        self.text.configure(yscrollcommand=self.scrollbar.set)
        # A disabled text takes no focus when clicked (on macOS), and copies nothing without.
        self.text.bind("<Button-1>", lambda _: self.text.focus_set())
        self.text.bind("<Control-a>", self._select_all)
        self.use_sizes()
        self.bind("<<ThemeChanged>>", lambda _: self.use_sizes())

    def use_sizes(self) -> None:
        """Set every size that the text has."""
        unit = digit_width()
        self.text.configure(padx=unit, pady=unit // 2, highlightthickness=max(1, unit // 8))

    def _select_all(self, _: object) -> str:
        self.text.tag_add("sel", "1.0", "end-1c")
        return "break"
