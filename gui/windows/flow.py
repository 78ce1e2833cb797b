"""A flow: widgets side by side, in as many lines as they need."""

import tkinter
from tkinter import ttk

from gui.windows.style import pixels

GAP_UNITS = 0.5


class Flow(ttk.Frame):
    """Lays out its children as words are in a paragraph."""

    def __init__(self, parent: tkinter.Misc) -> None:
        super().__init__(parent)
        self.bind("<Configure>", self.lay_out)
        self.bind("<<ThemeChanged>>", self.lay_out)

    def lay_out(self, _: object = None) -> None:
        """Put each child where it belongs, and ask for the height that all of them need."""
        gap, x, y, height = pixels(GAP_UNITS), 0, 0, 0
        for child in self.winfo_children():
            assert isinstance(child, tkinter.Widget)
            width = child.winfo_reqwidth()
            if x and x + width > self.winfo_width():
                x, y, height = 0, y + height + gap, 0
            child.place(x=x, y=y)
            x += width + gap
            height = max(height, child.winfo_reqheight())
        self.configure(height=max(1, y + height))
