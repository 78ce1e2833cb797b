"""A raw line: what is typed goes over the wire as a line, exactly so."""

import tkinter
from collections.abc import Callable
from tkinter import ttk

from gui.client_state import ClientState, Link
from gui.windows.keys import RETURN_KEYS
from gui.windows.steps import OutcomeLabel
from gui.windows.style import space


class RawLine(ttk.Frame):
    """A field, a button that sends what is in it, and below them what the server said to it.

    Parameters:
        send: sends a line.
    """

    def __init__(self, parent: tkinter.Misc, send: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._send = send
        self.columnconfigure(1, weight=1)
        ttk.Label(self, text="Line").grid(row=0, column=0)
        self.field = ttk.Entry(self, width=8, font="TkFixedFont")
        self.field.grid(row=0, column=1, sticky="ew")
        space(self.field, padx=1)
        for key in RETURN_KEYS:
            self.field.bind(key, self._press)
        self.button = ttk.Button(self, text="Send", width=0, command=self._press)
        self.button.grid(row=0, column=2)
        self.outcome = OutcomeLabel(self)
        self.outcome.grid(row=1, columnspan=3, sticky="ew")
        self.outcome.grid_remove()

    def show(self, state: ClientState) -> None:
        """Show whether a line can be sent."""
        for widget in (self.field, self.button):
            widget.configure(state="normal" if state.link is Link.OPEN else "disabled")

    def _press(self, _: object = None) -> str:
        """Send what is in the field; Return does nothing else there."""
        # A line that was copied whole brings its end along, and sending adds one.
        self._send(self.field.get().removesuffix("\n"))
        return "break"
