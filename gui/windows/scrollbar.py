"""A scrollbar that is there only when there is something to scroll."""

from tkinter import ttk


class Scrollbar(ttk.Scrollbar):
    """For what does not change its height when it gets narrower: a table, not a text."""

    def set(self, first: float | str, last: float | str) -> None:
        """Show which part can be seen; where that is all of it, be hidden."""
        if float(first) <= 0.0 and float(last) >= 1.0:
            self.grid_remove()
        else:
            self.grid()
        super().set(first, last)
