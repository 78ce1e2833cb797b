"""The situations in which a function is watched, made up afresh from a seed.

These are the ones that students may see. Each says what the dictionaries hold, what the
function is called with, and what must come of it.
"""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

Entries = tuple[tuple[str, str], ...]

FIRST_NAMES = [
    "amina",
    "boris",
    "chiara",
    "dmitri",
    "elif",
    "farid",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "kaori",
    "lena",
    "milan",
    "noor",
    "olga",
    "pavel",
    "quinn",
    "rosa",
    "samir",
    "tara",
    "umar",
    "vera",
    "wanda",
    "xenia",
    "yusuf",
    "zora",
]


class Scenario(NamedTuple):
    """One situation, and what must come of it.

    Parameters:
        situation: one sentence; "" for a helper that is asked something.
        users, active_users: the dictionaries before, as pairs.
        key: the client's key.
        arguments: what the function is called with, the handle left out.
        value: what it must return; None for a function that need return nothing.
        sent: the message that it must send with its arguments; None for none.
        users_after, active_users_after: what the dictionaries must hold then.
    """

    situation: str
    users: Entries
    active_users: Entries
    key: str
    arguments: tuple[str, ...]
    value: bool | None
    sent: tuple[str, tuple[str, ...]] | None
    users_after: Entries
    active_users_after: Entries


class World:
    """Some clients that nobody has seen before: the first ones have registered.

    Parameters:
        seed: makes up the same ones again.
        registered: how many have registered.
        active: the numbers of those that are logged in.
    """

    def __init__(self, seed: str, registered: int = 3, active: Sequence[int] = ()) -> None:
        chance = random.Random(seed)
        ports = chance.sample(range(20_000, 60_000), 6)
        self.keys = [f"127.0.0.1:{port}" for port in ports]
        names = chance.sample(FIRST_NAMES, 6)
        self.names = [f"{name}{chance.randrange(100, 1000)}" for name in names]
        self.users = tuple(zip(self.keys[:registered], self.names[:registered], strict=True))
        self.active_users = tuple(self.users[number] for number in active)

    def question(self, value: bool, *arguments: str) -> Scenario:
        """Return a scenario in which a helper is asked something.

        Parameters:
            value: what it must answer.
            arguments: what it is asked.
        """
        return self.scenario("", "", arguments, value=value)

    def scenario(
        self,
        situation: str,
        key: str,
        arguments: tuple[str, ...],
        *,
        value: bool | None = None,
        sent: tuple[str, tuple[str, ...]] | None = None,
        add_user: bool = False,
        add_active: bool = False,
    ) -> Scenario:
        """Return a scenario in this world.

        Parameters:
            add_user, add_active: whether (key, last argument) must be stored in the dictionary.
        """
        new = ((key, arguments[-1]),) if arguments else ()
        return Scenario(
            situation,
            self.users,
            self.active_users,
            key,
            arguments,
            value,
            sent,
            self.users + (new if add_user else ()),
            self.active_users + (new if add_active else ()),
        )


def registered(seed: str) -> list[Scenario]:
    """Watch `registered`."""
    world = World(seed, 3, [0])
    return [world.question(True, world.keys[2]), world.question(False, world.keys[4])]


def username_exists(seed: str) -> list[Scenario]:
    """Watch `username_exists`."""
    world = World(seed)
    return [world.question(True, world.names[2]), world.question(False, world.names[4])]


def register_user(seed: str) -> list[Scenario]:
    """Watch `register_user`."""
    world, empty = World(seed), World(f"{seed} empty", 0)
    return [
        made.scenario(situation, made.keys[4], (made.keys[4], made.names[4]), add_user=True)
        for made, situation in (
            (world, "Other clients have registered, and another one is to be remembered."),
            (empty, "Nobody has registered, and the first client is to be remembered."),
        )
    ]


def username_matches_record(seed: str) -> list[Scenario]:
    """Watch `username_matches_record`."""
    world = World(seed)
    key, name = world.users[1]
    return [
        world.question(True, key, name),
        world.question(False, key, world.names[0]),
        world.question(False, world.keys[4], name),
    ]


def log_in_client(seed: str) -> list[Scenario]:
    """Watch `log_in_client`."""
    return [
        made.scenario(situation, made.keys[1], made.users[1], add_active=True)
        for made, situation in (
            (World(seed, 3, [0]), "Somebody is logged in, and another client is to be, too."),
            (World(f"{seed} empty"), "Nobody is logged in, and the first client is to be."),
        )
    ]


def logged_in(seed: str) -> list[Scenario]:
    """Watch `logged_in`."""
    world = World(seed, 3, [0, 2])
    return [
        world.question(True, world.keys[2]),
        world.question(False, world.keys[1]),
        world.question(False, world.keys[4]),
    ]


def register_client(seed: str) -> list[Scenario]:
    """Watch `register_client`."""
    world = World(seed)
    new, name, taken = world.keys[4], world.names[4], world.names[0]
    key, own = world.users[1]
    return [
        world.scenario(
            f"A client that has not registered asks for {name!r}, a free name.",
            new,
            (name,),
            sent=("registration_successful", (name,)),
            add_user=True,
        ),
        world.scenario(
            f"A client that has not registered asks for {taken!r}, the name of another.",
            new,
            (taken,),
            sent=("registration_failed", (taken,)),
        ),
        world.scenario(
            f"A client that has registered as {own!r} asks for {name!r}, a free name.",
            key,
            (name,),
            sent=("registration_failed", (name,)),
        ),
        world.scenario(
            f"A client that has registered as {own!r} asks for that name again.",
            key,
            (own,),
            sent=("registration_failed", (own,)),
        ),
    ]


def login_client(seed: str) -> list[Scenario]:
    """Watch `login_client`."""
    world = World(seed, 3, [0])
    (_, taken), (key, own) = world.users[2], world.users[1]
    stranger, name = world.keys[4], world.names[4]
    return [
        world.scenario(
            f"A client that has registered as {own!r} logs in under that name.",
            key,
            (own,),
            sent=("login_successful", (own,)),
            add_active=True,
        ),
        world.scenario(
            f"A client that has registered as {own!r} wants to log in as {taken!r}, a client too.",
            key,
            (taken,),
            sent=("login_failed", (taken,)),
        ),
        world.scenario(
            f"A client that has not registered wants to log in as {name!r}.",
            stranger,
            (name,),
            sent=("login_failed", (name,)),
        ),
    ]


def send_registry_to_client(seed: str) -> list[Scenario]:
    """Watch `send_registry_to_client`."""
    world = World(seed, 3, [0, 2])
    return [
        world.scenario(
            "A client that is logged in asks for the registry.",
            world.keys[2],
            (),
            sent=("send_registry", ()),
        ),
        world.scenario(
            "A client that has registered but is not logged in asks for the registry.",
            world.keys[1],
            (),
            sent=("request_denied", ()),
        ),
        world.scenario(
            "A client that has not registered asks for the registry.",
            world.keys[4],
            (),
            sent=("request_denied", ()),
        ),
    ]


def typed(step: str, seed: str) -> list[Scenario]:
    """Watch a step of the client that sends what was typed."""
    world = World(seed, 0)
    name = world.names[0]
    return [
        world.scenario(f"{name!r} was typed.", "", (name,), sent=(step, (name,))),
        world.scenario("Nothing was typed: the username is empty.", "", ("",)),
    ]


def register(seed: str) -> list[Scenario]:
    """Watch the client's `register`."""
    return typed("register", seed)


def login(seed: str) -> list[Scenario]:
    """Watch the client's `login`."""
    return typed("login", seed)


def request_registry(seed: str) -> list[Scenario]:
    """Watch the client's `request_registry`."""
    sent: tuple[str, tuple[str, ...]] = ("request_registry", ())
    return [World(seed, 0).scenario("The button for the registry was pressed.", "", (), sent=sent)]


Maker = Callable[[str], list[Scenario]]

VISIBLE: dict[str, Maker] = {
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


def scenarios(function: str, seed: str) -> list[Scenario]:
    """Return the scenarios of a function, the most telling first.

    Parameters:
        function: its full name, as in "server_logic.registered".
        seed: makes up the same ones again.
    """
    made = VISIBLE[function](f"{seed} {function}")
    try:
        from tests.grading.hidden_scenarios import HIDDEN
    except ModuleNotFoundError:  # where students check their own work
        return made
    return made + HIDDEN[function](f"{seed} {function} hidden")
