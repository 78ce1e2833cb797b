"""The situations in which each function is watched, with names and keys made up from a seed.

`check` and `grade` try the same ones, with other names and keys. None says what must come of
it: that is the assignment's (`gui/tutor/assignment.py`).

Whoever compares a part of a name or of a key, or compares it in another form, is right most of
the time. So there are clients that are nearly the same as another one: `nearly` makes all that
differ from one client a little, `unusual` makes pairs that differ from each other.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import cycle, islice
from typing import NamedTuple

from gui.tutor.assignment import BY_NAME, CLIENT_FILE, Dictionaries, Entries, Function
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
ACCENTS = str.maketrans("aeiou", "áéíóú")
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
# More than anybody expects who thinks of a few, and fewer than a recorder takes note of.
CROWD = 60
# A sentence shows as many clients of a dictionary, or else those alone that are asked about.
MOST_SHOWN = 16
PAIRS_TOGETHER = 4
# {n} is some number.
UNUSUAL_NAMES = (
    ("Zoë Ängström {n}", "Zoe Angstrom {n}"),
    ("mary  ann {n}", "mary ann {n}"),
    ("n" * 28 + "{n}4", "n" * 28 + "{n}5"),
    ("👍🏽{n}", "👍{n}"),
    ("Straße {n}", "STRASSE {n}"),
    ("ﬁona{n}", "fiona{n}"),
    ("{n}", "0{n}"),
    ("None", "none"),
    ("Q", "q"),
    ("O'Neil{n}", "ONeil{n}"),
    ("李小龙", "李小龍"),
    (':"{n}":', ":'{n}':"),
    ("#{n},5; a|b/c", "#{n}.5; a|b/c"),
    ("127.0.0.1:{n}1", "127.0.0.1:{n}12"),
    ("İpek_{n}", "ipek_{n}"),
    (r"a\n{n}", r"a\\n{n}"),
)
# {p} is a port, {q} one with a digit less.
UNUSUAL_KEYS = (
    ("[::1]:{p}", "[::1]:{q}"),
    ("10.0.0.1:{p}", "10.0.0.11:{p}"),
    ("127.0.0.1:{p}#2", "127.0.0.1:{p}"),
    ("[fe80::ab]:{p}", "[fe80::abc]:{p}"),
    ("127.0.0.1:{q}", "127.0.0.1:{p}"),
    ("127.0.0.1:{p}#2", "127.0.0.1:{p}#3"),
    ("192.168.1.20:{p}", "192.168.1.2:{p}"),
    ("[2001:db8:1111:2222:3333:4444:5:6]:{p}", "[2001:db8:1111:2222:3333:4444:5:7]:{p}"),
)


# --- who takes part ---------------------------------------------------------------------


class Client(NamedTuple):
    """A client: its key, and the username that it has or asks for."""

    key: str
    name: str


class Cast:
    """Clients that nobody has seen before.

    Parameters:
        seed: makes up the same ones again.

    Attributes:
        plain: four clients in no way special.
        near: clients that are all nearly the first of those, each in another way.
        pairs: unusual clients, in pairs that are nearly the same.
        crowd: many.
    """

    def __init__(self, seed: str) -> None:
        chance = random.Random(seed)
        clients = people(chance, 4 + CROWD)
        self.plain, self.crowd = clients[:4], clients[4:]
        self.near = nearly(self.plain[0])
        self.pairs = unusual(chance)


def people(chance: random.Random, count: int) -> list[Client]:
    """Make up some clients: each port differs in its first three digits, each name in its last."""
    hundreds = chance.sample(range(200, 600), count)
    # Their last two digits differ, so that they can be exchanged.
    ports = [100 * n + 10 * chance.randrange(5) + chance.randrange(5, 10) for n in hundreds]
    names = [f"{chance.choice(FIRST_NAMES)}{n}" for n in chance.sample(range(100, 1000), count)]
    return [Client(f"127.0.0.1:{port}", name) for port, name in zip(ports, names, strict=True)]


def nearly(client: Client) -> list[Client]:
    """Return clients whose keys and names begin like another's, hold it, or look like it."""
    (host, port), name = client.key.split(":"), client.name
    keys = [
        f"{host}:{port[:-1]}",
        f"10.0.0.7:{port}",
        f"{client.key}#2",
        f"{host}:{int(port) + 1}",
        f"{host}:{port[:3]}{port[4]}{port[3]}",
        f"{client.key}#22",
        f"27.0.0.1:{port}",
        f"227.0.0.1:{port}",
        f"192.168.1.20:{port}",
        f"[::1]:{port}",
        f"[::1]:{port[:-1]}",
        f"[fe80::ab]:{port}",
        f"{host}1:{port}",
        f"{host}:{port[:-2]}",
    ]
    names = [
        name[:-1],
        f"{name}s",
        name.upper(),
        name[1:],
        f"a{name}",
        name.title(),
        f"{name[:3]} {name[3:]}",
        name.translate(ACCENTS),
        name.translate(WIDE_DIGITS),
        name[::-1],
        f"'{name}'",
        f",{name},|{name}|",
        f"a {name} b",
        client.key,
    ]
    return list(map(Client, keys, names))


def unusual(chance: random.Random) -> list[tuple[Client, Client]]:
    """Make up pairs of clients that are nearly the same, with names that are not expected."""
    pairs = []
    hundreds = chance.sample(range(200, 600), len(UNUSUAL_NAMES))
    for names, keys, hundred in zip(UNUSUAL_NAMES, cycle(UNUSUAL_KEYS), hundreds):
        n, port = chance.randrange(100, 1000), f"{hundred}{chance.randrange(10, 100)}"
        first, second = (
            Client(key.format(p=port, q=port[:-1]), name.format(n=n))
            for key, name in zip(keys, names, strict=True)
        )
        pairs.append((first, second))
    return pairs


# --- in which situations ----------------------------------------------------------------


class Setting(NamedTuple):
    """What the dictionaries hold, and clients whose requests are tried.

    Parameters:
        members: clients that have registered.
        strangers: clients that have not.
    """

    before: Dictionaries
    members: Sequence[Client]
    strangers: Sequence[Client]

    def asked(self, key: str, username: str = "") -> Situation:
        """Return the situation in which it is asked about a key and a username."""
        return Situation(self.before, key, username)

    def own(self, clients: Sequence[Client]) -> Iterator[Situation]:
        """Let clients ask for their own names."""
        return (self.asked(client.key, client.name) for client in clients)

    def exchanged(self) -> Iterator[Situation]:
        """Let strangers ask for the names of members, and members for those of strangers."""
        count = max(len(self.members), len(self.strangers)) if self.members else 0
        for member, stranger, _ in zip(cycle(self.members), cycle(self.strangers), range(count)):
            yield self.asked(stranger.key, member.name)
            yield self.asked(member.key, stranger.name)

    def taken(self) -> Iterator[Situation]:
        """Let members ask for each other's names."""
        others = [*self.members[1:], *self.members[:1]]
        return (
            self.asked(member.key, other.name)
            for member, other in zip(self.members, others, strict=True)
            if member is not other
        )


def setting(
    users: Sequence[Client],
    active: Sequence[Client],
    strangers: Sequence[Client],
    members: Sequence[Client] = (),
) -> Setting:
    """Return a setting.

    Parameters:
        users: who has registered.
        active: who of them is logged in.
        strangers: who has not registered, and asks.
        members: who of `users` asks; all of them unless given.
    """
    return Setting(Dictionaries(dict(users), dict(active)), members or users, strangers)


def simple(cast: Cast) -> list[Setting]:
    """Return settings with no client, with one, with a few, and with many."""
    one, two, three, four = cast.plain
    crowd = cast.crowd
    return [
        setting([], [], [one, Client(two.key, "None"), Client(three.key, three.key)]),
        setting([one], [], [two]),
        setting([one, two], [two], [three]),
        setting([one, two, three], [three, one, two], [four]),
        setting(crowd, crowd[::-2], [one], [crowd[1], crowd[CROWD // 2], crowd[-1]]),
    ]


def near_one(cast: Cast) -> Setting:
    """Return a setting in which somebody is logged in whom several strangers resemble."""
    return setting(cast.plain[:2], cast.plain[:1], cast.near, cast.plain[:1])


def one_near(cast: Cast) -> Setting:
    """Return a setting in which a stranger resembles several that are logged in."""
    return setting(cast.near, cast.near, cast.plain[:1], cast.near[::6])


def near_in_users(cast: Cast) -> list[Setting]:
    """Return settings in which all have registered, and who is logged in resembles who is not."""
    one, *_ = cast.plain
    users = [one, *cast.near]
    return [setting(users, [one], [], cast.near), setting(users, cast.near, [], [one])]


def in_pairs(cast: Cast) -> Iterator[tuple[list[Client], list[Client]]]:
    """Yield some unusual clients, and as many that resemble one of them each."""
    for number in range(0, len(cast.pairs), PAIRS_TOGETHER):
        some = cast.pairs[number : number + PAIRS_TOGETHER]
        yield [first for first, _ in some], [second for _, second in some]


def keys_asked(cast: Cast) -> Iterator[Situation]:
    """Ask about keys that are in a dictionary, and about some that are nearly."""
    one, two, three, _ = cast.plain
    made = [*simple(cast), setting([one], [one], [two])]
    made += [near_one(cast), one_near(cast), *near_in_users(cast)]
    for some, like in islice(in_pairs(cast), 2):
        made += [setting(some, some[1:], like), setting([*some, *like], some, [], like)]
    # A name may look like a key.
    like_keys = [Client(one.key, three.key), Client(two.key, f"'{three.key}'")]
    made.append(setting(like_keys, like_keys, [three]))
    for each in made:
        yield from (each.asked(client.key) for client in [*each.strangers, *each.members])


def names_asked(cast: Cast) -> Iterator[Situation]:
    """Ask about names that somebody has, and about some that are nearly."""
    pairs = [setting(some, [], like) for some, like in in_pairs(cast)]
    for each in [*simple(cast), near_one(cast), one_near(cast), *pairs]:
        yield from (each.asked("", client.name) for client in [*each.strangers, *each.members])
    yield near_one(cast).asked("", padded(cast).name)


def matches_asked(cast: Cast) -> Iterator[Situation]:
    """Ask about keys together with names that are theirs, or another's, or nearly theirs."""
    for each in simple(cast):
        yield from each.own(each.members)
        yield from each.taken()
    for each in simple(cast):
        yield from each.own(each.strangers)
        yield from each.exchanged()
    pairs = [setting(some, [], like) for some, like in in_pairs(cast)]
    for each in [near_one(cast), one_near(cast), *pairs]:
        yield from each.own(each.members)
        yield from each.exchanged()


def logins(cast: Cast) -> Iterator[Situation]:
    """Let clients be remembered that may log in."""
    pairs = [setting(some, [], like) for some, like in in_pairs(cast)]
    alone = setting([padded(cast)], [], [])
    for each in [*simple(cast), *near_in_users(cast), *pairs, alone]:
        yield from each.own(each.members)


def newcomers(cast: Cast) -> Iterator[Situation]:
    """Let clients be remembered that may register."""
    pairs = [setting(like, [], some) for some, like in in_pairs(cast)]
    alone = setting([], [], [padded(cast)])
    for each in [*simple(cast), near_one(cast), one_near(cast), *pairs, alone]:
        yield from each.own(each.strangers)


def registrations(cast: Cast) -> Iterator[Situation]:
    """Let clients ask to register that may, and others that may not."""
    for each in simple(cast):
        yield from each.own(each.strangers)
        yield from each.exchanged()
        yield from each.own(each.members)
        yield from each.taken()
    for each in (near_one(cast), one_near(cast)):
        yield from each.own(each.strangers)
    for some, like in in_pairs(cast):
        yield from setting(like, like[::-2], some).own(some)
        others = setting(some, some[::-2], like)
        yield from others.own(some)
        yield from others.exchanged()


def padded(cast: Cast) -> Client:
    """Return a client with blanks around its name: none comes, but a helper can be asked."""
    key, name = cast.plain[0]
    return Client(key, f" {name} ")


def typed(cast: Cast) -> list[Situation]:
    """Let nothing be typed, and usernames of all kinds."""
    clients = [cast.plain[0], *cast.near[::2], *(first for first, _ in cast.pairs)]
    return [setting([], [], []).asked("", name) for name in ["", *(c.name for c in clients)]]


def nothing_second(cast: Cast) -> Iterator[Situation]:
    """Let a username be typed, then nothing, then others: nobody logs in without a name."""
    nothing, first, *others = typed(cast)
    return iter([first, nothing, *others])


def button_pressed(cast: Cast) -> Iterator[Situation]:
    """Let the button for the registry be pressed."""
    yield setting([], [], []).asked("")


WATCHED: Mapping[str, Callable[[Cast], Iterable[Situation]]] = {
    "register": typed,
    "login": nothing_second,
    "request_registry": button_pressed,
    "registered": keys_asked,
    "username_exists": names_asked,
    "register_user": newcomers,
    "username_matches_record": matches_asked,
    "log_in_client": logins,
    "logged_in": keys_asked,
    "register_client": registrations,
    "login_client": matches_asked,
    "send_registry_to_client": keys_asked,
}


def scenarios(function: str, seed: str) -> list[Situation]:
    """Return the situations in which a function is watched, the most telling first.

    Parameters:
        function: its full name, as in "server_logic.registered".
        seed: makes up the same ones again.
    """
    return list(WATCHED[BY_NAME[function].name](cast_of(seed)))


@lru_cache(4)
def cast_of(seed: str) -> Cast:
    """Return the clients of a submission: making them up takes longer than all else here."""
    return Cast(seed)


# --- in words ---------------------------------------------------------------------------


def arguments(function: Function, situation: Situation) -> list[str]:
    """Return what a function is called with, the handle left out."""
    given = {"key": situation.key, "username": situation.username}
    return [given[parameter] for parameter in function.parameters if parameter in given]


def sentence(function: Function, situation: Situation) -> str:
    """Return a situation as a sentence: what was asked, and what was in the dictionaries."""
    key, username = situation.key, situation.username
    if function.file == CLIENT_FILE:
        if "username" not in function.parameters:
            return "The button for the registry was pressed."
        return f"{username!r} was typed." if username else "Nothing was typed."
    if not function.request:
        called = ", ".join(map(repr, arguments(function, situation)))
        names = dict.fromkeys([*(c.dictionary for c in function.conditions), function.stores])
        return f"{function.name}({called}) was called while {held(situation, filter(None, names))}."
    name, active = (entries.get(key) for entries in situation.before)
    who = f"that has registered as {name!r}" if name else "that has not registered"
    if active:
        who = f"that is logged in as {active!r}"
    wanted = {
        "register": f"asked for the name {username!r}",
        "login": f"wanted to log in as {username!r}",
        "request_registry": "asked for the registry",
    }
    now = held(situation, Dictionaries._fields)
    return f"A client {who} {wanted[function.request]}. Its key was {key!r}, {now}."


def held(situation: Situation, dictionaries: Iterable[str]) -> str:
    """Return what dictionaries held, as words."""
    return " and ".join(
        f"{name} was {shown(getattr(situation.before, name), situation)}" for name in dictionaries
    )


def shown(entries: Entries, situation: Situation) -> str:
    """Return what a dictionary held; of very many clients, those alone that it is about."""
    if len(entries) <= MOST_SHOWN:
        return repr(entries)
    about = {k: n for k, n in entries.items() if k == situation.key or n == situation.username}
    others = f"{len(entries) - len(about)} other clients"
    return f"{about} and {others}" if about else others
