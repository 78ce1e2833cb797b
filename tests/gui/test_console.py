"""The console: what is printed, what may be typed, and with which status it ends."""

import io
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from gui import client_state as states
from gui.bridge import MAX_WAITING_LOG_LINES, Mailbox
from gui.client_state import THREE_STEPS, ClientState, Step
from gui.console import NOT_TEXT, ClientConsole, Console
from protocol import (
    Error,
    Login,
    LoginFailed,
    LoginSuccessful,
    Message,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    encode,
)
from tests.conftest import DEADLINE_SECONDS

SERVER = "127.0.0.1:8888"
ADA = RegisteredClient("ada", "127.0.0.1:50412", True)
ALAN = RegisteredClient("alan", "127.0.0.1:50413", False)
SUCCESSES: dict[Step, Message] = {
    Step.REGISTER: RegistrationSuccessful("ada"),
    Step.LOGIN: LoginSuccessful("ada"),
    Step.REQUEST_REGISTRY: Registry((ADA, ALAN)),
}
REFUSALS: dict[Step, Message] = {
    Step.REGISTER: RegistrationFailed("ada"),
    Step.LOGIN: LoginFailed("ada"),
    Step.REQUEST_REGISTRY: RequestDenied(),
}


@dataclass
class Client:
    """A client whose server answers each step at once."""

    mailbox: Mailbox
    answers: dict[Step, Message] = field(default_factory=lambda: dict(SUCCESSES))
    submitted: list[tuple[Step, str]] = field(default_factory=list)
    state: ClientState = field(default_factory=lambda: states.connecting(SERVER))

    def show(self, state: ClientState) -> None:
        """Be in a state."""
        self.state = state
        self.mailbox.post(state)

    def connect(self) -> None:
        """Connect again, and find the server."""
        self.show(states.connecting(SERVER))
        self.show(states.connected(SERVER))

    def take_step(self, step: Step, username: str) -> None:
        """Take a step, and get its answer."""
        self.submitted.append((step, username))
        self.show(states.taking(self.state, step))
        self.answer(step)

    def answer(self, step: Step) -> None:
        """Get the answer to a step."""
        self.show(states.answered(self.state, self.answers[step]))


@pytest.fixture
def client(mailbox: Mailbox) -> Client:
    """Give a client that has found its server."""
    client = Client(mailbox)
    client.show(client.state)
    client.show(states.connected(SERVER))
    return client


def console(client: Client, username: str | None) -> ClientConsole:
    """Return the console of a client."""
    console = ClientConsole(client.mailbox, username)
    console.commands = client
    return console


class Ended(NamedTuple):
    """What came of a console: its status, and what it printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Give what runs a console, a client's or a server's, in which lines are typed.

    It may not take too long, and leaves no trace in the process.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    mailbox.wake_on_signals()
    guard = threading.Timer(DEADLINE_SECONDS, signal.raise_signal, [signal.SIGTERM])
    guard.start()

    def run(client: Client | None, username: str | None = None, *typed: str) -> Ended:
        lines = "".join(f"{line}\n" for line in typed).encode(errors="surrogateescape")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="utf-8"))
        status = (console(client, username) if client else Console(mailbox)).run()
        assert guard.is_alive()
        return Ended(status, *capsys.readouterr())

    yield run
    guard.cancel()
    guard.join()
    for number, handler in handlers.items():
        signal.signal(number, handler)


# --- the log ----------------------------------------------------------------------------


def test_every_message_is_a_line_with_time_arrow_and_peer(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(mailbox)
    mailbox.log("→", SERVER, encode(Login("ada")))
    mailbox.log("←", SERVER, encode(LoginSuccessful("ada")))
    console.show_news()
    sent, received = capsys.readouterr().out.splitlines()
    assert sent.split(maxsplit=1)[1] == '→ 127.0.0.1:8888 {"type": "login", "username": "ada"}'
    assert received.split(maxsplit=2)[1] == "←"


def test_messages_that_were_dropped_are_told(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(mailbox)
    mailbox.log("→", SERVER, encode(Login("first")))
    console.show_news()
    for number in range(MAX_WAITING_LOG_LINES + 7):
        mailbox.log("→", SERVER, encode(Login(f"u{number}")))
    console.show_news()
    first, gap, oldest, *_, newest = capsys.readouterr().out.splitlines()
    assert '"first"' in first
    assert gap == "… 7 messages are not shown …"
    assert '"u7"' in oldest
    assert f'"u{MAX_WAITING_LOG_LINES + 6}"' in newest


def test_every_message_is_shown_or_told_to_be_dropped(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    def log() -> None:
        for number in range(50_000):
            mailbox.log("→", SERVER, encode(Login(f"u{number}")))

    console = Console(mailbox)
    logger = threading.Thread(target=log)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    logger.start()
    while logger.is_alive():
        console.show_news()
    sys.setswitchinterval(interval)
    console.show_news()
    shown = capsys.readouterr().out.splitlines()
    gaps = [int(line.split()[1]) for line in shown if line.endswith("messages are not shown …")]
    assert all(gap > 0 for gap in gaps)
    assert len(shown) - len(gaps) + sum(gaps) == 50_000


def test_it_goes_on_when_nobody_reads_any_more(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unread(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    unread = Unread()
    monkeypatch.setattr("sys.stdout", unread)
    console = Console(mailbox)
    for number in range(3):
        mailbox.log("→", SERVER, encode(Login(f"u{number}")))
        console.show_news()
    assert console.status is None
    sys.stdout.close()


def test_ctrl_c_ends_it_with_status_0(run: Run) -> None:
    threading.Timer(0.01, signal.raise_signal, [signal.SIGINT]).start()
    assert run(None).status == 0


# --- a client by itself -----------------------------------------------------------------


def test_with_a_username_it_takes_the_three_steps_and_leaves(client: Client, run: Run) -> None:
    status, out, err = run(client, "ada")
    assert client.submitted == [(step, "ada") for step in THREE_STEPS]
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"Connecting to {SERVER} …",
        f"Connected to {SERVER}.",
        "'ada' is registered.",
        "'ada' is logged in.",
        "The registry lists 2 clients.",
        "username  address          logged in",
        "ada       127.0.0.1:50412  yes",
        "alan      127.0.0.1:50413  no",
    ]


@pytest.mark.parametrize("step", THREE_STEPS)
def test_with_a_username_it_leaves_with_1_at_the_first_refusal(
    client: Client, run: Run, step: Step
) -> None:
    client.answers[step] = REFUSALS[step]
    ended = run(client, "ada")
    assert ended.status == 1
    assert [taken for taken, _ in client.submitted] == list(THREE_STEPS[: step + 1])
    assert client.state.outcomes[step].sentence in ended.out


def test_what_a_server_says_can_not_command_the_terminal(client: Client, run: Run) -> None:
    client.answers[Step.LOGIN] = Error("\x1b[2J and \u202e")
    ended = run(client, "ada")
    assert ended.status == 1
    assert ended.out.splitlines()[-1] == r"\x1b[2J and \u202e"


def test_neither_can_one_that_goes(client: Client, run: Run) -> None:
    client.show(states.lost(client.state, SERVER, Error("\x1b[2J")))
    assert run(client, "ada").err.startswith(r"\x1b[2J The server at")


@pytest.mark.parametrize("username", ["ada lovelace", "quit", "Жанна", "", " "])
def test_any_username_can_be_given(client: Client, run: Run, username: str) -> None:
    client.answers[Step.REGISTER] = RegistrationFailed("taken")
    assert run(client, username).status == 1
    assert client.submitted == [(Step.REGISTER, username)]


def test_without_a_server_it_says_so_and_leaves_with_2(mailbox: Mailbox, run: Run) -> None:
    client = Client(mailbox)
    client.show(states.refused(SERVER, "nothing listens there"))
    ended = run(client, "ada")
    assert (ended.status, ended.err) == (2, f"{client.state.notice}\n")
    assert client.submitted == []


def test_when_the_server_goes_it_says_so_and_leaves_with_1(
    client: Client, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "answer", lambda _: client.show(states.lost(client.state, SERVER)))
    ended = run(client, "ada")
    assert ended.status == 1
    assert client.submitted == [(Step.REGISTER, "ada")]
    assert "The server at 127.0.0.1:8888 is gone." in ended.err


# --- a client that is told what to do ---------------------------------------------------


def test_commands_are_obeyed_one_after_the_other(client: Client, run: Run) -> None:
    commands = ["register ada", "login", "registry", "quit", "login"]
    status, out, err = run(client, None, *commands)
    assert (status, err) == (0, "")
    assert client.submitted == [(step, "ada") for step in THREE_STEPS]
    assert "ada       127.0.0.1:50412  yes" in out.splitlines()


def test_a_refusal_is_told_and_is_not_the_end(client: Client, run: Run) -> None:
    client.answers[Step.REGISTER] = RegistrationFailed("ada")
    ended = run(client, None, "register ada", "register  ada \t", "quit")
    assert ended.status == 0
    assert client.submitted == [(Step.REGISTER, "ada")] * 2
    assert ended.out.count("'ada' is taken") == 2


def test_the_end_of_the_input_is_quit(client: Client, run: Run) -> None:
    assert run(client, None, "register ada").status == 0
    assert client.submitted == [(Step.REGISTER, "ada")]


@pytest.mark.parametrize("command", ["", "help", "register", "Login", "login ada", "quit now"])
def test_an_unknown_command_is_answered_with_those_that_there_are(
    client: Client, run: Run, command: str
) -> None:
    ended = run(client, None, command, "registry", "quit")
    assert ended.status == 0
    assert client.submitted == [(Step.REQUEST_REGISTRY, "")]
    commands = "Type one of: register NAME, login, registry, connect, quit."
    assert ended.out.count(commands) == 2


def test_the_commands_are_named_at_the_start(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    console(client, None).show_news()
    assert capsys.readouterr().out.splitlines() == [
        f"Connecting to {SERVER} …",
        f"Connected to {SERVER}.",
        "Type one of: register NAME, login, registry, connect, quit.",
    ]


def test_what_is_no_text_is_refused_and_the_next_line_is_read(client: Client, run: Run) -> None:
    # On standard input these are the bytes FF and FE.
    ended = run(client, None, "register \udcff\udcfe", "register ada")
    assert ended.status == 0
    assert client.submitted == [(Step.REGISTER, "ada")]
    assert NOT_TEXT in ended.out


@pytest.mark.parametrize("lose", ["lost", "refused"])
def test_a_client_without_a_server_waits_to_be_told_to_connect(
    client: Client, run: Run, lose: str
) -> None:
    gone = states.lost(client.state, SERVER)
    client.show(gone if lose == "lost" else states.refused(SERVER, "nothing listens there"))
    commands = ["register ada", "connect", "register ada", "connect"]
    ended = run(client, None, *commands)
    assert ended.status == 0
    assert client.submitted == [(Step.REGISTER, "ada")]
    assert "There is no connection: type connect first, or quit." in ended.out
    assert ended.out.endswith(f"Connected to {SERVER}.\n")


@pytest.mark.parametrize(("lose", "status"), [("lost", 1), ("refused", 2)])
def test_the_status_tells_that_a_client_ended_without_a_server(
    client: Client, run: Run, lose: str, status: int
) -> None:
    if lose == "refused":
        client.show(states.connecting(SERVER))
        client.show(states.refused(SERVER, "nothing listens there"))
    else:
        client.show(states.lost(client.state, SERVER))
    assert run(client, None).status == status


def test_a_command_waits_for_the_answer_to_the_one_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(client, "answer", lambda _: None)
        shown = console(client, "ada")
        for _ in range(3):
            shown.show_news()
            assert client.submitted == [(Step.REGISTER, "ada")]
        client.show(states.answered(client.state, RegistrationSuccessful("ada")))
        shown.show_news()
    assert client.submitted == [(Step.REGISTER, "ada"), (Step.LOGIN, "ada")]
