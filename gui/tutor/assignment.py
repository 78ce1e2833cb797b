"""The assignment as one table: the twelve functions that students fill in, as data.

Whatever has to know what a function is called, receives, may send, stores, must answer, or is
worth, reads it here: the programs, what explains students' code, and who grades it.
"""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

SERVER_FILE, CLIENT_FILE = "server_logic.py", "client_logic.py"
HANDLES = {SERVER_FILE: "server", CLIENT_FILE: "client"}
"""What the functions of each file call the handle that they receive."""

Entries = dict[Any, Any]


class Dictionaries(NamedTuple):
    """The two dictionaries at one moment."""

    users: Entries
    active_users: Entries

    def copy(self) -> "Dictionaries":
        """Return copies, which stay as the dictionaries are now."""
        return Dictionaries(dict(self.users), dict(self.active_users))


class Condition(NamedTuple):
    """Whether a dictionary holds a certain entry.

    Parameters:
        dictionary: its name.
        sides: the sides of an entry that are compared, "key", "username" or both.
        holds: whether there must be such an entry, or must be none.
    """

    dictionary: str
    sides: tuple[str, ...]
    holds: bool = True

    def is_met(self, now: Dictionaries, key: object = "", username: object = "") -> bool:
        """Tell whether it is so of a key, a username, or both."""
        dictionary, sides, holds = self
        entries: Entries = getattr(now, dictionary)
        if "username" not in sides:
            found = key in entries
        elif "key" not in sides:
            found = username in entries.values()
        else:
            found = entries.get(key) == username
        return found is holds


class Function(NamedTuple):
    """One function that students fill in.

    Parameters:
        file: the name of its file.
        name: its own.
        points: what it is worth.
        parameters: what it receives, the handle included.
        conditions: what must all be so for a helper to answer True, and for a handler to send
            the first of its messages, not the second.
        stores: the dictionary in which it stores the username under the key, or "".
        sends: the messages of which it sends one, as the handle's methods are called.
        request: the message that it answers, or "".
    """

    file: str
    name: str
    points: int
    parameters: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    stores: str = ""
    sends: tuple[str, ...] = ()
    request: str = ""

    @property
    def full_name(self) -> str:
        """The name with the file's before it, as in "server_logic.registered"."""
        return f"{self.file.removesuffix('.py')}.{self.name}"

    @property
    def is_async(self) -> bool:
        """Whether it is an async function: those that send are."""
        return bool(self.sends)

    @property
    def answers(self) -> bool:
        """Whether it is a helper that answers True or False."""
        return not self.sends and not self.stores


REGISTERED = Condition("users", ("key",))
HAS_NAME = Condition("users", ("username",))
MATCHES = Condition("users", ("key", "username"))
LOGGED_IN = Condition("active_users", ("key",))

FUNCTIONS = (
    Function(CLIENT_FILE, "register", 6, ("client", "username"), sends=("register",)),
    Function(CLIENT_FILE, "login", 6, ("client", "username"), sends=("login",)),
    Function(CLIENT_FILE, "request_registry", 6, ("client",), sends=("request_registry",)),
    Function(SERVER_FILE, "registered", 6, ("key",), (REGISTERED,)),
    Function(SERVER_FILE, "username_exists", 7, ("username",), (HAS_NAME,)),
    Function(SERVER_FILE, "register_user", 6, ("key", "username"), stores="users"),
    Function(SERVER_FILE, "username_matches_record", 8, ("key", "username"), (MATCHES,)),
    Function(SERVER_FILE, "log_in_client", 6, ("key", "username"), stores="active_users"),
    Function(SERVER_FILE, "logged_in", 6, ("key",), (LOGGED_IN,)),
    Function(
        SERVER_FILE,
        "register_client",
        17,
        ("server", "username"),
        (REGISTERED._replace(holds=False), HAS_NAME._replace(holds=False)),
        "users",
        ("registration_successful", "registration_failed"),
        "register",
    ),
    Function(
        SERVER_FILE,
        "login_client",
        15,
        ("server", "username"),
        (MATCHES,),
        "active_users",
        ("login_successful", "login_failed"),
        "login",
    ),
    Function(
        SERVER_FILE,
        "send_registry_to_client",
        11,
        ("server",),
        (LOGGED_IN,),
        "",
        ("send_registry", "request_denied"),
        "request_registry",
    ),
)
BY_NAME = {function.full_name: function for function in FUNCTIONS}
MAX_SCORE = sum(function.points for function in FUNCTIONS)

SENDERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    SERVER_FILE: {
        "registration_successful": ("username",),
        "registration_failed": ("username",),
        "login_successful": ("username",),
        "login_failed": ("username",),
        "send_registry": (),
        "request_denied": (),
        "send_message": ("msg",),
    },
    CLIENT_FILE: {
        "register": ("username",),
        "login": ("username",),
        "request_registry": (),
        "send_message": ("msg",),
    },
}
"""The methods of each file's handle that send something: what they receive."""


HANDLERS = {function.request: function.name for function in FUNCTIONS if function.request}
"""Which function answers a request, by its `type`. A client's step has the name of its own."""


def message_type(sender: str) -> str:
    """Return the `type` of the message that a method of the handle sends."""
    return sender.removeprefix("send_")


@functools.lru_cache
def functions_of(file: str) -> Mapping[str, Function]:
    """Return the functions of one file by their names."""
    return {function.name: function for function in FUNCTIONS if function.file == file}
