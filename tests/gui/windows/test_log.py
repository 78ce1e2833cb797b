"""The log: what stays in it, where it is scrolled to, what can be copied from it."""

from typing import TYPE_CHECKING

import pytest

from gui.bridge import LogLine
from protocol import Login, encode
from tests.conftest import click, commands, press, until, until_visible, visible

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


# --- who, and how much of it ------------------------------------------------------------


def test_a_peer_that_has_a_username_is_told_by_it(log: "Log") -> None:
    log.append([line(1)])
    log.names[PEER] = "ada"
    log.append([line(2)])
    without, with_name = shown(log)
    assert f"→ {PEER} {{" in without
    assert f"→ {PEER} ada {{" in with_name


LONG = b'{"type": "registry", "clients": [' + b'{"username": "needle"}, ' * 100 + b"]}\n"


@pytest.fixture
def folded(root: "tkinter.Tk", log: "Log") -> "Log":
    """Have a line in the log that would fill it, between two others."""
    log.append([line(1), line(2, text=LONG), line(3)])
    root.update()
    assert visible_text(log).count("needle") < 20
    return log


def visible_text(log: "Log") -> str:
    """Return what of the text is not folded away."""
    return str(log.text.tk.call(log.text, "get", "-displaychars", "1.0", "end"))


def test_a_long_line_is_folded_and_says_how_much_of_it_is(folded: "Log") -> None:
    assert "more characters" in visible_text(folded)
    assert len(shown(folded)) == 3


def test_a_click_unfolds_a_line_and_folds_it_again(root: "tkinter.Tk", folded: "Log") -> None:
    for count in (100, visible_text(folded).count("needle")):
        folded.text.see("2.0")
        start = folded.text.tag_nextrange("fold", "1.0")[0]  # type: ignore[misc]  # there is one
        folded.text.see(start)
        root.update()
        left, top, width, height = folded.text.bbox(f"{start}+3c")  # type: ignore[misc]
        folded.text.event_generate("<Motion>", x=left + width // 2, y=top + height // 2)
        click(folded.text, left + width // 2, top + height // 2)
        assert visible_text(folded).count("needle") == count


def test_space_unfolds_all_lines_and_folds_them_again(root: "tkinter.Tk", folded: "Log") -> None:
    folded.text.focus_force()
    press(root, "space")
    assert visible_text(folded).count("needle") == 100
    press(root, "space")
    assert visible_text(folded).count("needle") < 20


def test_what_is_folded_is_copied_as_it_was_sent(root: "tkinter.Tk", folded: "Log") -> None:
    folded.text.focus_force()
    press(root, "Control-a", "Control-c")
    assert LONG.decode().rstrip("\n") in root.clipboard_get()
    assert "more characters" not in root.clipboard_get()


def test_clear_empties_it(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1)])
    click(visible(root, "Clear"))
    assert shown(log) == []
    log.append([line(2)])
    assert len(shown(log)) == 1


# --- the search -------------------------------------------------------------------------


def selected(log: "Log") -> tuple[str, str]:
    """Return what is selected, and the username in its line."""
    return log.text.get("sel.first", "sel.last"), name(log, "sel.first")


@pytest.fixture
def found(root: "tkinter.Tk", log: "Log") -> "Log":
    """Have three lines in which "LOGIN" was searched for."""
    log.append([line(number) for number in range(3)])
    log.text.focus_force()
    log.find()
    until(root, lambda: root.focus_get() is not log.text)
    press(root, *"LOGIN")
    until_visible(root, "3 of 3")
    return log


def test_what_is_typed_is_found_the_newest_first(found: "Log") -> None:
    assert selected(found) == ("login", "u2")


@pytest.mark.parametrize("key", ["Return", "KP_Enter"])
def test_return_goes_back_and_shift_return_forth_and_round(
    root: "tkinter.Tk", found: "Log", key: str
) -> None:
    back, forth = key, f"Shift-{key}"
    for pressed, where in ((back, "u1"), (back, "u0"), (back, "u2"), (forth, "u0"), (forth, "u1")):
        press(root, pressed)
        assert selected(found) == ("login", where)


def test_what_is_nowhere_is_told(root: "tkinter.Tk", found: "Log") -> None:
    press(root, "x")
    until_visible(root, "not found")


def test_escape_closes_the_search_and_gives_the_keyboard_back(
    root: "tkinter.Tk", found: "Log"
) -> None:
    press(root, "Escape")
    assert not visible(root, "Previous")
    assert root.focus_get() is found.text


def test_what_is_folded_away_is_found_and_unfolded(root: "tkinter.Tk", folded: "Log") -> None:
    folded.find()
    press(root, *"needle")
    until_visible(root, "100 of 100")
    assert "folded" not in folded.text.tag_names("sel.first")
    assert folded.text.bbox("sel.first")


def test_any_text_can_be_searched_for(root: "tkinter.Tk", log: "Log") -> None:
    log.append([line(1, text=b"-all [exit] .* {$x\n"), line(2)])
    log.find()
    for text in ("-all", "[exit]", ".*", "{$x"):
        assert log.search_bar is not None
        log.search_bar.entry.delete(0, "end")
        log.search_bar.entry.insert(0, text)
        press(root, "Return")
        until_visible(root, "1 of 1")
