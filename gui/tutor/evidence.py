"""What one call of a student's function did, as it was recorded.

It comes from `recorder.py`, in a window from this program, at a grader from a sandbox in which
students' code runs. So it is looked through before it is believed: whatever does not have this
shape, or is longer than a recorder makes it, is no evidence.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from gui.tutor.recorder import (
    DICTIONARIES,
    FIRST_STEPS,
    FIRST_VALUES,
    LAST_STEPS,
    LAST_VALUES,
    MAX_CALLS,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NAME_CHARACTERS,
    MAX_NOTES,
    MAX_PRINTED_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    NOTHING,
)

Value = Any
"""None, True, False, a text, or for anything else a `Thing`."""
Entries = Any
"""The entries of a dictionary, as a dictionary from values to values; else what it is, a value."""

# No file has as many lines; a sandbox may answer with any number.
MAX_LINE = 10**6
# How often one coroutine may have been awaited before nobody counts any more.
MAX_AWAITED = 10**6


class Thing(NamedTuple):
    """A value that is neither None nor True, False or a text: its type's name, and its look."""

    type: str
    shown: str


class Raised(NamedTuple):
    """An exception that ended a function.

    Parameters:
        kind: the name of its class.
        message: its text.
        line: the line of the file that it came through last, 0 if none.
        function: the function that this line is in, "" if none.
        name: the name or attribute that was not found, if that is what happened.
        owner: the name of the type of the object that lacks the attribute.
    """

    kind: str
    message: str
    line: int
    function: str
    name: str
    owner: str


Place = tuple[int, int, int, int]
"""Where a piece of code begins and ends, as its node in the syntax tree has it."""


def place_of(node: Any) -> Place:
    """Return the place of a statement or an expression."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


class Noted(NamedTuple):
    """What an expression came to."""

    place: Place
    value: Value


class Step(NamedTuple):
    """A statement that ran.

    Parameters:
        number: its place among all that ran, from 1; where numbers are missing, steps are.
        place: where it stands. A round of a loop is at the loop's target, its end at what it goes
            through; each turn of a `while` at its condition; what is caught at its `except`; what
            a `match` chooses at its pattern.
        depth: 0 in the function itself, 1 in another one of the file that it called.
        values: what its expressions came to, in the order in which Python found out.
        calls: the numbers of what it called, in `Evidence.calls`.
        raised: the exception that it raised, or passed on.
    """

    number: int
    place: Place
    depth: int
    values: tuple[Noted, ...]
    calls: tuple[int, ...]
    raised: Raised | None


class Call(NamedTuple):
    """A call of a method of the handle, or of another function of the file.

    Parameters:
        name: what was called.
        arguments: with what.
        awaited: how many times its answer was awaited.
        line: the line from which it was called, 0 if from none of the file.
        is_helper: whether it is a function of the file.
        before: the two dictionaries when a helper of the student's own began, else None.
        did: what that helper did.
    """

    name: str
    arguments: tuple[Value, ...]
    awaited: int
    line: int
    is_helper: bool
    before: tuple[Entries, Entries] | None
    did: "Evidence | None"


class Evidence(NamedTuple):
    """What a function did.

    Parameters:
        returned: what it returned.
        calls: what it called, in order.
        line: the last of its lines that ran, 0 if none did.
        error: the exception that ended it, or None.
        users, active_users: the dictionaries afterwards.
        rebound: the names of the dictionaries that are other objects now.
        printed: what it printed.
        steps: the first and the last statements that ran, where it was instrumented.
    """

    returned: Value
    calls: tuple[Call, ...]
    line: int
    error: Raised | None
    users: Entries
    active_users: Entries
    rebound: tuple[str, ...]
    printed: str
    steps: tuple[Step, ...] = ()

    def values_of(self, node: Any) -> list[Value]:
        """Return what an expression came to, each time that it was asked, as far as is known.

        Parameters:
            node: the expression in the syntax tree of its file.
        """
        place = place_of(node)
        return [n.value for step in self.steps for n in step.values if n.place == place]

    def came_by(self, node: Any) -> bool:
        """Tell whether a statement ran, a round of a loop began, or a pattern was chosen.

        Parameters:
            node: the statement, the loop's target or the pattern, in the syntax tree of its file.
        """
        place = place_of(node)
        return any(step.place == place for step in self.steps)

    @property
    def swallowed(self) -> Raised | None:
        """The last exception that it caught; None if none is known, or one ended it."""
        caught = [step.raised for step in self.steps if step.raised and not self.error]
        return caught[-1] if caught else None

    @property
    def sent(self) -> tuple[Call, ...]:
        """The calls of the handle that sent something."""
        return tuple(call for call in self.calls if call.awaited and not call.is_helper)

    @property
    def unsent(self) -> tuple[Call, ...]:
        """The calls of the handle that were not awaited, so that nothing was sent."""
        return tuple(call for call in self.calls if not call.awaited and not call.is_helper)

    @property
    def helped(self) -> tuple[Call, ...]:
        """The calls of the file's other functions."""
        return tuple(call for call in self.calls if call.is_helper)


def evidence(found: Any) -> Evidence | None:
    """Return the evidence that a recorder's data is, None if it has another shape."""
    try:
        return whole(found)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def whole(found: Any, left_out: Mapping[str, Any] = MappingProxyType({})) -> Evidence:
    """Return evidence.

    Parameters:
        left_out: what is so where nothing is said of it.

    Raises:
        KeyError, TypeError, ValueError, RecursionError: that is none.
    """
    said = {name: read(found[name]) for name, read in PARTS.items() if name in found}
    return Evidence(*map({**left_out, **said}.__getitem__, Evidence._fields))


def text(found: Any, most: int = MAX_TEXT_CHARACTERS) -> str:
    """Return a text that is not too long.

    Raises:
        TypeError: it is none.
    """
    if type(found) is not str or len(found) > most:
        raise TypeError("no text, or a longer one than is made")
    return found


def number_of(found: Any, most: int) -> int:
    """Return a number of something.

    Raises:
        TypeError: it is none.
    """
    if type(found) is not int or not 0 <= found <= most:
        raise TypeError("no number, or none that can be")
    return found


def items(found: Any, most: int) -> list[Any]:
    """Return a list that is not too long.

    Raises:
        TypeError: it is none.
    """
    if type(found) is not list or len(found) > most:
        raise TypeError("no list, or a longer one than is made")
    return found


def value(found: Any) -> Value:
    """Return a value."""
    if found is None or found is True or found is False:
        return found
    if type(found) is str:
        return text(found)
    return Thing(text(found["type"], MAX_NAME_CHARACTERS), text(found["shown"]))


def entries(found: Any) -> Entries:
    """Return the entries of a dictionary, or what is there instead of one."""
    if type(found) is not list:
        return value(found)
    return {value(key): value(entry) for key, entry in items(found, MAX_ENTRIES)}


def call(found: Any) -> Call:
    """Return a call."""
    before, did = found["before"], found["did"]
    return Call(
        text(found["name"], MAX_NAME_CHARACTERS),
        tuple(map(value, items(found["arguments"], MAX_CALLS))),
        number_of(found["awaited"], MAX_AWAITED),
        number_of(found["line"], MAX_LINE),
        found["helper"] is True,
        None if before is None else (entries(before["users"]), entries(before["active_users"])),
        None if did is None else whole(did),
    )


def step(found: Any) -> Step:
    """Return a step."""
    values = items(found["values"], FIRST_VALUES + LAST_VALUES)
    return Step(
        number_of(found["number"], MAX_NOTES),
        place(found["place"]),
        number_of(found["depth"], MAX_DEPTH),
        tuple(Noted(place(at), value(came_to)) for at, came_to in values),
        tuple(number_of(number, MAX_CALLS) for number in items(found["calls"], MAX_CALLS)),
        None if found["raised"] is None else raised(found["raised"]),
    )


def place(found: Any) -> Place:
    """Return a place."""
    line, column, end_line, end_column = (number_of(number, MAX_LINE) for number in found)
    return line, column, end_line, end_column


def raised(found: Any) -> Raised:
    """Return an exception."""
    return Raised(
        text(found["kind"], MAX_NAME_CHARACTERS),
        text(found["message"]),
        number_of(found["line"], MAX_LINE),
        *(text(found[name], MAX_NAME_CHARACTERS) for name in ("function", "name", "owner")),
    )


PARTS: Mapping[str, Callable[[Any], Any]] = {
    "returned": value,
    "calls": lambda found: tuple(map(call, items(found, MAX_CALLS))),
    "line": lambda found: number_of(found, MAX_LINE),
    "error": lambda found: None if found is None else raised(found),
    "users": entries,
    "active_users": entries,
    "rebound": lambda found: tuple(
        name for name in DICTIONARIES if name in items(found, len(DICTIONARIES))
    ),
    "printed": lambda found: text(found, MAX_PRINTED_CHARACTERS),
    "steps": lambda found: tuple(map(step, items(found, FIRST_STEPS + LAST_STEPS))),
}
"""How each part of evidence is read."""
NOTHING_DONE = {name: PARTS[name](found) for name, found in NOTHING.items()}
"""The parts of the evidence of a call that did nothing, the two dictionaries aside."""
