"""The diagram in a window: from an arrow to its line and its problem, by mouse and by keyboard."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from gui.bridge import LogLine, Mailbox
from gui.dictionaries import DictionaryChanged
from gui.hold import Held
from gui.tutor.explanations import Explanation
from gui.tutor.problem import Problem
from protocol import Register, RegistrationSuccessful, encode
from tests.conftest import click, press, timers, until, until_visible, visible
from tests.gui.test_diagram import ADA, GRACE, SOURCE, START, call

if TYPE_CHECKING:
    import tkinter

    from gui.windows.diagram_canvas import DiagramCanvas
    from gui.windows.server_window import ServerWindow

PROBLEM = Problem(Explanation("It is wrong.", "Mend it."), "server_logic.py", client=ADA)
REGISTERED = encode(RegistrationSuccessful("ada"))


def answer(mailbox: Mailbox, key: str = ADA, name: str = "ada") -> None:
    """Leave in the mailbox what is told of a client that registers."""
    sending = "await server.registration_successful(username)"
    numbers = [n for n, text in enumerate(SOURCE.lines, 1) if text.strip() == sending]
    answering = call(key, numbers[0])
    mailbox.log("←", key, encode(Register(name)))
    mailbox.note(answering)
    mailbox.post(DictionaryChanged("users", {key: name}))
    mailbox.log("→", key, encode(RegistrationSuccessful(name)))
    mailbox.note(answering)


def diagram(root: "tkinter.Tk", window: "ServerWindow") -> "DiagramCanvas":
    """Choose the diagram by keyboard, and return it, once it is drawn."""
    window.messages.focus_set()
    press(root, "Right")
    until(root, lambda: window.messages.canvas and drawn(window.messages.canvas))
    assert window.messages.canvas is not None
    return window.messages.canvas


def drawn(canvas: "DiagramCanvas") -> list[str]:
    """Return the texts that the canvas shows."""
    shown = canvas.canvas
    texts = [item for item in shown.find_all() if str(shown.type(item)) == "text"]
    return [shown.itemcget(item, "text") for item in texts]


def click_on(canvas: "DiagramCanvas", label: str) -> None:
    """Click on the arrow below a label."""
    shown = canvas.canvas
    for item in shown.find_all():
        if str(shown.type(item)) == "text" and shown.itemcget(item, "text") == label:
            x, y = shown.coords(item)
            click(shown, round(x), round(y))
            return
    pytest.fail(f"there is no {label!r}: {drawn(canvas)}")


def told(canvas: "DiagramCanvas") -> str:
    """Return what is told of the message that is open."""
    return canvas.text.get("1.0", "end") if canvas.text.winfo_viewable() else ""


def test_a_click_on_an_arrow_shows_the_line_that_sent_it(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    answer(mailbox)
    canvas = diagram(root, window)
    until(root, lambda: "registration_successful ada" in drawn(canvas))
    assert {"Server", "ada", "register_client()", "users + ada"} <= set(drawn(canvas))
    click_on(canvas, "registration_successful ada")
    until(root, lambda: "in register_client:" in told(canvas))
    assert '{"type": "registration_successful", "username": "ada"}' in told(canvas)
    assert "await server.registration_successful(username)" in told(canvas)
    click(visible(root, "Show whole"))
    assert '  "username": "ada"' in told(canvas)


def test_the_keyboard_goes_from_message_to_message_and_opens_one(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    answer(mailbox)
    answer(mailbox, GRACE, "grace")
    canvas = diagram(root, window)
    canvas.canvas.focus_set()
    press(root, "Up", "Up", "Up", "Return")
    until(root, lambda: told(canvas).startswith("registration_successful ada"))
    press(root, "Home")
    until(root, lambda: told(canvas).startswith("register ada"))
    press(root, "End")
    until(root, lambda: told(canvas).startswith("registration_successful grace"))
    press(root, "Escape")
    until(root, lambda: told(canvas) == "")


def test_it_follows_the_newest_unless_scrolled_up(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    for number in range(40):
        answer(mailbox, f"10.0.0.1:{number}", f"u{number}")
    canvas = diagram(root, window)
    until(root, lambda: "registration_successful u39" in drawn(canvas))
    canvas.canvas.focus_set()
    press(root, "Up", "Home")
    until(root, lambda: "register u0" in drawn(canvas))
    answer(mailbox, GRACE, "grace")
    until(root, lambda: visible(root, "users (41)") and "register u0" in drawn(canvas))
    assert "registration_successful grace" not in drawn(canvas)
    press(root, "End")
    until(root, lambda: "registration_successful grace" in drawn(canvas))


def test_the_tooltip_tells_of_the_row_that_is_drawn_under_the_pointer(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(mailbox)
    canvas = diagram(root, window)
    until(root, lambda: "register ada" in drawn(canvas))
    offered: list[str] = []
    monkeypatch.setattr(canvas._tooltip, "offer", offered.append)
    monkeypatch.setattr(canvas._drawing, "cut", {0: ["all of it"]})
    first_y = math.ceil(canvas.sizes.header) + int(canvas.canvas.cget("highlightthickness"))
    for y in (first_y - 1, first_y):
        canvas.canvas.event_generate("<Motion>", x=1, y=y)
    root.update()
    assert offered == ["", "all of it"]


def test_what_came_while_it_was_out_of_sight_is_drawn_when_it_is_seen_again(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    canvas = diagram(root, window)
    window.find()
    answer(mailbox)
    until_visible(root, "users (1)")
    assert "register ada" not in drawn(canvas)
    diagram(root, window)
    until(root, lambda: "register ada" in drawn(canvas))


def test_a_problem_leads_to_its_arrow_and_back(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    answer(mailbox)
    mailbox.post(PROBLEM)
    until_visible(root, "Problem")
    panel = window.problems
    assert panel is not None
    panel.text.focus_set()
    press(root, "Return")
    until(root, lambda: window.messages.canvas and told(window.messages.canvas))
    canvas = window.messages.canvas
    assert canvas is not None
    assert told(canvas).startswith("register ada")
    click(visible(root, "Show problem"))
    until(root, lambda: root.focus_lastfor() is panel.text)


def test_a_held_request_is_let_in(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    let_in: list[str] = []
    window.messages.let_in = let_in.append
    mailbox.log("←", ADA, encode(Register("ada")))
    mailbox.post(Held(START, ADA, Register("ada"), True))
    canvas = diagram(root, window)
    until(root, lambda: "register ada, held" in drawn(canvas))
    click_on(canvas, "register ada, held")
    click(until_visible(root, "Let in"))
    assert let_in == [ADA]


def test_the_picture_is_saved_and_copied(
    root: "tkinter.Tk",
    window: "ServerWindow",
    mailbox: Mailbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer(mailbox)
    diagram(root, window)
    click(until_visible(root, "Save picture"))
    [path] = tmp_path.iterdir()
    until_visible(root, str(path))
    assert "registration_successful ada" in ElementTree.parse(path).getroot().itertext()
    click(until_visible(root, "Copy"))
    assert root.clipboard_get().startswith("sequenceDiagram\n")


def test_a_picture_that_cannot_be_saved_is_told(
    root: "tkinter.Tk",
    window: "ServerWindow",
    mailbox: Mailbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(mailbox)
    diagram(root, window)
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "gone")
    click(until_visible(root, "Save picture"))
    until_visible(root, "The picture was not saved:")


def test_idle_it_sets_no_timer(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    answer(mailbox)
    canvas = diagram(root, window)
    until(root, lambda: "registration_successful ada" in drawn(canvas))
    # What changed in a dictionary is marked for a while.
    until(root, lambda: timers(root) == [])
    assert canvas.diagram.first == 0


def test_30_lanes_are_scrolled_while_the_servers_stays(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    for number in range(30):
        answer(mailbox, f"10.0.0.1:{number}", f"u{number}")
    canvas = diagram(root, window)
    until(root, lambda: "Server" in drawn(canvas) and "u0" in drawn(canvas))
    assert "u29" not in drawn(canvas)
    canvas.canvas.focus_set()
    press(root, *["Right"] * 30)
    until(root, lambda: "u29" in drawn(canvas))
    assert "Server" in drawn(canvas)
    assert "u0" not in drawn(canvas)


def test_a_flood_is_drawn_in_sight_only(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    canvas = diagram(root, window)
    events: list[Any] = [
        LogLine(START, "→", ADA, REGISTERED),
        LogLine(START, "←", ADA, encode(Register("ada"))),
    ]
    for _ in range(1000):
        window.messages.take(events)
    until(root, lambda: "registration_successful ada" in drawn(canvas))
    assert len(canvas.diagram.rows) == 500
    assert len(canvas.canvas.find_all()) < 200
