"""The viewport: its content is never smaller than it may be, and all of it can be reached."""

from tkinter import ttk
from typing import TYPE_CHECKING

import pytest

from tests.conftest import press, until, widgets

if TYPE_CHECKING:
    import tkinter

    from gui.windows.viewport import Viewport

LEAST_WIDTH, LEAST_HEIGHT = 300, 400


@pytest.fixture
def viewport(root: "tkinter.Tk") -> "Viewport":
    """Show a viewport with a button at the top of its content, and one at its bottom."""
    from gui.windows.viewport import Viewport

    root.minsize(1, 1)
    root.rowconfigure(0, weight=1)
    root.columnconfigure(0, weight=1)
    viewport = Viewport(root, lambda: (LEAST_WIDTH, LEAST_HEIGHT))
    viewport.grid(sticky="nsew")
    viewport.content.rowconfigure(1, weight=1)
    for row, name in ((0, "first"), (2, "last")):
        ttk.Button(viewport.content, text=name).grid(row=row, column=0)
    return viewport


def resize(root: "tkinter.Tk", viewport: "Viewport", width: int, height: int) -> None:
    """Give the window a size, and wait until the viewport has it."""
    root.geometry(f"{width}x{height}")
    until(root, lambda: (viewport.winfo_width(), viewport.winfo_height()) == (width, height))


def scrollbars(root: "tkinter.Tk") -> set[str]:
    """Return which scrollbars can be seen."""
    found = (widget for widget in widgets(root) if isinstance(widget, ttk.Scrollbar))
    return {str(scrollbar.cget("orient")) for scrollbar in found}


def test_the_content_is_as_large_as_the_viewport(root: "tkinter.Tk", viewport: "Viewport") -> None:
    resize(root, viewport, 500, 600)
    until(root, lambda: viewport.content.winfo_width() == 500)
    assert viewport.content.winfo_height() == 600
    assert scrollbars(root) == set()


@pytest.mark.parametrize(
    ("width", "height", "needed"),
    [
        (500, 200, {"vertical"}),
        (200, 600, {"horizontal"}),
        (200, 200, {"vertical", "horizontal"}),
        # One takes the room that makes the other necessary.
        (LEAST_WIDTH + 3, LEAST_HEIGHT - 1, {"vertical", "horizontal"}),
    ],
)
def test_where_it_has_no_room_it_scrolls(
    root: "tkinter.Tk", viewport: "Viewport", width: int, height: int, needed: set[str]
) -> None:
    resize(root, viewport, width, height)
    until(root, lambda: scrollbars(root) == needed)
    assert viewport.content.winfo_width() >= LEAST_WIDTH
    assert viewport.content.winfo_height() >= LEAST_HEIGHT
    resize(root, viewport, 500, 600)
    until(root, lambda: scrollbars(root) == set())


def test_what_has_the_keyboard_is_in_sight(root: "tkinter.Tk", viewport: "Viewport") -> None:
    resize(root, viewport, 500, 150)
    until(root, lambda: scrollbars(root) == {"vertical"})
    first, last = viewport.content.winfo_children()
    first.focus_force()
    until(root, root.focus_get)
    for button in (last, first):
        press(root, "Tab")
        assert root.focus_get() is button
        top = button.winfo_rooty() - root.winfo_rooty()
        assert top >= 0
        assert top + button.winfo_height() <= root.winfo_height()
