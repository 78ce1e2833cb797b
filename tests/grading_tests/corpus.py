"""Portions as students write them: wrong ones, right ones in other words, and attacks."""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong portion.

    Parameters:
        function: its full name.
        body: what stands between the markers.
        sentence: what the main sentence must contain.
    """

    function: str
    body: str
    sentence: str


def server(name: str, *cases: tuple[str, str]) -> list[Wrong]:
    """Return wrong portions of one function of the server."""
    return [Wrong(f"server_logic.{name}", body, sentence) for body, sentence in cases]


def client(name: str, *cases: tuple[str, str]) -> list[Wrong]:
    """Return wrong portions of one function of the client."""
    return [Wrong(f"client_logic.{name}", body, sentence) for body, sentence in cases]


REGISTER = """\
key = server.get_addr_key()
if registered(key) or username_exists(username):
    await server.registration_failed(username)
else:
    register_user(key, username)
    await server.registration_successful(username)
"""
LOGIN = """\
key = server.get_addr_key()
if registered(key) and username_matches_record(key, username):
    log_in_client(key, username)
    await server.login_successful(username)
else:
    await server.login_failed(username)
"""
SEND = """\
if logged_in(server.get_addr_key()):
    await server.send_registry()
else:
    await server.request_denied()
"""
TYPED = """\
if username != "":
    await client.{step}(username)
"""

WRONG = [
    *server(
        "registered",
        ("key in users", "registered() hands nothing back"),
        ("return username in users", "receives only key"),
        ("return True", "answered True, although"),
        ("return False", "answered False, although"),
        ("pass", "nothing between its markers"),
        ("# later", "nothing between its markers"),
        ("return key in users.values()", "Which dictionary, and which side of it"),
        ("return key in active_users", "Which dictionary, and which side of it"),
        ("return key not in users", "answered False, although"),
        (
            "for k in users:\n    if k == key:\n        return True\n    else:\n"
            "        return False",
            "registered()",
        ),
        ("for k in users:\n    return k == key", "registered()"),
        ("return users[key]", "where True or False is expected"),
        ("return users.get(key)", "where True or False is expected"),
        ("print(key in users)", "hands nothing back"),
        ("return key is users", "answered False"),
        ("return any(key is k for k in users)", "answered False"),
        ("return key in str(users)", "answered True, although"),
        ("return 'key' in users", "answered False, although"),
        ("return len(users) > 0", "answered True, although"),
        ("if key in users:\n    return True", "hands nothing back"),
        ("return key in user", "Did you mean users?"),
        ("return users.has_key(key)", "on a dictionary"),
        ("return key in users(key)", "calls something that is no function"),
        ("return 'True'", "handed back 'True' (str)"),
        ("return key in users)", "Python cannot read what is between the markers"),
        ("if key in users\n    return True", "Python cannot read"),
        ("  return key in users", "Python cannot read"),
        ("users[key] = ''\nreturn key in users", "changed"),
        ("while key not in users:\n    pass\nreturn True", "did not finish"),
        ("return registered(key)", "calls itself again and again"),
    ),
    *server(
        "username_exists",
        (
            "for name in users.values():\n    if name == username:\n        return True\n"
            "    else:\n        return False",
            "looks at the first user only",
        ),
        ("return username in users.values", "uses a method without calling it"),
        ("return username in users", "answered False, although"),
        ("return username in users.keys()", "answered False, although"),
        ("return username in active_users.values()", "answered False, although"),
        ("return users[username] == username", "looks up a key"),
        (
            "for name in users.values():\n    if username in name:\n"
            "        return True\nreturn False",
            "answered True, although",
        ),
        (
            "return username.lower() in [n.lower() for n in users.values()]",
            "answered True, although",
        ),
        ("username in users.values()", "hands nothing back"),
        ("return key in users", "receives only username"),
        ("return username in users.value()", "Did you mean .values?"),
        ("return users.values().count(username)", "username_exists()"),
    ),
    *server(
        "register_user",
        ("users.append(username)", "How do you set a value for a key?"),
        ("users = {key: username}", "makes a new, local users"),
        ("users[key] == username", "== compares"),
        ("users[username] = key", "the key under the username"),
        ("active_users[key] = username", "register_user()"),
        ("users[key] = 'username'", "stored 'username' in users"),
        ("users['key'] = username", "register_user()"),
        ("users.get(key, username)", "does not hold the username under the key"),
        ("global users\nusers = {key: username}", "replaced the shared users"),
        ("users.clear()\nusers[key] = username", "removed a client from users"),
        ("users[key] = username\nactive_users[key] = username", "changed active_users"),
        ("return users", "does not hold the username"),
        ("users[key] = users", "put something into users that is no text"),
        ("users.add(key, username)", "How do you set a value for a key?"),
        ("user[key] = username", "Did you mean users?"),
        ("users{key} = username", "Python cannot read"),
    ),
    *server(
        "username_matches_record",
        ("return username in users.values()", "Only the username stored for this very key"),
        ("return users[key] == username", "looks up a key that the dictionary does not have"),
        ("return key in users", "Only the username stored for this very key"),
        ("return key in users or users[key] == username", "username_matches_record()"),
        ("return users.get(key) is username", "answered False, although"),
        ("return users.get(key) != username", "answered False, although"),
        ("return users.get(username) == key", "answered False, although"),
        ("if users.get(key) == username:\n    return True", "hands nothing back"),
        ("return active_users.get(key) == username", "answered False, although"),
        ("return (key, username) in users", "answered False, although"),
    ),
    *server(
        "log_in_client",
        ("del users[key]\nactive_users[key] = username", "removed a client from users"),
        ("users[key] = username", "active_users does not hold"),
        ("active_users = {}\nactive_users[key] = username", "local active_users"),
        ("active_users[username] = key", "the key under the username"),
        ("active_users.update(key, username)", "log_in_client()"),
        ("active_users[key] = True", "put something into active_users that is no text"),
        ("active_users += username", "local active_users"),
        ("logged_in(key)", "does not hold the username"),
    ),
    *server(
        "logged_in",
        ("return key in users", "Which of the two dictionaries"),
        ("return key in active_user", "Did you mean active_users?"),
        ("return active_users", "where True or False is expected"),
        ("return key == active_users", "answered False, although"),
        ("return registered(key)", "Which of the two dictionaries"),
    ),
    *server(
        "register_client",
        (
            REGISTER.replace("await server.registration_failed", "server.registration_failed"),
            "called registration_failed without await, so nothing was sent",
        ),
        (
            REGISTER.replace("await server.registration_succ", "server.registration_succ"),
            "called registration_successful without await, so nothing was sent",
        ),
        (
            REGISTER.replace("server.registration_failed", "registration_failed"),
            "put server. before it",
        ),
        (
            REGISTER.replace(
                "else:\n    register_user(key, username)\n    await",
                "register_user(key, username)\nawait",
            ),
            "sent two answers",
        ),
        (
            REGISTER.replace(
                "else:\n    register_user(key, username)\n    await",
                "else:\n    register_user(key, username)\nawait",
            ),
            "sent two answers",
        ),
        (REGISTER.replace(" or ", " & "), "which word joins the two?"),
        (REGISTER.replace(" or ", " and "), "which word joins the two?"),
        (REGISTER.replace("registered(key) or ", ""), "its first name was lost"),
        (REGISTER.replace(" or username_exists(username)", ""), "a name that another client has"),
        (
            REGISTER.replace("server.get_addr_key()", "await server.get_addr_key()"),
            "awaits something that answers at once",
        ),
        (
            REGISTER.replace("await server.registration_failed(username)", "print('failed')"),
            "ended without an answer",
        ),
        (REGISTER.replace("    register_user(key, username)\n", ""), "users has no such entry"),
        (REGISTER.replace("(key, username)", "(username, key)"), "register_client()"),
        (
            REGISTER.replace("failed(username)", "failed('username')"),
            "answered about the username 'username'",
        ),
        (REGISTER.replace("if registered", "if not registered"), "register_client()"),
        (REGISTER.replace("registered(key)", "registered"), "names registered without calling it"),
        (
            REGISTER.replace("get_addr_key()", "get_addr_key"),
            "names server.get_addr_key without calling it",
        ),
        (
            "register_user(server.get_addr_key(), username)\n" + REGISTER,
            "stored the client in users and then refused it",
        ),
        (REGISTER.replace("registration_failed", "login_failed"), "is no answer to this request"),
        (
            REGISTER.replace("registration_successful(", "registration_succesful("),
            "Did you mean server.registration_successful?",
        ),
        (REGISTER.replace("key = ", "# key = "), "receives only server and username"),
        (REGISTER.replace("(username)", "()"), "register_client()"),
        (
            REGISTER.replace(
                "await server.registration_failed(username)",
                "return server.registration_failed(username)",
            ),
            "without await",
        ),
        ("import time\ntime.sleep(60)\n" + REGISTER, "did not finish"),
        ("username = input()\n" + REGISTER, "waits for somebody to type"),
        ("await server.registration_successful(username)", "register_client()"),
        ("raise SystemExit", "asked the whole program to end"),
    ),
    *server(
        "login_client",
        (
            LOGIN.replace(
                "registered(key) and username_matches_record(key, username)",
                "username_exists(username)",
            ),
            "must it match this client's key",
        ),
        (LOGIN.replace(" and username_matches_record(key, username)", ""), "must it match"),
        (LOGIN.replace(" and ", " or "), "must it match"),
        (
            "while not registered(server.get_addr_key()):\n    pass\n" + LOGIN,
            "Nothing in the loop makes its condition false",
        ),
        (LOGIN.replace("    log_in_client(key, username)\n", ""), "active_users has no such entry"),
        (LOGIN.replace("log_in_client", "register_user"), "login_client()"),
        (LOGIN.replace("await server.login_failed(username)", "pass"), "without an answer"),
        (LOGIN.replace("else:\n    await", "await"), "sent two answers"),
        (LOGIN.replace("await server.login_s", "server.login_s"), "without await"),
        (LOGIN.replace("if registered", "if not logged_in(key) and registered"), "refused"),
        (
            LOGIN.replace("login_successful(username)", "login_successful(key)"),
            "answered about the username",
        ),
        ("users[server.get_addr_key()] = username\n" + LOGIN, "login_client()"),
    ),
    *server(
        "send_registry_to_client",
        ("await server.send_registry()", "to a client that is not logged in"),
        ("await server.request_denied()", "denied the registry to a client that is logged in"),
        (SEND.replace("logged_in", "registered"), "to a client that is not logged in"),
        (SEND.replace("logged_in(server.get_addr_key())", "logged_in"), "without calling it"),
        (
            SEND.replace("logged_in(server.get_addr_key())", "active_users"),
            "to a client that is not logged in",
        ),
        (SEND.replace("await server.send", "server.send"), "without await"),
        (SEND.replace("send_registry()", "send_registry(users)"), "with values it does not take"),
        (SEND.replace("if logged", "if not logged"), "send_registry_to_client()"),
        (
            SEND.replace("logged_in(server.get_addr_key())", "logged_in(server)"),
            "calls logged_in() with something else as the key",
        ),
    ),
    *client(
        "register",
        ('await client.register("username")', "sent the username 'username'"),
        ("await client.register(username)", "tried to send an empty username"),
        (TYPED.format(step="login"), "belongs to another step"),
        ('if username != "":\n    client.register(username)', "without await"),
        ('if username == "":\n    await client.register(username)', "register()"),
        ("if username.isalnum():\n    await client.register(username)", "ended without sending"),
        ("await register(client, username)", "calls itself again and again"),
        ('if username != "":\n    await client.register(username.lower())', "sent the username"),
        (TYPED.format(step="register") * 2, "sent more than one message"),
        ('if username != "":\n    await client.register()', "as many values, in the same order"),
        (
            'if username != "":\n    await server.register(username)',
            "receives only client and username",
        ),
    ),
    *client(
        "login",
        ("await client.login(username)", "tried to send an empty username"),
        (TYPED.format(step="register"), "belongs to another step"),
        ("print(username)", "ended without sending anything"),
        ('if username != "":\n    await client.log_in(username)', "Did you mean client.login?"),
        ('if username is "":\n    return\nclient.login(username)', "without await"),
        ("if len(username) > 1:\n    await client.login(username)", "ended without sending"),
    ),
    *client(
        "request_registry",
        ("client.request_registry()", "without await"),
        ("await client.request_registry", "without calling it"),
        ("await client.request_registry(client)", "as many values, in the same order"),
        ("return request_registry(client)", "ended without sending"),
        ("await client.send_registry()", "request_registry()"),
    ),
]

RIGHT = {
    "server_logic.registered": [
        "return key in users.keys()",
        "if key in users:\n    return True\nelse:\n    return False",
        "for k in users:\n    if k == key:\n        return True\nreturn False",
        "return bool(users.get(key))",
        "found = False\nfor k, name in users.items():\n    if k == key:\n        found = True\n"
        "return found",
        "try:\n    users[key]\n    return True\nexcept KeyError:\n    return False",
        "return users.__contains__(key)",
        "return key in list(users)",
        "'''looks'''\n\n# a comment\nreturn (\n    key\n    in users\n)",
    ],
    "server_logic.username_exists": [
        "return username in list(users.values())",
        "for name in users.values():\n    if name == username:\n        return True\nreturn False",
        "for key in users:\n    if users[key] == username:\n        return True\nreturn False",
        "return any(name == username for name in users.values())",
        "return list(users.values()).count(username) > 0",
        "return username in set(users.values())",
    ],
    "server_logic.register_user": [
        "users.update({key: username})",
        "users.__setitem__(key, username)",
        "global users\nusers[key] = username",
        "global users\nusers = {**users, key: username}",
        "users[key] = username\nreturn True",
        "if key not in users:\n    users[key] = username\nprint(users)",
        "users |= {key: username}".replace("users |=", "global users\nusers |="),
    ],
    "server_logic.username_matches_record": [
        "if key not in users:\n    return False\nreturn users[key] == username",
        "return users.get(key) == username",
        "if registered(key):\n    if users[key] == username:\n        return True\nreturn False",
        "return (key, username) in users.items()",
        "for k, name in users.items():\n    if k == key and name == username:\n"
        "        return True\n"
        "return False",
        "try:\n    return users[key] == username\nexcept KeyError:\n    return False",
    ],
    "server_logic.log_in_client": [
        "active_users.update({key: username})",
        "active_users.setdefault(key, username)",
        "active_users[key] = users[key]",
    ],
    "server_logic.logged_in": [
        "return active_users.get(key) is not None",
        "return key in active_users and key in users",
    ],
    "server_logic.register_client": [
        "key = server.get_addr_key()\nif key in users or username in users.values():\n"
        "    await server.registration_failed(username)\nelse:\n    users[key] = username\n"
        "    await server.registration_successful(username)",
        "key = server.get_addr_key()\nif registered(key):\n"
        "    await server.registration_failed(username)\n    return\n"
        "if username_exists(username):\n"
        "    await server.registration_failed(username)\n    return\n"
        "register_user(key=key, username=username)\n"
        "await server.registration_successful(username=username)",
        "if not registered(server.get_addr_key()) and not username_exists(username):\n"
        "    register_user(server.get_addr_key(), username)\n"
        "    await server.registration_successful(username)\nelse:\n"
        "    await server.registration_failed(username)",
        REGISTER.replace(
            "await server.registration_failed(username)",
            "answer = server.registration_failed(username)\n    await answer",
        ),
        "import asyncio\nawait asyncio.sleep(0)\n" + REGISTER,
        "import asyncio\nawait asyncio.sleep(0.01)\n" + REGISTER,
        REGISTER.replace(" or ", " | "),
        "key = server.get_addr_key()\nif registered(key) or username_exists(username):\n"
        "    answer = server.registration_failed\nelse:\n    register_user(key, username)\n"
        "    answer = server.registration_successful\nawait answer(username)",
        "import asyncio\n"
        + REGISTER.replace(
            "await server.registration_failed(username)",
            "await asyncio.gather(server.registration_failed(username))",
        ),
        REGISTER.replace("    register_user(key, username)\n", "")
        + "    register_user(key, username)\n",
    ],
    "server_logic.login_client": [
        "key = server.get_addr_key()\nif users.get(key) == username:\n"
        "    active_users[key] = username\n    await server.login_successful(username)\nelse:\n"
        "    await server.login_failed(username)",
        LOGIN.replace("registered(key) and ", ""),
        "key = server.get_addr_key()\nif not registered(key):\n"
        "    return await server.login_failed(username)\n"
        "if not username_matches_record(key, username):\n"
        "    return await server.login_failed(username)\n"
        "log_in_client(key, username)\nawait server.login_successful(username)",
        LOGIN.replace(
            "    log_in_client(key, username)\n",
            "    if not logged_in(key):\n        log_in_client(key, username)\n",
        ),
    ],
    "server_logic.send_registry_to_client": [
        "key = server.get_addr_key()\nif key not in active_users:\n"
        "    await server.request_denied()\n    return\nawait server.send_registry()",
        "await (server.send_registry() if logged_in(server.get_addr_key())"
        " else server.request_denied())",
    ],
    "client_logic.register": [
        "if username:\n    await client.register(username)",
        'if username == "":\n    return\nawait client.register(username)',
        "if len(username) > 0:\n    await client.register(username=username)",
        'if not username == "":\n    sending = client.register(username)\n    await sending',
    ],
    "client_logic.login": [
        "if not username:\n    return None\nawait client.login(username)",
        "if username:\n    return await client.login(username)",
    ],
    "client_logic.request_registry": [
        "asking = client.request_registry()\nawait asking",
        "return await client.request_registry()",
    ],
}
