"""What is told of calls of students' functions, so that a window can show how long they last."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gui.tutor.source import Source


class CallBegan(NamedTuple):
    """A portion begins to answer a request, or to take a step.

    Parameters:
        time: seconds since the epoch.
        key: the peer's address, or its key.
        function: the portion's name.
    """

    time: float
    key: str
    function: str


class CallEnded(NamedTuple):
    """A portion has come to its end, or was brought there.

    Parameters:
        key: the peer's address, or its key.
        seconds: how long it took.
        source: the file, as it was when the portion ran.
        line: the line that sent the message; 0 if none was sent, or none of the file's lines did.
    """

    key: str
    seconds: float
    source: "Source"
    line: int
