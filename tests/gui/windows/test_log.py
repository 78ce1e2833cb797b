"""The log: what stays in it, where it is scrolled to, what can be copied from it."""

from typing import TYPE_CHECKING

import pytest

from gui.bridge import LogLine
from protocol import Login, encode
from tests.conftest import commands, press, until

if TYPE_CHECKING:
    import tkinter

    from gui.windows.log import Log

PEER = "127.0.0.1:50412"
SECONDS_SINCE_THE_EPOCH = 1_700_000_000.0


@pytest.fixture
def log(root: "tkinter.Tk") -> "Log":
    """Show a log that has room for some ten lines."""
    from gui.windows.log import Log

    root.rowconfigure(0, weight=1)
    root.columnconfigure(0, weight=1)
    log = Log(root, {})
    log.grid(sticky="nsew")
    root.geometry("800x200")
    root.deiconify()
    until(root, lambda: log.text.winfo_height() > 100)
    return log


def line(number: int, arrow: str = "→", text: bytes | None = None) -> LogLine:
    """Return a line of the log that has its number in it."""
    text = encode(Login(f"u{number}")) if text is None else text
    return LogLine(SECONDS_SINCE_THE_EPOCH, arrow, PEER, text)


def shown(log: "Log") -> list[str]:
    """Return the lines that the log holds."""
    return log.text.get("1.0", "end-1c").splitlines()


def name(log: "Log", index: str) -> str:
    """Return the username in the line at an index of the text."""
    return log.text.get(f"{index} linestart", f"{index} lineend").split('"')[-2]


def test_a_line_has_time_arrow_peer_and_message(log: "Log") -> None:
    log.append([line(1), line(2, "←")])
    sent, received = shown(log)
    clock, arrow, peer, message = sent.split(maxsplit=3)
    assert [len(part) for part in clock.split(":")] == [2, 2, 2]
    assert (arrow, peer, message) == ("→", PEER, '{"type": "login", "username": "u1"}')
    assert received.split(maxsplit=3)[1:] == ["←", PEER, '{"type": "login", "username": "u2"}']


def test_a_line_that_is_no_text_is_one_line_all_the_same(log: "Log") -> None:
    log.append([line(1, "←", b"\xff\x00\r\x1b[31m {[$x \xe2\x80\xae\n"), line(2)])
    assert len(shown(log)) == 2
    assert all(text.isprintable() for text in shown(log))


def test_a_batch_is_one_insert(log: "Log") -> None:
    with commands(log.text) as told:
        log.append([line(number) for number in range(100)])
    assert [command[0] for command in told].count("insert") == 1
    assert len(shown(log)) == 100


def test_an_empty_batch_changes_nothing(log: "Log") -> None:
    log.append([line(1)])
    with commands(log.text) as told:
        log.append([])
    assert told == []


@pytest.mark.parametrize("size", [1, 100, 700, 2500])
def test_the_oldest_lines_are_dropped_past_2000(log: "Log", size: int) -> None:
    for first in range(0, 2500, size):
        log.append([line(number) for number in range(first, min(first + size, 2500))])
        assert int(log.text.index("end-1c").split(".")[0]) - 1 <= 2000
    assert len(shown(log)) == 2000
    assert name(log, "1.0") == "u500"
    assert name(log, "end-2l") == "u2499"


def test_it_follows_its_end(root: "tkinter.Tk", log: "Log") -> None:
    for number in range(100):
        log.append([line(number)])
        root.update()
        assert log.text.bbox("end-2c") is not None


def test_it_stays_where_it_was_scrolled_up_to(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(number) for number in range(100)])
    root.update()
    log.text.event_generate("<Button-4>")
    log.text.focus_set()
    press(root, "Prior", "Prior")
    top = name(log, "@0,0")
    assert log.text.bbox("end-2c") is None
    log.append([line(number) for number in range(100, 200)])
    root.update()
    assert name(log, "@0,0") == top


def test_it_follows_again_once_it_is_scrolled_to_its_end(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(number) for number in range(100)])
    root.update()
    log.text.focus_set()
    press(root, "Control-Home")
    log.append([line(100)])
    root.update()
    assert log.text.bbox("end-2c") is None
    press(root, "Control-End")
    log.append([line(101)])
    root.update()
    assert log.text.bbox("end-2c") is not None


def test_what_the_mouse_selects_can_be_copied(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1), line(2), line(3)])
    root.update()
    box = log.text.bbox("2.0"), log.text.bbox("2.0 lineend")
    (left, top, _, height), (right, *_) = box  # type: ignore[misc]  # both can be seen
    for event, x in (
        ("<ButtonPress-1>", left),
        ("<B1-Motion>", right),
        ("<ButtonRelease-1>", right),
    ):
        log.text.event_generate(event, x=x, y=top + height // 2)
        root.update()
    press(root, "Control-c")
    assert root.clipboard_get() == shown(log)[1]


def test_all_of_it_can_be_copied_by_keyboard(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1), line(2), line(3)])
    log.text.focus_set()
    press(root, "Control-a", "Control-c")
    assert root.clipboard_get().splitlines() == shown(log)


def test_a_selection_stays_when_more_comes(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1)])
    log.text.focus_set()
    press(root, "Control-a")
    log.append([line(2)])
    press(root, "Control-c")
    assert root.clipboard_get().splitlines() == shown(log)[:1]


def test_nobody_can_write_in_it(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1)])
    before = shown(log)
    log.text.focus_set()
    press(root, "a", "Return", "BackSpace", "Delete", "Control-a", "Control-x", "Control-v")
    assert shown(log) == before
