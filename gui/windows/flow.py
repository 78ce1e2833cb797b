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
        gap, x, y = pixels(GAP_UNITS), 0, 0
        height = max((child.winfo_reqheight() for child in self.winfo_children()), default=1)
        for child in self.winfo_children():
            assert isinstance(child, tkinter.Widget)
            width = child.winfo_reqwidth()
            if x and x + width > self.winfo_width():
                x, y = 0, y + height + gap
            child.place(x=x, y=y + (height - child.winfo_reqheight()) // 2)
            x += width + gap
        self.configure(height=y + height)
