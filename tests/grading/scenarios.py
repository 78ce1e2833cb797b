"""The situations in which each function is watched, with names and keys made up from a seed.

`check` and `grade` try the same ones, with other names and keys. None says what must come of
it: that is the assignment's (`gui/tutor/assignment.py`).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gui.tutor.assignment import BY_NAME, Dictionaries, Function
from gui.tutor.rules import Situation

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
    """One situation, and a sentence that tells it; "" for a helper, whose call tells it."""

    told: str
    situation: Situation

    def arguments(self, function: Function) -> list[str]:
        """Return what a function is called with, the handle left out."""
        given = {"key": self.situation.key, "username": self.situation.username}
        return [given[parameter] for parameter in function.parameters if parameter in given]

    def sentence(self, function: Function) -> str:
        """Return the situation as a sentence."""
        if self.told:
            return self.told
        names = {condition.dictionary for condition in function.conditions} | {function.stores}
        called = ", ".join(map(repr, self.arguments(function)))
        (dictionary,) = filter(None, names)
        entries = getattr(self.situation.before, dictionary)
        return f"{function.name}({called}) was called while {dictionary} was {entries}."


class World:
    """Some clients that nobody has seen before: the first ones have registered.

    Parameters:
        seed: makes up the same ones again.
        registered: how many have registered.
        active: the numbers of those that are logged in.
        keys, names: what some of them have instead of what is made up, by their number.
    """

    def __init__(
        self,
        seed: str,
        registered: int = 3,
        active: Sequence[int] = (),
        keys: dict[int, str] | None = None,
        names: dict[int, str] | None = None,
    ) -> None:
        chance = random.Random(seed)
        ports = chance.sample(range(20_000, 60_000), 6)
        self.keys = [f"127.0.0.1:{port}" for port in ports]
        self.names = [f"{n}{chance.randrange(100, 1000)}" for n in chance.sample(FIRST_NAMES, 6)]
        for number, key in (keys or {}).items():
            self.keys[number] = key
        for number, name in (names or {}).items():
            self.names[number] = name
        users = list(zip(self.keys, self.names, strict=True))[:registered]
        self.before = Dictionaries(dict(users), {users[n][0]: users[n][1] for n in active})

    def asked(self, key: str = "", username: str = "", told: str = "") -> Scenario:
        """Return a scenario in this world: somebody is asked about, or asks."""
        return Scenario(told, Situation(self.before, key, username))


Scenarios = Iterator[Scenario]


def keys_asked(worlds: list[World], dictionary: str) -> Scenarios:
    """Ask whether keys are in a dictionary: those that are, and those that are nearly."""
    for world in worlds:
        held = list(getattr(world.before, dictionary))
        yield world.asked(world.keys[5])
        yield from map(world.asked, held)
        yield world.asked(world.names[0])
        yield from (world.asked(near) for key in held[:1] for near in (f"{key}#2", key[:-1]))


def registered(seed: str) -> Scenarios:
    """Watch `registered`."""
    again = World(f"{seed} 3", 2)
    again = World(f"{seed} 3", 2, keys={1: f"{again.keys[1]}#2"})
    worlds = [
        World(f"{seed} 1", 0),
        World(seed, 3, [0]),
        World(f"{seed} 2", 4, [0, 1, 2, 3]),
        again,
    ]
    return keys_asked(worlds, "users")


def logged_in(seed: str) -> Scenarios:
    """Watch `logged_in`."""
    empty, some = World(f"{seed} 1", 0), World(seed, 3, [0, 2])
    yield empty.asked(empty.keys[0])
    yield some.asked(some.keys[1])
    yield from keys_asked(
        [empty, some, World(f"{seed} 2", 2), World(f"{seed} 3", 3, [0, 1, 2])], "active_users"
    )


def username_exists(seed: str) -> Scenarios:
    """Watch `username_exists`."""
    unusual = World(f"{seed} 3", 2, [1], names={0: "Zoë van Ängström"})
    for world in (World(f"{seed} 1", 0), World(seed), World(f"{seed} 2", 4, [0, 1]), unusual):
        yield world.asked(username=world.names[5])
        for name in reversed(list(world.before.users.values())):
            yield world.asked(username=name)
        for key, name in list(world.before.users.items())[:1]:
            for near in (key, name[:-1], f"{name}s", name.swapcase()):
                yield world.asked(username=near)


def username_matches_record(seed: str) -> Scenarios:
    """Watch `username_matches_record`."""
    first, empty, world = World(seed), World(f"{seed} 1", 0), World(f"{seed} 2", 4, [0, 2])
    yield first.asked(first.keys[1], first.names[0])
    yield first.asked(first.keys[1], first.names[1])
    yield first.asked(first.keys[4], first.names[1])
    for key, name in world.before.users.items():
        yield world.asked(key, name)
    key, own = world.keys[0], world.names[0]
    for name in (world.names[3], world.names[5], own[:-1], f"{own}s", own.swapcase(), key):
        yield world.asked(key, name)
    for name in (own, world.names[5]):
        yield world.asked(world.keys[5], name)
    yield empty.asked(empty.keys[0], empty.names[0])


def register_user(seed: str) -> Scenarios:
    """Watch `register_user`."""
    for number, (count, active, told) in enumerate(
        (
            (0, [], "Nobody has registered, and the first client is to be remembered."),
            (3, [], "Other clients have registered, and another one is to be remembered."),
            (3, [0], "Some clients are logged in, and another one is to be remembered."),
            (3, [0, 1, 2], "All clients are logged in, and another one is to be remembered."),
        )
    ):
        world = World(f"{seed} {number}", count, active)
        yield world.asked(f"{world.keys[4]}{'#2' * (number == 3)}", world.names[4], told)


def log_in_client(seed: str) -> Scenarios:
    """Watch `log_in_client`."""
    for number, (count, active, told) in enumerate(
        (
            (3, [], "Nobody is logged in, and the first client is to be."),
            (3, [0], "Somebody is logged in, and another client is to be, too."),
            (4, [0, 2], "Some clients are logged in, and another one is to be, too."),
            (4, [3], "The last client is logged in, and another one is to be, too."),
            (3, [0, 1], "A client is logged in already, and logs in again."),
        )
    ):
        world = World(f"{seed} {number}", count, active)
        yield world.asked(world.keys[1], world.names[1], told)


def register_client(seed: str) -> Scenarios:
    """Watch `register_client`."""
    world, empty, busy = World(seed), World(f"{seed} 1", 0), World(f"{seed} 2", 4, [1, 2])
    new, free, taken = world.keys[4], world.names[4], world.names[0]
    key, own = world.keys[1], world.names[1]
    stranger = "A client that has not registered asks for"
    known = f"A client that has registered as {own!r} asks for"
    name = empty.names[0]
    yield empty.asked(
        empty.keys[0], name, f"Nobody has registered, and a client asks for {name!r}."
    )
    yield world.asked(new, free, f"{stranger} {free!r}, a free name.")
    yield world.asked(new, taken, f"{stranger} {taken!r}, the name of another.")
    yield world.asked(key, free, f"{known} {free!r}, a free name.")
    yield world.asked(key, own, f"{known} that name again.")
    key, own, taken, free = busy.keys[1], busy.names[1], busy.names[3], busy.names[4]
    active = f"A client that is logged in as {own!r} asks for"
    yield busy.asked(key, taken, f"{active} {taken!r}, the name of another.")
    yield busy.asked(key, free, f"{active} {free!r}, a free name.")
    yield busy.asked(busy.keys[5], own, f"{stranger} {own!r}, the name of another.")
    yield busy.asked(busy.keys[5], free, f"{stranger} {free!r}, a free name.")


def login_client(seed: str) -> Scenarios:
    """Watch `login_client`."""
    world, empty, busy = World(seed, 3, [0]), World(f"{seed} 1", 0), World(f"{seed} 2", 4, [1, 3])
    name = empty.names[0]
    yield empty.asked(
        empty.keys[0], name, f"Nobody has registered, and a client wants to log in as {name!r}."
    )
    key, own, other, name = world.keys[1], world.names[1], world.names[2], world.names[4]
    known = f"A client that has registered as {own!r}"
    stranger = "A client that has not registered wants to log in as"
    yield world.asked(key, other, f"{known} wants to log in as {other!r}, a client too.")
    yield world.asked(key, own, f"{known} logs in under that name.")
    yield world.asked(world.keys[4], name, f"{stranger} {name!r}.")
    key, own, other, free = busy.keys[1], busy.names[1], busy.names[2], busy.names[4]
    active = f"A client that is logged in as {own!r}"
    yield busy.asked(key, own, f"{active} logs in again under that name.")
    yield busy.asked(key, other, f"{active} wants to log in as {other!r}, another client.")
    yield busy.asked(busy.keys[5], own, f"{stranger} {own!r}, another client.")
    key, own = busy.keys[0], busy.names[0]
    known = f"A client that has registered as {own!r}"
    yield busy.asked(key, free, f"{known} wants to log in as {free!r}.")
    yield busy.asked(key, own, f"{known} logs in under that name.")


def send_registry_to_client(seed: str) -> Scenarios:
    """Watch `send_registry_to_client`."""
    for number, (count, active) in enumerate(
        ((0, []), (3, [0, 2]), (4, [0]), (3, [0, 1, 2]), (2, []))
    ):
        world = World(f"{seed} {number}", count, active)
        for key in [world.keys[5], *world.keys[:count]]:
            if key in list(world.before.active_users):
                who = "is logged in"
            elif key in list(world.before.users):
                who = "has registered but is not logged in"
            else:
                who = "has not registered"
            yield world.asked(key, "", f"A client that {who} asks for the registry.")


def typed(seed: str) -> list[Scenario]:
    """Watch a step of the client that sends what was typed, and sends nothing without it."""
    chance, world = random.Random(seed), World(seed, 0)
    names = [world.names[0], world.names[1].title(), "mary ann", "Zoë-Łucja"]
    names += [f"{chance.randrange(10)}", "None", "李小龙"]
    empty = world.asked(told="Nothing was typed: the username is empty.")
    return [empty, *(world.asked(username=name, told=f"{name!r} was typed.") for name in names)]


def register(seed: str) -> Scenarios:
    """Watch the client's `register`."""
    return iter(typed(seed))


def login(seed: str) -> Scenarios:
    """Watch the client's `login`; nobody logs in without a name."""
    empty, first, *others = typed(seed)
    return iter([first, empty, *others])


def request_registry(seed: str) -> Scenarios:
    """Watch the client's `request_registry`."""
    yield World(seed, 0).asked(told="The button for the registry was pressed.")


WATCHES: dict[str, Callable[[str], Scenarios]] = {
    watch.__name__: watch
    for watch in (
        registered,
        username_exists,
        register_user,
        username_matches_record,
        log_in_client,
        logged_in,
        register_client,
        login_client,
        send_registry_to_client,
        register,
        login,
        request_registry,
    )
}


def scenarios(function: str, seed: str) -> list[Scenario]:
    """Return the scenarios of a function, the most telling first.

    Parameters:
        function: its full name, as in "server_logic.registered".
        seed: makes up the same ones again.
    """
    return list(WATCHES[BY_NAME[function].name](f"{seed} {function}"))
