"""A label whose text wraps at the width that the label gets."""

import tkinter
from tkinter import ttk


class WrappingLabel(ttk.Label):
    """As high as its text needs, however wide it is."""

    def __init__(self, parent: tkinter.Misc, style: str = "TLabel") -> None:
        super().__init__(parent, style=style, width=1)
        # A little less: Tk measures a line without the edge of its last letter.
        self.bind("<Configure>", lambda event: self.configure(wraplength=event.width * 97 // 100))
