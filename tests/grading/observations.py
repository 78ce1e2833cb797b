"""What a worker says a function did: plain data, looked through before it is believed."""

from typing import Any, NamedTuple

# As much as a worker tells of anything; what tells more is not a worker.
LONGEST_TEXT = 300
LONGEST_NAME = 60
LONGEST_PRINTED = 500
MOST_ENTRIES = 100
MOST_CALLS = 1000
LARGEST_NUMBER = 10**9
DICTIONARIES = ("users", "active_users")

Value = Any
"""None, True, False, a text, or for anything else a dictionary with its `type` and `shown`."""
Entries = Any
"""A list of pairs of values, or for what is no dictionary, a value."""


class Call(NamedTuple):
    """A call of the handle, or of another function of the file."""

    name: str
    arguments: tuple[Value, ...]
    awaited: int
    line: int
    double: bool


class Raised(NamedTuple):
    """An exception that ended the function."""

    kind: str
    message: str
    line: int
    function: str
    name: str
    owner: str


class Observation(NamedTuple):
    """What a function did in one scenario.

    Parameters:
        value: what it returned.
        calls: what it called, in order.
        line: the last line of the student's file that ran.
        error: the exception that ended it, or None.
        users, active_users: the dictionaries afterwards.
        replaced: the names of the dictionaries that are other objects now.
        local: the names of the dictionaries that are variables of the function itself.
        printed: what it printed.
    """

    value: Value
    calls: tuple[Call, ...]
    line: int
    error: Raised | None
    users: Entries
    active_users: Entries
    replaced: tuple[str, ...]
    local: tuple[str, ...]
    printed: str

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "Observation":
        """Return the observation in a worker's answer.

        Raises:
            KeyError, TypeError, ValueError: there is none in it.
        """
        return cls(
            value=value(answer["value"]),
            calls=tuple(map(call, items(answer["calls"], MOST_CALLS))),
            line=number(answer["line"]),
            error=None if answer["error"] is None else raised(answer["error"]),
            users=entries(answer["users"]),
            active_users=entries(answer["active_users"]),
            replaced=tuple(name for name in DICTIONARIES if answer[f"{name}_replaced"] is True),
            local=tuple(name for name in DICTIONARIES if name in checked(answer["local"], list)),
            printed=text(answer["printed"], LONGEST_PRINTED),
        )

    @property
    def sent(self) -> tuple[Call, ...]:
        """The calls of the handle that sent something."""
        return tuple(call for call in self.calls if call.awaited and not call.double)

    @property
    def unsent(self) -> tuple[Call, ...]:
        """The calls of the handle that were not awaited, so that nothing was sent."""
        return tuple(call for call in self.calls if not call.awaited and not call.double)


def checked(found: Any, kind: type) -> Any:
    """Return what was found, if it is of that very type.

    Raises:
        TypeError: it is not.
    """
    if type(found) is not kind:
        raise TypeError(f"{type(found).__name__} instead of {kind.__name__}")
    return found


def items(found: Any, most: int) -> list[Any]:
    """Return a list, if it is one and not too long."""
    if len(checked(found, list)) > most:
        raise ValueError(f"more than {most}")
    return list(found)


def text(found: Any, longest: int) -> str:
    """Return a text, if it is one and not too long."""
    if len(checked(found, str)) > longest:
        raise ValueError(f"longer than {longest}")
    return str(found)


def number(found: Any) -> int:
    """Return a number of a line or of calls, if it is one."""
    if not 0 <= checked(found, int) <= LARGEST_NUMBER:
        raise ValueError("nothing has this number")
    return int(found)


def value(found: Any) -> Value:
    """Return a value, if it is one."""
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, str):
        return text(found, LONGEST_TEXT)
    return {"type": text(found["type"], LONGEST_NAME), "shown": text(found["shown"], LONGEST_TEXT)}


def entries(found: Any) -> Entries:
    """Return the entries of a dictionary, if they are such."""
    if isinstance(found, list):
        return [(value(key), value(entry)) for key, entry in items(found, MOST_ENTRIES)]
    return value(found)


def call(found: Any) -> Call:
    """Return a call, if it is one."""
    double = checked(found, dict).get("double") is True
    return Call(
        text(found["name"], LONGEST_NAME),
        tuple(map(value, items(found["arguments"], MOST_ENTRIES))),
        0 if double else number(found["awaited"]),
        number(found["line"]),
        double,
    )


def raised(found: Any) -> Raised:
    """Return an exception, if it is one."""
    names = ("kind", "function", "name", "owner")
    texts = {name: text(found[name], LONGEST_NAME) for name in names}
    message = text(found["message"], LONGEST_TEXT)
    return Raised(line=number(found["line"]), message=message, **texts)
