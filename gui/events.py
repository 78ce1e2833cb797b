"""What the server tells whoever shows it."""

from collections.abc import Mapping
from typing import NamedTuple


class DictionaryChanged(NamedTuple):
    """One of the two dictionaries changed.

    Parameters:
        name: "users" or "active_users".
        changes: what each changed key leads to now, None if it is gone.
    """

    name: str
    changes: Mapping[str, str | None]
