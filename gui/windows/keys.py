"""The keys: those that do the same everywhere, and how something is done in answer to one."""

import tkinter
from collections.abc import Callable
from typing import Any

RETURN_KEYS = ("<Return>", "<KP_Enter>")


def without_event(action: Callable[[], object], _: object) -> None:
    """Do something in answer to an event, whatever the event says."""
    action()


def stop_at(action: Callable[[], object], _: object) -> str:
    """Do something in answer to a key, and let the window do nothing more for it."""
    action()
    return "break"


def invoke(event: "tkinter.Event[Any]") -> str:
    """Press the button that has the keyboard; Return does nothing else then."""
    event.widget.invoke()
    return "break"


def select_all(event: "tkinter.Event[Any]") -> str:
    """Select all that stands in a field."""
    event.widget.select_range(0, "end")
    event.widget.icursor("end")
    return "break"
