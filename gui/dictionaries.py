"""What is shown of the server's two dictionaries, brought up to date change by change."""

import reprlib
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gui.bridge import ClientGone
from gui.tutor.assignment import Dictionaries


class DictionaryChanged(NamedTuple):
    """One of the two dictionaries changed.

    Parameters:
        name: "users" or "active_users".
        changes: what each changed key leads to now, None if it is gone.
    """

    name: str
    changes: Mapping[str, str | None]


class ShownDictionaries:
    """The two dictionaries as they are shown.

    Parameters:
        post: takes each `DictionaryChanged`.

    Attributes:
        observe: takes each `ClientGone`, if anybody wants to know.
    """

    observe: Callable[[ClientGone], None] | None = None

    def __init__(self, post: Callable[[DictionaryChanged], None]) -> None:
        self._post = post
        self._shown = Dictionaries({}, {})

    def show(self, now: Dictionaries, gone: str = "") -> None:
        """Tell what differs from what is shown.

        Parameters:
            gone: the key of the client that has gone, if that is why.
        """
        if gone and self.observe is not None:
            self.observe(ClientGone(time.time(), gone))
        if now == self._shown:
            return
        for name, before, entries in zip(now._fields, self._shown, now, strict=True):
            if entries is not before and (changes := differences(before, entries)):
                self._post(DictionaryChanged(name, changes))
        self._shown = now.copy()


def differences(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[str, str | None]:
    """Return what each changed key leads to now, None if it is gone; everything as text."""
    gone = {as_text(key): None for key in before if key not in now}
    return gone | {
        as_text(key): as_text(value)
        for key, value in now.items()
        if key not in before or before[key] != value
    }


def as_text(value: object) -> str:
    """Return a key or a value of a dictionary as text, whatever it is."""
    return value if isinstance(value, str) else reprlib.repr(value)
