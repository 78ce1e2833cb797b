"""A tooltip: what has no room where it stands, shown whole beside the pointer."""

import tkinter
from tkinter import ttk

from gui.windows.style import digit_width

# Nobody wants one who only passes by.
DELAY_MILLISECONDS = 400
MAX_WIDTH_UNITS = 60


class Tooltip:
    """Shows a text beside the pointer as long as it is over the same part of a widget."""

    def __init__(self, widget: tkinter.Misc) -> None:
        self._widget = widget
        self._text = ""
        self._timer = ""
        self._window: tkinter.Toplevel | None = None
        for event in ("<Leave>", "<Button>", "<Key>", "<MouseWheel>", "<Unmap>"):
            widget.bind(event, lambda _: self.offer(""), add=True)

    def offer(self, text: str) -> None:
        """Show a text soon, unless another is offered before; "" shows none."""
        if text == self._text:
            return
        self._text = text
        if self._timer:
            self._widget.after_cancel(self._timer)
            self._timer = ""
        if self._window is not None:
            self._window.destroy()
            self._window = None
        if text:
            self._timer = self._widget.after(DELAY_MILLISECONDS, self._show)

    def _show(self) -> None:
        self._timer = ""
        unit = digit_width()
        window = self._window = tkinter.Toplevel(self._widget)
        window.overrideredirect(True)
        width = MAX_WIDTH_UNITS * unit
        ttk.Label(window, text=self._text, style="Tooltip.TLabel", wraplength=width).grid()
        window.update_idletasks()
        x = self._widget.winfo_pointerx() + 2 * unit
        y = self._widget.winfo_pointery() + 2 * unit
        x = max(0, min(x, window.winfo_screenwidth() - window.winfo_reqwidth()))
        y = max(0, min(y, window.winfo_screenheight() - window.winfo_reqheight()))
        window.geometry(f"+{x}+{y}")
