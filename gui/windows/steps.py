"""The three steps of a client: the username, a button for each step, and how it ended."""

import tkinter
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from gui.client_state import THREE_STEPS, ClientState, Link, Outcome, Step
from gui.windows.style import pixels, show_if, space
from gui.windows.wrapping_label import WrappingLabel

# As wide as the longest of the three: no button moves when another appears.
BUTTON_CHARACTERS = len("Request registry")
FIELD_CHARACTERS = 24
# Beside its button an outcome needs so much room; where there is less, it is below.
OUTCOME_UNITS = 18


class OutcomeLabel(WrappingLabel):
    """Tells what becomes of a step; it is hidden while there is nothing to tell."""

    def say(self, sentence: str, style: str = "TLabel") -> None:
        """Tell something."""
        self.configure(text=sentence, style=style)
        self.show()

    def tell(self, outcome: Outcome | None) -> None:
        """Tell how the step ended, if it did."""
        if outcome is None:
            self.say("")
        else:
            self.say(outcome.sentence, f"{'Success' if outcome.succeeded else 'Failure'}.TLabel")

    def show(self) -> None:
        """Be there if there is something to tell."""
        show_if(bool(self.cget("text")), self)


class Steps(ttk.Frame):
    """Offers each step that can be taken, and has room to tell how each ended.

    Parameters:
        take: takes a step.
        username: what stands in the field at first.
    """

    def __init__(self, parent: tkinter.Misc, take: Callable[[Step], None], username: str) -> None:
        super().__init__(parent)
        self._label = ttk.Label(self, text="Username")
        self._label.grid(row=0, column=0)
        self.username = ttk.Entry(self, width=FIELD_CHARACTERS)
        self.username.insert(0, username)
        self.username.grid(row=0, column=1, sticky="ew")
        space(self.username, padx=1)
        self.buttons: dict[Step, ttk.Button] = {}
        self.outcomes: dict[Step, OutcomeLabel] = {}
        for step in THREE_STEPS:
            name = step.name.replace("_", " ").capitalize()
            command = partial(take, step)
            button = ttk.Button(self, text=name, command=command, width=BUTTON_CHARACTERS)
            button.grid(row=2 * step, column=2)
            space(button, pady=0.25)
            show_if(step is Step.REGISTER, button)
            self.buttons[step] = button
            self.outcomes[step] = OutcomeLabel(self)
            space(self.outcomes[step], padx=(1, 0))
        self._is_narrow = True
        self._place_outcomes()
        self.bind("<Configure>", self._arrange)

    def _arrange(self, _: object) -> None:
        field, button = self.username, self.buttons[Step.REGISTER]
        beside = self._label.winfo_reqwidth() + field.winfo_reqwidth() + button.winfo_reqwidth()
        is_narrow = self.winfo_width() < beside + pixels(OUTCOME_UNITS)
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._place_outcomes()

    def _place_outcomes(self) -> None:
        """Put each outcome beside its button if it has room there, else below it."""
        is_narrow = self._is_narrow
        self.columnconfigure(1, weight=int(is_narrow))
        self.columnconfigure(3, weight=int(not is_narrow))
        for step, outcome in self.outcomes.items():
            if is_narrow:
                outcome.grid(row=2 * step + 1, column=0, columnspan=3, sticky="ew")
                outcome.configure(anchor="e", justify="right")
            else:
                outcome.grid(row=2 * step, column=3, columnspan=1, sticky="ew")
                outcome.configure(anchor="w", justify="left")
            outcome.show()

    def show(self, state: ClientState) -> None:
        """Show which steps can be taken."""
        possible = "disabled" if state.link is Link.CLOSED else "normal"
        self.username.configure(state=possible)
        for step, button in self.buttons.items():
            button.configure(state=possible)
            show_if(step <= state.offered, button)
