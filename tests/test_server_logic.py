"""The server's logic, without a server: a plain handle takes note of what is sent."""

import asyncio
from collections.abc import Iterator

import pytest

import server_logic
from server_logic import active_users, users

ADA_KEY = "127.0.0.1:50412"
ALAN_KEY = "127.0.0.1:50413"


class Handle:
    """The handle of one client, which takes note of what is sent through it."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.sent: list[tuple[str, ...]] = []

    def get_addr_key(self) -> str:
        """Return the client's key."""
        return self.key

    async def registration_successful(self, username: str) -> None:
        """Take note of an answer."""
        self.sent.append(("registration_successful", username))

    async def registration_failed(self, username: str) -> None:
        """Take note of an answer."""
        self.sent.append(("registration_failed", username))

    async def login_successful(self, username: str) -> None:
        """Take note of an answer."""
        self.sent.append(("login_successful", username))

    async def login_failed(self, username: str) -> None:
        """Take note of an answer."""
        self.sent.append(("login_failed", username))

    async def send_registry(self) -> None:
        """Take note of an answer."""
        self.sent.append(("send_registry",))

    async def request_denied(self) -> None:
        """Take note of an answer."""
        self.sent.append(("request_denied",))


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    """Empty both dictionaries, before and after."""
    users.clear()
    active_users.clear()
    yield
    users.clear()
    active_users.clear()


def register(key: str, username: str) -> list[tuple[str, ...]]:
    """Return what a client is sent that asks to register."""
    handle = Handle(key)
    asyncio.run(server_logic.register_client(handle, username))
    return handle.sent


def login(key: str, username: str) -> list[tuple[str, ...]]:
    """Return what a client is sent that asks to log in."""
    handle = Handle(key)
    asyncio.run(server_logic.login_client(handle, username))
    return handle.sent


def request_registry(key: str) -> list[tuple[str, ...]]:
    """Return what a client is sent that asks for the registry."""
    handle = Handle(key)
    asyncio.run(server_logic.send_registry_to_client(handle))
    return handle.sent


# --- helpers ----------------------------------------------------------------------------


def test_only_a_client_in_users_is_registered() -> None:
    users[ADA_KEY] = "ada"
    active_users[ALAN_KEY] = "alan"
    assert server_logic.registered(ADA_KEY) is True
    assert server_logic.registered(ALAN_KEY) is False


def test_a_username_exists_if_any_client_registered_it() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    assert server_logic.username_exists("ada") is True
    assert server_logic.username_exists("alan") is True
    assert server_logic.username_exists("grace") is False
    assert server_logic.username_exists(ADA_KEY) is False


def test_a_user_is_registered_beside_the_others() -> None:
    users[ADA_KEY] = "ada"
    server_logic.register_user(ALAN_KEY, "alan")
    assert (users, active_users) == ({ADA_KEY: "ada", ALAN_KEY: "alan"}, {})


def test_a_username_matches_only_the_record_of_its_own_client() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    assert server_logic.username_matches_record(ADA_KEY, "ada") is True
    assert server_logic.username_matches_record(ADA_KEY, "alan") is False
    assert server_logic.username_matches_record("127.0.0.1:1", "ada") is False


def test_a_client_is_logged_in_beside_the_others() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    active_users[ADA_KEY] = "ada"
    server_logic.log_in_client(ALAN_KEY, "alan")
    assert active_users == {ADA_KEY: "ada", ALAN_KEY: "alan"}
    assert users == {ADA_KEY: "ada", ALAN_KEY: "alan"}


def test_only_a_client_in_active_users_is_logged_in() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    active_users[ADA_KEY] = "ada"
    assert server_logic.logged_in(ADA_KEY) is True
    assert server_logic.logged_in(ALAN_KEY) is False


# --- handlers ---------------------------------------------------------------------------


def test_a_new_client_is_registered_under_a_free_name() -> None:
    users[ALAN_KEY] = "alan"
    assert register(ADA_KEY, "ada") == [("registration_successful", "ada")]
    assert (users, active_users) == ({ALAN_KEY: "alan", ADA_KEY: "ada"}, {})


def test_a_taken_name_is_refused() -> None:
    users[ADA_KEY] = "ada"
    assert register(ALAN_KEY, "ada") == [("registration_failed", "ada")]
    assert users == {ADA_KEY: "ada"}


@pytest.mark.parametrize("username", ["ada", "grace"])
def test_a_registered_client_can_not_register_again(username: str) -> None:
    users[ADA_KEY] = "ada"
    assert register(ADA_KEY, username) == [("registration_failed", username)]
    assert users == {ADA_KEY: "ada"}


def test_a_client_logs_in_under_its_own_name() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    assert login(ADA_KEY, "ada") == [("login_successful", "ada")]
    assert active_users == {ADA_KEY: "ada"}


def test_logging_in_again_is_successful_and_changes_nothing() -> None:
    users[ADA_KEY] = "ada"
    active_users[ADA_KEY] = "ada"
    assert login(ADA_KEY, "ada") == [("login_successful", "ada")]
    assert active_users == {ADA_KEY: "ada"}


def test_a_client_can_not_log_in_under_the_name_of_another() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    assert login(ADA_KEY, "alan") == [("login_failed", "alan")]
    assert active_users == {}


def test_a_client_that_is_not_registered_can_not_log_in() -> None:
    users[ADA_KEY] = "ada"
    assert login(ALAN_KEY, "ada") == [("login_failed", "ada")]
    assert active_users == {}


def test_a_client_that_is_logged_in_gets_the_registry() -> None:
    users[ADA_KEY] = active_users[ADA_KEY] = "ada"
    assert request_registry(ADA_KEY) == [("send_registry",)]


def test_a_client_that_is_only_registered_is_denied_the_registry() -> None:
    users.update({ADA_KEY: "ada", ALAN_KEY: "alan"})
    active_users[ALAN_KEY] = "alan"
    assert request_registry(ADA_KEY) == [("request_denied",)]
