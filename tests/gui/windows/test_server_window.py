"""The server's window: what it listens on, the two dictionaries live, the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import Mailbox
from gui.dictionaries import DictionaryChanged
from protocol import Login, encode
from tests.conftest import commands, until, until_visible, visible, widgets

if TYPE_CHECKING:
    import tkinter

    from gui.windows.server_window import ServerWindow

CROWD = {f"10.0.0.1:{n}": f"u{n}" for n in range(1000)}


@pytest.fixture
def window(root: "tkinter.Tk", mailbox: Mailbox) -> Iterator["ServerWindow"]:
    """Open the window of a server."""
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    yield window
    window.close()


def trees(root: "tkinter.Tk") -> list[Any]:
    """Return the trees that show `users` and `active_users`, from left to right."""
    found = [widget for widget in widgets(root) if widget.winfo_class() == "Treeview"]
    return sorted(found, key=lambda tree: tree.winfo_rootx())


def rows(tree: Any) -> list[tuple[str, ...]]:
    """Return the rows of a tree, from top to bottom."""
    return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]


def test_it_tells_what_it_listens_on(root: "tkinter.Tk", window: "ServerWindow") -> None:
    assert visible(root, "Listening on 127.0.0.1:8888")


def test_it_tells_how_others_connect_in_as_many_lines_as_it_takes(
    root: "tkinter.Tk", mailbox: Mailbox
) -> None:
    from gui.windows.server_window import ServerWindow

    sentence = "Open to your network: others connect with python3 client.py --host fd00::2."
    window = ServerWindow(root, mailbox, "[::]:8888", sentence)
    label = until_visible(root, sentence)
    heading = visible(root, "Listening on [::]:8888")
    assert label.winfo_rooty() >= heading.winfo_rooty() + heading.winfo_height()
    line_height = label.winfo_height()
    root.geometry(f"{root.minsize()[0]}x{root.winfo_height()}")
    until(root, lambda: label.winfo_height() > line_height)
    assert root.winfo_rootx() + root.winfo_width() >= label.winfo_rootx() + label.winfo_width()
    window.close()


def test_it_invites_nobody_where_nobody_can_come(
    root: "tkinter.Tk", window: "ServerWindow"
) -> None:
    assert visible(root, "Listening on")
    assert not visible(root, "network")


def test_the_two_dictionaries_stand_side_by_side(
    root: "tkinter.Tk", window: "ServerWindow"
) -> None:
    users, active_users = visible(root, "users (0)"), visible(root, "active_users (0)")
    left, right = trees(root)
    assert users.winfo_rootx() == left.winfo_rootx() < active_users.winfo_rootx()
    assert left.winfo_rooty() == right.winfo_rooty()
    assert left.winfo_width() == pytest.approx(right.winfo_width(), rel=0.1)


def test_the_two_dictionaries_are_live(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    users, active_users = trees(root)
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada", "127.0.0.1:2": "grace"}))
    mailbox.post(DictionaryChanged("active_users", {"127.0.0.1:1": "ada"}))
    until(root, lambda: rows(active_users) == [("127.0.0.1:1", "ada")])
    assert rows(users) == [("127.0.0.1:1", "ada"), ("127.0.0.1:2", "grace")]
    mailbox.post(DictionaryChanged("active_users", {"127.0.0.1:1": None}))
    until(root, lambda: rows(active_users) == [])
    assert rows(users) == [("127.0.0.1:1", "ada"), ("127.0.0.1:2", "grace")]


def test_one_change_among_1000_clients_touches_one_row(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    mailbox.post(DictionaryChanged("users", CROWD))
    mailbox.post(DictionaryChanged("active_users", CROWD))
    until_visible(root, "active_users (1000)")
    users, active_users = trees(root)
    with commands(users) as users_told, commands(active_users) as active_users_told:
        mailbox.post(DictionaryChanged("active_users", {"10.0.0.1:7": None}))
        until_visible(root, "active_users (999)")
    assert [command[0] for command in active_users_told].count("delete") == 1
    assert not {"insert", "item", "set"} & {command[0] for command in active_users_told}
    assert not {"insert", "item", "set", "delete"} & {command[0] for command in users_told}


def test_messages_are_shown_in_the_log(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    log: Any = next(widget for widget in widgets(root) if widget.winfo_class() == "Text")
    mailbox.log("←", "127.0.0.1:1", encode(Login("ada")))
    until(root, lambda: '← 127.0.0.1:1 {"type": "login"' in log.get("1.0", "end"))


def test_everything_grows_with_the_window(root: "tkinter.Tk", window: "ServerWindow") -> None:
    width, height = root.winfo_width(), root.winfo_height()
    left, right = trees(root)
    widths = left.winfo_width() + right.winfo_width()
    root.geometry(f"{width + 100}x{height + 100}")
    until(root, lambda: left.winfo_width() + right.winfo_width() == widths + 100)
    assert left.winfo_rooty() == right.winfo_rooty()
