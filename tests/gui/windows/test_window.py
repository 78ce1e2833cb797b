"""What both windows have in common: how news gets into Tk's thread, and how they close."""

import asyncio
import contextlib
import functools
import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import MAX_WAITING_LOG_LINES, Mailbox, NetworkThread, Quit
from gui.dictionaries import DictionaryChanged
from protocol import Login, encode
from tests.conftest import DEADLINE_SECONDS, log, timers, until, until_visible, visible

if TYPE_CHECKING:
    import tkinter

    from gui.windows.server_window import ServerWindow

PROJECT = Path(__file__).parents[3]
PEER = "127.0.0.1:50412"
LOGIN = encode(Login("ada"))
FLOOD = 50_000
ROUNDS = 40


@pytest.fixture(params=["watched", "polled"])
def window(
    request: pytest.FixtureRequest,
    root: "tkinter.Tk",
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator["ServerWindow"]:
    """Open a window whose mailbox is watched, and one where Tk cannot do that."""
    from gui.windows.server_window import ServerWindow

    if request.param == "polled":
        monkeypatch.setattr("gui.windows.window.has_file_handlers", lambda _root: False)
    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    yield window
    window.close()


@pytest.fixture
def watched_window(root: "tkinter.Tk", mailbox: Mailbox) -> Iterator["ServerWindow"]:
    """Open a window as this system does."""
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    yield window
    window.close()


@pytest.fixture
def process_state() -> Iterator[None]:
    """Take back what a program that runs its window sets for the whole process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interval = sys.getswitchinterval()
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    sys.setswitchinterval(interval)


@contextlib.contextmanager
def ended_in_time(root: "tkinter.Tk", seconds: int = DEADLINE_SECONDS) -> Iterator[None]:
    """Fail, instead of waiting for ever, if a window does not end by itself."""
    in_vain: list[str] = []

    def give_up() -> None:
        in_vain.append(f"the window has not ended within {seconds} s")
        root.quit()

    root.after(seconds * 1000, give_up)
    yield
    assert not in_vain


def last_line(root: "tkinter.Tk") -> str:
    """Return the last line of the log."""
    return log(root).get("end-2l", "end-1c")  # type: ignore[no-any-return]  # a text gives text


def in_another_thread(function: Any) -> None:
    """Run a function in a thread of its own, to its end."""
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


# --- news -------------------------------------------------------------------------------


def test_what_another_thread_leaves_is_shown(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    def leave() -> None:
        for number in range(1000):
            mailbox.log("→", PEER, encode(Login(f"u{number}")))
            mailbox.post(DictionaryChanged("users", {f"10.0.0.1:{number}": f"u{number}"}))

    in_another_thread(leave)
    until_visible(root, "users (1000)")
    assert '"u999"' in last_line(root)


def test_news_wakes_a_window_that_is_idle(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    for number in range(20):
        root.update()
        key = f"10.0.0.1:{number}"
        news = DictionaryChanged("users", {key: "ada"})
        in_another_thread(functools.partial(mailbox.post, news))
        until_visible(root, f"users ({number + 1})")


def test_what_cannot_be_shown_is_reported_and_what_follows_is_shown(
    root: "tkinter.Tk",
    window: "ServerWindow",
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[type[BaseException]] = []

    def report(
        kind: type[BaseException], _error: BaseException, _traceback: TracebackType | None
    ) -> None:
        reported.append(kind)

    monkeypatch.setattr(root, "report_callback_exception", report)
    for _ in range(3):
        mailbox.post(DictionaryChanged("there is no such dictionary", {}))
        mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada"}))
    until_visible(root, "users (1)")
    mailbox.post(DictionaryChanged("there is no such dictionary", {}))
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:2": "grace"}))
    until_visible(root, "users (2)")
    assert reported == [KeyError] * 4


def test_an_idle_window_has_nothing_to_do(
    root: "tkinter.Tk", watched_window: "ServerWindow", mailbox: Mailbox
) -> None:
    from _tkinter import DONT_WAIT

    mailbox.log("→", PEER, encode(Login("ada")))
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada"}))
    until_visible(root, "users (1)")
    until(root, lambda: not root.tk.dooneevent(DONT_WAIT))
    # What changed is marked for a moment.
    until(root, lambda: timers(root) == [])


# --- a flood ----------------------------------------------------------------------------


def test_a_flood_leaves_room_for_keys_and_ends_with_its_last_line(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    def flood() -> None:
        for number in range(1, FLOOD + 1):
            mailbox.log("→", PEER, encode(Login(f"u{number}")))

    pressed: list[bool] = []
    root.bind("<F1>", lambda _: pressed.append(f'"u{FLOOD}"' not in last_line(root)))
    log(root).focus_force()
    until(root, root.focus_get)
    in_another_thread(flood)
    while '"u' not in last_line(root):
        assert root.tk.dooneevent()
    root.event_generate("<F1>", when="tail")
    until(root, lambda: pressed)
    assert pressed == [True]
    until(root, lambda: f'"u{FLOOD}"' in last_line(root))
    assert int(log(root).index("end-1c").split(".")[0]) - 1 == 2000


def test_what_happens_is_shown_in_the_midst_of_a_flood(
    root: "tkinter.Tk", window: "ServerWindow", mailbox: Mailbox
) -> None:
    pour(root, mailbox)
    # Not `until`, which waits for an end of the flood to draw.
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada"}))
    while not visible(root, "users (1)"):
        assert time.monotonic() < give_up_at
        root.tk.dooneevent()


def test_a_signal_ends_a_window_in_the_midst_of_a_flood(
    root: "tkinter.Tk", mailbox: Mailbox, process_state: None
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    pour(root, mailbox)
    root.after(100, signal.raise_signal, signal.SIGINT)
    with ended_in_time(root):
        assert window.run() == 0


def pour(root: "tkinter.Tk", mailbox: Mailbox) -> None:
    """Leave more messages than a window can show, again and again, until it is closed."""
    timer = ""

    def pour() -> None:
        nonlocal timer
        for _ in range(5000):
            mailbox.log("→", PEER, LOGIN)
        timer = root.after(1, pour)

    pour()
    root.bind("<Destroy>", lambda _: root.after_cancel(timer))


def test_a_flood_that_nobody_takes_does_not_fill_the_memory(mailbox: Mailbox) -> None:
    for number in range(FLOOD):
        mailbox.log("→", PEER, encode(Login(f"u{number}")))
    lines = mailbox.take(FLOOD)
    assert len(lines) == MAX_WAITING_LOG_LINES < FLOOD
    assert lines[-1][1].line == encode(Login(f"u{FLOOD - 1}"))


# --- the end ----------------------------------------------------------------------------


def test_quit_ends_the_window_with_status_0(
    root: "tkinter.Tk", mailbox: Mailbox, process_state: None
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    mailbox.post(Quit())
    with ended_in_time(root):
        assert window.run() == 0


def test_a_window_that_somebody_else_destroys_ends_with_status_0(
    root: "tkinter.Tk", mailbox: Mailbox, process_state: None
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    root.after(1, root.destroy)
    assert window.run() == 0


def test_a_window_whose_tk_waits_for_something_else_ends_all_the_same(display: None) -> None:
    program = """
import tkinter
from gui.bridge import Mailbox, Quit
from gui.windows.root import open_root
from gui.windows.server_window import ServerWindow
root, mailbox = open_root("Test"), Mailbox()
window = ServerWindow(root, mailbox, "127.0.0.1:8888")
root.after(1, root.wait_variable, tkinter.StringVar(root))
root.after(100, mailbox.post, Quit())
raise SystemExit(window.run())
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=DEADLINE_SECONDS, check=False)
    assert done.returncode == 0


def test_a_window_whose_network_has_ended_says_so_until_it_is_closed(
    root: "tkinter.Tk", mailbox: Mailbox, process_state: None
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    mailbox.post(Quit(status=1))
    until(root, lambda: root.title() == "Server: ended")
    mailbox.post(Quit())
    with ended_in_time(root):
        assert window.run() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_idle_window(
    root: "tkinter.Tk", mailbox: Mailbox, process_state: None, number: signal.Signals
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    mailbox.wake_on_signals()
    to_this_process = [os.getpid(), number]
    # From another thread, while Tk's sleeps. Where a signal does not wake it, something else
    # does, but seconds later.
    threading.Timer(0.1, os.kill, to_this_process).start()
    with ended_in_time(root, seconds=2):
        assert window.run() == 0


@pytest.mark.parametrize("how", ["watched", pytest.param("polled", marks=pytest.mark.long)])
def test_closing_with_messages_in_flight_is_silent(display: None, how: str) -> None:
    program = f"from {__name__} import open_and_close; open_and_close(polled={how == 'polled'})"
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-W", "error", "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=6 * DEADLINE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{ROUNDS} rounds\n", "")


def open_and_close(*, polled: bool) -> None:
    """Open a window, have the network's thread flood it, and close it, again and again."""
    import gui.windows.window
    from gui.windows.root import open_root
    from gui.windows.server_window import ServerWindow

    if polled:
        gui.windows.window.has_file_handlers = lambda root: False
    rounds = 0
    for _ in range(ROUNDS):
        root = open_root("Server")
        mailbox = Mailbox()
        with NetworkThread() as network:
            window = ServerWindow(root, mailbox, "127.0.0.1:8888")
            network.start(flood(mailbox))
            root.after(20, root.quit)
            rounds += window.run() == 0
        mailbox.close()
    print(rounds, "rounds")


async def flood(mailbox: Mailbox) -> None:
    """Leave messages, changes and garbage, without end."""
    for number in itertools.count():
        for _ in range(100):
            mailbox.log("→", PEER, LOGIN)
            garbage: list[Any] = [{}, []]
            garbage.append(garbage)
        mailbox.post(DictionaryChanged("users", {str(number % 100): str(number)}))
        # As a network does, it lets others have the interpreter for a moment.
        await asyncio.sleep(0.001)


# --- garbage ----------------------------------------------------------------------------


def test_garbage_that_holds_a_part_of_tk_is_collected_in_its_thread(
    root: "tkinter.Tk", watched_window: "ServerWindow", mailbox: Mailbox
) -> None:
    import tkinter

    collected_in: list[threading.Thread] = []

    def leave_garbage() -> None:
        variable = tkinter.StringVar(root)
        cycle: list[Any] = [variable]
        cycle.append(cycle)
        weakref.finalize(variable, lambda: collected_in.append(threading.current_thread()))

    def create_objects() -> None:
        kept = [[] for _ in range(200_000)]  # type: ignore[var-annotated]  # any objects do
        kept.clear()

    leave_garbage()
    in_another_thread(create_objects)
    assert collected_in == []

    kept = [[number] for number in range(20_000)]
    mailbox.post(DictionaryChanged("users", {"127.0.0.1:1": "ada"}))
    until(root, lambda: collected_in)
    assert collected_in == [threading.main_thread()]
    kept.clear()


def test_whoever_has_closed_a_window_collects_garbage_as_ever(
    root: "tkinter.Tk", mailbox: Mailbox
) -> None:
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    window.close()
    assert gc.isenabled()
