"""The sentry: a process beside the program, which speaks and acts while Python there can't.

It reads what the alarm writes, until that ends with the program. Hardly any program ever needs
it, so it imports next to nothing.

python3 -I -S sentry.py SOCKET PROGRAM
"""

import _socket
import _thread
import os
import sys

# As in `gui.tutor.alarm`.
LET_GO = b"Let go\n"
# A program that was stopped and goes on sets off the alarm, but it lets go at once.
PATIENCE_SECONDS = 1
# A program that was told to end by itself has twice this long for it.
LOOK_SECONDS = 0.5
# The signal; on Windows, where any number ends a process, its exit status.
SIGKILL = 9

STUCK = """\
{place}: what is called there lets nothing else in this program run before it returns, so that \
no window and no other program gets an answer. Ctrl-C ends the program. Let the call have less \
to do: a smaller number, a shorter list, a simpler pattern."""
GOES_ON = "The call has returned: the program goes on."
ENDED = "The program was told to end, and could not do so by itself: it was ended."


def main(signals: _socket.socket, program: int) -> None:
    """Say where the program is stuck, when it is, and end it when it was told to end.

    Parameters:
        signals: where a byte comes for each signal, and bytes of 0 that mean nothing.
        program: the number of its process.
    """
    signals.setblocking(False)
    lines: list[bytes] = []
    written = _thread.allocate_lock()
    written.acquire()
    _thread.start_new_thread(read, (lines, written))
    is_said = is_told = False
    while True:
        seconds = LOOK_SECONDS if is_said else PATIENCE_SECONDS
        if written.acquire(timeout=seconds if lines else -1):
            if LET_GO in lines:
                del lines[: lines.index(LET_GO) + 1]
                if is_said:
                    say(GOES_ON)
                is_said = is_told = False
            continue
        if not is_said:
            say(STUCK.format(place=place(b"".join(lines))))
        if is_told:
            say(ENDED)
            end(program)
        is_said, is_told = True, has_signal(signals)


def read(lines: list[bytes], written: _thread.LockType) -> None:
    """Read what the alarm writes; at its end, end this process.

    Parameters:
        lines: gets each line.
        written: is let go then.
    """
    try:
        for line in sys.stdin.buffer:
            lines.append(line)
            if written.locked():
                written.release()
    finally:
        os._exit(0)


def place(dump: bytes) -> str:
    """Return where the students' file is, in the threads whose frames `faulthandler` has dumped.

    Which thread it is that keeps Python to itself, nobody can tell from outside.
    """
    import re  # here, because it takes longer than all the rest

    frame = re.compile(rb'  File ".*?(\w+_logic\.py)", line (\d+) in (.*)')
    places = []
    for thread in re.split(rb"\n\w*[Tt]hread ", dump):
        frames = frame.findall(thread)
        # A list comprehension, say, is part of the function around it.
        names = [name for _, _, name in frames if not name.startswith(b"<")]
        for file, line, _ in frames[:1]:  # the innermost
            where = b", in %s" % names[0] if names else b""
            # As Python writes what is not ASCII there.
            places.append(
                (b"%s, line %s%s" % (file, line, where)).decode("unicode_escape", "replace")
            )
    return " or ".join(places) or "Something"


def has_signal(signals: _socket.socket) -> bool:
    """Tell whether a signal has come that the program did not notice yet."""
    try:
        return bool(signals.recv(4096, _socket.MSG_PEEK).strip(b"\0"))
    except OSError:  # there is nothing
        return False


def end(program: int) -> None:
    """End the program, if it is still there, and this process."""
    # Where students' code has made another process, that may be all that is left.
    if os.name == "nt" or os.getppid() == program:
        os.kill(program, SIGKILL)
    os._exit(0)


def say(sentence: str) -> None:
    """Write to standard error."""
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:  # nobody reads it
        return


if __name__ == "__main__":
    # Of what family it is makes no difference to what it receives.
    signals = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 0, int(sys.argv[1]))
    main(signals, int(sys.argv[2]))
