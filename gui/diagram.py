"""The diagram: the messages as arrows between lanes, row by row, as plain data.

One lane is the program's own; every peer that said something, or was told something, has one.
Where something is drawn, `drawing` knows, and `pictures` how it becomes a file.
"""

import functools
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gui.bridge import ClientGone, LogLine
from gui.text import shown
from gui.tutor.observed import TimedCall
from gui.tutor.printable import printable, shorter

if TYPE_CHECKING:
    from gui.dictionaries import DictionaryChanged
    from gui.tutor.problem import Problem

MAX_MESSAGES = 500
# Rows without a message come along with messages; others are dropped like those.
MAX_ROWS = 3 * MAX_MESSAGES
# Shorter ones belong to what people do with their clients.
PAUSE_SECONDS = 10
# Others take what nobody notices.
SLOW_SECONDS = 0.1
REFUSALS = ("registration_failed", "login_failed", "request_denied")
LET_IN = "let in"
# Refusals are told apart by more than colour.
MARKS = {"refused": "× ", "error": "! ", "": ""}
# A field of a message that was cut off when it was logged, as `protocol` writes it.
FIELD = r'"(\w+)": "((?:[^"\\]|\\.)*)"'
KEPT_FIELDS = ("type", "username", "reason")
MAX_LABEL_CHARACTERS = 80
# What one change may name before it only counts.
MAX_NAMED_ENTRIES = 2


class Bar:
    """One call of a handler, on the program's own lane.

    Attributes:
        call: the call; whose request it answers is its `key`.
        first, last: the rows in which it began and ended; `last` is None while it runs.
        level: how many others were running beside it when it began, at most.
        arrow: the message that it answers, or, in a client, that it sent.
        has_ended: whether the rest is known of the call, too.
    """

    def __init__(self, call: TimedCall, first: int, level: int) -> None:
        self.call = call
        self.first = first
        self.last: int | None = None
        self.level = level
        self.arrow: Row | None = None
        self.has_ended = False


class Row:
    """One row: a message, or something that happened between two.

    Attributes:
        number: its place among all rows that there were.
        time: when it happened, in seconds since the epoch.
        key: the peer that it is about; "" for nobody.
        line: the message, if it is one.
        text: what happened, if it is none.
        changes: what changed in the dictionaries between this row and the next.
        is_meanwhile: whether nobody knows which of several calls has changed that.
        bar: the call that answers the message, or sent it, if it is known.
        problem: what is wrong with how the message was answered or sent, if something is.
        was_held: whether it did not reach its handler at once.
        is_held: whether it still waits.
        let_in: when that ended, in seconds since the epoch.
    """

    def __init__(
        self, number: int, time: float, key: str = "", line: LogLine | None = None, text: str = ""
    ) -> None:
        self.number = number
        self.time = time
        self.key = key
        self.line = line
        self.text = text
        self.changes: list[str] = []
        self.is_meanwhile = False
        self.bar: Bar | None = None
        self.problem: Problem | None = None
        self.was_held = self.is_held = False
        self.let_in = 0.0

    @property
    def is_sent(self) -> bool:
        """Whether the message goes away from the program's own lane."""
        return self.line is not None and self.line.arrow == "→"

    @property
    def changed(self) -> str:
        """What is told of the changes, in a few words."""
        changes = ", ".join(self.changes)
        return f"changed meanwhile: {changes}" if self.is_meanwhile else changes

    @property
    def notes(self) -> str:
        """What is told of the call that begins in this row, in a few words."""
        notes = []
        if (bar := self.bar) is not None and bar.first == self.number:
            call = bar.call
            slow = duration(call.seconds) if call.seconds >= SLOW_SECONDS else ""
            notes.append(f"{call.function}() {'is running' if bar.last is None else slow}".rstrip())
        if self.problem is not None:
            notes.append("problem")
        return " · ".join(notes)

    @functools.cached_property
    def told(self) -> "Told":
        """What is told of the row beside its arrow, if it has one."""
        return Told(self.text, "") if self.line is None else told(self.line)


class Lane:
    """The lane of one peer.

    Attributes:
        rows: how many rows are about it.
        arrow: the last message from it.
        end: the row in which it went; None while it is there.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.arrow: Row | None = None
        self.end: int | None = None


class Diagram:
    """The last messages that a program sent and received, and what else is known of them.

    Parameters:
        own: what heads the program's own lane.
        names: the username of each peer that has one, by its key; others may change it.
        is_server: whether calls are drawn as bars, and answer messages rather than send them.

    Attributes:
        rows: what happened, the oldest first; `first` is the number of the oldest.
        lanes: those of the peers, by their keys, in the order in which they first appeared.
        bars: the calls that can be seen in the rows, in the order in which they began.
    """

    def __init__(self, own: str, names: Mapping[str, str], is_server: bool) -> None:
        self.own = own
        self.names = names
        self.is_server = is_server
        self.rows: deque[Row] = deque()
        self.first = 0
        self.lanes: dict[str, Lane] = {}
        self.bars: deque[Bar] = deque()
        self._messages = 0
        self._running: dict[str, Bar] = {}
        # The call that has just ended: what the server finds changed now, it has changed.
        self._ended: Bar | None = None
        # The message that is being answered, or was last.
        self._current: Row | None = None
        self._gone = ""
        self._entries: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._adds: dict[str, Callable[[Any], None]] = {
            "LogLine": self._add_message,
            "TimedCall": self._note_call,
            "DictionaryChanged": self._change,
            "ClientGone": self._go,
            "Held": self._hold,
            "Problem": self._accuse,
        }

    def add(self, event: Any) -> None:
        """Take note of something that happened, if it has a place here."""
        # By name: most of these classes are imported long after the window is there.
        if (add := self._adds.get(type(event).__name__)) is not None:
            add(event)

    def row(self, number: int) -> Row | None:
        """Return the row of a number, if it was not dropped."""
        index = number - self.first
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def heading(self, key: str) -> str:
        """Return what heads a peer's lane: a client's username, or else its key."""
        return printable(self.names.get(key) or key) if self.is_server else "Server"

    def row_of(self, problem: "Problem") -> Row | None:
        """Return the message that has a problem, the newest if there are several."""
        return next(
            (
                r
                for r in reversed(self.rows)
                if r.problem and r.problem.identity == problem.identity
            ),
            None,
        )

    def _append(
        self, time: float, key: str = "", line: LogLine | None = None, text: str = ""
    ) -> Row:
        """Add a row, and before it one that marks a long pause, if there was one."""
        if self.rows and (pause := time - self.rows[-1].time) >= PAUSE_SECONDS:
            self.rows.append(Row(self._next(), time, text=f"{duration(pause)} later"))
        row = Row(self._next(), time, key, line, text)
        self.rows.append(row)
        self._messages += line is not None
        if key:
            self.lanes.setdefault(key, Lane()).rows += 1
        self._ended = None
        self._gone = ""
        while self._messages > MAX_MESSAGES or len(self.rows) > MAX_ROWS:
            self._drop()
        return row

    def _drop(self) -> None:
        """Forget the oldest row, and what only it has shown."""
        row = self.rows.popleft()
        self.first += 1
        self._messages -= row.line is not None
        if row.key:
            lane = self.lanes[row.key]
            lane.rows -= 1
            if not lane.rows:
                del self.lanes[row.key]
        while self.bars and self.bars[0].last is not None and self.bars[0].last < self.first:
            self.bars.popleft()
        if len(self.bars) > 2 * MAX_ROWS:  # the oldest still runs
            self.bars = deque(b for b in self.bars if b.last is None or b.last >= self.first)

    def _next(self) -> int:
        return self.first + len(self.rows)

    def _add_message(self, line: LogLine) -> None:
        row = self._append(line.time, line.peer, line)
        if row.is_sent:
            row.bar = self._running.get(line.peer)
            if row.bar is not None and not self.is_server:
                row.bar.arrow = row
        elif self.is_server:
            # A client's requests are answered one after the other.
            self._stop(line.peer)
            self.lanes[line.peer].arrow = self._current = row

    def _note_call(self, call: TimedCall) -> None:
        """Take note of a call that begins, or that ends: then it is told of again."""
        bar = self._running.get(call.key)
        if bar is not None and bar.call is call:
            self._end(bar)
        else:
            self._begin(call)

    def _begin(self, call: TimedCall) -> None:
        self._stop(call.key)
        lane = self.lanes.get(call.key)
        arrow = lane.arrow if lane is not None and lane.arrow and not lane.arrow.bar else None
        let_in = None
        if arrow is not None and arrow.was_held:
            let_in = self._append(arrow.let_in, call.key, text=f"{LET_IN}: {arrow.told.label}")
        taken = {bar.level for bar in self._running.values()}
        level = next(level for level in range(len(taken) + 1) if level not in taken)
        bar = Bar(call, max(self.first, self._next() - 1), level)
        if arrow is not None:
            bar.arrow, arrow.bar = arrow, bar
            self._current = arrow
        if let_in is not None:
            let_in.bar = bar
        self._running[call.key] = bar
        self.bars.append(bar)
        self._ended = None

    def _end(self, bar: Bar) -> None:
        bar.has_ended = True
        self._stop(bar.call.key)
        self._ended = bar
        self._current = bar.arrow

    def _stop(self, key: str) -> None:
        """Take note that no call runs any more for a client."""
        if (bar := self._running.pop(key, None)) is not None:
            bar.last = max(bar.first, self._next() - 1)

    def _go(self, gone: ClientGone) -> None:
        self._stop(gone.key)
        lane = self.lanes.get(gone.key)
        if lane is None:
            return
        if lane.arrow is not None:
            lane.arrow.is_held = False
        text = f"{self.heading(gone.key)} has gone"
        lane.end = self._append(gone.time, gone.key, text=text).number
        self._gone = gone.key

    def _hold(self, held: Any) -> None:
        lane = self.lanes.get(held.peer)
        if lane is not None and lane.arrow is not None:
            lane.arrow.is_held = held.is_held
            lane.arrow.was_held = True
            lane.arrow.let_in = held.time

    def _change(self, event: "DictionaryChanged") -> None:
        ran = [*self._running.values(), *filter(None, [self._ended])]
        text = self._described(event, {self._gone, *(bar.call.key for bar in ran)})
        is_logged_off = event.name == "active_users" and set(event.changes) == {self._gone}
        if not ran and not is_logged_off and self.rows:
            self._append(self.rows[-1].time)  # no row of before has to do with it
        if self.rows:
            self.rows[-1].changes.append(text)
            self.rows[-1].is_meanwhile |= len(ran) > 1

    def _described(self, event: "DictionaryChanged", keys: set[str]) -> str:
        """Return in a few words what changed in a dictionary.

        Parameters:
            keys: the clients whose own entries need no key to be told.
        """
        entries = self._entries[event.name]
        words: list[str] = []
        for changed, name in event.changes.items():
            before = entries.pop(changed, None)
            if name is not None:
                entries[changed] = name
            if len(words) < MAX_NAMED_ENTRIES:
                words.append(entry_words(changed, before, name, changed in keys))
        more = len(event.changes) - len(words)
        return printable(f"{event.name} {', '.join(words)}{f' and {more} more' if more else ''}")

    def _accuse(self, problem: "Problem") -> None:
        """Attach a problem to the message that it is about, if that is sure."""
        if problem.client or not self.is_server:
            row = self._current
        else:
            running = list(self._running.values())
            row = running[0].arrow if problem.ongoing and len(running) == 1 else None
        if row is not None:
            row.problem = problem


def entry_words(key: str, before: str | None, name: str | None, is_own: bool) -> str:
    """Return in a few words what became of one entry of a dictionary."""
    at = "" if is_own else f"{key}: "
    if name is None:
        return f"− {at}{before or ''}"
    if before is None:
        return f"+ {at}{name}"
    return f"{at}{before} → {name}"


def duration(seconds: float) -> str:
    """Return a time in words, as exact as anybody wants to know it."""
    if seconds < 1:
        return f"{seconds * 1000:.1f} ms"
    if seconds < PAUSE_SECONDS:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"h": hours, "min": minutes, "s": rest}
    return " ".join(f"{number} {unit}" for unit, number in parts.items() if number)


class Told(NamedTuple):
    """What an arrow tells of its message.

    Parameters:
        label: the message's type, and its username or its like.
        outcome: "refused", "error", or "" for anything else.
    """

    label: str
    outcome: str


def told(line: LogLine) -> Told:
    """Return what an arrow tells of a message."""
    found = fields(line)
    kind = found.get("type")
    if not isinstance(kind, str):
        label = f"not a message: {shown(line.line)}"
        return Told(shorter(label, MAX_LABEL_CHARACTERS), "error")
    outcome = "refused" if kind in REFUSALS else "error" if kind == "error" else ""
    more: object = found.get("username", found.get("reason"))
    more = more if isinstance(more, str) else ""
    if isinstance(clients := found.get("clients"), list):
        more = "of 1 client" if len(clients) == 1 else f"of {len(clients)} clients"
    between = ": " if outcome == "error" else " "
    label = printable(f"{MARKS[outcome]}{kind}{between if more else ''}{more}")
    return Told(shorter(label, MAX_LABEL_CHARACTERS), outcome)


def fields(line: LogLine) -> dict[str, Any]:
    """Return the fields of a message; of one that was cut off, those that are left."""
    # Here, not above: a client's window is drawn before it needs this.
    import json

    if line.left_out:
        # A registry's clients have usernames, too.
        beginning = line.line.decode(errors="replace").partition('"clients"')[0]
        return {name: text for name, text in re.findall(FIELD, beginning) if name in KEPT_FIELDS}
    try:
        found = json.loads(line.line.decode())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
