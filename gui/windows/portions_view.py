"""Which file of students' code is in force, and what is known of its portions."""

import tkinter
from tkinter import ttk
from typing import TYPE_CHECKING

from gui.text import loaded_text
from gui.windows.wrapping_label import WrappingLabel

if TYPE_CHECKING:
    from gui.tutor.loaded import Loaded


class PortionsView(ttk.Frame):
    """Tells which file was loaded, and when."""

    def __init__(self, parent: tkinter.Misc) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self._loaded = WrappingLabel(self, style="Faint.TLabel")
        self._loaded.grid(sticky="ew")

    def show_loaded(self, loaded: "Loaded") -> None:
        """Show that a file was loaded."""
        self._loaded.configure(text=loaded_text(loaded))
