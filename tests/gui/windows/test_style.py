"""The look: everything can be read, and everything follows the font."""

from tkinter import ttk
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import Mailbox
from gui.dictionaries import DictionaryChanged
from tests.conftest import press, until, until_visible, widgets
from tests.gui.windows.test_problems_panel import FAILED, PROBLEM

if TYPE_CHECKING:
    import tkinter

    from gui.windows.server_window import ServerWindow

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
LABELS = ["TLabel", "Heading.TLabel", "Success.TLabel", "Failure.TLabel", "Faint.TLabel"]
# Each kind of text in the style of a widget: the options of its colour and of its ground.
STYLES = [
    *((label, "foreground", "background") for label in (*LABELS, "Tooltip.TLabel")),
    ("TButton", "foreground", "background"),
    ("TEntry", "foreground", "fieldbackground"),
    ("TEntry", "selectforeground", "selectbackground"),
    ("Treeview", "foreground", "background"),
    ("Treeview.Heading", "foreground", "background"),
]
STATES: list[list[str]] = [[], ["active"], ["disabled"], ["focus"], ["pressed"], ["selected"]]


def luminance(root: "tkinter.Misc", colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [part / 65535 for part in root.winfo_rgb(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(root: "tkinter.Misc", text: str, ground: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(root, text), luminance(root, ground)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("state", STATES, ids="".join)
@pytest.mark.parametrize(("style", "text", "ground"), STYLES)
def test_every_text_can_be_read_on_its_ground(
    root: "tkinter.Tk", style: str, text: str, ground: str, state: list[str]
) -> None:
    if root.tk.call("tk", "windowingsystem") != "x11":
        pytest.skip("elsewhere the colours are those of the system's own look")
    look = ttk.Style(root)
    colours = (str(look.lookup(style, option, state)) for option in (text, ground))
    assert contrast(root, *colours) >= READABLE


def test_every_part_of_a_text_can_be_read_on_each_of_its_grounds(
    root: "tkinter.Tk", mailbox: Mailbox
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    mailbox.post(PROBLEM)
    mailbox.post(FAILED)
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada"}))
    until_visible(root, "Problems (2)")
    texts: list[Any] = [widget for widget in widgets(root) if widget.winfo_class() == "Text"]
    assert len(texts) == 2
    for text in texts:
        colours = {str(text.cget("foreground"))}
        colours |= {str(text.tag_cget(tag, "foreground")) for tag in text.tag_names()} - {""}
        # What is selected has a colour of its own.
        ground = str(text.cget("background"))
        assert all(contrast(root, colour, ground) >= READABLE for colour in colours)
        selected = (text.cget("selectforeground"), text.cget("selectbackground"))
        assert contrast(root, *map(str, selected)) >= READABLE
    tree: Any = window.tables["users"].tree
    changed = str(tree.tag_configure("changed", "background"))
    in_table = str(ttk.Style(root).lookup("Treeview", "foreground"))
    assert contrast(root, in_table, changed) >= READABLE
    window.close()


# --- larger and smaller -----------------------------------------------------------------


@pytest.fixture
def window(root: "tkinter.Tk", mailbox: Mailbox) -> Any:
    """Open the window of a server, in which something has the keyboard."""
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    window.messages.log.text.focus_force()
    until(root, root.focus_get)
    yield window
    window.close()


def sizes(root: "tkinter.Tk", window: "ServerWindow") -> list[int]:
    """Return sizes of all kinds: of fonts, rows, scrollbars, distances, the smallest window."""
    from gui.windows.style import digit_width

    style = ttk.Style(root)
    return [
        digit_width(),
        int(style.lookup("Treeview", "rowheight")),
        int(style.lookup("TScrollbar", "arrowsize")),
        int(style.lookup("Sash", "sashthickness")),
        int(window.messages.log.text.cget("padx")),
        window.parts.winfo_x(),
        root.minsize()[0],
    ]


@pytest.mark.parametrize(
    "keys", [("plus", "minus"), ("equal", "minus"), ("KP_Add", "KP_Subtract")], ids="-".join
)
def test_everything_grows_and_shrinks_together(
    root: "tkinter.Tk", window: "ServerWindow", keys: tuple[str, str]
) -> None:
    before = sizes(root, window)
    press(root, *[f"Control-{keys[0]}"] * 4)
    until(
        root, lambda: all(now > was for now, was in zip(sizes(root, window), before, strict=True))
    )
    press(root, *[f"Control-{keys[1]}"] * 4)
    until(root, lambda: sizes(root, window) == before)


def test_0_makes_everything_as_it_was(root: "tkinter.Tk", window: "ServerWindow") -> None:
    before = sizes(root, window)
    press(root, *["Control-plus"] * 3, "Control-0")
    until(root, lambda: sizes(root, window) == before)


def test_nothing_grows_or_shrinks_without_end(root: "tkinter.Tk", window: "ServerWindow") -> None:
    before = sizes(root, window)
    press(root, *["Control-minus"] * 50)
    assert all(size > 0 for size in sizes(root, window))
    press(root, "Control-plus")
    assert sizes(root, window)[0] <= before[0]
    press(root, "Control-0")
    until(root, lambda: sizes(root, window) == before)
