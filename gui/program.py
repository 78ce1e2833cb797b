"""How the two programs begin, how they are shown, and how they end."""

import errno
import os
import signal
import sys
from collections.abc import Callable
from types import SimpleNamespace

from gui.signals import on_ending_signals
from gui.streams import use_streams_that_last

# As in `typing`: importing that takes a tenth of the time in which a window opens.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from gui.bridge import Mailbox, NetworkThread
    from gui.console import ClientConsole
    from gui.tutor.tutor import ClientTutor
    from gui.windows.client_window import ClientWindow
    from gui.windows.root import Root
    from gui.windows.server_window import ServerWindow

# As in pyproject.toml.
VERSION = "Client Registry 1.0.0"

# What people type to start Python ("Using Python on Windows").
PYTHON = "py" if sys.platform == "win32" else "python3"

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8888
# What holds where the command line says nothing.
COMMON_OPTIONS = {"host": DEFAULT_HOST, "port": DEFAULT_PORT, "no_window": False, "geometry": None}

TKINTER_INSTALLATION = {
    "linux": "sudo apt install python3-tk (Debian, Ubuntu) or sudo dnf install python3-tkinter"
    " (Fedora)",
    "darwin": "brew install python-tk, or the installer from python.org, which has it",
    "win32": "run Python's installer again, choose Modify, and tick tcl/tk",
}


def server_options() -> SimpleNamespace:
    """Return what the command line of the server says."""
    options = SimpleNamespace(**COMMON_OPTIONS, clients=0)
    if sys.argv[1:]:
        # Here, not above: without options no window has to wait for argparse.
        from gui.command_line import read_server

        read_server(options)
    return options


def client_options() -> SimpleNamespace:
    """Return what the command line of a client says."""
    options = SimpleNamespace(**COMMON_OPTIONS, username=None)
    if sys.argv[1:]:
        from gui.command_line import read_client

        read_client(options)
    return options


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


def open_window(title: str, geometry: str | None) -> "Root | None":
    """Show an empty window; where there can be none, say why, and return None."""
    try:
        # Here, not above: without a window nothing imports tkinter.
        from gui.windows.root import open_root

        return open_root(title, geometry)
    except ImportError:
        remedy = TKINTER_INSTALLATION.get(sys.platform, "see your system's documentation")
        why = f"this Python has no tkinter (to install it: {remedy})"
    except OSError as error:
        if "display" in str(error):
            why = "there is no display (log in to a desktop, or set DISPLAY)"
        else:
            why = f"Tk can open none ({error})"
    print(f"No window: {why}; going on without one.", file=sys.stderr, flush=True)
    return None


def open_client() -> "tuple[SimpleNamespace, Mailbox, ClientConsole | ClientWindow]":
    """Read a client's command line, and open its window, or else its console.

    Returns:
        What the command line says, where the client tells what happens, and what shows it.
    """
    end_quietly()
    options = client_options()
    if not is_known(options.host):
        sys.exit(fail(f"There is no host named {options.host!r}; try another --host."))
    root = None if options.no_window else open_window("Client", options.geometry)
    # Here, not above, and below: the empty window is there before anything else is imported.
    from gui.bridge import Mailbox

    mailbox = Mailbox()
    mailbox.wake_on_signals()
    if root is None:
        from gui.console import ClientConsole

        return options, mailbox, ClientConsole(mailbox, options.username)
    from gui.windows.client_window import ClientWindow

    return options, mailbox, ClientWindow(root, mailbox, options.username or "")


def client_tutor(
    handle: "Callable[[Any], object]", network: "NetworkThread", mailbox: "Mailbox", view: "Any"
) -> "ClientTutor":
    """Return what takes a client's steps; called in the network's thread.

    Parameters:
        handle: makes what a function gets of a connection.
        view: shows the client; it may tell when somebody comes back to it.
    """
    # Here, not above: asyncio's thread imports what explains mistakes.
    from gui.tutor.alarm import ALARM
    from gui.tutor.tutor import ClientTutor

    ALARM.post_sentry(mailbox.wake_socket)
    tutor = ClientTutor(handle, mailbox.post, mailbox.note)
    view.look = lambda: network.start(tutor.look())
    return tutor


def serve(make_server: "Callable[..., Any]", handle: "Callable[[Any], object]") -> int:
    """Run a server, with its tutor, and show it until it is to end; return its exit status.

    Parameters:
        make_server: makes the server of what answers requests, takes the log, and shows changes.
        handle: makes what the handlers get of a connection.
    """
    # Here, not above: a client, which needs this module, too, needs none of these.
    from gui.bridge import Mailbox, NetworkThread
    from gui.dictionaries import ShownDictionaries
    from gui.hold import Hold
    from gui.tutor.alarm import ALARM
    from gui.tutor.tutor import ServerTutor

    options = server_options()
    mailbox = Mailbox()
    mailbox.wake_on_signals()
    with NetworkThread(mailbox.post) as network:
        tutor, shown = ServerTutor(handle, mailbox.post), ShownDictionaries(mailbox.post)
        hold = Hold(tutor, network.start, mailbox.post)
        server = make_server(hold, mailbox.log, shown.show)

        def attach(window: "ServerWindow") -> None:
            window.hold = hold
            window.look = lambda: network.start(tutor.look())
            window.start_over = lambda: network.start(server.start_over())
            tutor.observe = shown.observe = mailbox.note

        async def begin() -> None:
            ALARM.post_sentry(mailbox.wake_socket)
            await server.serve_clients()

        try:
            address = network.call(server.listen(options.host, options.port))
        except (OSError, UnicodeError) as error:
            return cannot_listen(options.host, options.port, error)
        try:
            return show_server(mailbox, address, options, attach, lambda: network.call(begin()))
        finally:
            network.start(server.stop_accepting())


def show_server(
    mailbox: "Mailbox",
    address: str,
    options: SimpleNamespace,
    attach: "Callable[[ServerWindow], None]",
    begin: Callable[[], None],
) -> int:
    """Show a server, and the clients beside it, until it is to end; return its exit status.

    Parameters:
        address: what it listens on, "HOST:PORT".
        attach: lets a window command the server, and the mailbox have what only a window shows.
        begin: lets clients in.
    """
    from gui.addresses import invitation, reached_at
    from gui.clients_beside import clients_beside, what_becomes_of_them

    sentence = invitation(reached_at(address))
    root = None if options.no_window else open_window("Server", options.geometry)
    places: list[str] | None = None
    if root is None:
        from gui.console import Console

        run = Console(mailbox).run
    else:
        from gui.windows.server_window import ServerWindow

        told = f"{sentence}\n{what_becomes_of_them(options.clients)}".strip()
        window = ServerWindow(root, mailbox, address, told)
        attach(window)
        run = window.run
        if options.clients:
            from gui.windows.arrangement import arrange

            own_place, *places = arrange(root, options.clients)
            root.geometry(options.geometry or own_place)
    begin()
    with clients_beside(options.clients, address, places):
        print(f"Server listening on {address}\n{sentence}".rstrip(), flush=True)
        return run()


def cannot_listen(host: str, port: int, error: OSError | UnicodeError) -> int:
    """Say why a server cannot listen, and what can be done about it; return its exit status."""
    import socket

    from gui.addresses import system_words

    known = {
        errno.EADDRINUSE: "the port is in use, perhaps by another server; try another --port.",
        errno.EACCES: "the system keeps this port for itself; try "
        + ("a --port from 1024 on." if port < 1024 else "another --port."),
        errno.EADDRNOTAVAIL: "this machine does not have that address; try another --host.",
    }
    if isinstance(error, (socket.gaierror, UnicodeError)):
        reason = "there is no such host; try another --host."
    else:
        # Without a number, from 3.13 on: asyncio has tried every address of the host.
        number = error.errno or errno.EADDRNOTAVAIL
        reason = known.get(number, f"{system_words(error)}; try another --host or --port.")
    return fail(f"Cannot listen on {host}:{port}: {reason}")


def fail(sentence: str) -> int:
    """Say on standard error why the program cannot start; return its exit status."""
    print(sentence, file=sys.stderr)
    return 2


def end_quietly() -> None:
    """Let Ctrl-C, and whatever else asks it to, end a program that has nothing to close yet."""
    use_streams_that_last()
    on_ending_signals(lambda *_: os._exit(0))


def run(main: Callable[[], int]) -> "NoReturn":
    """Run a program that has begun with `end_quietly`, and end the process with its status."""
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
