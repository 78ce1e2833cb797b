"""What a worker says a function did: plain data, looked through before it is believed."""

from typing import Any, NamedTuple

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
    def from_answer(cls, answer: dict[str, Any]) -> "Observation | None":
        """Return the observation in a worker's answer, None if it has none."""
        try:
            return cls(
                value=value(answer["value"]),
                calls=tuple(map(call, checked(answer["calls"], list))),
                line=checked(answer["line"], int),
                error=None if answer["error"] is None else raised(answer["error"]),
                users=entries(answer["users"]),
                active_users=entries(answer["active_users"]),
                replaced=tuple(
                    name for name in ("users", "active_users") if answer[f"{name}_replaced"] is True
                ),
                local=tuple(checked(name, str) for name in checked(answer["local"], list)),
                printed=checked(answer["printed"], str),
            )
        except (KeyError, TypeError, ValueError, RecursionError):
            return None

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


def value(found: Any) -> Value:
    """Return a value, if it is one."""
    if found is None or isinstance(found, (bool, str)):
        return found
    return {name: checked(found[name], str) for name in ("type", "shown")}


def entries(found: Any) -> Entries:
    """Return the entries of a dictionary, if they are such."""
    if isinstance(found, list):
        return [(value(key), value(entry)) for key, entry in found]
    return value(found)


def call(found: Any) -> Call:
    """Return a call, if it is one."""
    double = checked(found, dict).get("double") is True
    return Call(
        checked(found["name"], str),
        tuple(map(value, checked(found["arguments"], list))),
        0 if double else checked(found["awaited"], int),
        checked(found["line"], int),
        double,
    )


def raised(found: Any) -> Raised:
    """Return an exception, if it is one."""
    texts = {name: checked(found[name], str) for name in ("kind", "message", "function")}
    texts |= {name: checked(found[name], str) for name in ("name", "owner")}
    return Raised(line=checked(found["line"], int), **texts)
