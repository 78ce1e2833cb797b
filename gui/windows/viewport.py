"""A viewport: as much of its content as there is room for, the rest within reach."""

import tkinter
from collections.abc import Callable
from tkinter import ttk
from typing import Literal

from gui.windows.style import digit_width


class Viewport(ttk.Frame):
    """Shows `content` as large as itself, or scrolls it where it is too small for that.

    Parameters:
        smallest: gives the least width and height of the content, in pixels.
    """

    def __init__(self, parent: tkinter.Misc, smallest: Callable[[], tuple[int, int]]) -> None:
        super().__init__(parent)
        self._smallest = smallest
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        background = ttk.Style(self).lookup(".", "background")
        self.canvas = tkinter.Canvas(self, highlightthickness=0, background=background)
        self.canvas.grid(sticky="nsew")
        self.content = ttk.Frame(self.canvas)
        self._item = self.canvas.create_window(0, 0, anchor="nw", window=self.content)
        self._scrollbars: dict[str, ttk.Scrollbar] = {}
        self._fitting = ""
        self.bind("<Configure>", self.fit_soon)
        # What has the keyboard is in sight.
        self.winfo_toplevel().bind("<FocusIn>", self._show_focus, add=True)

    def fit_soon(self, _: object = None) -> None:
        """Fit the content once everything that is changing has changed."""
        if not self._fitting:
            self._fitting = self.after_idle(self.fit)

    def fit(self) -> None:
        """Make the content as large as there is room for, but not too small."""
        self._fitting = ""
        least = self._smallest()
        room = [self.winfo_width(), self.winfo_height()]
        thickness = 2 * digit_width()
        missing = [least[0] > room[0], least[1] > room[1]]
        # A scrollbar takes room itself, and may be what makes the other one necessary.
        room = [room[0] - missing[1] * thickness, room[1] - missing[0] * thickness]
        missing = [least[0] > room[0], least[1] > room[1]]
        self._show_scrollbar("horizontal", missing[0])
        self._show_scrollbar("vertical", missing[1])
        width, height = map(max, least, room)
        self.canvas.itemconfigure(self._item, width=width, height=height)
        self.canvas.configure(scrollregion=(0, 0, width, height))
        if not any(missing):
            self.canvas.xview_moveto(0)
            self.canvas.yview_moveto(0)

    def _show_scrollbar(self, orient: Literal["horizontal", "vertical"], needed: bool) -> None:
        scrollbar = self._scrollbars.get(orient)
        if needed and scrollbar is None:
            upright = orient == "vertical"
            view = self.canvas.yview if upright else self.canvas.xview
            scrollbar = ttk.Scrollbar(self, orient=orient, command=view)
            scrollbar.grid(
                row=0 if upright else 1,
                column=1 if upright else 0,
                sticky="ns" if upright else "ew",
            )
            command = "yscrollcommand" if upright else "xscrollcommand"
            self.canvas.configure({command: scrollbar.set})
            self._scrollbars[orient] = scrollbar
        elif needed and scrollbar is not None:
            scrollbar.grid()
        elif scrollbar is not None:
            scrollbar.grid_remove()

    def _show_focus(self, event: "tkinter.Event[tkinter.Misc]") -> None:
        """Scroll as far as what got the keyboard needs to be seen, and what is around it."""
        widget = event.widget
        if not str(widget).startswith(f"{self.content}.") or not self._scrollbars:
            return
        margin = 4 * digit_width()
        top = widget.winfo_rooty() - self.content.winfo_rooty() - margin
        bottom = top + widget.winfo_height() + 2 * margin
        seen = self.canvas.canvasy(0)
        room, height = self.canvas.winfo_height(), self.content.winfo_height()
        if top < seen:
            self.canvas.yview_moveto(max(top, 0) / height)
        elif bottom > seen + room:
            self.canvas.yview_moveto(min(top, bottom - room) / height)
