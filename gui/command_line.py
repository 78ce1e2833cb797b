"""The command line: the options of both programs, and what is wrong with them."""

import argparse
import re
from functools import partial
from types import SimpleNamespace

from gui.program import VERSION

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# Size, then place, of which either may be missing (X(7), "Geometry specifications").
GEOMETRY = r"([1-9]\d{0,4}x[1-9]\d{0,4})?([+-]-?\d{1,5}[+-]-?\d{1,5})?"


class CommandLine(argparse.ArgumentParser):
    """A parser that answers a wrong option with one sentence, and status 2."""

    def error(self, message: str) -> "NoReturn":
        """End the program with a sentence on standard error."""
        self.exit(2, f"{self.prog}: {message} (try {self.prog} --help)\n")


def read_server(options: SimpleNamespace) -> None:
    """Read the options of the server.

    Parameters:
        options: what holds where the command line says nothing; changed.
    """
    # Here, not above: a client needs none of it.
    from gui.clients_beside import CLIENT_NAMES

    parser = command_line("The server: clients register, log in, ask for the registry.", options)
    count = partial(number, len(CLIENT_NAMES))
    parser.add_argument("--clients", type=count, metavar="N", help="open N clients")
    parser.parse_args(namespace=options)


def read_client(options: SimpleNamespace) -> None:
    """Read the options of a client; the parameter is that of `read_server`."""
    parser = command_line("A client: registers, logs in, asks for the registry.", options)
    parser.add_argument("--username", metavar="NAME", help="take the three steps as NAME")
    parser.parse_args(namespace=options)


def command_line(description: str, options: SimpleNamespace) -> CommandLine:
    """Return a parser with the options that both programs know."""
    # Without a width argparse asks for the terminal's, which takes as long as importing argparse.
    form = partial(argparse.HelpFormatter, width=80)
    parser = CommandLine(description=description, allow_abbrev=False, formatter_class=form)
    port = partial(number, 65535)
    parser.add_argument("--host", type=host, help=f"the server ({options.host})")
    parser.add_argument("--port", type=port, help=f"its port ({options.port})")
    parser.add_argument("--no-window", action="store_true", help="use the terminal instead")
    where = "the window's size and place"
    parser.add_argument("--geometry", type=geometry, metavar="WxH+X+Y", help=where)
    parser.add_argument("--version", action="version", version=VERSION)
    return parser


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


def geometry(text: str) -> str:
    """Return where a window is to be.

    Raises:
        argparse.ArgumentTypeError: it is not in X's form, of which either half may be missing.
    """
    if text and re.fullmatch(GEOMETRY, text, re.ASCII):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a size and a place such as 700x600+20+40")


def number(highest: int, text: str) -> int:
    """Return the number that an option names.

    Raises:
        argparse.ArgumentTypeError: it is not a whole number from 0 to the highest.
    """
    # Of thousands of digits Python makes no number ("Integer string conversion length limitation").
    if re.fullmatch(r"\d{1,99}", text, re.ASCII) and int(text) <= highest:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {highest}")
