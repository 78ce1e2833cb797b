"""The two dictionaries as they were at one moment, in a form that is safe to look at.

What students put into them may have an `==`, a hash or a repr of its own: such code may raise,
take its time, or say what is not so. Nothing here calls it. Texts stay what they are; everything
else is replaced by what is shown of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gui.tutor.assignment import Dictionaries
from gui.tutor.printable import printable, shorter

# So much of a value is shown as tells what it is.
SHOWN_ENTRIES = 3
SHOWN_DEPTH = 3
SHOWN_CHARACTERS = 60
SCALARS = (bool, int, float, complex, bytes, type(None))
BRACKETS = ((list, "[]"), (tuple, "()"), (set, "{}"), (dict, "{}"))
NOTHING = object()
# Whatever a class made after the model of `dict` says.
items = dict.items
# The name of a class, whatever its metaclass says.
class_name = vars(type)["__name__"].__get__


@dataclass(frozen=True, repr=False)
class NoText:
    """What takes the place of a key or a value that is no text.

    Parameters:
        shown: what is shown of it.
    """

    shown: str

    def __repr__(self) -> str:
        return self.shown


class Entries(dict[Any, Any]):
    """One of the two dictionaries as it was.

    Parameters:
        entries: what it held.
        take_out: takes the entry of a key out of the dictionary itself; without one, all entries.
    """

    def __init__(self, entries: Any, take_out: Callable[..., None]) -> None:
        super().__init__(entries)
        self._take_out = take_out

    def pop(self, key: object, *_: object) -> None:
        """Take an entry out of the dictionary itself; this stays as it was."""
        self._take_out(key)

    def clear(self) -> None:
        """Take all entries out of the dictionary itself; this stays as it was."""
        self._take_out()


class Snapshot(Dictionaries):
    """The two dictionaries as they were at one moment.

    Attributes:
        pairs: what each really held; None where all of it is text.
    """

    pairs: tuple[list[tuple[Any, Any]], ...] | None = None

    def copy(self) -> "Snapshot":
        """Return what stays as the dictionaries were then: this does."""
        return self

    def is_of(self, now: Dictionaries) -> bool:
        """Tell whether the dictionaries are as they were; may call the `==` of what is new."""
        # Of what is still the same, nothing is called.
        return now == self if self.pairs is None else all(map(is_same, self.pairs, now))

    def originals(self) -> Dictionaries:
        """Return dictionaries that hold what these held; makes the hash of each key anew."""
        if self.pairs is None:
            return Dictionaries(dict(self.users), dict(self.active_users))
        return Dictionaries(*map(dict, self.pairs))


def is_same(pairs: list[tuple[Any, Any]], now: dict[Any, Any]) -> bool:
    """Tell whether a dictionary holds these very keys and values."""
    return len(pairs) == dict.__len__(now) and all(
        key is other_key and value is other
        for (key, value), (other_key, other) in zip(pairs, items(now), strict=True)
    )


def snapshot(
    now: Dictionaries,
    before: Snapshot,
    unchanged: Sequence[object],
    take_out: Callable[..., None],
) -> Snapshot:
    """Return what the dictionaries hold now.

    Parameters:
        before: what they held a while ago: what is the same needs no second look.
        unchanged: for each whether it equals what it was then.
        take_out: takes the entry of a key out of the dictionary of that name; without one, all.
    """
    known = [bool(is_same) and before.pairs is None for is_same in unchanged]
    outs = [partial(take_out, name) for name in now._fields]
    if all(map(holds_text, now, before, known)):
        kept = zip(now, before, known, outs, strict=True)
        return Snapshot(*[old if same else Entries(new, out) for new, old, same, out in kept])
    taken = Snapshot(*[Entries(texts(new), out) for new, out in zip(now, outs, strict=True)])
    taken.pairs = tuple([*items(entries)] for entries in now)
    return taken


def holds_text(now: dict[Any, Any], before: dict[Any, Any], is_known: bool) -> bool:
    """Tell whether a dictionary, and nothing made after its model, holds nothing but text."""
    if is_known or type(now) is not dict:
        return is_known
    known = before.get
    new = [
        (key, value)
        for key, value in now.items()
        if type(key) is not str or known(key, NOTHING) is not value
    ]
    return all(is_text(key) and is_text(value) for key, value in new)


def is_text(value: object) -> bool:
    """Tell whether a value is text, and nothing made after its model, that UTF-8 can carry."""
    if type(value) is not str:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def texts(entries: dict[Any, Any]) -> dict[Any, Any]:
    """Return what a dictionary holds, in texts, and what takes the place of everything else."""
    return {as_text(key): as_text(value) for key, value in items(entries)}


def as_text(value: object) -> str | NoText:
    """Return a value if it is text, or else what takes its place."""
    if not issubclass(type(value), str):
        return NoText(shown(value))
    text = str.__str__(value)
    return text if is_text(text) else NoText(printable(text))


def shown(value: Any, depth: int = SHOWN_DEPTH) -> str:
    """Return what is shown of a value: Python's own repr, or the name of its class."""
    kind = type(value)
    if kind is str:
        text = repr(value)
    elif any(kind is scalar for scalar in SCALARS):
        # Python refuses to write a number of thousands of digits.
        text = repr(value) if kind is not int or value.bit_length() < 1000 else "a huge number"
    elif depth and (pair := next((pair for model, pair in BRACKETS if kind is model), "")):
        text = pair[0] + ", ".join(inside(value, depth - 1)) + pair[1]
    else:
        text = f"<{class_name(kind)}>"
    return printable(shorter(text, SHOWN_CHARACTERS))


def inside(value: Any, depth: int) -> Iterable[str]:
    """Give what is shown of the first entries of a list, tuple, set or dictionary."""
    for number, entry in enumerate(value):
        if number == SHOWN_ENTRIES:
            yield "…"
            return
        if type(value) is dict:
            yield f"{shown(entry, depth)}: …"
        else:
            yield shown(entry, depth)
