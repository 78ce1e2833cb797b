"""The signals that ask a program to end: the same, whoever asks."""

import signal

# As `typing` has it, which takes a tenth of the time in which a window opens to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def on_ending_signals(handle: "Callable[..., object]") -> None:
    """Let something happen when the program is asked to end: Ctrl-C, kill, a terminal that goes.

    A program that is to outlive its terminal (nohup) ignores the last from its start; that stays.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue
        signal.signal(number, handle)
