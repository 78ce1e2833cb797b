"""The twelve functions of the assignment: what they are called with, and what they are worth."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

KEY, USERNAME = 0, 1
"""The two sides of an entry: it leads from the key to the username."""

Lookup = tuple[list[str], str, list[int]]
"""The parameters of a helper, its dictionary, and the side of an entry each parameter is."""


class Function(NamedTuple):
    """One function that students fill in.

    Parameters:
        file: the name of its file.
        name: its own.
        points: what it is worth.
        parameters: what it receives, the handle included.
        answers: the messages it may send; empty for a helper.
        stores: the dictionary that it changes, or "".
    """

    file: str
    name: str
    points: int
    parameters: tuple[str, ...]
    answers: tuple[str, ...] = ()
    stores: str = ""

    @property
    def full_name(self) -> str:
        """The name with the file's before it, as in "server_logic.registered"."""
        return f"{self.file.removesuffix('.py')}.{self.name}"

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        return bool(self.answers)


FUNCTIONS = (
    Function("client_logic.py", "register", 6, ("client", "username"), ("register",)),
    Function("client_logic.py", "login", 6, ("client", "username"), ("login",)),
    Function("client_logic.py", "request_registry", 6, ("client",), ("request_registry",)),
    Function("server_logic.py", "registered", 6, ("key",)),
    Function("server_logic.py", "username_exists", 7, ("username",)),
    Function("server_logic.py", "register_user", 6, ("key", "username"), stores="users"),
    Function("server_logic.py", "username_matches_record", 8, ("key", "username")),
    Function("server_logic.py", "log_in_client", 6, ("key", "username"), stores="active_users"),
    Function("server_logic.py", "logged_in", 6, ("key",)),
    Function(
        "server_logic.py",
        "register_client",
        17,
        ("server", "username"),
        ("registration_successful", "registration_failed"),
        "users",
    ),
    Function(
        "server_logic.py",
        "login_client",
        15,
        ("server", "username"),
        ("login_successful", "login_failed"),
        "active_users",
    ),
    Function(
        "server_logic.py",
        "send_registry_to_client",
        11,
        ("server",),
        ("send_registry", "request_denied"),
    ),
)
BY_NAME = {function.full_name: function for function in FUNCTIONS}
MAX_SCORE = sum(function.points for function in FUNCTIONS)


class Module(NamedTuple):
    """What the functions of one file find around them.

    Parameters:
        handle: the name of the handle's class.
        methods: for each method of the handle that sends: its parameters.
        lookups: the helpers that answer True or False.
        stores: the helpers that store an entry.
    """

    handle: str
    methods: dict[str, list[str]]
    lookups: Mapping[str, Lookup] = MappingProxyType({})
    stores: Mapping[str, Lookup] = MappingProxyType({})


MODULES = {
    "server_logic.py": Module(
        "ServerHandle",
        {
            "registration_successful": ["username"],
            "registration_failed": ["username"],
            "login_successful": ["username"],
            "login_failed": ["username"],
            "request_denied": [],
            "send_registry": [],
            "send_message": ["msg"],
        },
        {
            "registered": (["key"], "users", [KEY]),
            "username_exists": (["username"], "users", [USERNAME]),
            "username_matches_record": (["key", "username"], "users", [KEY, USERNAME]),
            "logged_in": (["key"], "active_users", [KEY]),
        },
        {
            "register_user": (["key", "username"], "users", [KEY, USERNAME]),
            "log_in_client": (["key", "username"], "active_users", [KEY, USERNAME]),
        },
    ),
    "client_logic.py": Module(
        "ClientHandle",
        {"register": ["username"], "login": ["username"], "request_registry": []}
        | {"send_message": ["msg"]},
    ),
}
