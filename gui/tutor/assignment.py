"""The assignment: the functions that students fill in, and the two dictionaries."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import protocol
from protocol import Message

Entries = dict[Any, Any]


class Dictionaries(NamedTuple):
    """The two dictionaries at one moment."""

    users: Entries
    active_users: Entries

    def copy(self) -> "Dictionaries":
        """Return copies, which stay as the dictionaries are now."""
        return Dictionaries(dict(self.users), dict(self.active_users))


class Portion(NamedTuple):
    """A function that students fill in, as it was handed out.

    Parameters:
        parameters: the names of what it receives.
        messages: those of which an async function sends one; a helper sends none.
        stores: the dictionary that the function is there to change.
        truth: for a helper, what it is to answer, by the dictionaries and by what it received;
            for one that stores, what must be so after it.
    """

    parameters: tuple[str, ...]
    messages: tuple[type[Message], ...] = ()
    stores: str = ""
    truth: Callable[..., bool] | None = None

    @property
    def is_async(self) -> bool:
        """Whether it is an async function."""
        return bool(self.messages)


SERVER_PORTIONS: Mapping[str, Portion] = {
    "registered": Portion(("key",), truth=lambda now, client: client in now.users),
    "username_exists": Portion(("username",), truth=lambda now, name: name in now.users.values()),
    "register_user": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.users.get(client) == name,
        stores="users",
    ),
    "username_matches_record": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.users.get(client) == name,
    ),
    "log_in_client": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.active_users.get(client) == name,
        stores="active_users",
    ),
    "logged_in": Portion(("key",), truth=lambda now, client: client in now.active_users),
    "register_client": Portion(
        ("server", "username"),
        (protocol.RegistrationSuccessful, protocol.RegistrationFailed),
        stores="users",
    ),
    "login_client": Portion(
        ("server", "username"),
        (protocol.LoginSuccessful, protocol.LoginFailed),
        stores="active_users",
    ),
    "send_registry_to_client": Portion(("server",), (protocol.Registry, protocol.RequestDenied)),
}
CLIENT_PORTIONS: Mapping[str, Portion] = {
    "register": Portion(("client", "username"), (protocol.Register,)),
    "login": Portion(("client", "username"), (protocol.Login,)),
    "request_registry": Portion(("client",), (protocol.RequestRegistry,)),
}

HANDLERS: Mapping[type[Message], str] = {
    protocol.Register: "register_client",
    protocol.Login: "login_client",
    protocol.RequestRegistry: "send_registry_to_client",
}
"""Which function answers a request. A client's step has the name of what it sends."""
