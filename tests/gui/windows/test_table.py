"""The table: it is brought up to date row by row."""

from typing import TYPE_CHECKING

import pytest

from tests.conftest import commands, until, visible

if TYPE_CHECKING:
    import tkinter

    from gui.windows.table import Table

CROWD = {f"10.0.0.1:{n}": (f"10.0.0.1:{n}", f"u{n}") for n in range(1000)}
CHANGES = {"insert", "item", "set", "delete", "detach", "move", "reattach"}


@pytest.fixture
def table(root: "tkinter.Tk") -> "Table":
    """Show a table."""
    from gui.windows.table import Table

    root.rowconfigure(0, weight=1)
    root.columnconfigure(0, weight=1)
    table = Table(root, "users", ("key", "username"))
    table.grid(sticky="nsew")
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
