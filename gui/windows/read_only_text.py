"""A text that can be read, scrolled, selected and copied, but not written in."""

import tkinter
from tkinter import ttk
from typing import Any


class ReadOnlyText(ttk.Frame):
    """The text, `text`, and its scrollbar; whoever fills it makes it "normal" meanwhile."""

    def __init__(self, parent: tkinter.Misc, unit: int, **options: Any) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text = tkinter.Text(self, state="disabled", wrap="word", width=1, height=1)
        # Unlike other disabled widgets, it takes the focus: it can be scrolled and copied.
        self.text.configure(takefocus=True, font="TkDefaultFont", padx=unit, pady=unit // 2)
        self.text.configure(background="white", foreground="black", relief="flat")
        self.text.configure(highlightthickness=1, **options)
        self.text.grid(sticky="nsew")
        self.scrollbar = ttk.Scrollbar(self, command=self.text.yview)
        self.scrollbar.grid(row=0, column=1, sticky="ns")
        self.text.configure(yscrollcommand=self.scrollbar.set)
        # A disabled text takes no focus when clicked (on macOS), and copies nothing without.
        self.text.bind("<Button-1>", lambda _: self.text.focus_set())
        self.text.bind("<Control-a>", self._select_all)

    def _select_all(self, _: object) -> str:
        self.text.tag_add("sel", "1.0", "end-1c")
        return "break"
