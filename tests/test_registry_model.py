"""Several clients of the real server, at random, against a model of the registry."""

import contextlib
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.peers import Peer, running_server

usernames = st.sampled_from(["ada", "grace", "alan", "Zo\u00e9", "Zoe\u0301", "李 💡"])


class Model:
    """The registry, by the letter of the rules; usernames are in their normal spelling."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.active_users: dict[str, str] = {}

    def register(self, key: str, username: str) -> str:
        """Return the type of the answer to a client that asks to register."""
        if key in self.users or username in self.users.values():
            return "registration_failed"
        self.users[key] = username
        return "registration_successful"

    def login(self, key: str, username: str) -> str:
        """Return the type of the answer to a client that asks to log in."""
        if self.users.get(key) != username:
            return "login_failed"
        self.active_users[key] = username
        return "login_successful"

    def registry(self) -> list[dict[str, object]]:
        """Return the entries of the registry."""
        return [
            {"username": username, "address": key, "logged_in": key in self.active_users}
            for key, username in self.users.items()
        ]


class Clients(RuleBasedStateMachine):
    """Clients that come, register, log in, ask for the registry, leave and come back."""

    clients: Bundle[tuple[Peer, str]] = Bundle("clients")

    def __init__(self) -> None:
        super().__init__()
        self._resources = contextlib.ExitStack()
        self.server = self._resources.enter_context(running_server())
        self.model = Model()
        self.uses: dict[str, int] = {}

    def teardown(self) -> None:
        """Close the server and all connections."""
        self._resources.close()

    def new_client(self, peer: Peer) -> tuple[Peer, str]:
        """Return a client that has connected, with the key that it must have."""
        address = self.server.key(peer)
        uses = self.uses[address] = self.uses.get(address, 0) + 1
        return peer, address if uses == 1 else f"{address}#{uses}"

    def log_off(self, key: str) -> None:
        """Wait until the server has noticed that a client is gone."""
        if self.model.active_users.pop(key, None) is not None:
            self.server.wait_until_logged_off(key)

    @rule(target=clients)
    def connect(self) -> tuple[Peer, str]:
        """Let a new client come."""
        return self.new_client(self.server.connect())

    @rule(client=clients, username=usernames)
    def register(self, client: tuple[Peer, str], username: str) -> None:
        """Let a client ask to register."""
        peer, key = client
        normal = username.replace("e\u0301", "\u00e9")
        answer = {"type": self.model.register(key, normal), "username": normal}
        assert peer.ask("register", username=username) == answer

    @rule(client=clients, username=usernames)
    def login(self, client: tuple[Peer, str], username: str) -> None:
        """Let a client ask to log in."""
        peer, key = client
        normal = username.replace("e\u0301", "\u00e9")
        answer = {"type": self.model.login(key, normal), "username": normal}
        assert peer.ask("login", username=username) == answer

    @rule(client=clients)
    def request_registry(self, client: tuple[Peer, str]) -> None:
        """Let a client ask for the registry."""
        peer, key = client
        if key in self.model.active_users:
            answer = {"type": "registry", "clients": self.model.registry()}
        else:
            answer = {"type": "request_denied"}
        assert peer.ask("request_registry") == answer

    @rule(client=clients)
    def take_all_steps(self, client: tuple[Peer, str]) -> None:
        """Let a client take all steps under the name it has, or one of its own."""
        username = self.model.users.get(client[1], f"user of {client[0].port}")
        self.register(client, username)
        self.login(client, username)
        self.request_registry(client)

    @rule(client=consumes(clients), leave=st.sampled_from([Peer.close, Peer.reset, Peer.end]))
    def leave(self, client: tuple[Peer, str], leave: Callable[[Peer], None]) -> None:
        """Let a client go, one way or the other."""
        leave(client[0])
        self.log_off(client[1])

    @rule(target=clients, client=consumes(clients))
    def come_back(self, client: tuple[Peer, str]) -> tuple[Peer, str]:
        """Let a client go, and a new one come from the same port at once."""
        gone, key = client
        gone.reset()
        back = self.server.come_back(gone)
        self.log_off(key)
        return self.new_client(back)

    @invariant()
    def the_dictionaries_agree(self) -> None:
        """Check the server's dictionaries against the model's."""
        assert self.server.logic.users == self.model.users
        assert self.server.logic.active_users == self.model.active_users


TestRegistry = Clients.TestCase
TestRegistry.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
)
