"""The server's logic: what it remembers about its clients, and how it answers them.

Nine functions are yours to write, each between `*** start ***` and `*** end ***`.
The first six are short helpers that look at the two dictionaries below or change
them. The last three use those helpers to answer a client's requests.

Every client has a key of its own, a str such as "127.0.0.1:50412". Both
dictionaries lead from a client's key to that client's username:

    users           every client that has registered
    active_users    every client that is logged in now

After two clients have registered, and the first of them has logged in, they are

    users           {"127.0.0.1:50412": "ada", "127.0.0.1:50413": "grace"}
    active_users    {"127.0.0.1:50412": "ada"}

How dictionaries work: https://docs.python.org/3/tutorial/datastructures.html#dictionaries

The server takes a client out of `active_users` when it goes; you need not do that.
A client stays in `users` as long as the server runs.

Sending a message can take time, so the functions that send are async: each is
called with `await`, and sends nothing without it. The helpers answer at once, and
are called without `await`.
"""

users: dict[str, str] = {}
active_users: dict[str, str] = {}


def registered(key: str) -> bool:
    """Tell whether this client has registered.

    1. Look whether `key` is one of the keys in `users`.
    2. Return True if it is, and False if it is not.

    With users == {"127.0.0.1:50412": "ada"}:
        registered("127.0.0.1:50412") is True
        registered("127.0.0.1:50413") is False

    Parameters:
        key: the client's key, a str.

    Returns:
        True or False.
    """
    # *** start ***
    return key in users
    # *** end ***


def username_exists(username: str) -> bool:
    """Tell whether any client has registered this username.

    1. Look whether `username` is one of the usernames (the values) in `users`.
    2. Return True if it is, and False if it is not.

    With users == {"127.0.0.1:50412": "ada"}:
        username_exists("ada") is True
        username_exists("grace") is False

    Parameters:
        username: the username to look for, a str.

    Returns:
        True or False.
    """
    # *** start ***
    return username in users.values()
    # *** end ***


def register_user(key: str, username: str) -> None:
    """Remember that this client has registered under this username.

    1. Store `username` in `users`, under `key`.

    With users == {"127.0.0.1:50412": "ada"}:
        after register_user("127.0.0.1:50413", "grace")
        users == {"127.0.0.1:50412": "ada", "127.0.0.1:50413": "grace"}

    `register_client` has already checked that this is allowed.

    Parameters:
        key: the client's key, a str.
        username: the client's username, a str.
    """
    # *** start ***
    users[key] = username
    # *** end ***


def username_matches_record(key: str, username: str) -> bool:
    """Tell whether this client has registered under exactly this username.

    1. If `key` is not in `users`, return False.
    2. Return True if the username that `users` holds for `key` equals `username`,
       and False if it does not.

    With users == {"127.0.0.1:50412": "ada", "127.0.0.1:50413": "grace"}:
        username_matches_record("127.0.0.1:50412", "ada") is True
        username_matches_record("127.0.0.1:50412", "grace") is False

    Parameters:
        key: the client's key, a str.
        username: the username to compare, a str.

    Returns:
        True or False.
    """
    # *** start ***
    return key in users and users[key] == username
    # *** end ***


def log_in_client(key: str, username: str) -> None:
    """Remember that this client is logged in.

    1. Store `username` in `active_users`, under `key`.

    With active_users == {"127.0.0.1:50412": "ada"}:
        after log_in_client("127.0.0.1:50413", "grace")
        active_users == {"127.0.0.1:50412": "ada", "127.0.0.1:50413": "grace"}

    `login_client` has already checked that this is allowed.

    Parameters:
        key: the client's key, a str.
        username: the client's username, a str.
    """
    # *** start ***
    active_users[key] = username
    # *** end ***


def logged_in(key: str) -> bool:
    """Tell whether this client is logged in.

    1. Look whether `key` is one of the keys in `active_users`.
    2. Return True if it is, and False if it is not.

    With active_users == {"127.0.0.1:50412": "ada"}:
        logged_in("127.0.0.1:50412") is True
        logged_in("127.0.0.1:50413") is False

    Parameters:
        key: the client's key, a str.

    Returns:
        True or False.
    """
    # *** start ***
    return key in active_users
    # *** end ***


async def register_client(server, username: str) -> None:
    """Answer a client that asks to register.

    1. If this client has registered already, or if the username is taken by any
       client, send registration_failed.
    2. If neither is so, register the client, then send registration_successful.

    Send exactly one answer.

    Parameters:
        server: the handle through which you reach the client. Of help here:
            server.get_addr_key()                           the client's key
            await server.registration_failed(username)      sends the answer
            await server.registration_successful(username)  sends the answer
        username: the username that the client asks for, a str.
    """
    # *** start ***
    key = server.get_addr_key()
    if registered(key) or username_exists(username):
        await server.registration_failed(username)
    else:
        register_user(key, username)
        await server.registration_successful(username)
    # *** end ***


async def login_client(server, username: str) -> None:
    """Answer a client that asks to log in.

    1. If this client has registered, and under this very username, log it in,
       then send login_successful.
    2. If not, send login_failed.

    A client that is logged in already may log in again: that is successful, too.
    Send exactly one answer.

    Parameters:
        server: the handle through which you reach the client. Of help here:
            server.get_addr_key()                    the client's key
            await server.login_successful(username)  sends the answer
            await server.login_failed(username)      sends the answer
        username: the username under which the client wants to log in, a str.
    """
    # *** start ***
    key = server.get_addr_key()
    if registered(key) and username_matches_record(key, username):
        log_in_client(key, username)
        await server.login_successful(username)
    else:
        await server.login_failed(username)
    # *** end ***


async def send_registry_to_client(server) -> None:
    """Answer a client that asks for the registry, the list of all clients.

    1. If this client is logged in, send the registry.
    2. If not, send request_denied.

    Send exactly one answer.

    Parameters:
        server: the handle through which you reach the client. Of help here:
            server.get_addr_key()          the client's key
            await server.send_registry()   sends the answer
            await server.request_denied()  sends the answer
    """
    # *** start ***
    if logged_in(server.get_addr_key()):
        await server.send_registry()
    else:
        await server.request_denied()
    # *** end ***
