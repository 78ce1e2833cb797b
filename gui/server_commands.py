"""What the user of a server can command."""

from collections.abc import Callable
from typing import NamedTuple

from gui.hold import HoldCommands


class ServerCommands(NamedTuple):
    """The commands; all of them may be called in any thread.

    Parameters:
        hold: holds requests, and lets them in.
        look: looks whether the file of students' code was saved.
        start_over: empties the dictionaries, and lets every client go.
    """

    hold: HoldCommands
    look: Callable[[], None]
    start_over: Callable[[], None]
