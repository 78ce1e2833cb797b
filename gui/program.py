"""What both programs do alike: read the command line, open a window or a console, end."""

import argparse
import io
import os
import platform
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, Protocol

from protocol import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    import tkinter


class View(Protocol):
    """What shows the program: a window or a console."""

    has_window: bool

    def run(self) -> int:
        """Show what happens until the program is to end; return its exit status."""


TKINTER_INSTALLATION = {
    "Linux": "sudo apt install python3-tk (Debian, Ubuntu) or sudo dnf install python3-tkinter"
    " (Fedora)",
    "Darwin": "brew install python-tk, or the installer from python.org, which has it",
    "Windows": "run Python's installer again, choose Modify, and tick tcl/tk",
}


class CommandLine(argparse.ArgumentParser):
    """A parser that answers a wrong option with one sentence, and status 2."""

    def error(self, message: str) -> NoReturn:
        """End the program with a sentence on standard error."""
        self.exit(2, f"{self.prog}: {message} (try {self.prog} --help)\n")


def command_line(description: str) -> CommandLine:
    """Return a parser with the options that both programs know."""
    parser = CommandLine(description=description, allow_abbrev=False)
    parser.add_argument(
        "--host", type=host, default=DEFAULT_HOST, help="the server's address (%(default)s)"
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="its port (%(default)s)")
    parser.add_argument("--no-window", action="store_true", help="use the terminal instead")
    return parser


def host(text: str) -> str:
    """Return the host that an option names.

    Raises:
        argparse.ArgumentTypeError: it is empty, which would mean every address there is.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"there is no such host as {text!r}")
    return text


def port(text: str) -> int:
    """Return the port that an option names."""
    return whole_number(text, 0, 65535)


def whole_number(text: str, lowest: int, highest: int) -> int:
    """Return the number that an option names.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number between the two.
    """
    if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from {lowest} to {highest}")


def open_view(
    no_window: bool,
    open_window: "Callable[[tkinter.Tk], View]",
    open_console: Callable[[], View],
) -> View:
    """Open the window, or where there can be none, say why and open the console."""
    if no_window:
        return open_console()
    try:
        from gui.window import open_root
    except ImportError:
        remedy = TKINTER_INSTALLATION.get(platform.system(), "see your system's documentation")
        why = f"this Python has no tkinter (to install it: {remedy})"
    else:
        root = open_root()
        if root is not None:
            return open_window(root)
        why = "there is no display (log in to a desktop, or set DISPLAY)"
    print(f"No window: {why}; going on without one.", file=sys.stderr, flush=True)
    return open_console()


def fail(sentence: str) -> int:
    """Say on standard error why the program cannot start; return its exit status."""
    print(sentence, file=sys.stderr)
    return 2


def run(main: Callable[[], int]) -> NoReturn:
    """Run a program, and end the process with its status."""
    # A terminal that knows neither arrows nor every script shows their numbers instead.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # To be asked to end is the same, whoever asks.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = main()
    except KeyboardInterrupt:
        status = 0
    # Everything is written and closed by now. What may be left is students' code that
    # never ends, in the network's thread or in one of its own: nobody waits for it.
    os._exit(status)
