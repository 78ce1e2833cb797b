"""The server's window: what it listens on, the two dictionaries live, the log."""

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import Mailbox
from gui.dictionaries import DictionaryChanged
from gui.hold import Held
from gui.text import clock
from gui.tutor.assignment import FUNCTIONS
from gui.tutor.explanations import Explanation
from gui.tutor.loaded import Loaded
from gui.tutor.problem import Problem
from gui.tutor.progress import Portions, State
from protocol import Login, Message, Register, RequestRegistry, encode
from tests.conftest import click, commands, log, press, until, until_visible, visible, widgets
from tests.gui.test_hold import holding_server

if TYPE_CHECKING:
    import tkinter

    from gui.windows.server_window import ServerWindow

CROWD = {f"10.0.0.1:{n}": f"u{n}" for n in range(1000)}


class Hold:
    """A hold without a server: it notes what it is told."""

    def __init__(self) -> None:
        self.told: list[bool | str] = []

    def switch(self, is_on: bool) -> None:
        """Be switched on or off."""
        self.told.append(is_on)

    def let_in(self, peer: str) -> None:
        """Be told whose request to let in."""
        self.told.append(peer)


@pytest.fixture
def hold() -> Hold:
    """Give the hold that the window commands."""
    return Hold()


@pytest.fixture
def window(window: "ServerWindow", hold: Hold) -> "ServerWindow":
    """Open the window of a server, which commands that hold."""
    window.hold = hold
    return window


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
    mailbox.log("←", "127.0.0.1:1", encode(Login("ada")))
    until(root, lambda: '← 127.0.0.1:1 {"type": "login"' in log(root).get("1.0", "end"))


def test_everything_grows_with_the_window(root: "tkinter.Tk", window: "ServerWindow") -> None:
    width, height = root.winfo_width(), root.winfo_height()
    left, right = trees(root)
    widths = left.winfo_width() + right.winfo_width()
    root.geometry(f"{width + 100}x{height + 100}")
    until(root, lambda: left.winfo_width() + right.winfo_width() == widths + 100)
    assert left.winfo_rooty() == right.winfo_rooty()


# --- hold -------------------------------------------------------------------------------


def held(port: int, request: Message, is_held: bool = True) -> Held:
    """Return what is told of a request that is held since long ago."""
    return Held(0, f"127.0.0.1:{port}", request, is_held)


def switch_on(root: "tkinter.Tk", window: "ServerWindow") -> None:
    """Switch the hold on by keyboard."""
    window.switch.focus_force()
    press(root, "space")
    until_visible(root, "Held (0)")


def test_hold_is_off_at_first_and_switched_by_keyboard(
    root: "tkinter.Tk", window: "ServerWindow", hold: Hold
) -> None:
    assert not visible(root, "Held")
    assert not visible(root, "Next")
    switch_on(root, window)
    assert hold.told == [True]
    assert window.hold_panel.next.instate(["disabled"])
    press(root, "Return")
    until(root, lambda: not visible(root, "Held"))
    assert hold.told == [True, False]


def test_what_is_held_is_listed_with_who_asks_for_what_and_since_when(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    from gui.text import clock

    switch_on(root, window)
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:2": "grace"}))
    for event in (held(1, Register("ada")), held(2, RequestRegistry())):
        mailbox.post(event)
    until_visible(root, "Held (2)")
    assert rows(window.hold_panel.tree) == [
        ("127.0.0.1:1", "register ada", clock(0)),
        ("grace (127.0.0.1:2)", "request_registry", clock(0)),
    ]
    mailbox.post(held(1, Register("ada"), is_held=False))
    until_visible(root, "Held (1)")
    assert rows(window.hold_panel.tree) == [("grace (127.0.0.1:2)", "request_registry", clock(0))]


def test_next_lets_in_the_oldest_however_the_list_is_sorted(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox, hold: Hold
) -> None:
    switch_on(root, window)
    for port in (2, 1):
        mailbox.post(held(port, Register("ada")))
    until_visible(root, "Held (2)")
    window.hold_panel.sort(0)
    press(root, "Tab")
    until(root, lambda: root.focus_get() is window.hold_panel.next)
    press(root, "Return")
    mailbox.post(held(2, Register("ada"), is_held=False))
    until_visible(root, "Held (1)")
    press(root, "space")
    mailbox.post(held(1, Register("ada"), is_held=False))
    until_visible(root, "Held (0)")
    press(root, "space")
    assert hold.told == [True, "127.0.0.1:2", "127.0.0.1:1"]


@pytest.mark.parametrize("on_the_button", [False, True])
def test_a_request_that_is_chosen_is_let_in_by_keyboard(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox, hold: Hold, on_the_button: bool
) -> None:
    switch_on(root, window)
    for port in (1, 2, 3):
        mailbox.post(held(port, Register("ada")))
    until_visible(root, "Held (3)")
    press(root, "Tab", "Tab")
    # The keyboard is in the list: a button that does nothing yet is passed over.
    assert root.focus_get() is window.hold_panel.tree
    press(root, "Down")
    if on_the_button:
        press(root, "Shift-Tab")
        assert root.focus_get() is window.hold_panel.let_in
    press(root, "Return")
    assert hold.told == [True, "127.0.0.1:2"]
    mailbox.post(held(2, Register("ada"), is_held=False))
    until_visible(root, "Held (2)")
    assert window.hold_panel.let_in.instate(["disabled"])
    window.hold_panel.tree.focus_force()
    press(root, "space", "Return")
    assert hold.told == [True, "127.0.0.1:2", "127.0.0.1:1"]


def test_of_two_real_clients_that_want_one_name_the_window_chooses_who_gets_it(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    with holding_server() as server:
        window.hold = server.hold
        switch_on(root, window)
        peers = [server.hold_request("register", username="ada") for _ in range(2)]
        for peer in peers:
            mailbox.post(Held(0, server.running.key(peer), Register("ada"), True))
        until_visible(root, "Held (2)")
        press(root, "Tab", "Tab", "Down", "Return")
        assert peers[1].read_message()["type"] == "registration_successful"
        window.switch.focus_force()
        press(root, "space")
        assert peers[0].read_message()["type"] == "registration_failed"


def test_held_requests_and_what_lets_them_in_are_within_reach_in_the_smallest_window(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    switch_on(root, window)
    mailbox.post(held(1, Register("ada")))
    until_visible(root, "Held (1)")
    width, height = root.minsize()
    root.geometry(f"{width}x{height}")
    until(root, lambda: (root.winfo_width(), root.winfo_height()) == (width, height))
    panel = window.hold_panel
    for widget in (window.switch, panel.next, panel.let_in):
        assert widget.winfo_width() >= widget.winfo_reqwidth()
        assert widget.winfo_rootx() + widget.winfo_width() <= root.winfo_rootx() + width
    assert panel.winfo_height() >= panel.winfo_reqheight()


def test_start_over_is_a_button_that_the_keyboard_reaches(
    root: "tkinter.Tk", window: "ServerWindow"
) -> None:
    pressed: list[bool] = []
    window.start_over = lambda: pressed.append(True)
    window.fresh.focus_force()
    press(root, "Return")
    click(window.fresh)
    press(root, "Tab")
    assert root.focus_get() is window.switch
    assert pressed == [True, True]


# --- the portions -----------------------------------------------------------------------

PROBLEM = Problem(
    Explanation("registered() hands nothing back.", "Which keyword gives a value back?"),
    "server_logic.py",
    "registered",
    34,
)
STATES = {
    "registered": State.WRONG,
    "username_exists": State.RIGHT,
    "register_user": State.NOT_FILLED_IN,
}


def test_it_tells_what_was_loaded_and_what_became_of_each_portion(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    mailbox.post(Loaded("server_logic.py", 0, remark="More."))
    mailbox.post(Portions(STATES, {}))
    until_visible(root, "✓ did what its docstring says: username_exists.")
    assert visible(root, f"server_logic.py was loaded at {clock(0)}. More.")
    assert visible(root, "– not filled in: register_user.")
    assert visible(root, "✗ has a problem:")
    assert visible(root, "registered")
    assert not visible(root, "not yet called")
    mailbox.post(Portions(dict.fromkeys(STATES, State.NOT_CALLED), {}))
    until_visible(root, "• filled in, not yet called: registered, username_exists, register_user.")
    assert not visible(root, "has a problem")


def test_the_button_of_a_portion_shows_its_problem_even_one_that_was_cleared(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    mailbox.post(PROBLEM)
    mailbox.post(Portions(STATES, {"registered": PROBLEM}))
    until_visible(root, "✗ has a problem:")
    assert window.problems is not None
    window.problems.clear()
    window.portions.buttons["registered"].focus_force()
    press(root, "Return")
    assert root.focus_get() is window.problems.text
    assert window.problems.text.get("1.0", "1.end") == PROBLEM.explanation.title


def test_a_problem_goes_when_its_function_changed_and_the_keyboard_stays_where_it_is(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    mailbox.post(PROBLEM)
    mailbox.post(replace(PROBLEM, function="logged_in", line=90))
    until_visible(root, "Problems (2)")
    window.switch.focus_force()
    mailbox.post(Loaded("server_logic.py", 0, frozenset(["logged_in"])))
    until(root, lambda: root.title() == "Server: 1 problem")
    mailbox.post(Loaded("server_logic.py", 0, frozenset(["registered"])))
    until(root, lambda: root.title() == "Server")
    assert root.focus_get() is window.switch


def test_coming_back_to_the_window_looks_whether_the_file_was_saved(
    root: "tkinter.Tk", window: "ServerWindow"
) -> None:
    looks: list[bool] = []
    window.look = lambda: looks.append(True)
    root.event_generate("<FocusIn>")
    until(root, lambda: bool(looks))


def test_in_a_narrow_window_the_portions_take_more_lines(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    names = [function.name for function in FUNCTIONS]
    mailbox.post(Portions(dict.fromkeys(names, State.WRONG), {}))
    until_visible(root, "✗ has a problem:")
    root.geometry(f"{root.minsize()[0]}x{root.winfo_height()}")
    buttons = list(window.portions.buttons.values())
    right = root.winfo_rootx() + root.minsize()[0]
    until(root, lambda: all(b.winfo_rootx() + b.winfo_width() <= right for b in buttons))

    def lower_ends() -> list[int]:
        return [button.winfo_rooty() + button.winfo_height() for button in buttons]

    until(root, lambda: window.parts.winfo_rooty() >= max(lower_ends()))
    height = buttons[0].winfo_height()
    press(root, *["Control-plus"] * 4)
    until(root, lambda: buttons[0].winfo_height() > height)
    until(root, lambda: not [pair for pair in combinations(buttons, 2) if overlap(*pair)])
    until(root, lambda: window.parts.winfo_rooty() >= max(lower_ends()))


def overlap(first: Any, second: Any) -> bool:
    """Tell whether two widgets lie on each other."""
    return bool(
        first.winfo_x() < second.winfo_x() + second.winfo_width()
        and second.winfo_x() < first.winfo_x() + first.winfo_width()
        and first.winfo_y() < second.winfo_y() + second.winfo_height()
        and second.winfo_y() < first.winfo_y() + first.winfo_height()
    )


def test_tab_reaches_a_portion_after_what_is_above_it_and_goes_on_when_its_problem_goes(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    mailbox.post(Portions(STATES, {"registered": PROBLEM}))
    until_visible(root, "✗ has a problem:")
    window.switch.focus_force()
    press(root, "Tab")
    assert root.focus_get() is window.portions.buttons["registered"]
    mailbox.post(Portions(dict.fromkeys(STATES, State.RIGHT), {}))
    until(root, lambda: not window.portions.buttons)
    until(root, lambda: root.focus_get() not in (None, root))
    assert root.focus_get() is not window.switch
