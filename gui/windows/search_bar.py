"""A bar in which one types what is to be found in a text."""

import tkinter
from tkinter import ttk

from gui.windows.keys import RETURN_KEYS
from gui.windows.style import space


class SearchBar(ttk.Frame):
    """Finds what is typed, from where one reads backwards: the newest comes first.

    Parameters:
        text: where it is looked for; what is found there is selected.
    """

    def __init__(self, parent: tkinter.Misc, text: tkinter.Text) -> None:
        super().__init__(parent)
        space(self, pady=(0.5, 0))
        self._text = text
        self._opened_from: tkinter.Misc | None = None
        self.columnconfigure(1, weight=1)
        ttk.Label(self, text="Find").grid(row=0, column=0)
        self._sought = tkinter.StringVar(self)
        self._sought.trace_add("write", lambda *_: self._begin())
        self.entry = ttk.Entry(self, width=8, textvariable=self._sought)
        self.entry.grid(row=0, column=1, sticky="ew")
        space(self.entry, padx=0.5)
        self._count = ttk.Label(self)
        self._count.grid(row=0, column=2)
        commands = {"Previous": self._previous, "Next": self._next, "Close": self.close}
        for column, (name, command) in enumerate(commands.items()):
            button = ttk.Button(self, text=name, command=command, style="Small.TButton", width=0)
            button.grid(row=0, column=3 + column)
            space(button, padx=(0.5, 0))
            button.bind("<Escape>", self.close)
        for key in RETURN_KEYS:
            self.entry.bind(key, self._previous)
            self.entry.bind(key.replace("<", "<Shift-"), self._next)
        self.entry.bind("<Escape>", self.close)

    def open(self) -> None:
        """Take the keyboard, to give it back at the end."""
        focus = self.winfo_toplevel().focus_lastfor()
        if focus is not None and not str(focus).startswith(str(self)):
            self._opened_from = focus
        # Tk would let what is not laid out wait for the keyboard.
        self.update_idletasks()
        self.entry.focus_set()
        self.entry.selection_range(0, "end")

    def close(self, _: object = None) -> str:
        """Go away."""
        self.grid_remove()
        if self._opened_from is not None:
            self._opened_from.focus_set()
        return "break"

    def _begin(self) -> None:
        """Search for what is typed now, from the end."""
        self._text.tag_remove("sel", "1.0", "end")
        self._previous()

    def _previous(self, _: object = None) -> str:
        """Go to what was found before what is selected; before the first comes the last."""
        return self._go(-1)

    def _next(self, _: object = None) -> str:
        """Go to what was found after what is selected; after the last comes the first."""
        return self._go(1)

    def _go(self, step: int) -> str:
        sought = self._sought.get()
        found = self._find(sought) if sought else []
        if not found:
            self._count.configure(text="not found" if sought else "")
            return "break"
        selected = self._text.tag_ranges("sel")
        if selected:
            here = [int(part) for part in str(selected[0]).split(".")]
            before = sum(place < here for place in found)
            at = before < len(found) and found[before] == here
            number = before + (step if at or step < 0 else 0)
        else:
            number = -1 if step < 0 else 0
        number %= len(found)
        line, column = found[number]
        self._select(f"{line}.{column}", len(sought))
        self._count.configure(text=f"{number + 1} of {len(found)}")
        return "break"

    def _find(self, sought: str) -> list[list[int]]:
        """Return the line and the column of each place, in their order."""
        options = ("-all", "-elide", "-nocase", "--")
        found = self.tk.call(self._text, "search", *options, sought, "1.0", "end")
        return [[int(part) for part in str(place).split(".")] for place in self.tk.splitlist(found)]

    def _select(self, place: str, length: int) -> None:
        """Select what was found, and show it, even if it was folded away."""
        end = f"{place}+{length}c"
        if "folded" in self._text.tag_names(place):
            self._text.tag_remove("folded", f"{place} linestart", f"{place} lineend")
        self._text.tag_remove("sel", "1.0", "end")
        self._text.tag_add("sel", place, end)
        self._text.see(place)
