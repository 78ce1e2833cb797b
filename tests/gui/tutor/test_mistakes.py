"""What students write instead of the solution: each mistake is explained, and harms nobody else."""

import gc
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gui.client_state import Step
from gui.tutor import supervisor, watchdog
from gui.tutor.assignment import HANDLERS
from gui.tutor.problem import Problem
from tests.peers import RunningServer, running_server
from tests.students_files import (
    PROJECT,
    client_from,
    filled,
    problems,
    server_from,
)

SERVER_FILE, CLIENT_FILE = "server_logic.py", "client_logic.py"
SERVER_FUNCTIONS = (
    "registered",
    "username_exists",
    "register_user",
    "username_matches_record",
    "log_in_client",
    "logged_in",
    "register_client",
    "login_client",
    "send_registry_to_client",
)
CLIENT_FUNCTIONS = ("register", "login", "request_registry")
# All that a peer may be told about a mistake: which request failed, and where to look.
ERRORS = [
    f"The server's {function}() failed; its window says why." for function in HANDLERS.values()
]
FIELDS = {
    "registration_successful": {"type", "username"},
    "registration_failed": {"type", "username"},
    "login_successful": {"type", "username"},
    "login_failed": {"type", "username"},
    "registry": {"type", "clients"},
    "request_denied": {"type"},
    "error": {"type", "reason"},
}
STUCK = "did not finish"


class Mistake(NamedTuple):
    """A mistake in one portion, and how it is to be explained.

    Parameters:
        function: the portion.
        body: what stands between its markers.
        title: what the window says.
        code: the text of the line that it shows; of a loop that was broken off, any of these.
        shown_in: the function that it names; "" for the portion.
    """

    function: str
    body: str
    title: str
    code: str
    shown_in: str = ""

    def __repr__(self) -> str:
        return f"{self.function}: {' '.join(self.body.split())}"


SERVER_MISTAKES = [
    Mistake(
        "registered",
        "key in users",
        "registered() hands nothing back, where True or False is expected.",
        "key in users",
    ),
    Mistake(
        "registered",
        "return username in users",
        "registered() uses the name username, which does not exist there.",
        "return username in users",
    ),
    Mistake(
        "registered",
        """
        if key in users:
            return True
        """,
        "registered() hands nothing back, where True or False is expected.",
        "if key in users:",
    ),
    Mistake(
        "registered",
        "return key in user",
        "registered() uses the name user, which does not exist there.",
        "return key in user",
    ),
    Mistake(
        "registered",
        "return key in active_users",
        "registered() answered False, although this client's key is in users.",
        "return key in active_users",
    ),
    Mistake(
        "registered",
        "return key in users.values()",
        "registered() answered False, although this client's key is in users.",
        "return key in users.values()",
    ),
    Mistake(
        "registered",
        'return users[key] != ""',
        "registered() looks up a key that the dictionary does not have.",
        'return users[key] != ""',
    ),
    Mistake(
        "registered",
        "return registered(key)",
        "registered() calls itself again and again, without an end.",
        "return registered(key)",
    ),
    Mistake(
        "registered",
        "return users.has_key(key)",
        "registered() uses .has_key on a dictionary, which has nothing of that name.",
        "return users.has_key(key)",
    ),
    Mistake(
        "registered",
        "return users(key)",
        "registered() calls something that is no function: 'dict' object is not callable.",
        "return users(key)",
    ),
    Mistake(
        "registered",
        """
        if key in users: return true
        return False
        """,
        "registered() uses the name true, which does not exist there.",
        "if key in users: return true",
    ),
    Mistake(
        "registered",
        "return key not in users",
        "registered() answered True, although this client's key is not in users.",
        "return key not in users",
    ),
    Mistake(
        "registered",
        'return "key" in users',
        "registered() answered False, although this client's key is in users.",
        'return "key" in users',
    ),
    Mistake(
        "registered",
        "print(key in users)",
        "registered() hands nothing back, where True or False is expected.",
        "print(key in users)",
    ),
    Mistake(
        "username_exists",
        """
        for name in users.values():
            if name == username:
                return True
            else:
                return False
        """,
        "username_exists() looks at the first user only: its loop returns at once, either way.",
        "for name in users.values():",
    ),
    Mistake(
        "username_exists",
        """
        for name in users.values():
            if name == username:
                return True
            return False
        """,
        "username_exists() looks at the first user only: its loop returns at once, either way.",
        "for name in users.values():",
    ),
    Mistake(
        "username_exists",
        "return any(name == usernme for name in users.values())",
        "username_exists() uses the name usernme, which does not exist there.",
        "return any(name == usernme for name in users.values())",
    ),
    Mistake(
        "username_exists",
        "return username in users.values",
        "username_exists() uses a method without calling it.",
        "return username in users.values",
    ),
    Mistake(
        "username_exists",
        "return username in users",
        "username_exists() answered False, although somebody in users has the name.",
        "return username in users",
    ),
    Mistake(
        "username_exists",
        "return username in active_users.values()",
        "username_exists() answered False, although somebody in users has the name.",
        "return username in active_users.values()",
    ),
    Mistake(
        "username_exists",
        "return users[username]",
        "username_exists() looks up a key that the dictionary does not have.",
        "return users[username]",
    ),
    Mistake(
        "username_exists",
        """
        for key, name in users:
            if name == username:
                return True
        return False
        """,
        "username_exists() stopped: ValueError: too many values to unpack (expected 2).",
        "for key, name in users:",
    ),
    Mistake(
        "username_exists",
        "found = username in users.values()",
        "username_exists() hands nothing back, where True or False is expected.",
        "found = username in users.values()",
    ),
    Mistake(
        "username_exists",
        """
        i = 0
        while i < len(users):
            if username in users.values():
                return True
        return False
        """,
        "username_exists() did not finish: a loop in it was broken off after 5 s.",
        "while i < len(users):\nif username in users.values():",
    ),
    Mistake(
        "register_user",
        "users.append(username)",
        "register_user() uses .append on a dictionary, which has nothing of that name.",
        "users.append(username)",
    ),
    Mistake(
        "register_user",
        "users = {key: username}",
        "register_user() makes a new, local users; the shared one is unchanged.",
        "users = {key: username}",
    ),
    Mistake(
        "register_user",
        "users[key] == username",
        "register_user() looks up a key that the dictionary does not have.",
        "users[key] == username",
    ),
    Mistake(
        "register_user",
        "users[username] = key",
        "register_user() stored the key under the username: users leads the wrong way.",
        "users[username] = key",
    ),
    Mistake(
        "register_user",
        "users[key] = key",
        "register_user() stored its key in users for this client.",
        "users[key] = key",
    ),
    Mistake(
        "register_user",
        'users["key"] = username',
        "register_user() ended, but users does not hold the username under the key.",
        'users["key"] = username',
    ),
    Mistake(
        "register_user",
        'users[key] = "username"',
        "register_user() stored 'username' in users for this client.",
        'users[key] = "username"',
    ),
    Mistake(
        "register_user",
        "pass",
        "register_user() ended, but users does not hold the username under the key.",
        "pass",
    ),
    Mistake(
        "register_user",
        "active_users[key] = username",
        "register_user() changed active_users, which this step leaves alone.",
        "active_users[key] = username",
    ),
    Mistake(
        "register_user",
        """
        users[key] = username
        active_users[key] = username
        """,
        "register_user() changed active_users, which this step leaves alone.",
        "active_users[key] = username",
    ),
    Mistake(
        "register_user",
        """
        global users
        users = {key: username}
        """,
        "register_user() replaced the shared users by another dictionary.",
        "users = {key: username}",
    ),
    Mistake(
        "register_user",
        """
        global users
        users = [key, username]
        """,
        "register_user() replaced the shared users by something else, of type list.",
        "users = [key, username]",
    ),
    Mistake(
        "register_user",
        """
        global users
        users = None
        """,
        "register_user() replaced the shared users by something else, of type NoneType.",
        "users = None",
    ),
    Mistake(
        "register_user",
        """
        users[5] = None
        users[key] = username
        """,
        "register_user() put something into users that is no text.",
        "users[5] = None",
    ),
    Mistake(
        "register_user",
        """
        users.clear()
        users[key] = username
        """,
        "register_user() removed a client from users.",
        "users.clear()",
    ),
    Mistake(
        "register_user",
        "users[key] = {username}",
        "register_user() put something into users that is no text.",
        "users[key] = {username}",
    ),
    Mistake(
        "register_user",
        "users[[key]] = username",
        "register_user() uses a value as a key that cannot be one: unhashable type: 'list'.",
        "users[[key]] = username",
    ),
    Mistake(
        "register_user",
        """
        for known in users:
            users[known] = username
        users[key] = username
        """,
        "register_user() changed an entry of users that belongs to another client.",
        "users[known] = username",
    ),
    Mistake(
        "register_user",
        """
        for known in users:
            del users[known]
        users[key] = username
        """,
        "register_user() changes a dictionary while a loop goes through it.",
        "for known in users:",
    ),
    Mistake(
        "username_matches_record",
        "return username in users.values()",
        "username_matches_record() answered True, although users does not hold this "
        "username for this client.",
        "return username in users.values()",
    ),
    Mistake(
        "username_matches_record",
        "return key in users",
        "username_matches_record() answered True, although users does not hold this "
        "username for this client.",
        "return key in users",
    ),
    Mistake(
        "username_matches_record",
        "return users.get(key) is not username",
        "username_matches_record() answered True, although users does not hold this "
        "username for this client.",
        "return users.get(key) is not username",
    ),
    Mistake(
        "username_matches_record",
        """
        if key in users:
            users[key] == username
        return False
        """,
        "username_matches_record() answered False, although users holds this username "
        "for this client.",
        "users[key] == username",
    ),
    Mistake(
        "username_matches_record",
        """
        for name in users.values():
            if name == username:
                return True
        return False
        """,
        "username_matches_record() answered True, although users does not hold this "
        "username for this client.",
        "for name in users.values():",
    ),
    Mistake(
        "log_in_client",
        """
        del users[key]
        active_users[key] = username
        """,
        "log_in_client() removed a client from users.",
        "del users[key]",
    ),
    Mistake(
        "log_in_client",
        "active_users[username] = key",
        "log_in_client() stored the key under the username: active_users leads the wrong way.",
        "active_users[username] = key",
    ),
    Mistake(
        "log_in_client",
        "users[key] = username",
        "log_in_client() ended, but active_users does not hold the username under the key.",
        "users[key] = username",
    ),
    Mistake(
        "log_in_client",
        "active_users = users",
        "log_in_client() makes a new, local active_users; the shared one is unchanged.",
        "active_users = users",
    ),
    Mistake(
        "log_in_client",
        "active_user[key] = username",
        "log_in_client() uses the name active_user, which does not exist there.",
        "active_user[key] = username",
    ),
    Mistake(
        "log_in_client",
        """
        if key in active_users:
            raise ValueError("already logged in")
        active_users[key] = username
        """,
        "log_in_client() stopped: ValueError: already logged in.",
        'raise ValueError("already logged in")',
    ),
    Mistake(
        "logged_in",
        "return key in users",
        "logged_in() answered True, although this client's key is not in active_users.",
        "return key in users",
    ),
    Mistake(
        "logged_in",
        "return active_users[key]",
        "logged_in() looks up a key that the dictionary does not have.",
        "return active_users[key]",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            server.registration_failed(username)
        else:
            register_user(key, username)
            server.registration_successful(username)
        """,
        "register_client() called registration_successful without await, so nothing was sent.",
        "server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            answer = server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() called registration_failed without await, so nothing was sent.",
        "answer = server.registration_failed(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            return server.registration_failed(username)
        register_user(key, username)
        await server.registration_successful(username)
        """,
        "register_client() called registration_failed without await, so nothing was sent.",
        "return server.registration_failed(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() uses the name registration_failed, which does not exist there.",
        "await registration_failed(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        register_user(key, username)
        await server.registration_successful(username)
        """,
        "register_client() sent two answers, registration_failed and registration_successful.",
        "await server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) & username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() registered 'ada', a name that another client has.",
        "await server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() registered the same client twice, and its first name was lost.",
        "await server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() registered 'ada', a name that another client has.",
        "await server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = await server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() awaits something that answers at once.",
        "key = await server.get_addr_key()",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            print("registration failed")
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() ended without an answer to the client.",
        "key = server.get_addr_key()",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() calls registered() with something else as the key.",
        "if registered(key) or username_exists(username):",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(username, key)
            await server.registration_successful(username)
        """,
        "register_client() calls register_user() with 'ada' as the key.",
        "register_user(username, key)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            await server.registration_successful(username)
        """,
        "register_client() said registration_successful, but users has no such entry for "
        "this client.",
        "await server.registration_successful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(username)
            await server.registration_successful(username)
        """,
        "register_client() calls register_user() with fewer values than it needs.",
        "register_user(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered or username_exists:
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_successful(username)
        """,
        "register_client() refused 'ada', though the name is free and this client has "
        "not registered.",
        "await server.registration_failed(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        register_user(key, username)
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            await server.registration_successful(username)
        """,
        "register_client() stored the client in users and then refused it.",
        "await server.registration_failed(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed()
        else:
            register_user(key, username)
            await server.registration_successful()
        """,
        "register_client() calls registration_successful() with fewer values than it needs.",
        "await server.registration_successful()",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            register_user(key, username)
            await server.registration_succesful(username)
        """,
        "register_client() uses server.registration_succesful, which does not exist.",
        "await server.registration_succesful(username)",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_adr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        """,
        "register_client() uses server.get_adr_key, which does not exist.",
        "key = server.get_adr_key()",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if server.registered(key):
            await server.registration_failed(username)
        """,
        "register_client() uses server.registered, which does not exist.",
        "if server.registered(key):",
    ),
    Mistake(
        "register_client",
        'await server.registration_successful("username")',
        "register_client() answered about the username 'username'; the request was about 'ada'.",
        'await server.registration_successful("username")',
    ),
    Mistake(
        "register_client",
        """
        import sys
        sys.exit()
        """,
        "register_client() asked the whole program to end.",
        "sys.exit()",
    ),
    Mistake(
        "register_client",
        "raise KeyboardInterrupt",
        "register_client() asked the whole program to end.",
        "raise KeyboardInterrupt",
    ),
    Mistake(
        "register_client",
        "return register_client(server, username)",
        "register_client() called register_client without await, so nothing was sent.",
        "return register_client(server, username)",
    ),
    Mistake(
        "register_client",
        "await register_client(server, username)",
        "register_client() calls itself again and again, without an end.",
        "await register_client(server, username)",
    ),
    Mistake(
        "register_client",
        """
        import asyncio
        raise asyncio.CancelledError
        """,
        "register_client() stopped: CancelledError.",
        "raise asyncio.CancelledError",
    ),
    Mistake(
        "register_client",
        """
        import asyncio
        asyncio.create_task(server.registration_successful(username))
        """,
        "register_client() said registration_successful, but users has no such entry for this "
        "client.",
        "asyncio.create_task(server.registration_successful(username))",
    ),
    Mistake(
        "register_client",
        """
        import asyncio
        asyncio.run(server.registration_successful(username))
        """,
        "register_client() stopped: RuntimeError: asyncio.run() cannot be called from a "
        "running event loop.",
        "asyncio.run(server.registration_successful(username))",
    ),
    Mistake(
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            users[key] = [username]
            await server.registration_successful(username)
        """,
        "register_client() put something into users that is no text.",
        "users[key] = [username]",
    ),
    Mistake(
        "register_client",
        """
        global users
        users = {}
        await server.registration_failed(username)
        """,
        "register_client() replaced the shared users by another dictionary.",
        "users = {}",
    ),
    Mistake(
        "register_client",
        "yield server.registration_failed(username)",
        "register_client() uses yield, which makes it another kind of function.",
        "async def register_client(server, username: str) -> None:",
    ),
    Mistake(
        "register_client",
        "return",
        "register_client() ended without an answer to the client.",
        "return",
    ),
    Mistake(
        "register_client",
        "print(usernme)",
        "register_client() uses the name usernme, which does not exist there.",
        "print(usernme)",
    ),
    Mistake(
        "register_client",
        "1 / 0",
        "register_client() stopped: ZeroDivisionError: division by zero.",
        "1 / 0",
    ),
    Mistake(
        "register_client",
        """
        answer = server.registration_failed(username)
        await answer
        await answer
        """,
        "register_client() awaits the same call twice.",
        "await answer",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if username_exists(username):
            log_in_client(key, username)
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() logged in 'grace' for a client that registered another name.",
        "await server.login_successful(username)",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key):
            log_in_client(key, username)
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() logged in 'grace' for a client that registered another name.",
        "await server.login_successful(username)",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        while not registered(key):
            pass
        await server.login_successful(username)
        """,
        "login_client() did not finish: a loop in it was broken off after 5 s.",
        "while not registered(key):\npass",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key) and username_matches_record(username, key):
            log_in_client(key, username)
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() calls username_matches_record() with 'ada' as the key.",
        "if registered(key) and username_matches_record(username, key):",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key) and username_matches_record(key, username):
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() said login_successful, but active_users has no such entry for this client.",
        "await server.login_successful(username)",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key) and username_matches_record(key, username):
            if not logged_in(key):
                log_in_client(key, username)
                await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() ended without an answer to the client.",
        "key = server.get_addr_key()",
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if logged_in(key):
            await server.login_failed(username)
        elif registered(key) and username_matches_record(key, username):
            log_in_client(key, username)
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() refused 'ada', though this client registered under that name.",
        "await server.login_failed(username)",
    ),
    Mistake(
        "login_client",
        "await server.registration_failed(username)",
        "login_client() answered with registration_failed, which is no answer to this request.",
        "await server.registration_failed(username)",
    ),
    Mistake(
        "login_client",
        """
        import asyncio
        await asyncio.sleep(1000)
        """,
        "login_client() did not finish: it was broken off after waiting for 5 s.",
        "await asyncio.sleep(1000)",
    ),
    Mistake(
        "login_client",
        """
        import asyncio
        while True:
            await asyncio.sleep(0)
        """,
        "login_client() did not finish: it was broken off after waiting for 5 s.",
        "await asyncio.sleep(0)",
    ),
    Mistake(
        "login_client",
        """
        import time
        while True:
            time.sleep(0.001)
        """,
        "login_client() did not finish: a loop in it was broken off after 5 s.",
        "while True:\ntime.sleep(0.001)",
    ),
    Mistake(
        "login_client",
        "await server.login_failed(None)",
        'login_client() sends a message that breaks a rule: The field "username" must be text.',
        "await server.login_failed(None)",
    ),
    Mistake(
        "login_client",
        'await server.login_failed("")',
        "login_client() sends a message that breaks a rule: A username has at least 1 character.",
        'await server.login_failed("")',
    ),
    Mistake(
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key) and username_matches_record(key):
            log_in_client(key, username)
            await server.login_successful(username)
        else:
            await server.login_failed(username)
        """,
        "login_client() calls username_matches_record() with fewer values than it needs.",
        "if registered(key) and username_matches_record(key):",
    ),
    Mistake(
        "login_client",
        "await login_failed(username)",
        "login_client() uses the name login_failed, which does not exist there.",
        "await login_failed(username)",
    ),
    Mistake(
        "send_registry_to_client",
        "await server.send_registry()",
        "send_registry_to_client() sent the registry to a client that is not logged in.",
        "await server.send_registry()",
    ),
    Mistake(
        "send_registry_to_client",
        "await server.request_denied()",
        "send_registry_to_client() denied the registry to a client that is logged in.",
        "await server.request_denied()",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server.get_addr_key()):
            await server.send_registry(users)
        else:
            await server.request_denied()
        """,
        "send_registry_to_client() calls send_registry() with values it does not take.",
        "await server.send_registry(users)",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server.get_addr_key):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
        "send_registry_to_client() calls logged_in() with something else as the key.",
        "if logged_in(server.get_addr_key):",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(key):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
        "send_registry_to_client() uses the name key, which does not exist there.",
        "if logged_in(key):",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
        "send_registry_to_client() calls logged_in() with something else as the key.",
        "if logged_in(server):",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if registered(server.get_addr_key()):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
        "send_registry_to_client() sent the registry to a client that is not logged in.",
        "await server.send_registry()",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server.get_addr_key()):
            await server.send_registry()
        await server.request_denied()
        """,
        "send_registry_to_client() sent two answers, registry and request_denied.",
        "await server.request_denied()",
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server.get_addr_key()):
            await server.send_registry()
        """,
        "send_registry_to_client() ended without an answer to the client.",
        "if logged_in(server.get_addr_key()):",
    ),
    Mistake(
        "send_registry_to_client",
        'await server.send_message("request_denied")',
        "send_registry_to_client() gives send_message something that is no message.",
        'await server.send_message("request_denied")',
    ),
    Mistake(
        "send_registry_to_client",
        """
        if logged_in(server.get_addr_key()):
            await server.send_registry
        else:
            await server.request_denied
        """,
        "send_registry_to_client() uses a method without calling it.",
        "await server.request_denied",
    ),
    Mistake(
        "send_registry_to_client",
        "return users",
        "send_registry_to_client() ended without an answer to the client.",
        "return users",
    ),
    Mistake(
        "send_registry_to_client",
        """
        assert logged_in(server.get_addr_key())
        await server.send_registry()
        """,
        "send_registry_to_client() asserts something that is not so.",
        "assert logged_in(server.get_addr_key())",
    ),
    Mistake(
        "send_registry_to_client",
        """
        for key in users:
            if logged_in(key):
                await server.send_registry()
            else:
                await server.request_denied()
        """,
        "send_registry_to_client() ended without an answer to the client.",
        "for key in users:",
    ),
    Mistake(
        "send_registry_to_client",
        "server._connection.close()",
        "send_registry_to_client() uses server._connection, which does not exist.",
        "server._connection.close()",
    ),
    Mistake(
        "send_registry_to_client",
        'raise ConnectionError("no")',
        "send_registry_to_client() stopped: ConnectionError: no.",
        'raise ConnectionError("no")',
    ),
    Mistake(
        "username_exists",
        """
        next(name for name in users.values() if name == username)
        return True
        """,
        "username_exists() stopped: StopIteration.",
        "next(name for name in users.values() if name == username)",
    ),
]

CLIENT_MISTAKES = [
    Mistake(
        "register",
        'await client.register("username")',
        "register() sent the username 'username', not '', which was typed.",
        'await client.register("username")',
    ),
    Mistake(
        "register",
        """
        if username != "":
            client.register(username)
        """,
        "register() called register without await, so nothing was sent.",
        "client.register(username)",
    ),
    Mistake(
        "register",
        "client.register(username)",
        "register() called register without await, so nothing was sent.",
        "client.register(username)",
    ),
    Mistake(
        "register",
        "await client.register(username)",
        "register() tried to send an empty username.",
        "await client.register(username)",
    ),
    Mistake(
        "register",
        """
        if username == "":
            await client.register(username)
        """,
        "register() tried to send an empty username.",
        "await client.register(username)",
    ),
    Mistake(
        "register",
        "await register(client, username)",
        "register() calls itself again and again, without an end.",
        "await register(client, username)",
    ),
    Mistake(
        "register",
        """
        if username != "":
            await client.registr(username)
        """,
        "register() uses client.registr, which does not exist.",
        "await client.registr(username)",
    ),
    Mistake(
        "register",
        """
        if username:
            await client.register(username)
            await client.register(username)
        """,
        "register() sent more than one message: after the first came register.",
        "await client.register(username)",
    ),
    Mistake(
        "register",
        """
        if username:
            await client.register(username)
            await client.login(username)
        """,
        "register() sent more than one message: after the first came login.",
        "await client.login(username)",
    ),
    Mistake(
        "register",
        """
        if username:
            await client.login(username)
        """,
        "register() sent login, which belongs to another step.",
        "await client.login(username)",
    ),
    Mistake(
        "register",
        """
        while username == "":
            pass
        await client.register(username)
        """,
        "register() did not finish: a loop in it was broken off after 5 s.",
        'while username == "":\npass',
    ),
    Mistake(
        "register",
        """
        if username is not None:
            await client.register()
        """,
        "register() calls register() with fewer values than it needs.",
        "await client.register()",
    ),
    Mistake(
        "register",
        """
        if len(username) > 0:
            print(username)
        """,
        "register() ended without sending anything.",
        "if len(username) > 0:",
    ),
    Mistake(
        "login",
        """
        if username:
            await login(username)
        """,
        "login() calls login() with fewer values than it needs.",
        "await login(username)",
    ),
    Mistake(
        "login",
        """
        if username:
            await client.log_in(username)
        """,
        "login() uses client.log_in, which does not exist.",
        "await client.log_in(username)",
    ),
    Mistake(
        "login",
        """
        if username != "":
            return client.login(username)
        """,
        "login() called login without await, so nothing was sent.",
        "return client.login(username)",
    ),
    Mistake(
        "login",
        """
        if user_name != "":
            await client.login(username)
        """,
        "login() uses the name user_name, which does not exist there.",
        'if user_name != "":',
    ),
    Mistake(
        "login",
        """
        import sys
        sys.exit()
        """,
        "login() asked the whole program to end.",
        "sys.exit()",
    ),
    Mistake(
        "login",
        """
        if username:
            await client.login(username.upper())
        """,
        "login() sent the username 'ADA', not 'ada', which was typed.",
        "await client.login(username.upper())",
    ),
    Mistake(
        "login",
        """
        if username:
            await client.login([username])
        """,
        'login() sends a message that breaks a rule: The field "username" must be text.',
        "await client.login([username])",
    ),
    Mistake(
        "login",
        """
        import asyncio
        await asyncio.sleep(1000)
        """,
        "login() did not finish: it was broken off after waiting for 5 s.",
        "await asyncio.sleep(1000)",
    ),
    Mistake(
        "request_registry",
        "client.request_registry()",
        "request_registry() called request_registry without await, so nothing was sent.",
        "client.request_registry()",
    ),
    Mistake(
        "request_registry",
        "await client.request_registry(username)",
        "request_registry() uses the name username, which does not exist there.",
        "await client.request_registry(username)",
    ),
    Mistake(
        "request_registry",
        'await client.send_message("request_registry")',
        "request_registry() gives send_message something that is no message.",
        'await client.send_message("request_registry")',
    ),
    Mistake(
        "request_registry",
        "pass",
        "request_registry() ended without sending anything.",
        "pass",
    ),
    Mistake(
        "request_registry",
        "await client.request_registry",
        "request_registry() uses a method without calling it.",
        "await client.request_registry",
    ),
    Mistake(
        "request_registry",
        """
        while True:
            pass
        """,
        "request_registry() did not finish: a loop in it was broken off after 5 s.",
        "while True:\npass",
    ),
    Mistake(
        "request_registry",
        """
        clients = await client.request_registry()
        for entry in clients:
            print(entry)
        """,
        "request_registry() stopped: TypeError: 'NoneType' object is not iterable.",
        "for entry in clients:",
    ),
    Mistake(
        "request_registry",
        "return request_registry(client)",
        "request_registry() called request_registry without await, so nothing was sent.",
        "return request_registry(client)",
    ),
]


# --- what a server and a client go through ----------------------------------------------


@pytest.fixture
def quickly_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off what is stuck after a moment, not after seconds."""
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "REPORT_SECONDS", 0.1)
    for module in (watchdog, supervisor):
        monkeypatch.setattr(module, "BREAK_SECONDS", 0.3)


@pytest.fixture
def silence(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Any:
    """Give what asserts that nothing was printed but what students' code prints itself."""

    def assert_silence(printed_by_students: str = "") -> None:
        # A coroutine that nobody awaited complains when it is collected.
        gc.collect()
        printed = capsys.readouterr()
        assert set(printed.out.splitlines()) <= set(printed_by_students.splitlines())
        assert printed.err == ""
        assert caplog.records == []

    return assert_silence


def converse(running: RunningServer) -> list[dict[str, Any]]:
    """Let three clients do everything right and wrong; return the replies that they get."""
    ada, grace, nobody = (running.connect() for _ in range(3))
    replies = [
        nobody.ask("request_registry"),
        nobody.ask("login", username="ada"),
        ada.ask("register", username="ada"),
        grace.ask("register", username="ada"),
        grace.ask("register", username="grace"),
        ada.ask("request_registry"),
        ada.ask("register", username="bob"),
        ada.ask("login", username="grace"),
        ada.ask("login", username="ada"),
        ada.ask("login", username="ada"),
        grace.ask("request_registry"),
        ada.ask("request_registry"),
        # The next client. Its answer comes after the review of all that was before.
        running.connect().ask("request_registry"),
    ]
    running.news.read()
    return replies


def assert_tells_no_code(replies: list[dict[str, Any]]) -> None:
    """Assert that clients get the protocol's messages, and nothing of what is in the file."""
    for reply in replies:
        assert set(reply) == FIELDS[reply["type"]]
        assert reply.get("reason", ERRORS[0]) in ERRORS
    told = json.dumps(replies)
    assert "Traceback" not in told
    assert ".py" not in told


def serve_from(folder: Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Let three clients talk with a server; return the replies, and the problems it reports."""
    with server_from(folder) as running:
        replies = converse(running)
        return replies, problems(running.news)


def take_steps_from(folder: Path) -> tuple[list[str], list[Problem]]:
    """Let a client take its steps; return how each ended, and the problems it reports."""
    with running_server() as server, client_from(folder, server.address) as client:
        sentences = [
            client.take(Step.REGISTER, ""),
            client.take(Step.REGISTER),
            client.take(Step.LOGIN),
            client.take(Step.REQUEST_REGISTRY),
            client.take(Step.REQUEST_REGISTRY),
        ]
        return sentences, problems(client.news)


def assert_explained(found: list[Problem], file: str, text: str, mistake: Mistake) -> None:
    """Assert that the first problem reported is this mistake, and where it is."""
    assert found, "nothing was reported"
    first = found[0]
    assert first.explanation.title == mistake.title
    assert first.file == file
    assert first.function == (mistake.shown_in or mistake.function)
    assert first.code in mistake.code.splitlines()
    assert text.splitlines()[first.line - 1].strip() == first.code
    assert first.explanation.advice


# --- portions ---------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", SERVER_MISTAKES, ids=repr)
def test_a_mistake_in_the_server_is_explained_and_harms_nobody_else(
    mistake: Mistake, tmp_path: Path, silence: Any, request: pytest.FixtureRequest
) -> None:
    if STUCK in mistake.title:
        request.getfixturevalue("quickly_freed")
    text = filled(SERVER_FILE, mistake.function, mistake.body)
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    replies, found = serve_from(tmp_path)
    assert_explained(found, SERVER_FILE, text, mistake)
    assert_tells_no_code(replies)
    silence("True\nFalse\nregistration failed")


@pytest.mark.parametrize("mistake", CLIENT_MISTAKES, ids=repr)
def test_a_mistake_in_the_client_is_explained_and_ends_the_step(
    mistake: Mistake, tmp_path: Path, silence: Any, request: pytest.FixtureRequest
) -> None:
    if STUCK in mistake.title:
        request.getfixturevalue("quickly_freed")
    text = filled(CLIENT_FILE, mistake.function, mistake.body)
    (tmp_path / CLIENT_FILE).write_text(text, encoding="utf-8")
    sentences, found = take_steps_from(tmp_path)
    assert_explained(found, CLIENT_FILE, text, mistake)
    assert all(sentences)
    silence("ada")


# --- files as a whole -------------------------------------------------------------------


def changed(file: str, before: str, after: str) -> str:
    """Return the text of a file of the assignment, with one piece of it replaced."""
    text = (PROJECT / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    return text.replace(before, after)


class BrokenFile(NamedTuple):
    """A file of the assignment that cannot be used as it is, and how that is explained.

    Parameters:
        name: what happened to it.
        text: the file; None if there is none.
        title: what the window says.
        function: the function that it names; "" for the file as a whole.
        code: the text of the line that it shows, and the caret below it.
        errors: how many of the conversation's requests, at least, are answered with an error.
    """

    name: str
    text: str | None
    title: str
    function: str = ""
    code: str = ""
    errors: int = 13

    def __repr__(self) -> str:
        return self.name


REGISTERED = "def registered(key: str) -> bool:"
REGISTER = "async def register_client(server, username: str) -> None:"
LOGIN = "async def login_client(server, username: str) -> None:"
BROKEN_FILES = [
    BrokenFile(
        "a colon is missing",
        changed(SERVER_FILE, REGISTERED, REGISTERED.removesuffix(":")),
        "Python cannot read server_logic.py: expected ':'.",
        code=f"{REGISTERED.removesuffix(':')}\n{' ' * (len(REGISTERED) - 1)}^",
    ),
    BrokenFile(
        "a bracket is not closed",
        filled(SERVER_FILE, "register_client", "await server.registration_failed(username"),
        "Python cannot read server_logic.py: '(' was never closed.",
        code="await server.registration_failed(username\n" + " " * 32 + "^",
    ),
    BrokenFile(
        "= in a return",
        filled(SERVER_FILE, "username_matches_record", "return users[key] = username"),
        "Python cannot read server_logic.py: invalid syntax.",
        code="return users[key] = username\n" + " " * 18 + "^",
    ),
    BrokenFile(
        "a quote is not closed",
        filled(SERVER_FILE, "register_user", 'users["key] = username'),
        "Python cannot read server_logic.py: unterminated string literal (detected at line 70).",
        code='users["key] = username\n      ^',
    ),
    BrokenFile(
        "nothing is indented after if",
        filled(SERVER_FILE, "registered", "if key in users:\nreturn True"),
        "Python cannot read server_logic.py: "
        "expected an indented block after 'if' statement on line 34.",
        code="return True\n^",
    ),
    BrokenFile(
        "a line is indented without a reason",
        filled(SERVER_FILE, "registered", "found = key in users\n  return found"),
        "Python cannot read server_logic.py: unexpected indent.",
        code="return found\n^",
    ),
    BrokenFile(
        "a line ends further to the left than any before",
        changed(
            SERVER_FILE, "    return key in users\n", "    found = key in users\n  return found\n"
        ),
        "Python cannot read server_logic.py: unindent does not match any outer indentation level.",
        code="return found\n" + " " * 12 + "^",
    ),
    BrokenFile(
        "return outside of a function",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nreturn {}"),
        "Python cannot read server_logic.py: 'return' outside function.",
        code="return {}\n^",
    ),
    BrokenFile(
        "an exception at the level of the module",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nusers = {}\nusers['ada']"),
        "server_logic.py stops while it is read: KeyError: 'ada'.",
        code="users['ada']",
    ),
    BrokenFile(
        "an import of what is not there",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nimport regsitry\nusers = {}"),
        "server_logic.py stops while it is read: ModuleNotFoundError: No module named 'regsitry'.",
        code="import regsitry",
    ),
    BrokenFile(
        "sys.exit at the level of the module",
        changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nimport sys\nsys.exit(3)"),
        "server_logic.py stops while it is read: SystemExit: 3.",
        code="sys.exit(3)",
    ),
    BrokenFile(
        "there is no file",
        None,
        "There is no server_logic.py that can be read.",
    ),
    BrokenFile(
        "another encoding without a word of it",
        (PROJECT / SERVER_FILE).read_text(encoding="utf-8").replace("username", "usern\0ame"),
        "Python cannot read server_logic.py: it is not saved as UTF-8.",
    ),
    BrokenFile(
        "a handler is renamed",
        changed(SERVER_FILE, REGISTER, REGISTER.replace("register_client", "register_a_client")),
        "There is no function register_client() in the file.",
        errors=4,
    ),
    BrokenFile(
        "a helper is renamed",
        changed(SERVER_FILE, REGISTERED, REGISTERED.replace("registered", "is_registered")),
        "There is no function registered() in the file.",
        errors=8,
    ),
    BrokenFile(
        "a handler is not async",
        filled(SERVER_FILE, "register_client", "server.registration_failed(username)").replace(
            REGISTER, REGISTER.removeprefix("async ")
        ),
        "register_client() must be an async function.",
        "register_client",
        REGISTER.removeprefix("async "),
        errors=4,
    ),
    BrokenFile(
        "a helper is async",
        changed(SERVER_FILE, REGISTERED, f"async {REGISTERED}"),
        "registered() must not be an async function.",
        "registered",
        f"async {REGISTERED}",
        errors=0,
    ),
    BrokenFile(
        "a handler has one parameter less",
        changed(SERVER_FILE, LOGIN, LOGIN.replace(", username: str", "")),
        "login_client() must receive server and username.",
        "login_client",
        LOGIN.replace(", username: str", ""),
        errors=4,
    ),
    BrokenFile(
        "a handler has one parameter more",
        changed(SERVER_FILE, LOGIN, LOGIN.replace("username: str", "username: str, key")),
        "login_client() must receive server and username.",
        "login_client",
        LOGIN.replace("username: str", "username: str, key"),
        errors=4,
    ),
    BrokenFile(
        "a handler is a variable",
        (PROJECT / SERVER_FILE).read_text(encoding="utf-8") + "\nlogin_client = 5\n",
        "There is no function login_client() in the file.",
        errors=4,
    ),
    BrokenFile(
        "a handler yields",
        filled(SERVER_FILE, "register_client", "yield server.registration_failed(username)"),
        "register_client() uses yield, which makes it another kind of function.",
        "register_client",
        REGISTER,
        errors=4,
    ),
    BrokenFile(
        "a helper yields",
        filled(SERVER_FILE, "registered", "yield key in users"),
        "registered() uses yield, which makes it another kind of function.",
        "registered",
        REGISTERED,
        errors=0,
    ),
]


@pytest.mark.parametrize("broken", BROKEN_FILES, ids=repr)
def test_a_server_with_a_broken_file_starts_and_answers(
    broken: BrokenFile, tmp_path: Path, silence: Any
) -> None:
    if broken.text is not None:
        (tmp_path / SERVER_FILE).write_text(broken.text, encoding="utf-8")
    replies, found = serve_from(tmp_path)
    assert found, "nothing was reported"
    first = found[0]
    assert first.explanation.title == broken.title
    assert (first.file, first.function, first.code) == (SERVER_FILE, broken.function, broken.code)
    assert_tells_no_code(replies)
    assert [reply["type"] for reply in replies].count("error") >= broken.errors
    silence()


def test_a_file_in_which_users_is_a_list_is_told(tmp_path: Path, silence: Any) -> None:
    text = changed(SERVER_FILE, "\nusers: dict[str, str] = {}", "\nusers = []")
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    _, found = serve_from(tmp_path)
    assert found, "nothing was reported"
    assert found[0].explanation.title.startswith("users ")
    assert found[0].code == "users = []"
    silence()


def test_a_client_with_a_broken_file_starts_and_every_step_ends(
    tmp_path: Path, silence: Any
) -> None:
    text = filled(CLIENT_FILE, "register", "if username\n    await client.register(username)")
    (tmp_path / CLIENT_FILE).write_text(text, encoding="utf-8")
    sentences, found = take_steps_from(tmp_path)
    assert found[0].explanation.title == "Python cannot read client_logic.py: expected ':'."
    assert found[0].code == "if username\n           ^"
    assert sentences == ["Nothing was sent: see the problem below."] * 5
    silence()


def test_a_client_without_a_file_starts_and_every_step_ends(tmp_path: Path, silence: Any) -> None:
    sentences, found = take_steps_from(tmp_path)
    assert found[0].explanation.title.startswith("There is no client_logic.py")
    assert sentences == ["Nothing was sent: see the problem below."] * 5
    silence()


# --- names that are nearly right --------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "function", "body", "meant"),
    [
        (
            SERVER_FILE,
            "register_client",
            "await server.registration_succesful(username)",
            "server.registration_successful",
        ),
        (SERVER_FILE, "register_client", "server.get_adr_key()", "server.get_addr_key"),
        (
            SERVER_FILE,
            "register_client",
            "await registration_succesful(username)",
            "server.registration_successful",
        ),
        (SERVER_FILE, "register_client", "registerd(server.get_addr_key())", "registered"),
        (SERVER_FILE, "register_client", "username_exists(usernme)", "username"),
        (SERVER_FILE, "login_client", "key = server.get_addr_key()\nlogged_in(kye)", "key"),
        (SERVER_FILE, "login_client", "user_exists(username)", "username_exists"),
        (SERVER_FILE, "logged_in", "return key in active_user", "active_users"),
        (SERVER_FILE, "logged_in", "return key in activeusers", "active_users"),
        (SERVER_FILE, "registered", "return key in users.key()", ".keys"),
        (SERVER_FILE, "username_exists", "return username in users.value()", ".values"),
        (CLIENT_FILE, "register", "await client.registr(username)", "client.register"),
        (CLIENT_FILE, "login", "await client.log_in(username)", "client.login"),
        (CLIENT_FILE, "login", "await client.login(user_name)", "username"),
        (
            CLIENT_FILE,
            "request_registry",
            "await client.requestregistry()",
            "client.request_registry",
        ),
    ],
)
def test_a_name_that_is_nearly_right_is_recognised(
    file: str, function: str, body: str, meant: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(filled(file, function, body), encoding="utf-8")
    _, found = serve_from(tmp_path) if file == SERVER_FILE else take_steps_from(tmp_path)
    assert found[0].explanation.advice.startswith(f"Did you mean {meant}?")


def test_nothing_sent_in_a_step_without_a_username_is_not_explained_by_one(tmp_path: Path) -> None:
    (tmp_path / CLIENT_FILE).write_text(filled(CLIENT_FILE, "request_registry", "pass"), "utf-8")
    _, found = take_steps_from(tmp_path)
    assert "username" not in found[0].explanation.advice


# --- right answers ----------------------------------------------------------------------

RIGHT_ANSWERS = {
    "the reference": (SERVER_FILE, "registered", "return key in users"),
    "keys()": (SERVER_FILE, "registered", "return key in users.keys()"),
    "get": (SERVER_FILE, "registered", "return users.get(key) is not None"),
    "a conditional": (SERVER_FILE, "registered", "return True if key in users else False"),
    "a loop over keys": (
        SERVER_FILE,
        "registered",
        """
        for known in users:
            if known == key:
                return True
        return False
        """,
    ),
    "try and except": (
        SERVER_FILE,
        "registered",
        """
        try:
            users[key]
        except KeyError:
            return False
        return True
        """,
    ),
    "a loop over items": (
        SERVER_FILE,
        "username_exists",
        """
        for known_key, known_name in users.items():
            if known_name == username:
                return True
        return False
        """,
    ),
    "a flag": (
        SERVER_FILE,
        "username_exists",
        """
        found = False
        for name in users.values():
            if name == username:
                found = True
        return found
        """,
    ),
    "any": (SERVER_FILE, "username_exists", "return any(n == username for n in users.values())"),
    "update": (SERVER_FILE, "register_user", "users.update({key: username})"),
    "global that changes nothing": (
        SERVER_FILE,
        "register_user",
        "global users\nusers[key] = username",
    ),
    "a helper in a helper": (
        SERVER_FILE,
        "username_matches_record",
        "if not registered(key):\n    return False\nreturn users[key] == username",
    ),
    "a result that is handed on": (
        SERVER_FILE,
        "username_matches_record",
        "return users.get(key) == username",
    ),
    "an early return": (
        SERVER_FILE,
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key):
            return await server.registration_failed(username)
        if username_exists(username):
            await server.registration_failed(username)
            return
        register_user(key, username)
        await server.registration_successful(username)
        """,
    ),
    "dictionaries without helpers": (
        SERVER_FILE,
        "register_client",
        """
        key = server.get_addr_key()
        if key in users or username in users.values():
            await server.registration_failed(username)
        else:
            users[key] = username
            await server.registration_successful(username)
        """,
    ),
    "keyword arguments": (
        SERVER_FILE,
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key=key) or username_exists(username=username):
            await server.registration_failed(username=username)
        else:
            register_user(username=username, key=key)
            await server.registration_successful(username=username)
        """,
    ),
    "the answer before the entry": (
        SERVER_FILE,
        "register_client",
        """
        key = server.get_addr_key()
        if registered(key) or username_exists(username):
            await server.registration_failed(username)
        else:
            await server.registration_successful(username)
            register_user(key, username)
        """,
    ),
    "a coroutine in a variable": (
        SERVER_FILE,
        "login_client",
        """
        key = server.get_addr_key()
        if registered(key) and username_matches_record(key, username):
            log_in_client(key, username)
            answer = server.login_successful(username)
        else:
            answer = server.login_failed(username)
        await answer
        """,
    ),
    "a method in a variable": (
        SERVER_FILE,
        "login_client",
        """
        key = server.get_addr_key()
        answer = server.login_failed
        if username_matches_record(key, username):
            log_in_client(key, username)
            answer = server.login_successful
        await answer(username)
        """,
    ),
    "not logged in twice": (
        SERVER_FILE,
        "login_client",
        """
        key = server.get_addr_key()
        if not username_matches_record(key, username):
            await server.login_failed(username)
            return
        if not logged_in(key):
            log_in_client(key, username)
        await server.login_successful(username)
        """,
    ),
    "sleep(0)": (
        SERVER_FILE,
        "send_registry_to_client",
        """
        import asyncio
        await asyncio.sleep(0)
        if logged_in(server.get_addr_key()):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
    ),
    "a task that is awaited": (
        SERVER_FILE,
        "send_registry_to_client",
        """
        import asyncio
        if logged_in(server.get_addr_key()):
            await asyncio.create_task(server.send_registry())
        else:
            await asyncio.wait_for(server.request_denied(), 5)
        """,
    ),
    "prints": (
        SERVER_FILE,
        "send_registry_to_client",
        """
        print("asked")
        if logged_in(server.get_addr_key()):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
    ),
    "get in active_users": (
        SERVER_FILE,
        "send_registry_to_client",
        """
        if active_users.get(server.get_addr_key()):
            await server.send_registry()
        else:
            await server.request_denied()
        """,
    ),
    "a truthy username": (
        CLIENT_FILE,
        "register",
        "if username:\n    await client.register(username)",
    ),
    "a length": (
        CLIENT_FILE,
        "register",
        "if len(username) == 0:\n    return\nawait client.register(username=username)",
    ),
    "a coroutine in a client's variable": (
        CLIENT_FILE,
        "request_registry",
        "request = client.request_registry()\nawait request",
    ),
}
RIGHT_REPLIES = [
    "request_denied",
    "login_failed",
    "registration_successful",
    "registration_failed",
    "registration_successful",
    "request_denied",
    "registration_failed",
    "login_failed",
    "login_successful",
    "login_successful",
    "request_denied",
    "registry",
    "request_denied",
]
RIGHT_STEPS = [
    "Nothing was sent: the username is empty.",
    "'ada' is registered.",
    "'ada' is logged in.",
    "The registry lists 1 client.",
    "The registry lists 1 client.",
]


def assert_right(folder: Path, file: str) -> None:
    """Assert that a file of the assignment does what it should, and that no problem is told."""
    if file == SERVER_FILE:
        replies, found = serve_from(folder)
        assert found == []
        assert [reply["type"] for reply in replies] == RIGHT_REPLIES
    else:
        sentences, found = take_steps_from(folder)
        assert found == []
        assert sentences == RIGHT_STEPS


@pytest.mark.parametrize(
    ("file", "function", "body"), RIGHT_ANSWERS.values(), ids=RIGHT_ANSWERS.keys()
)
def test_a_right_answer_in_other_words_is_no_problem(
    file: str, function: str, body: str, tmp_path: Path, silence: Any
) -> None:
    (tmp_path / file).write_text(filled(file, function, body), encoding="utf-8")
    assert_right(tmp_path, file)
    silence("asked")


def test_a_helper_with_a_second_parameter_is_no_problem(tmp_path: Path, silence: Any) -> None:
    text = changed(SERVER_FILE, REGISTERED, "def registered(key: str, username: str) -> bool:")
    text = text.replace("registered(key) or", "registered(key, username) or")
    text = text.replace("registered(key) and", "registered(key, username) and")
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    assert_right(tmp_path, SERVER_FILE)
    silence()


def test_a_function_of_ones_own_is_no_problem(tmp_path: Path, silence: Any) -> None:
    text = filled(
        SERVER_FILE,
        "send_registry_to_client",
        "await answer(server, logged_in(server.get_addr_key()))",
    )
    text += (
        "\n\nasync def answer(server, may_have_it):\n"
        "    if may_have_it:\n"
        "        await server.send_registry()\n"
        "    else:\n"
        "        await server.request_denied()\n"
    )
    (tmp_path / SERVER_FILE).write_text(text, encoding="utf-8")
    assert_right(tmp_path, SERVER_FILE)
    silence()


def test_dictionaries_that_are_replaced_as_a_whole_but_keep_everything_are_told_once(
    tmp_path: Path,
) -> None:
    body = "global users\nusers = {**users, key: username}"
    (tmp_path / SERVER_FILE).write_text(filled(SERVER_FILE, "register_user", body), "utf-8")
    replies, found = serve_from(tmp_path)
    assert [reply["type"] for reply in replies] == RIGHT_REPLIES
    assert {problem.explanation.title for problem in found} == {
        "register_user() replaced the shared users by another dictionary."
    }
