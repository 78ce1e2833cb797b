"""The client's window: the three steps by keyboard and mouse, the registry, the focus."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from gui import client_state as states
from gui.bridge import Mailbox
from gui.client_state import ClientState, Step
from gui.program import PYTHON
from protocol import (
    Error,
    Login,
    LoginFailed,
    LoginSuccessful,
    Message,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
)
from tests.conftest import (
    click,
    commands,
    log,
    press,
    timers,
    until,
    until_visible,
    visible,
    widgets,
)

if TYPE_CHECKING:
    import tkinter

    from gui.windows.client_window import ClientWindow

pytestmark = pytest.mark.usefixtures("window")

SERVER = "127.0.0.1:8888"
REGISTER = (Step.REGISTER, "ada")
LOGIN = (Step.LOGIN, "ada")
REQUEST_REGISTRY = (Step.REQUEST_REGISTRY, "ada")
BUTTONS = {REGISTER: "Register", LOGIN: "Login", REQUEST_REGISTRY: "Request registry"}

ADA = RegisteredClient("ada", "127.0.0.1:1", True)
GRACE = RegisteredClient("grace", "127.0.0.1:2", True)
ALAN = RegisteredClient("alan", "127.0.0.1:3", False)


class Client:
    """A client without a network: the test says what becomes of it, the window shows it.

    `submitted` holds what the window has commanded and the test has not yet looked at.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self.submitted: list[tuple[Step, str] | str] = []
        self._mailbox = mailbox
        self._state = states.connecting(SERVER)

    def show(self, state: ClientState) -> None:
        """Be in a state."""
        self._state = state
        self._mailbox.post(state)

    def connect(self) -> None:
        """Be told to connect again."""
        self.submitted.append("connect")

    def take_step(self, step: Step, username: str) -> None:
        """Be told to take a step."""
        self.submitted.append((step, username))

    def find(self) -> None:
        """Find a server."""
        self.show(states.connected(SERVER))

    def lose(self, farewell: Error | None = None) -> None:
        """Lose the server, which may have said why."""
        self.show(states.lost(self._state, SERVER, farewell))

    def begin(self, command: tuple[Step, str]) -> None:
        """Begin what the window has commanded, which must be this and nothing else."""
        assert self.submitted == [command]
        self.submitted.clear()
        self.show(states.taking(self._state, command[0]))

    def is_shown(self) -> bool:
        """Tell whether the window has taken what became of the client."""
        return not self._mailbox._events

    def answer(self, *replies: Message) -> None:
        """Get answers from the server."""
        for reply in replies:
            self.show(states.answered(self._state, reply))


@pytest.fixture
def client(mailbox: Mailbox) -> Client:
    """Give the client that the window shows."""
    return Client(mailbox)


@pytest.fixture
def window(
    request: pytest.FixtureRequest, root: "tkinter.Tk", mailbox: Mailbox, client: Client
) -> Iterator["ClientWindow"]:
    """Open the window of a client that is connected; a parameter is a name to start with."""
    from gui.windows.client_window import ClientWindow

    window = ClientWindow(root, mailbox, getattr(request, "param", ""))
    window.commands = client
    client.find()
    until_visible(root, f"Connected to {SERVER}.")
    yield window
    window.close()


@pytest.fixture
def registered(root: "tkinter.Tk", client: Client, window: "ClientWindow") -> None:
    """Have ada registered, by keyboard."""
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "'ada' is registered.")


@pytest.fixture
def logged_in(root: "tkinter.Tk", client: Client, registered: None) -> None:
    """Have ada logged in, by keyboard."""
    press(root, "Return")
    client.begin(LOGIN)
    client.answer(LoginSuccessful("ada"))
    until_visible(root, "'ada' is logged in.")


def rows(root: "tkinter.Tk") -> dict[str, tuple[str, ...]]:
    """Return the rows of the table, by the names under which the tree knows them."""
    tree = table(root)
    return {item: tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()}


def table(root: "tkinter.Tk") -> Any:
    """Return the tree in which the registry is shown."""
    return next(widget for widget in widgets(root) if widget.winfo_class() == "Treeview")


def request_registry(root: "tkinter.Tk", client: Client, *entries: RegisteredClient) -> None:
    """Request the registry by mouse, answer it, and wait for the answer to be shown."""
    click(visible(root, "Request registry"))
    client.begin(REQUEST_REGISTRY)
    client.answer(Registry(entries))
    until_visible(root, "The registry lists")


# --- the three steps --------------------------------------------------------------------


def test_the_keyboard_is_in_the_username_field_at_first(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada")
    assert visible(root, "Register")
    assert root.focus_get().get() == "ada"  # type: ignore[union-attr]  # an entry has text


def test_what_is_typed_is_trimmed(root: "tkinter.Tk", client: Client) -> None:
    press(root, "space", *"ada", "space", "space", "Return")
    assert client.submitted == [REGISTER]


def test_a_space_within_a_name_stays(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "space", *"l", "Return")
    assert client.submitted == [(Step.REGISTER, "ada l")]


@pytest.mark.parametrize("key", ["Return", "KP_Enter"])
def test_return_in_the_field_does_the_step_at_hand(
    root: "tkinter.Tk", client: Client, key: str
) -> None:
    press(root, *"ada")
    field = root.focus_get()
    assert field is not None
    for command, reply, sentence in (
        (REGISTER, RegistrationSuccessful("ada"), "'ada' is registered."),
        (LOGIN, LoginSuccessful("ada"), "'ada' is logged in."),
        (REQUEST_REGISTRY, Registry((ADA,)), "The registry lists 1 client."),
    ):
        field.focus_set()
        press(root, key)
        client.begin(command)
        client.answer(reply)
        until_visible(root, sentence)


@pytest.mark.parametrize("how", ["Return", "KP_Enter", "space", "click"])
def test_a_button_does_its_step(root: "tkinter.Tk", client: Client, how: str) -> None:
    press(root, *"ada")
    for command, reply in (
        (REGISTER, RegistrationSuccessful("ada")),
        (LOGIN, LoginSuccessful("ada")),
        (REQUEST_REGISTRY, RequestDenied()),
    ):
        button = until_visible(root, BUTTONS[command])
        if how == "click":
            click(button)
        else:
            button.focus_set()
            press(root, how)
        until(root, lambda: client.submitted)
        client.begin(command)
        client.answer(reply)
    until_visible(root, "Denied")


def test_each_step_appears_after_the_success_of_the_one_before(
    root: "tkinter.Tk", client: Client
) -> None:
    assert not visible(root, "Login")
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    client.answer(RegistrationFailed("ada"))
    until_visible(root, "'ada' is taken")
    assert not visible(root, "Login")

    press(root, "Return")
    client.begin(REGISTER)
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "Login")
    assert not visible(root, "Request registry")

    press(root, "Return")
    client.begin(LOGIN)
    client.answer(LoginFailed("ada"))
    until_visible(root, "'ada' was refused")
    assert not visible(root, "Request registry")

    press(root, "Return")
    client.begin(LOGIN)
    client.answer(LoginSuccessful("ada"))
    until_visible(root, "Request registry")


def test_the_title_has_the_name_once_it_is_registered(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    assert root.title() == "Client"
    client.answer(RegistrationSuccessful("ada"))
    until(root, lambda: root.title() == "Client: ada")


def test_a_refusal_stands_beside_its_button(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    client.answer(RegistrationFailed("ada"))
    sentence = "'ada' is taken: a name stays taken until the server restarts."
    until_visible(root, sentence)
    button, refusal = visible(root, "Register"), visible(root, sentence)
    middle = refusal.winfo_rooty() + refusal.winfo_height() // 2
    assert refusal.winfo_rootx() >= button.winfo_rootx() + button.winfo_width()
    assert button.winfo_rooty() <= middle <= button.winfo_rooty() + button.winfo_height()


def test_nothing_is_submitted_while_an_answer_is_awaited(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    press(root, "Return")
    client.begin(REQUEST_REGISTRY)
    until(root, client.is_shown)
    for button in BUTTONS.values():
        click(visible(root, button))
        visible(root, button).focus_set()
        press(root, "Return", "KP_Enter")
    assert client.submitted == []

    client.answer(RequestDenied())
    until_visible(root, "Denied")
    click(visible(root, "Request registry"))
    assert client.submitted == [REQUEST_REGISTRY]


def test_a_long_answer_is_told_whole_within_the_window(root: "tkinter.Tk", client: Client) -> None:
    width, name = root.winfo_width(), "m" * 32
    press(root, *name, "Return")
    client.begin((Step.REGISTER, name))
    client.answer(RegistrationFailed(name))
    sentence = f"'{name}' is taken: a name stays taken until the server restarts."
    until_visible(root, sentence)
    root.update()
    label = visible(root, sentence)
    assert root.winfo_width() == width
    assert label.winfo_width() <= width
    assert label.winfo_height() >= label.winfo_reqheight()
    assert label.winfo_reqwidth() <= label.winfo_width()


# --- waiting ----------------------------------------------------------------------------


def test_waiting_is_told_after_a_second_and_until_the_answer(
    root: "tkinter.Tk", client: Client
) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    until_visible(root, "Waiting for the server's answer: 1 s.")
    until_visible(root, "Waiting for the server's answer: 2 s.")
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "'ada' is registered.")
    assert not visible(root, "Waiting")
    assert timers(root) == []


def test_waiting_ends_when_the_server_goes(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    until_visible(root, "Waiting for the server's answer: 1 s.")
    client.lose()
    until_visible(root, "The server went away before it answered.")
    assert timers(root) == []


# --- the registry -----------------------------------------------------------------------


def test_the_answer_fills_the_table(root: "tkinter.Tk", client: Client, logged_in: None) -> None:
    request_registry(root, client, ADA, ALAN)
    assert [table(root).heading(column, "text") for column in table(root)["columns"]] == [
        "username",
        "address",
        "logged in",
    ]
    assert list(rows(root).values()) == [
        ("ada", "127.0.0.1:1", "yes"),
        ("alan", "127.0.0.1:3", "no"),
    ]
    assert visible(root, "Registry (2)")


def test_a_later_answer_touches_only_what_differs(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    crowd = [RegisteredClient(f"u{n}", f"10.0.0.1:{n}", True) for n in range(1000)]
    request_registry(root, client, ADA, ALAN, *crowd)
    before = rows(root)
    with commands(table(root)) as told:
        request_registry(root, client, ADA, RegisteredClient("alan", ALAN.address, True), *crowd)
        request_registry(root, client, ADA, ALAN, *crowd, GRACE)
        until_visible(root, "Registry (1003)")
    after = rows(root)
    first, second, *_, last = after.values()
    assert first == ("ada", "127.0.0.1:1", "yes")
    assert second == ("alan", "127.0.0.1:3", "no")
    assert last == ("grace", "127.0.0.1:2", "yes")
    assert list(after)[:-1] == list(before)
    changes = [command[0] for command in told if command[0] in {"insert", "item", "delete", "set"}]
    assert len(changes) == 3


def test_a_new_connection_starts_without_a_table(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    request_registry(root, client, ADA)
    client.lose()
    client.find()
    until(root, lambda: not visible(root, "Registry"))


def test_a_name_in_any_script_is_shown_as_it_is(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    names = ["Жанна", "李雷", "{ada} [exit]", '$x "\\', "👩🏽‍💻"[0]]
    entries = [RegisteredClient(name, f"10.0.0.1:{n}", True) for n, name in enumerate(names)]
    request_registry(root, client, *entries)
    assert [row[0] for row in rows(root).values()] == names


# --- the connection ---------------------------------------------------------------------


@pytest.mark.parametrize("how", ["Return", "KP_Enter", "click"])
def test_a_step_that_is_asked_for_while_connecting_is_taken_once_connected(
    root: "tkinter.Tk", client: Client, how: str
) -> None:
    client.show(states.connecting(SERVER))
    until_visible(root, f"Connecting to {SERVER}")
    press(root, *"ada")
    if how == "click":
        click(visible(root, "Register"))
    else:
        press(root, how)
    assert client.submitted == []
    assert not visible(root, "Connect again")

    client.find()
    until(root, lambda: client.submitted)
    client.begin(REGISTER)
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "'ada' is registered.")
    assert client.submitted == []


def test_a_name_can_be_typed_on_while_the_connection_comes_about(
    root: "tkinter.Tk", client: Client
) -> None:
    client.show(states.connecting(SERVER))
    until_visible(root, f"Connecting to {SERVER}")
    press(root, *"a")
    client.find()
    until_visible(root, f"Connected to {SERVER}.")
    press(root, *"da", "Return")
    assert client.submitted == [REGISTER]


def test_a_step_that_found_no_server_is_not_taken_with_a_later_one(
    root: "tkinter.Tk", client: Client
) -> None:
    client.show(states.connecting(SERVER))
    until_visible(root, f"Connecting to {SERVER}")
    press(root, *"ada", "Return")
    client.show(states.refused(SERVER, "nothing listens there"))
    until_visible(root, "Connect again")
    client.find()
    until_visible(root, f"Connected to {SERVER}.")
    assert client.submitted == []
    press(root, "Return")
    assert client.submitted == [REGISTER]


def test_no_server_is_told_with_how_to_start_one(root: "tkinter.Tk", client: Client) -> None:
    client.show(states.refused("127.0.0.1:9999", "nothing listens there"))
    until_visible(root, "No server answers at 127.0.0.1:9999")
    assert visible(root, f"{PYTHON} server.py --port 9999")
    assert visible(root, "Connect again")


@pytest.mark.parametrize("how", ["Return", "KP_Enter", "click"])
def test_connect_again_has_the_keyboard_and_connects(
    root: "tkinter.Tk", client: Client, registered: None, how: str
) -> None:
    client.lose()
    until_visible(root, "Connect again")
    assert visible(root, "a new connection is a new client.")
    if how == "click":
        click(visible(root, "Connect again"))
    else:
        press(root, how)
    assert client.submitted == ["connect"]

    client.find()
    until(root, lambda: not visible(root, "Connect again"))
    assert root.title() == "Client"
    assert not visible(root, "Login")
    client.submitted.clear()
    press(root, "Return")
    assert client.submitted == [REGISTER]


def test_what_the_server_says_unasked_is_told_when_it_goes(
    root: "tkinter.Tk", client: Client
) -> None:
    client.lose(Error("The server is full. Try again later."))
    until_visible(root, "The server is full.")


# --- the focus --------------------------------------------------------------------------


def test_return_alone_leads_through_the_three_steps(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada")
    for command, reply in (
        (REGISTER, RegistrationSuccessful("ada")),
        (LOGIN, LoginSuccessful("ada")),
        (REQUEST_REGISTRY, Registry((ADA,))),
    ):
        press(root, "Return")
        client.begin(command)
        client.answer(reply)
        until(root, client.is_shown)
    until_visible(root, "The registry lists 1 client.")


def test_the_keyboard_goes_on_to_the_next_step(
    root: "tkinter.Tk", client: Client, registered: None
) -> None:
    assert root.focus_lastfor() is visible(root, "Login")


def test_the_keyboard_stays_where_a_refused_name_can_be_typed_again(
    root: "tkinter.Tk", client: Client
) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    client.answer(RegistrationFailed("ada"))
    until_visible(root, "'ada' is taken")
    press(root, "2", "Return")
    assert client.submitted == [(Step.REGISTER, "ada2")]


def test_the_keyboard_stays_in_the_log_whatever_happens(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    click(log(root))
    assert root.focus_lastfor() is log(root)
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "Login")
    assert root.focus_lastfor() is log(root)
    client.lose()
    until_visible(root, "Connect again")
    assert root.focus_lastfor() is log(root)
    client.find()
    until(root, lambda: not visible(root, "Connect again"))
    assert root.focus_lastfor() is log(root)


def test_tab_reaches_everything(root: "tkinter.Tk", client: Client, logged_in: None) -> None:
    request_registry(root, client, ADA)
    reached: list[Any] = []
    while (here := root.focus_lastfor()) not in reached:
        reached.append(here)
        press(root, "Tab")
    assert {
        str(widget.cget("text")) for widget in reached if widget.winfo_class() == "TButton"
    } >= {
        "Register",
        "Login",
        "Request registry",
    }
    assert {"TEntry", "Treeview", "Text"} <= {widget.winfo_class() for widget in reached}


def test_tab_reaches_connect_again(root: "tkinter.Tk", client: Client) -> None:
    client.lose()
    until_visible(root, "Connect again")
    click(log(root))
    reached: list[Any] = []
    while (here := root.focus_lastfor()) not in reached:
        reached.append(here)
        press(root, "Tab")
    assert visible(root, "Connect again") in reached


# --- the look ---------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["ada"], indirect=True)
def test_what_the_command_line_names_stands_in_the_field(
    root: "tkinter.Tk", client: Client
) -> None:
    press(root, "Return")
    assert client.submitted == [REGISTER]


def test_everything_grows_with_the_window(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    request_registry(root, client, ADA)
    width, height = root.winfo_width(), root.winfo_height()
    parts = (table(root), log(root))
    widths = [part.winfo_width() for part in parts]
    heights = sum(part.winfo_height() for part in parts)
    root.geometry(f"{width + 100}x{height + 100}")
    until(root, lambda: root.winfo_width() == width + 100)
    until(root, lambda: [part.winfo_width() - 100 for part in parts] == widths)
    until(root, lambda: sum(part.winfo_height() for part in parts) == heights + 100)


def test_messages_are_shown_in_the_log(
    root: "tkinter.Tk", client: Client, mailbox: Mailbox
) -> None:
    from protocol import encode

    mailbox.log("→", SERVER, encode(Login("ada")))
    until(root, lambda: '→ 127.0.0.1:8888 {"type": "login"' in log(root).get("1.0", "end"))


# --- what was before ----------------------------------------------------------------------


def test_there_is_no_table_before_the_registry_was_asked_for(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    assert not visible(root, "Registry (")
    assert not [widget for widget in widgets(root) if widget.winfo_class() == "Treeview"]


def test_the_registry_says_of_when_it_is(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    request_registry(root, client, ADA)
    title = str(visible(root, "Registry (").cget("text"))
    assert re.fullmatch(r"Registry \(1\), as of \d\d:\d\d:\d\d", title)


def test_nothing_of_a_lost_connection_stays(
    root: "tkinter.Tk", client: Client, logged_in: None
) -> None:
    request_registry(root, client, ADA, GRACE)
    client.lose()
    until_visible(root, "Connect again")
    assert root.title() == "Client"
    for gone in ("is registered", "is logged in", "The registry lists", "Registry ("):
        assert not visible(root, gone)


def test_connecting_is_told_with_for_how_long(root: "tkinter.Tk", client: Client) -> None:
    client.show(states.connecting(SERVER))
    until_visible(root, f"Connecting to {SERVER} … 1 s")
    until_visible(root, f"Connecting to {SERVER} … 2 s")
    client.find()
    until_visible(root, f"Connected to {SERVER}.")
    assert timers(root) == []


def test_a_step_that_waits_for_the_connection_says_so(root: "tkinter.Tk", client: Client) -> None:
    client.show(states.connecting(SERVER))
    until_visible(root, f"Connecting to {SERVER}")
    press(root, *"ada", "Return")
    assert visible(root, "Waiting for the connection.")


def test_a_press_that_comes_too_early_is_answered(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"ada", "Return")
    client.begin(REGISTER)
    until(root, client.is_shown)
    press(root, "Return")
    assert client.submitted == []
    assert visible(root, "Waiting for the server's answer: 0 s.")


# --- the keyboard ---------------------------------------------------------------------------


def test_return_does_the_step_at_hand_wherever_the_keyboard_is(
    root: "tkinter.Tk", client: Client, registered: None
) -> None:
    log(root).focus_set()
    press(root, "Return")
    assert client.submitted == [LOGIN]


def test_return_in_the_log_connects_again(root: "tkinter.Tk", client: Client) -> None:
    log(root).focus_set()
    client.lose()
    until_visible(root, "Connect again")
    press(root, "Return")
    assert client.submitted == ["connect"]


def test_return_on_another_button_presses_that(
    root: "tkinter.Tk", client: Client, mailbox: Mailbox
) -> None:
    mailbox.log("→", SERVER, b"{}")
    until(root, lambda: log(root).get("1.0", "end-1c"))
    visible(root, "Clear").focus_set()
    press(root, "Return")
    assert client.submitted == []
    assert log(root).get("1.0", "end-1c") == ""


def test_return_in_the_search_searches(root: "tkinter.Tk", client: Client) -> None:
    press(root, "Control-f", *"login", "Return")
    assert client.submitted == []
    assert visible(root, "not found")
    press(root, "Escape", "Return")
    assert client.submitted == [(Step.REGISTER, "")]


def test_control_a_selects_all_that_stands_in_the_field(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"grace", "Control-a", *"ada", "Return")
    assert client.submitted == [REGISTER]


def test_tab_goes_from_top_to_bottom_and_back(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", logged_in: None, mailbox: Mailbox
) -> None:
    from tests.gui.windows.test_problems_panel import FAILED, PROBLEM

    request_registry(root, client, ADA)
    mailbox.post(PROBLEM)
    mailbox.post(FAILED)
    until_visible(root, "Problems (2)")
    root.geometry(f"{root.winfo_width()}x1000")
    root.update()
    window.steps.username.focus_set()
    for key in ("Tab", "Shift-Tab"):
        reached: list[Any] = []
        while (here := root.focus_lastfor()) not in reached:
            assert here is not None
            reached.append(here)
            press(root, key)
        if key == "Shift-Tab":
            reached.reverse()
        # Once, at the bottom, it begins again at the top.
        following = zip(reached, [*reached[1:], reached[0]], strict=True)
        backwards = [pair for pair in following if not is_read_after(*pair)]
        assert len(backwards) == 1, backwards


def is_read_after(before: "tkinter.Misc", widget: "tkinter.Misc") -> bool:
    """Tell whether a widget lies below another, or in one row with it and further right."""
    if widget.winfo_rooty() >= before.winfo_rooty() + before.winfo_height():
        return True
    is_above = widget.winfo_rooty() + widget.winfo_height() <= before.winfo_rooty()
    return not is_above and widget.winfo_rootx() > before.winfo_rootx()


@pytest.mark.parametrize("key", ["Control-w", "Control-q", "Control-W", "Control-Q"])
def test_a_key_ends_the_program(root: "tkinter.Tk", client: Client, key: str) -> None:
    press(root, *"a")
    ended: list[bool] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(root, "quit", lambda: ended.append(True))
        press(root, key)
        until(root, lambda: ended)


def test_f1_opens_a_help_and_escape_closes_it(root: "tkinter.Tk", client: Client) -> None:
    press(root, *"a", "F1")
    until(root, lambda: [w for w in widgets(root) if w.winfo_class() == "Toplevel"])
    (help_window,) = [w for w in widgets(root) if w.winfo_class() == "Toplevel"]
    (text,) = [w for w in widgets(help_window) if w.winfo_class() == "Text"]
    told = text.get("1.0", "end")  # type: ignore[attr-defined]  # a text gives text
    assert "Ctrl+F\tfind a text" in told
    assert "Return\tdo the step at hand" in told
    assert not root.grab_current()
    visible(help_window, "Close").focus_force()
    press(root, "Escape")
    assert not [w for w in widgets(root) if w.winfo_class() == "Toplevel"]


# --- narrow -----------------------------------------------------------------------------------


def assert_nothing_is_cut(root: "tkinter.Tk") -> None:
    """Fail if a label or a button has less room than its text needs, or is out of reach."""
    for widget in widgets(root):
        if widget.winfo_class() in ("TLabel", "TButton"):
            text = str(widget.cget("text"))
            # A label that wraps asks for what its longest line takes.
            assert widget.winfo_width() >= widget.winfo_reqwidth(), text
            assert widget.winfo_height() >= widget.winfo_reqheight(), text
            right = widget.winfo_rootx() + widget.winfo_width()
            assert right <= root.winfo_rootx() + root.winfo_width(), text


@pytest.mark.parametrize("units", [46, 50, 62, 84, 200])
def test_at_no_width_is_anything_cut(
    root: "tkinter.Tk", client: Client, logged_in: None, units: int
) -> None:
    from gui.windows.style import pixels

    request_registry(root, client, ADA)
    press(root, "Return")
    client.begin(REQUEST_REGISTRY)
    client.answer(RequestDenied())
    until_visible(root, "Denied")
    width = max(pixels(units), root.minsize()[0])
    root.geometry(f"{width}x{pixels(60)}")
    until(root, lambda: root.winfo_width() == width)
    until(root, lambda: timers(root) == [])
    assert_nothing_is_cut(root)
    button, refusal = visible(root, "Request registry"), visible(root, "Denied")
    if units < 60:
        assert refusal.winfo_rooty() >= button.winfo_rooty() + button.winfo_height()
    if units > 80:
        assert refusal.winfo_rootx() >= button.winfo_rootx() + button.winfo_width()


# --- a raw line -------------------------------------------------------------------------

TYPED = (Step.RAW_LINE, "a  ")


@pytest.fixture
def raw(root: "tkinter.Tk", client: Client, window: "ClientWindow") -> None:
    """Open the raw line by keyboard, and type something into it."""
    press(root, "Shift-Tab", "space", "a", "space", "space")


def test_a_raw_line_is_closed_at_first_and_opened_by_keyboard(
    root: "tkinter.Tk", client: Client, window: "ClientWindow"
) -> None:
    assert not visible(root, "Send")
    press(root, *"ada", "Shift-Tab", "Return")
    assert visible(root, "Send")
    assert root.focus_get() is window.raw_line.field
    press(root, "Escape")
    assert not visible(root, "Send")
    press(root, "Tab", "Return")
    assert client.submitted == [REGISTER]


@pytest.mark.parametrize(
    "how", [["Return"], ["KP_Enter"], ["Tab", "Return"], ["Tab", "space"]], ids="-".join
)
def test_a_raw_line_is_sent_as_it_was_typed_and_its_refusal_shown(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", raw: None, how: list[str]
) -> None:
    press(root, *how)
    client.begin(TYPED)
    client.answer(Error("The line is not JSON."))
    refusal = until_visible(root, "The line is not JSON.")
    assert refusal.winfo_rooty() > window.raw_line.field.winfo_rooty()
    assert window.raw_line.field.get() == "a  "


def test_a_raw_line_that_is_a_request_is_answered_beside_the_step(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", raw: None
) -> None:
    press(root, "Return")
    client.begin(TYPED)
    client.answer(RegistrationSuccessful("ada"))
    until_visible(root, "'ada' is registered.")
    until_visible(root, "Login")
    assert root.focus_get() is window.raw_line.field
    assert not visible(window.raw_line, "ada")


def test_while_a_raw_line_waits_for_its_answer_the_seconds_are_told_beside_it(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", raw: None
) -> None:
    press(root, "Return")
    client.begin(TYPED)
    until_visible(window.raw_line, "Waiting for the server's answer: 1 s.")
    press(root, "Return")
    assert client.submitted == []


def test_without_a_server_no_raw_line_can_be_typed_and_return_connects_again(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", raw: None
) -> None:
    client.lose()
    until_visible(root, "Connect again")
    assert window.raw_line.field.instate(["disabled"])
    assert not visible(root, "Raw line")
    press(root, "Return")
    assert client.submitted == ["connect"]
    client.find()
    until_visible(root, "Raw line")
    assert window.raw_line.field.get() == "a  "


def test_a_line_that_was_copied_with_its_end_is_sent_with_one_end(
    root: "tkinter.Tk", client: Client, raw: None
) -> None:
    root.clipboard_clear()
    root.clipboard_append("{}\n")
    press(root, "Control-a", "Control-v", "Return")
    assert client.submitted == [(Step.RAW_LINE, "{}")]


def test_a_refusal_that_ends_the_connection_stays_and_return_connects_again(
    root: "tkinter.Tk", client: Client, window: "ClientWindow", raw: None
) -> None:
    too_long = Error("A line has at most 4096 bytes.")
    press(root, "Return")
    client.begin(TYPED)
    client.answer(too_long)
    client.lose(too_long)
    until_visible(root, f"The server at {SERVER} closed the connection.")
    assert visible(window.raw_line, too_long.reason)
    press(root, "Return")
    assert client.submitted == ["connect"]


def test_in_the_smallest_window_nothing_of_a_raw_line_is_cut(
    root: "tkinter.Tk", client: Client, raw: None
) -> None:
    press(root, "Return")
    client.begin(TYPED)
    client.answer(Error("x" * 20 + " y" * 60))
    until_visible(root, "x y")
    width, height = root.minsize()
    root.geometry(f"{width}x{height}")
    until(root, lambda: (root.winfo_width(), root.winfo_height()) == (width, height))
    until(root, lambda: timers(root) == [])
    assert_nothing_is_cut(root)
