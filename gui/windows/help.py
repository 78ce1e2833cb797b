"""The help: a short text in a window of its own."""

import tkinter
from tkinter import ttk

from gui.windows.read_only_text import ReadOnlyText
from gui.windows.style import digit_width, space

# In widths of a digit.
WIDTH, HEIGHT, KEY_WIDTH = 76, 68, 24


class Help(tkinter.Toplevel):
    """Tells what the keys do; Escape closes it.

    Parameters:
        parts: for each heading the keys below it, with what each does.
    """

    def __init__(self, root: tkinter.Tk, parts: dict[str, dict[str, str]]) -> None:
        super().__init__(root)
        self.title("Help")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        unit = digit_width()
        width = min(WIDTH * unit, self.winfo_screenwidth())
        height = min(HEIGHT * unit, self.winfo_screenheight())
        self.geometry(f"{width}x{height}")
        self.configure(background=ttk.Style(self).lookup(".", "background"))
        body = ReadOnlyText(self)
        body.grid(sticky="nsew")
        space(body, padx=2, pady=2)
        text = body.text
        text.tag_configure("heading", font="TkHeadingFont")
        text.configure(state="normal", tabs=(KEY_WIDTH * unit,))
        text.tag_configure("key", lmargin2=KEY_WIDTH * unit)
        for heading, keys in parts.items():
            text.insert("end", f"{heading}\n", "heading")
            for key, does in keys.items():
                text.insert("end", f"{key}\t{does}\n", "key")
            text.insert("end", "\n")
        text.configure(state="disabled")
        close = ttk.Button(self, text="Close", command=self.destroy)
        close.grid(row=1, sticky="e")
        space(close, padx=2, pady=(0, 2))
        self.bind("<Escape>", lambda _: self.destroy())
        self.update_idletasks()
        close.focus_set()
