"""The console: what a program shows, and is told, where there is no window."""

import contextlib
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any, TextIO

from gui import faults
from gui.bridge import LogLine, Mailbox, Quit
from gui.client_state import ClientState, Commands, Link, Step
from gui.signals import on_ending_signals
from gui.streams import Output
from gui.text import loaded_text, log_text, registry_text
from gui.tutor.loaded import Loaded
from gui.tutor.problem import Problem
from gui.tutor.progress import Portions, State

# What comes within this time is written at once: a busy server spends its time on its
# clients, not on its log. A person does not notice.
PAUSE_SECONDS = 0.02
# Lines of the log written at once: the text of all that may wait would take megabytes.
LINES_AT_ONCE = 25
COMMANDS = "Type one of: register NAME, login, registry, connect, quit."
# Longer than any command.
MAX_TYPED_BYTES = 4096
# Stands for a line that is no text; what it says is what is told.
NOT_TEXT = "What was typed is no text that this terminal's encoding knows. It was ignored."


class Console:
    """Shows a program on standard output, until it is to end."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.status: int | None = None
        self._mailbox = mailbox
        self._portions: Portions | None = None
        self._known: dict[tuple[str, str], Problem] = {}
        # Students' code may put something else in its place.
        self._output = Output(sys.stdout)

    def run(self) -> int:
        """Show what happens until the program is to end; return its exit status."""
        # An exception, not a flag, because it also ends a write that a full pipe holds up.
        on_ending_signals(signal.default_int_handler)
        try:
            while self.status is None:
                self._mailbox.wait()
                self.show_news()
                time.sleep(PAUSE_SECONDS)  # what comes meanwhile is written at once
        except KeyboardInterrupt:
            self.status = 0
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return self.status

    def show_news(self) -> None:
        """Show everything that is in the mailbox."""
        news = self._mailbox.take(sys.maxsize)
        if dropped := self._mailbox.dropped():
            self.write(f"… {dropped} messages are not shown …\n")
        lines: list[str] = []
        for _, event in news:
            if isinstance(event, LogLine):
                lines.append(f"{log_text(event)}\n")
                if len(lines) < LINES_AT_ONCE:
                    continue
            self.write("".join(lines))
            lines.clear()
            if not isinstance(event, LogLine):
                self.show(event)
        self.write("".join(lines))

    def show(self, event: Any) -> None:
        """Show an event: here, a problem, in full the first time, a file loaded, or the end."""
        if isinstance(event, Quit):
            self.status = event.status
        elif isinstance(event, Loaded):
            self._known = {
                identity: problem
                for identity, problem in self._known.items()
                if not event.ends(problem)
            }
            self.write(f"{loaded_text(event)}\n")
        elif isinstance(event, Portions):
            self._show_portions(event)
        elif isinstance(event, Problem):
            if event.identity not in self._known:
                self._known[event.identity] = event
                self.write(f"\n{event.text}\n\n")
            elif not event.ongoing:
                self.write(f"Again: {event.explanation.title}\n")

    def _show_portions(self, portions: Portions) -> None:
        """Show what is known of the portions: all of it at the start, then which did right."""
        before, self._portions = self._portions, portions
        if before is not None:
            portions = portions.differing(before)
        for state in State if before is None else (State.RIGHT,):
            if told := portions.text(state):
                self.write(f"{told}\n")

    def write(self, text: str) -> None:
        """Write to standard output."""
        self._output.write(text)
        self._output.flush()


class ClientConsole(Console):
    """Shows a client, and takes its steps one after the other.

    Parameters:
        username: the name under which to take the three steps and leave; without one,
            standard input tells what to do.

    Attributes:
        commands: what the client can be told.
    """

    commands: Commands

    def __init__(self, mailbox: Mailbox, username: str | None) -> None:
        super().__init__(mailbox)
        self._username = username or ""
        self._alone = username is not None
        self._state = ClientState(Link.CONNECTING, "")
        self._busy = True
        self._status_at_end = 0
        self._typed: deque[str] = deque()
        if self._alone:
            self._typed.extend(["register", "login", "registry", "quit"])
        else:
            threading.Thread(target=self._read, args=[sys.stdin], daemon=True).start()

    def show(self, event: Any) -> None:
        """Show the client's state, or keep a line that was typed; then go on."""
        if isinstance(event, str):
            self._typed.append(event)
        elif isinstance(event, ClientState):
            self._show_state(event)
        else:
            super().show(event)
        while self._typed and not self._busy and self.status is None:
            self._obey(self._typed.popleft())

    def _show_state(self, state: ClientState) -> None:
        before, self._state = self._state, state
        if state.notice != before.notice:
            if state.link is Link.CLOSED:
                print(state.notice, file=sys.stderr)
            else:
                self.write(f"{state.notice}\n")
        if before.link is Link.CONNECTING and state.link is not before.link and not self._alone:
            self.write(f"{COMMANDS}\n")
        for step, outcome in state.outcomes.items():
            if outcome is not before.outcomes.get(step):
                self.write(f"{outcome.sentence}\n")
                if self._alone and not outcome.succeeded:
                    self.status = 1
        if state.clients is not None and state.clients is not before.clients:
            self.write(registry_text(state.clients))
        if state.link is Link.CLOSED:
            self._status_at_end = 1 if before.link is Link.OPEN else 2
            if self._alone:
                self.status = self._status_at_end
        elif state.link is Link.OPEN:
            self._status_at_end = 0
        self._busy = state.link is Link.CONNECTING or state.pending is not None

    def _obey(self, command: str) -> None:
        if command is NOT_TEXT:
            self.write(f"{NOT_TEXT}\n")
            return
        match command.split(maxsplit=1):
            case ["register", username]:
                self._username = username.strip()
                self._take(Step.REGISTER)
            case ["register"] if self._alone:
                self._take(Step.REGISTER)
            case ["login"]:
                self._take(Step.LOGIN)
            case ["registry"]:
                self._take(Step.REQUEST_REGISTRY)
            case ["connect"] if self._state.link is Link.CLOSED:
                self._busy = True
                self.commands.connect()
            case ["connect"]:
                self.write(f"{self._state.notice}\n")
            case ["quit"]:
                self.status = self._status_at_end
            case _:
                self.write(f"{COMMANDS}\n")

    def _take(self, step: Step) -> None:
        if self._state.link is Link.CLOSED:
            self.write("There is no connection: type connect first, or quit.\n")
            return
        self._busy = True
        self.commands.take_step(step, self._username)

    def _read(self, stream: TextIO | None) -> None:
        try:
            for line in typed_lines(stream):
                self._mailbox.post(line)
            self._mailbox.post("quit")
        except BaseException as error:
            self._mailbox.post(faults.failure(error))
            self._mailbox.post(Quit(status=1))


def typed_lines(stream: TextIO | None) -> Iterator[str]:
    """Give each line that comes, and `NOT_TEXT` for one that is none, until no more will come.

    Parameters:
        stream: standard input; None if there is none.
    """
    raw = getattr(stream, "buffer", None)
    if stream is None or raw is None:
        yield from stream or ()
        return
    with contextlib.suppress(OSError, ValueError):  # closed, or a terminal that has gone
        while line := raw.readline(MAX_TYPED_BYTES):
            try:
                yield line.decode(stream.encoding)
            except UnicodeDecodeError:
                yield NOT_TEXT
