"""The hold panel: the requests that wait, and the buttons that let them in."""

import tkinter
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import TYPE_CHECKING

from gui.text import clock
from gui.windows.keys import RETURN_KEYS
from gui.windows.style import space
from gui.windows.table import Table

if TYPE_CHECKING:
    from gui.hold import Held


class HoldPanel(Table):
    """A table of the requests that are held, the oldest first.

    Parameters:
        names: the username of each peer that has one, by its address; others may change it.
        let_in: lets in the request of the peer at an address.
    """

    def __init__(
        self, parent: tkinter.Misc, names: Mapping[str, str], let_in: Callable[[str], None]
    ) -> None:
        super().__init__(parent, "Held", ("client", "request", "since"))
        self._names = names
        self._let_in = let_in
        self._waiting: list[str] = []
        buttons = ttk.Frame(self)
        buttons.grid(row=0, sticky="e")
        # Tab goes from top to bottom.
        buttons.lower()
        self.next = ttk.Button(buttons, text="Next", command=self._let_next_in)
        self.let_in = ttk.Button(buttons, text="Let in", command=self._let_selected_in)
        for column, button in enumerate((self.next, self.let_in)):
            button.configure(style="Small.TButton", width=0, state="disabled")
            button.grid(row=0, column=column)
            space(button, padx=(0.5, 0), pady=(0, 0.5))
        self.tree.bind("<<TreeviewSelect>>", lambda _: self._offer())
        for key in RETURN_KEYS:
            self.tree.bind(key, lambda _: self._let_selected_in())

    def show(self, held: "Held") -> None:
        """Show a request that is held, or no longer."""
        if held.is_held:
            self._waiting.append(held.peer)
            name = self._names.get(held.peer)
            who = f"{name} ({held.peer})" if name else held.peer
            what = " ".join([held.request.type, *vars(held.request).values()])
            self.update_rows({held.peer: (who, what, clock(int(held.time)))})
        else:
            self._waiting.remove(held.peer)
            self.update_rows({held.peer: None})
        self._offer()

    def _offer(self) -> None:
        """Let only those buttons be pressed that do something."""
        self.next.state(["!disabled" if self._waiting else "disabled"])
        self.let_in.state(["!disabled" if self.selected() else "disabled"])

    def _let_next_in(self) -> None:
        self._let_in(self._waiting[0])

    def _let_selected_in(self) -> None:
        for peer in self.selected():
            self._let_in(peer)
