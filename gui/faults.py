"""What goes wrong in the program itself, as a problem: nothing that ends, ends in silence."""

import errno
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gui.tutor.explanations import Explanation
from gui.tutor.problem import Problem

CANCELLED = "A task of the program's own was cancelled."
STOPPED = "The loop that runs the network was stopped."
CLOSED = "The server's port was closed."
NOT_OPENED = "The server's port was closed, and cannot be opened again."
LOST = "A client was lost as it was let in."
ENDED = "The thread that runs the network has ended."
THEIRS = (
    "Only code that runs in the program can do that, as what stands in the two files of the "
    "assignment does."
)
ADVICE = {
    CANCELLED: f"{THEIRS} asyncio.all_tasks() lists the program's tasks, too. The program goes on.",
    STOPPED: f"{THEIRS} The loop is not its own. The program goes on.",
    CLOSED: f"{THEIRS} The port is open again.",
    NOT_OPENED: "Who is connected is served; nobody else can connect. Start the server again.",
    LOST: "The network or the client has gone; it may connect again.",
    ENDED: "It cannot go on: nothing more is sent or received. Start the program again.",
}
# What the system says when it has no descriptor, or no memory, for a newcomer. asyncio tries
# again a second later.
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def tell(post: Callable[[object], None], _: object, context: Mapping[str, Any]) -> None:
    """Tell of an error that nobody handled, but for newcomers who have to wait.

    Parameters:
        post: takes the problem that it is.
        context: as asyncio's exception handlers get it, after the loop.
    """
    error = context.get("exception")
    message = CANCELLED if type(error).__name__ == "CancelledError" else context["message"]
    if error is None or message in ADVICE:
        advice = ADVICE.get(message, "The program goes on.")
        post(Problem(Explanation(message, advice), ""))
    elif not (isinstance(error, OSError) and error.errno in EXHAUSTED) and not is_told(context):
        post(failure(error))


def is_told(context: Mapping[str, Any]) -> bool:
    """Tell whether this is a lost client of which Windows' loop tells twice."""
    return "IocpProactor.accept." in repr(context.get("future"))


def tell_of_thread(post: Callable[[object], None], ended: Any) -> None:
    """Tell of a thread that was ended by an exception.

    Parameters:
        post: takes the problem that it is.
        ended: as `threading.excepthook` gets it.
    """
    post(failure(ended.exc_value, f"The thread {ended.thread.name}"))


def failure(error: BaseException, what: str = "Something in the program") -> Problem:
    """Return the problem that an exception is; its text may be made by students' code.

    Parameters:
        what: what it has ended.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return Problem(
        Explanation(
            f"{what} failed with {type(error).__name__}{place}.",
            "The program goes on as far as it can. If nothing was changed but the two files of the "
            "assignment, it is no mistake of yours.",
        ),
        "",
        full_traceback="".join(traceback.format_list(frames)).rstrip(),
    )
