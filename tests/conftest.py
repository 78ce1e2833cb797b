"""What the tests of windows share: a display, Tk in it, and the means to drive a window.

Nothing here imports tkinter before it is needed: where it is missing, the tests that
need it are skipped, and the end of the run says which and why.
"""

import contextlib
import gc
import inspect
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from gui.bridge import Mailbox

if TYPE_CHECKING:
    import tkinter

    from gui.windows.server_window import ServerWindow

# Nothing takes this long unless it never happens, not even on a busy machine.
DEADLINE_SECONDS = 20

LOST_NEWCOMER = (
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)

# What a property test finds must not depend on how busy the machine is.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

# --- which tests need a display ---------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of the tests that need what not every system has."""
    config.addinivalue_line("markers", "window: opens a window, so that it needs a display")
    config.addinivalue_line("markers", "long: takes a good part of a minute; `-m long` runs it")
    config.addinivalue_line("markers", "network: makes hosts of its own, so that it needs root")
    # What the programs print is read here, whatever encoding the system's terminals have.
    os.environ["PYTHONIOENCODING"] = "utf-8"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for a display, before `-m` selects by marker."""
    for item in items:
        if "display" in getattr(item, "fixturenames", ()):
            item.add_marker("window")
        if sys.platform == "win32":
            adapt_to_windows(item)


def adapt_to_windows(item: pytest.Item) -> None:
    """Leave out of a test what Windows does otherwise by its nature."""
    # asyncio leaves the socket of a newcomer that it loses to the garbage collector.
    item.add_marker(pytest.mark.filterwarnings(LOST_NEWCOMER))
    if "KP_" in item.name:
        reason = "Windows calls the keys of the keypad by the names of the others"
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect what a window left behind in Tk's thread; in another, it aborts the process."""
    result = yield
    if item.get_closest_marker("window"):
        collect_garbage()
    return result


def collect_garbage() -> None:
    """Collect garbage; what is left is never looked through again, which would take ever longer."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Say loudly which tests of networks and of windows did not run, and why."""
    skipped = terminalreporter.getreports("skipped")
    networks = [report for report in skipped if "network" in report.keywords]
    windows = [
        report for report in skipped if "window" in report.keywords and report not in networks
    ]
    for kind, reports in (("NETWORK", networks), ("WINDOW", windows)):
        if not reports:
            continue
        terminalreporter.section(f"{kind} TESTS THAT DID NOT RUN", sep="!", red=True, bold=True)
        for report in reports:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}", red=True)


# --- a display, and Tk in it ------------------------------------------------------------


@contextlib.contextmanager
def virtual_display() -> Iterator[str]:
    """Run an X server that shows nothing to anybody, and give the DISPLAY that leads there.

    Raises:
        OSError: there is no Xvfb, or it does not start.
    """
    # Without -noreset it starts afresh when its last client goes, and refuses the next.
    command = ["Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "1280x1024x24"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            number = server.stdout.readline().strip()
            if not number:
                raise OSError("Xvfb does not start")
            yield f":{number}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    """Make sure that windows can be opened: in the display that is there, or a virtual one."""
    try:
        import tkinter  # noqa: F401  only to see whether it is there
    except ImportError:
        pytest.skip("this Python has no tkinter")
    with contextlib.ExitStack() as stack:
        if sys.platform == "linux" and not os.environ.get("DISPLAY"):
            if shutil.which("Xvfb") is None:
                pytest.skip("there is no display, and no Xvfb to make one")
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setenv("DISPLAY", stack.enter_context(virtual_display()))
        yield


@pytest.fixture(autouse=True)
def display_for_windows(request: pytest.FixtureRequest) -> None:
    """Make sure of a display for the cases of a test that are marked to need one."""
    if request.node.get_closest_marker("window"):
        request.getfixturevalue("display")


@pytest.fixture
def root(display: None, monkeypatch: pytest.MonkeyPatch) -> Iterator["tkinter.Tk"]:
    """Open an empty window as the programs do; an error in a callback fails the test."""
    import tkinter

    from gui.windows.root import open_root

    root = open_root("Test")
    errors: list[BaseException] = []
    monkeypatch.setattr(
        root, "report_callback_exception", lambda _type, error, _traceback: errors.append(error)
    )
    yield root
    with contextlib.suppress(tkinter.TclError):  # the test has closed the window
        for timer in root.tk.splitlist(root.tk.call("after", "info")):
            root.tk.call("after", "cancel", timer)
        for child in root.winfo_children():
            child.destroy()
        root.destroy()
    # A window that a failed test never closed has left the collector switched off.
    gc.enable()
    for error in errors:
        raise error


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Give a mailbox, and close it."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


@pytest.fixture
def window(root: "tkinter.Tk", mailbox: Mailbox) -> Iterator["ServerWindow"]:
    """Open the window of a server."""
    from gui.windows.server_window import ServerWindow

    window = ServerWindow(root, mailbox, "127.0.0.1:8888")
    yield window
    window.close()


# --- what some systems lack -------------------------------------------------------------


@pytest.fixture
def ipv6() -> None:
    """Make sure that this machine has IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")


# --- driving a window -------------------------------------------------------------------


def until(root: "tkinter.Misc", condition: Callable[[], object]) -> None:
    """Let Tk work until a condition holds, then draw; fail, with what it is, if it never does."""
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            pytest.fail(f"in vain for {DEADLINE_SECONDS} s: {inspect.getsource(condition).strip()}")
        # What the condition looks at may change without an event of Tk's.
        tick = root.after(10, int)
        root.tk.dooneevent()
        root.after_cancel(tick)
        # Tk's text looks every millisecond whether it was drawn, which happens when idle: beside a
        # condition that takes longer that would be never.
        root.update_idletasks()
    root.update()


def widgets(parent: "tkinter.Misc") -> Iterator["tkinter.Misc"]:
    """Give every widget inside another that can be seen."""
    for child in parent.winfo_children():
        if child.winfo_viewable():
            yield child
            yield from widgets(child)


def log(root: "tkinter.Tk") -> Any:
    """Return the text in which a window's log is shown."""
    return next(widget for widget in widgets(root) if widget.winfo_class() == "Text")


def visible(root: "tkinter.Misc", text: str) -> Any:
    """Return the first label or button that can be seen and shows a text, or None."""
    labelled = (widget for widget in widgets(root) if "text" in widget.keys())  # noqa: SIM118  a method of Tk's
    return next((widget for widget in labelled if text in str(widget.cget("text"))), None)


def until_visible(root: "tkinter.Misc", text: str) -> Any:
    """Let Tk work until a label or button shows a text, and return it."""
    until(root, lambda: visible(root, text))
    return visible(root, text)


def timers(root: "tkinter.Misc") -> list[str]:
    """Return the timers that are set, but for the one that looks into the mailbox on Windows."""
    names = root.tk.splitlist(root.tk.call("after", "info"))
    return [name for name in names if "_poll" not in str(root.tk.call("after", "info", name))]


def press(root: "tkinter.Misc", *keys: str) -> None:
    """Press keys where the focus is, by their names in Tk: "a", "Return", "Control-c"."""
    for key in keys:
        if root.focus_get() is None:
            here = root.focus_lastfor()
            assert here is not None
            here.focus_force()
            until(root, root.focus_get)
        focus = root.focus_get()
        assert focus is not None
        *modifiers, name = key.split("-")
        focus.event_generate(f"<{'-'.join([*modifiers, 'KeyPress', name])}>")
        root.update()


def click(widget: "tkinter.Misc", x: int | None = None, y: int | None = None) -> None:
    """Click on a widget, in its middle unless told otherwise."""
    x = widget.winfo_width() // 2 if x is None else x
    y = widget.winfo_height() // 2 if y is None else y
    for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>", "<Leave>"):
        widget.event_generate(event, x=x, y=y)
    widget.update()


@contextlib.contextmanager
def commands(widget: "tkinter.Misc") -> Iterator[list[tuple[str, ...]]]:
    """Collect what a widget is told meanwhile, as Tk sees it: ("insert", "end", …)."""
    told: list[tuple[str, ...]] = []

    def note(command: str, _operation: str) -> None:
        told.append(tuple(map(str, widget.tk.splitlist(command)))[1:])

    name = widget.register(note)
    widget.tk.call("trace", "add", "execution", str(widget), "enter", name)
    yield told
    widget.tk.call("trace", "remove", "execution", str(widget), "enter", name)


# --- silence ----------------------------------------------------------------------------


@pytest.fixture
def silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Make sure that asyncio has nothing to complain about, such as an error nobody handled."""
    yield
    gc.collect()
    records = [*caplog.get_records("call"), *caplog.records]
    assert [record.getMessage() for record in records if record.name == "asyncio"] == []


# --- students' code ---------------------------------------------------------------------


@pytest.fixture
def quickly_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off what is stuck after a moment, not after seconds."""
    hasten(monkeypatch, report_seconds=0.1, break_seconds=0.3)


def hasten(monkeypatch: pytest.MonkeyPatch, report_seconds: float, break_seconds: float) -> None:
    """Let the watchdog report what is stuck, and break it off, sooner than it does."""
    from gui.tutor import supervisor, watchdog

    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "REPORT_SECONDS", report_seconds)
    for module in (watchdog, supervisor):
        monkeypatch.setattr(module, "BREAK_SECONDS", break_seconds)


@pytest.fixture
def assert_silence(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Any:
    """Give what asserts that nothing was printed but what students' code prints itself."""

    def assert_nothing(may_print: bool = False) -> None:
        # A coroutine that nobody awaited complains when it is collected.
        collect_garbage()
        printed = capsys.readouterr()
        assert may_print or printed.out == ""
        assert printed.err == ""
        assert caplog.records == []

    return assert_nothing
