"""How the two programs begin, how they are shown, and how they end."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

from gui.clients_beside import CLIENT_NAMES, clients_beside
from gui.signals import on_ending_signals
from gui.streams import use_streams_that_last

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import tkinter
    from typing import NoReturn

    from gui.bridge import Mailbox
    from gui.client_state import Commands

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8888

# macOS calls its limit infinite and then refuses more than OPEN_MAX (<sys/syslimits.h>).
FALLBACK_DESCRIPTORS = 10_240

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


def server_options() -> argparse.Namespace:
    """Return what the command line of the server says."""
    parser = command_line("The server: clients register, log in, ask for the registry.")
    count = partial(number, len(CLIENT_NAMES))
    parser.add_argument("--clients", type=count, default=0, metavar="N", help="open N clients")
    return parser.parse_args()


def client_options() -> argparse.Namespace:
    """Return what the command line of a client says."""
    parser = command_line("A client: registers, logs in, asks for the registry.")
    parser.add_argument("--username", metavar="NAME", help="take the three steps as NAME")
    return parser.parse_args()


def host(text: str) -> str:
    """Return the host that an option names.

    Raises:
        argparse.ArgumentTypeError: it is empty, which would mean every address there is.
    """
    # Before a port an IPv6 address stands in brackets (RFC 3986, section 3.2.2).
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
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


def open_client() -> "tuple[argparse.Namespace, tkinter.Tk | None]":
    """Read a client's command line, and show its window, empty for now."""
    use_streams_that_last()
    # There is nothing yet to be closed.
    on_ending_signals(lambda *_: os._exit(0))
    options = client_options()
    if not is_known(options.host):
        sys.exit(fail(f"There is no host named {options.host!r}; try another --host."))
    return options, None if options.no_window else open_window("Client")


def client_view(
    root: "tkinter.Tk | None", mailbox: "Mailbox", commands: "Commands", username: str | None
) -> Callable[[], int]:
    """Fill a client's window, or prepare its console; return what runs it.

    Parameters:
        root: the window, empty; None for a client on the terminal.
    """
    if root is None:
        from gui.console import ClientConsole

        return ClientConsole(mailbox, commands, username).run
    # Here, not above: without a window nothing imports tkinter.
    from gui.windows.client_window import ClientWindow

    return ClientWindow(root, mailbox, commands, username or "").run


def show_server(
    mailbox: "Mailbox", address: str, options: argparse.Namespace, serve: Callable[[], None]
) -> int:
    """Show a server, and the clients beside it, until it is to end; return its exit status.

    Parameters:
        address: what it listens on, "HOST:PORT".
        serve: lets clients in.
    """
    from gui.addresses import invitation, reached_at

    sentence = invitation(reached_at(address))
    root = None if options.no_window else open_window("Server")
    if root is None:
        from gui.console import Console

        run = Console(mailbox).run
    else:
        from gui.windows.server_window import ServerWindow

        run = ServerWindow(root, mailbox, address, sentence).run
    serve()
    with clients_beside(options.clients, address, windows=root is not None):
        print(f"Server listening on {address}\n{sentence}".rstrip(), flush=True)
        return run()


def cannot_listen(host: str, port: int, error: Exception) -> int:
    """Say why a server cannot listen, and what can be done about it; return its exit status."""
    known = {
        errno.EADDRINUSE: "the port is in use, perhaps by another server; try another --port.",
        errno.EACCES: "the system keeps this port for itself; try "
        + ("a --port from 1024 on." if port < 1024 else "another --port."),
        errno.EADDRNOTAVAIL: "this machine does not have that address; try another --host.",
    }
    number = getattr(error, "errno", None) or 0
    reason = known.get(number, "there is no such host; try another --host.")
    return fail(f"Cannot listen on {host}:{port}: {reason}")


def raise_descriptor_limit() -> int:
    """Let this process open as many files and sockets as the system allows; return how many."""
    try:
        import resource
    except ImportError:  # Windows, where sockets are not counted so
        return sys.maxsize
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (hard, FALLBACK_DESCRIPTORS):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except (OSError, ValueError):
            continue
        return limit if limit != resource.RLIM_INFINITY else sys.maxsize
    return soft


def fail(sentence: str) -> int:
    """Say on standard error why the program cannot start; return its exit status."""
    print(sentence, file=sys.stderr)
    return 2


def run(main: Callable[[], int]) -> "NoReturn":
    """Run a program, and end the process with its status."""
    use_streams_that_last()
    on_ending_signals(signal.default_int_handler)
    try:
        status = main()
    except KeyboardInterrupt:
        status = 0
    except Exception as error:
        from gui.faults import failure

        print(failure(error).text, file=sys.stderr)
        status = 1
    # Everything is written and closed by now. What may be left is students' code that
    # never ends, in the network's thread or in one of its own: nobody waits for it.
    os._exit(status)
