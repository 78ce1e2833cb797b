"""Rows: what has no room is cut, shown whole when pointed at, and copied whole."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import press, until, widgets

pytest.importorskip("tkinter")

from gui.windows.rows import MAX_CHARACTERS, shared

if TYPE_CHECKING:
    import tkinter

    from gui.windows.rows import Rows

LONG = "a name that is much too long for its cell " * 2


@pytest.fixture
def rows(root: "tkinter.Tk") -> "Rows":
    """Show rows of two columns, with room for some twenty letters in each."""
    from gui.windows.rows import Rows

    root.rowconfigure(0, weight=1)
    root.columnconfigure(0, weight=1)
    rows = Rows(root, ("key", "username"), 3)
    rows.grid(sticky="nsew")
    root.geometry("400x300")
    root.deiconify()
    until(root, lambda: rows.winfo_width() > 300)
    return rows


def cells(rows: "Rows", item: str) -> tuple[str, ...]:
    """Return what can be seen of a row."""
    return tuple(map(str, rows.item(item, "values")))


def test_what_has_room_is_shown_whole(root: "tkinter.Tk", rows: "Rows") -> None:
    rows.put("1", ("127.0.0.1:1", "ada"))
    root.update()
    assert cells(rows, "1") == ("127.0.0.1:1", "ada")


def test_what_has_no_room_ends_in_an_ellipsis(root: "tkinter.Tk", rows: "Rows") -> None:
    rows.put("1", ("127.0.0.1:1", LONG))
    until(root, lambda: cells(rows, "1")[1].endswith("…"))
    key, username = cells(rows, "1")
    assert key == "127.0.0.1:1"
    assert LONG.startswith(username[:-1])
    assert len(username) > 10
    root.geometry("1200x300")
    until(root, lambda: cells(rows, "1") == ("127.0.0.1:1", LONG))


def test_the_whole_text_is_shown_under_the_pointer(root: "tkinter.Tk", rows: "Rows") -> None:
    rows.put("1", ("127.0.0.1:1", LONG))
    until(root, lambda: cells(rows, "1")[1].endswith("…"))
    point(rows, "1", 1)
    until(root, lambda: shown_beside(root) == LONG)
    point(rows, "1", 0)
    until(root, lambda: shown_beside(root) == "")


def point(rows: "Rows", item: str, column: int) -> None:
    """Move the pointer onto a cell."""
    box: Any = rows.bbox(item, str(column))
    left, top, width, height = box
    rows.event_generate("<Motion>", x=left + width // 2, y=top + height // 2)


def shown_beside(root: "tkinter.Tk") -> str:
    """Return what a window beside the pointer shows."""
    labels = [widget for widget in widgets(root) if widget.winfo_class() == "TLabel"]
    return "".join(str(label.cget("text")) for label in labels)


def test_rows_are_copied_whole_as_tab_separated_text(root: "tkinter.Tk", rows: "Rows") -> None:
    rows.put("1", ("127.0.0.1:1", LONG))
    rows.put("2", ("127.0.0.1:2", "grace"))
    rows.put("3", ("127.0.0.1:3", "alan"))
    rows.focus_force()
    press(root, "Home", "Down", "Shift-Down", "Control-c")
    assert root.clipboard_get() == "127.0.0.1:2\tgrace\n127.0.0.1:3\talan"
    press(root, "Control-a", "Control-c")
    assert root.clipboard_get().splitlines()[0] == f"127.0.0.1:1\t{LONG}"


def test_the_keyboard_begins_at_the_first_row(root: "tkinter.Tk", rows: "Rows") -> None:
    rows.put("1", ("127.0.0.1:1", "ada"))
    rows.focus_force()
    until(root, lambda: rows.focus() == "1")
    press(root, "space")
    assert rows.selection() == ("1",)


@pytest.mark.parametrize("text", ["a\nb\tc", "x" * 100_000, "\u202e\x1b[2J"])
def test_whatever_students_code_stores_is_one_short_line(rows: "Rows", text: str) -> None:
    rows.put("1", (text, text))
    assert all(cell.isprintable() for cell in rows.texts["1"])
    assert all(len(cell) <= MAX_CHARACTERS + 1 for cell in rows.texts["1"])


@given(
    columns=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=5),
    room=st.integers(0, 2000),
)
def test_room_is_shared_so_that_the_widest_give_way(
    columns: list[tuple[int, int]], room: int
) -> None:
    least = [min(pair) for pair in columns]
    wanted = [max(pair) for pair in columns]
    widths = shared(wanted, least, room)
    assert all(low <= width <= want for low, width, want in zip(least, widths, wanted, strict=True))
    if sum(wanted) <= room:
        assert widths == wanted
    elif sum(least) <= room:
        assert room - len(columns) < sum(widths) <= room
