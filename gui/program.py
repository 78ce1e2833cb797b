"""What both programs do alike: read the command line, open a window, end."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import tkinter
    from typing import NoReturn

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8888

TKINTER_INSTALLATION = {
    "linux": "sudo apt install python3-tk (Debian, Ubuntu) or sudo dnf install python3-tkinter"
    " (Fedora)",
    "darwin": "brew install python-tk, or the installer from python.org, which has it",
    "win32": "run Python's installer again, choose Modify, and tick tcl/tk",
}


class CommandLine(argparse.ArgumentParser):
    """A parser that answers a wrong option with one sentence, and status 2."""

    def error(self, message: str) -> "NoReturn":
        """End the program with a sentence on standard error."""
        self.exit(2, f"{self.prog}: {message} (try {self.prog} --help)\n")


def command_line(description: str) -> CommandLine:
    """Return a parser with the options that both programs know."""
    # To look for the terminal's width would take as long as importing all of argparse.
    form = partial(argparse.HelpFormatter, width=80)
    parser = CommandLine(description=description, allow_abbrev=False, formatter_class=form)
    port = partial(number, 65535)
    parser.add_argument("--host", type=host, default=DEFAULT_HOST, help="the server (%(default)s)")
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


def is_known(host: str) -> bool:
    """Tell whether a host's name leads to an address."""
    if host == DEFAULT_HOST:
        return True
    # Here, not above: most clients need it only after their window is there.
    import socket

    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True


def number(highest: int, text: str) -> int:
    """Return the number that an option names.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number from 0 to the highest.
    """
    if text.isascii() and text.isdigit() and int(text) <= highest:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {highest}")


def open_window(title: str) -> "tkinter.Tk | None":
    """Show an empty window; where there can be none, say why, and return None."""
    try:
        # Here, not above: without a window nothing imports tkinter.
        from gui.windows.root import open_root
    except ImportError:
        remedy = TKINTER_INSTALLATION.get(sys.platform, "see your system's documentation")
        why = f"this Python has no tkinter (to install it: {remedy})"
    else:
        root = open_root(title)
        if root is not None:
            return root
        why = "there is no display (log in to a desktop, or set DISPLAY)"
    print(f"No window: {why}; going on without one.", file=sys.stderr, flush=True)
    return None


def fail(sentence: str) -> int:
    """Say on standard error why the program cannot start; return its exit status."""
    print(sentence, file=sys.stderr)
    return 2


def run(main: Callable[[], int]) -> "NoReturn":
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
