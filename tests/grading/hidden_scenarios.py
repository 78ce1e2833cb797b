"""The situations that students do not see."""

import random

from tests.grading.scenarios import Maker, Scenario, World


def replace(world: World, number: int, key: str = "", name: str = "") -> None:
    """Give a registered client of a world another key or name."""
    before = world.users[number]
    after = (key or before[0], name or before[1])
    world.keys[number], world.names[number] = after
    world.users = tuple(after if entry == before else entry for entry in world.users)
    world.active_users = tuple(after if entry == before else entry for entry in world.active_users)


def key_lookups(seed: str, dictionary: str, worlds: list[World]) -> list[Scenario]:
    """Watch a helper that looks for a key, in several worlds."""
    made = []
    for world in worlds:
        entries = getattr(world, dictionary)
        made += [world.question(True, key) for key, _ in entries]
        # Not a key, but part of one, or one with something after it.
        near = [world.keys[5], world.names[0]]
        near += [other for key, _ in entries[:1] for other in (f"{key}#2", key[:-1])]
        made += [world.question(False, key) for key in near]
    return made


def registered(seed: str) -> list[Scenario]:
    """Watch `registered`."""
    empty, many = World(f"{seed} 1", 0), World(f"{seed} 2", 4, [0, 1, 2, 3])
    again = World(f"{seed} 3", 2)
    replace(again, 1, key=f"{again.keys[1]}#2")
    return key_lookups(seed, "users", [empty, many, again])


def logged_in(seed: str) -> list[Scenario]:
    """Watch `logged_in`."""
    empty, none = World(f"{seed} 1", 0), World(f"{seed} 2", 2)
    all_active = World(f"{seed} 3", 3, [0, 1, 2])
    return key_lookups(seed, "active_users", [empty, none, all_active])


def username_exists(seed: str) -> list[Scenario]:
    """Watch `username_exists`."""
    made = []
    unusual = World(f"{seed} 3", 2, [1])
    replace(unusual, 0, name="Zoë van Ängström")
    for world in (World(f"{seed} 1", 0), World(f"{seed} 2", 4, [0, 1]), unusual):
        made += [world.question(True, name) for _, name in world.users]
        near = [world.names[5]]
        for key, name in world.users[:1]:
            near += [key, name[:-1], f"{name}s", name.swapcase()]
        made += [world.question(False, name) for name in near]
    return made


def register_user(seed: str) -> list[Scenario]:
    """Watch `register_user`."""
    situation = "Some clients are logged in, and another one is to be remembered."
    made = []
    for number, active in enumerate(([0], [0, 1, 2])):
        world = World(f"{seed} {number}", 3, active)
        key = f"{world.keys[4]}#2" if number else world.keys[4]
        made.append(world.scenario(situation, key, (key, world.names[4]), add_user=True))
    return made


def log_in_client(seed: str) -> list[Scenario]:
    """Watch `log_in_client`."""
    made = []
    for number, active in enumerate(([1, 2], [3])):
        world = World(f"{seed} {number}", 4, active)
        situation = "Some clients are logged in, and another one is to be, too."
        made.append(world.scenario(situation, world.keys[0], world.users[0], add_active=True))
    return made


def username_matches_record(seed: str) -> list[Scenario]:
    """Watch `username_matches_record`."""
    empty, world = World(f"{seed} 1", 0), World(f"{seed} 2", 4, [0, 2])
    made = [world.question(True, key, name) for key, name in world.users]
    key, own = world.users[0]
    stranger, unknown = world.keys[5], world.names[5]
    others = (world.names[3], unknown, own[:-1], f"{own}s", own.swapcase(), key)
    made += [world.question(False, key, name) for name in others]
    made += [world.question(False, stranger, name) for name in (own, unknown)]
    return [*made, empty.question(False, empty.keys[0], empty.names[0])]


def register_client(seed: str) -> list[Scenario]:
    """Watch `register_client`."""
    empty, world = World(f"{seed} 1", 0), World(f"{seed} 2", 4, [1, 2])
    key, own = world.users[1]
    taken, free, stranger = world.names[3], world.names[4], world.keys[5]
    return [
        empty.scenario(
            f"Nobody has registered, and a client asks for {empty.names[0]!r}.",
            empty.keys[0],
            (empty.names[0],),
            sent=("registration_successful", (empty.names[0],)),
            add_user=True,
        ),
        world.scenario(
            f"A client that is logged in as {own!r} asks for {taken!r}, the name of another.",
            key,
            (taken,),
            sent=("registration_failed", (taken,)),
        ),
        world.scenario(
            f"A client that is logged in as {own!r} asks for {free!r}, a free name.",
            key,
            (free,),
            sent=("registration_failed", (free,)),
        ),
        world.scenario(
            f"A client that has not registered asks for {own!r}, the name of another.",
            stranger,
            (own,),
            sent=("registration_failed", (own,)),
        ),
        world.scenario(
            f"A client that has not registered asks for {free!r}, a free name.",
            stranger,
            (free,),
            sent=("registration_successful", (free,)),
            add_user=True,
        ),
    ]


def login_client(seed: str) -> list[Scenario]:
    """Watch `login_client`."""
    empty, world = World(f"{seed} 1", 0), World(f"{seed} 2", 4, [1, 3])
    key, own = world.users[1]
    waiting, waiting_name = world.users[0]
    taken, free, stranger = world.names[2], world.names[4], world.keys[5]
    return [
        world.scenario(
            f"A client that is logged in as {own!r} logs in again under that name.",
            key,
            (own,),
            sent=("login_successful", (own,)),
        ),
        world.scenario(
            f"A client that is logged in as {own!r} wants to log in as {taken!r}, another client.",
            key,
            (taken,),
            sent=("login_failed", (taken,)),
        ),
        world.scenario(
            f"A client that has not registered wants to log in as {own!r}, another client.",
            stranger,
            (own,),
            sent=("login_failed", (own,)),
        ),
        world.scenario(
            f"A client that has registered as {waiting_name!r} wants to log in as {free!r}.",
            waiting,
            (free,),
            sent=("login_failed", (free,)),
        ),
        world.scenario(
            f"A client that has registered as {waiting_name!r} logs in under that name.",
            waiting,
            (waiting_name,),
            sent=("login_successful", (waiting_name,)),
            add_active=True,
        ),
        empty.scenario(
            f"Nobody has registered, and a client wants to log in as {empty.names[0]!r}.",
            empty.keys[0],
            (empty.names[0],),
            sent=("login_failed", (empty.names[0],)),
        ),
    ]


def send_registry_to_client(seed: str) -> list[Scenario]:
    """Watch `send_registry_to_client`."""
    made = []
    for number, (count, active) in enumerate(((4, [0]), (3, [0, 1, 2]), (2, []), (0, []))):
        world = World(f"{seed} {number}", count, active)
        for key in [*world.keys[:count], world.keys[5]]:
            is_active = key in dict(world.active_users)
            situation = (
                "A client that is logged in asks for the registry."
                if is_active
                else "A client that is not logged in asks for the registry."
            )
            message = "send_registry" if is_active else "request_denied"
            made.append(world.scenario(situation, key, (), sent=(message, ())))
    return made


def typed(step: str, seed: str) -> list[Scenario]:
    """Watch a step of the client that sends what was typed."""
    world = World(seed, 0)
    number = random.Random(seed).randrange(10)
    names = [world.names[1].title(), "mary ann", "Zoë-Łucja", f"{number}", "None", "李小龙"]
    return [
        world.scenario(f"{name!r} was typed.", "", (name,), sent=(step, (name,))) for name in names
    ]


def register(seed: str) -> list[Scenario]:
    """Watch the client's `register`."""
    return typed("register", seed)


def login(seed: str) -> list[Scenario]:
    """Watch the client's `login`."""
    return typed("login", seed)


def request_registry(seed: str) -> list[Scenario]:
    """Watch the client's `request_registry`; there is nothing more to see."""
    return []


HIDDEN: dict[str, Maker] = {
    "server_logic.registered": registered,
    "server_logic.username_exists": username_exists,
    "server_logic.register_user": register_user,
    "server_logic.username_matches_record": username_matches_record,
    "server_logic.log_in_client": log_in_client,
    "server_logic.logged_in": logged_in,
    "server_logic.register_client": register_client,
    "server_logic.login_client": login_client,
    "server_logic.send_registry_to_client": send_registry_to_client,
    "client_logic.register": register,
    "client_logic.login": login,
    "client_logic.request_registry": request_registry,
}
