"""Which file of students' code is in force, and what is known of its portions."""

import tkinter
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from gui.text import loaded_text
from gui.windows.flow import Flow
from gui.windows.style import show_if
from gui.windows.wrapping_label import WrappingLabel

if TYPE_CHECKING:
    from gui.tutor.loaded import Loaded
    from gui.tutor.problem import Problem
    from gui.tutor.progress import Portions, State


class PortionsView(ttk.Frame):
    """Tells which file was loaded, and when; and of each portion what became of it.

    Parameters:
        show_problem: shows the problem of a portion that has one.

    Attributes:
        buttons: of each portion that has a problem, what shows it.
    """

    def __init__(self, parent: tkinter.Misc, show_problem: "Callable[[Problem], None]") -> None:
        super().__init__(parent)
        self._show_problem = show_problem
        self._problems: Mapping[str, Problem] = {}
        self._labels: dict[State, WrappingLabel] = {}
        self.buttons: dict[str, ttk.Button] = {}
        self.columnconfigure(0, weight=1)
        self._loaded = WrappingLabel(self, style="Faint.TLabel")
        self._loaded.grid(sticky="ew")
        self._wrong = Flow(self)
        self._wrong.grid(row=1, sticky="ew")
        self._wrong.grid_remove()
        self._has_problem = ttk.Label(self._wrong, style="Failure.TLabel")

    def show_loaded(self, loaded: "Loaded") -> None:
        """Show that a file was loaded."""
        self._loaded.configure(text=loaded_text(loaded))

    def show_portions(self, portions: "Portions") -> None:
        """Show what is known of the portions; each that has a problem is a button."""
        # Here, not above: the window is drawn before it needs this.
        from gui.tutor.progress import State

        self._problems = portions.problems
        for state in State:
            if state is State.WRONG:
                self._show_wrong(f"{state.text}:", portions.named(state))
                continue
            if state not in self._labels:
                label = WrappingLabel(
                    self, style="Success.TLabel" if state is State.RIGHT else "TLabel"
                )
                label.grid(row=2 + len(self._labels), sticky="ew")
                self._labels[state] = label
            self._labels[state].configure(text=portions.text(state))
            show_if(bool(portions.named(state)), self._labels[state])

    def _show_wrong(self, text: str, names: list[str]) -> None:
        """Show which portions have a problem."""
        self._has_problem.configure(text=text)
        for name in self.buttons.keys() - names:
            button = self.buttons.pop(name)
            if self.focus_lastfor() is button and (following := button.tk_focusNext()):
                # The keyboard must be somewhere.
                following.focus_set()
            button.destroy()
        for name in names:
            if name not in self.buttons:
                show = partial(self._show, name)
                button = ttk.Button(self._wrong, text=name, style="Small.TButton", command=show)
                button.configure(width=0)
                self.buttons[name] = button
        show_if(bool(names), self._wrong)
        self._wrong.lay_out()

    def _show(self, name: str) -> None:
        self._show_problem(self._problems[name])
