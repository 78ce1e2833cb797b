"""The table: it is brought up to date row by row."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import click, commands, press, until, visible

if TYPE_CHECKING:
    import tkinter

    from gui.windows.table import Table

CROWD = {f"10.0.0.1:{n}": (f"10.0.0.1:{n}", f"u{n}") for n in range(1000)}
CHANGES = {"insert", "item", "set", "delete", "detach", "move", "reattach"}


@pytest.fixture
def table(root: "tkinter.Tk") -> "Table":
    """Show a table."""
    from tkinter import ttk

    from gui.windows.table import Table

    root.rowconfigure(0, weight=1)
    root.columnconfigure(0, weight=1)
    table = Table(root, "users", ("key", "username"))
    table.grid(sticky="nsew")
    # As in the programs, a label shows the font: Tk would make it anew for each text it measures.
    ttk.Label(root, text="font").grid(row=1)
    root.geometry("400x300")
    root.deiconify()
    until(root, lambda: table.tree.winfo_height() > 100)
    return table


def rows(table: "Table") -> list[tuple[str, ...]]:
    """Return the rows that the table holds, from top to bottom."""
    tree = table.tree
    return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]


def test_rows_stand_in_the_order_in_which_they_came(table: "Table") -> None:
    table.update_rows({"b": ("b", "grace"), "a": ("a", "ada")})
    table.update_rows({"c": ("c", "alan")})
    assert rows(table) == [("b", "grace"), ("a", "ada"), ("c", "alan")]


def test_a_changed_row_stays_in_its_place(table: "Table") -> None:
    table.update_rows({"a": ("a", "ada"), "b": ("b", "grace")})
    items = table.tree.get_children()
    table.update_rows({"a": ("a", "alan")})
    assert rows(table) == [("a", "alan"), ("b", "grace")]
    assert table.tree.get_children() == items


def test_a_row_goes_and_can_come_back(table: "Table") -> None:
    table.update_rows({"a": ("a", "ada"), "b": ("b", "grace")})
    table.update_rows({"a": None})
    assert rows(table) == [("b", "grace")]
    table.update_rows({"a": ("a", "ada")})
    assert rows(table) == [("b", "grace"), ("a", "ada")]


def test_the_title_counts_the_rows(root: "tkinter.Tk", table: "Table") -> None:
    assert visible(root, "users (0)")
    table.update_rows(CROWD)
    assert visible(root, "users (1000)")
    table.update_rows({"10.0.0.1:7": None})
    assert visible(root, "users (999)")


def test_one_change_among_1000_rows_touches_one_row(table: "Table") -> None:
    table.update_rows(CROWD)
    with commands(table.tree) as told:
        table.update_rows({"10.0.0.1:7": ("10.0.0.1:7", "ada")})
        table.update_rows({"10.0.0.1:8": None})
    assert len([command for command in told if command[0] in CHANGES]) == 2
    assert rows(table)[7] == ("10.0.0.1:7", "ada")
    table.sort(1)
    with commands(table.tree) as told:
        table.update_rows({"10.0.0.1:7": ("10.0.0.1:7", "z"), "10.0.0.1:9": None})
    told_of_rows = [command[0] for command in told if command[0] in {*CHANGES, "children"}]
    assert told_of_rows == ["item", "move", "delete"]
    assert rows(table)[-1] == ("10.0.0.1:7", "z")


def test_showing_other_rows_touches_those_that_differ(table: "Table") -> None:
    table.show_rows(CROWD)
    items = table.tree.get_children()
    others = {**CROWD, "10.0.0.1:7": ("10.0.0.1:7", "ada"), "b": ("b", "grace")}
    del others["10.0.0.1:999"]
    with commands(table.tree) as told:
        table.show_rows(others)
    assert len([command for command in told if command[0] in CHANGES]) == 3
    assert rows(table) == list(others.values())
    assert table.tree.get_children()[:999] == items[:999]


def test_a_change_leaves_the_selection_and_the_place_where_one_reads(
    root: "tkinter.Tk", table: "Table"
) -> None:
    table.update_rows(CROWD)
    chosen = table.tree.get_children()[500]
    table.tree.selection_set(chosen)
    table.tree.see(chosen)
    root.update()
    top = table.tree.identify_row(table.tree.winfo_height() // 2)
    table.update_rows({"10.0.0.1:7": ("10.0.0.1:7", "ada"), "b": ("b", "grace")})
    root.update()
    assert table.tree.selection() == (chosen,)
    assert table.tree.identify_row(table.tree.winfo_height() // 2) == top


@pytest.mark.parametrize("key", ["", " ", "I001", "{", "-open", "[exit]", "a b"])
def test_any_text_can_be_a_key(table: "Table", key: str) -> None:
    table.update_rows({key: (key, "ada")})
    table.update_rows({key: (key, "grace")})
    assert rows(table) == [(key, "grace")]
    table.update_rows({key: None})
    assert rows(table) == []


# --- sorted -----------------------------------------------------------------------------


def heading(table: "Table", column: int) -> Any:
    """Return where the heading of a column can be clicked on."""
    widths = [int(table.tree.column(str(number), "width")) for number in range(column)]
    return {"x": sum(widths) + 10, "y": 8}


def test_a_click_on_a_heading_sorts_then_the_other_way_round_then_no_longer(table: "Table") -> None:
    came = [("10.0.0.1:10", "Grace"), ("10.0.0.1:9", "ada"), ("10.0.0.1:100", "alan")]
    table.update_rows({key: (key, name) for key, name in came})
    click(table.tree, **heading(table, 0))
    assert [key for key, _ in rows(table)] == ["10.0.0.1:9", "10.0.0.1:10", "10.0.0.1:100"]
    assert table.tree.heading("0", "text") == "key ▲"
    click(table.tree, **heading(table, 0))
    assert [key for key, _ in rows(table)] == ["10.0.0.1:100", "10.0.0.1:10", "10.0.0.1:9"]
    assert table.tree.heading("0", "text") == "key ▼"
    click(table.tree, **heading(table, 0))
    assert rows(table) == came
    assert table.tree.heading("0", "text") == "key"


def test_keys_sort_as_clicks_do(root: "tkinter.Tk", table: "Table") -> None:
    table.update_rows({"a": ("a", "grace"), "b": ("b", "Ada")})
    table.tree.focus_force()
    press(root, "2")
    assert [name for _, name in rows(table)] == ["Ada", "grace"]
    assert table.tree.heading("1", "text") == "username ▲"


@given(
    names=st.lists(st.text("aB19é", max_size=4), max_size=12),
    later=st.lists(st.tuples(st.integers(0, 15), st.none() | st.text("aB19é", max_size=4))),
    presses=st.integers(1, 2),
)
@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_changes_in_a_sorted_table_stands_where_it_belongs(
    table: "Table", names: list[str], later: list[tuple[int, str | None]], presses: int
) -> None:
    from gui.windows.table import natural_order

    table.show_rows({})
    while table.tree.heading("1", "text") != "username":
        table.sort(1)
    table.update_rows({str(number): (str(number), name) for number, name in enumerate(names)})
    for _ in range(presses):
        table.sort(1)
    known = {str(number) for number in range(len(names))}
    for number, name in later:
        key = str(number)
        if name is not None:
            known.add(key)
            table.update_rows({key: (key, name)})
        elif key in known:
            known.discard(key)
            table.update_rows({key: None})
    shown = [natural_order(name) for _, name in rows(table)]
    assert shown == sorted(shown, reverse=presses == 2)
    assert {key for key, _ in rows(table)} == known


# --- in sight ---------------------------------------------------------------------------


def is_in_sight(table: "Table", key: str) -> bool:
    """Tell whether a row can be seen."""
    return bool(table.tree.bbox(f"row {key}"))


def test_newcomers_are_in_sight_among_1000_rows(root: "tkinter.Tk", table: "Table") -> None:
    table.update_rows(CROWD)
    root.update()
    assert is_in_sight(table, "10.0.0.1:999")
    table.update_rows({"b": ("b", "grace")})
    root.update()
    assert is_in_sight(table, "b")
    height = table.tree.winfo_height()
    root.geometry("400x600")
    until(root, lambda: table.tree.winfo_height() > height)
    height = table.tree.winfo_height()
    root.geometry("400x400")
    until(root, lambda: table.tree.winfo_height() < height)
    assert is_in_sight(table, "b")


@pytest.mark.parametrize("presses", ["1", "11", "111"])
def test_newcomers_are_in_sight_however_the_table_is_sorted(
    root: "tkinter.Tk", table: "Table", presses: str
) -> None:
    table.update_rows(CROWD)
    table.tree.focus_force()
    press(root, *presses)
    for key in ("10.0.0.1:5005", "9.0.0.1:1", "11.0.0.1:1", "10.0.0.1:500#2"):
        table.update_rows({key: (key, "grace")})
        root.update()
        assert is_in_sight(table, key)
    # What changes elsewhere leads nobody away.
    table.update_rows({"10.0.0.1:1": ("10.0.0.1:1", "ada")})
    root.update()
    assert is_in_sight(table, "10.0.0.1:500#2")


@pytest.mark.parametrize("presses", ["", "2"])
def test_whoever_has_scrolled_away_is_left_there(
    root: "tkinter.Tk", table: "Table", presses: str
) -> None:
    table.update_rows(CROWD)
    table.tree.focus_force()
    press(root, *presses, "Home", "Prior")
    table.tree.selection_set()
    until(root, lambda: is_in_sight(table, "10.0.0.1:0"))
    table.update_rows({"b": ("b", "v")})
    root.update()
    assert is_in_sight(table, "10.0.0.1:0")
    press(root, "End")
    table.tree.selection_set()
    table.update_rows({"c": ("c", "w")})
    root.update()
    assert is_in_sight(table, "c")


def test_what_changed_is_marked_for_a_moment(
    root: "tkinter.Tk", table: "Table", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.windows.table.CHANGED_SECONDS", 0.3)
    table.update_rows({"a": ("a", "ada"), "b": ("b", "grace")})
    until(root, lambda: not table.tree.tag_has("changed"))
    assert root.tk.call("after", "info") == ""
    table.update_rows({"a": ("a", "alan")})
    assert table.tree.tag_has("changed") == ("row a",)
    until(root, lambda: not table.tree.tag_has("changed"))
    assert rows(table) == [("a", "alan"), ("b", "grace")]
