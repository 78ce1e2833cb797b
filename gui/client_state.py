"""What a client shows, as plain data: its state, and how each thing that happens changes it.

The window and the console both show a `ClientState`, so that what is said is decided
once, here, without any input or output.
"""

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gui.addresses import start_command
from gui.tutor.printable import printable

if TYPE_CHECKING:
    import protocol

NOTHING_ENDED: "Mapping[Step, Outcome]" = MappingProxyType({})


class Step(enum.IntEnum):
    """What a client does: the three steps, in their order, or it sends a line typed by hand."""

    REGISTER = 0
    LOGIN = 1
    REQUEST_REGISTRY = 2
    RAW_LINE = 3


THREE_STEPS = (Step.REGISTER, Step.LOGIN, Step.REQUEST_REGISTRY)


class Link(enum.Enum):
    """How the connection to the server stands."""

    CONNECTING = enum.auto()
    OPEN = enum.auto()
    CLOSED = enum.auto()


class Outcome(NamedTuple):
    """How a step ended: one sentence, and whether it succeeded."""

    sentence: str
    succeeded: bool


class Commands(Protocol):
    """What the user of a client can command; may be called in any thread."""

    def connect(self) -> None:
        """Connect to the server, again."""

    def take_step(self, step: Step, typed: str) -> None:
        """Do a step, under the username that was typed; or send what was typed as a line."""


class ClientState(NamedTuple):
    """Everything that a client shows, but for its log.

    Parameters:
        link: how the connection stands.
        notice: the sentence about the connection.
        username: the name under which this client registered, if it did.
        offered: the furthest of the three steps that is offered.
        pending: the step that waits for the server's answer, if one does.
        outcomes: how each step ended last.
        clients: the registry as it was answered last, if it was.
    """

    link: Link
    notice: str
    username: str | None = None
    offered: Step = Step.REGISTER
    pending: Step | None = None
    outcomes: Mapping[Step, Outcome] = NOTHING_ENDED
    clients: "tuple[protocol.RegisteredClient, ...] | None" = None

    def ended(self, step: Step, sentence: str, succeeded: bool = False) -> "ClientState":
        """Return the state after a step has ended, with what is to be said about it."""
        outcomes = {**self.outcomes, step: Outcome(sentence, succeeded)}
        return self._replace(pending=None, outcomes=outcomes)


def connecting(server: str) -> ClientState:
    """Return the state of a client that connects: as a new client, it has done nothing yet."""
    return ClientState(Link.CONNECTING, f"Connecting to {server} …")


def connected(server: str) -> ClientState:
    """Return the state of a client whose connection stands."""
    return ClientState(Link.OPEN, f"Connected to {server}.")


def refused(server: str, reason: str) -> ClientState:
    """Return the state of a client that finds no server."""
    start = start_command(server)
    notice = f"No server answers at {server}: {reason}. Start one with {start} and connect again."
    return ClientState(Link.CLOSED, notice)


def lost(state: ClientState, server: str, farewell: "protocol.Error | None" = None) -> ClientState:
    """Return the state of a client whose server has gone, or has let it go.

    Parameters:
        farewell: the error that the server sent right before, if it did: it tells why.
    """
    failures = {step: outcome for step, outcome in state.outcomes.items() if not outcome.succeeded}
    if state.pending is not None:
        failures[state.pending] = Outcome("The server went away before it answered.", False)
    if farewell is not None:
        why = printable(farewell.reason)
        # What answered a step stands beside that.
        is_told = why in [outcome.sentence for outcome in failures.values()]
        notice = (
            f"{'' if is_told else f'{why} '}The server at {server} closed the connection. "
            "Connect again: a new connection is a new client."
        )
    else:
        notice = (
            f"The server at {server} is gone. Start it again with {start_command(server)} and "
            "connect again: a new connection is a new client."
        )
    # Whoever connects again is a new client: nothing of what this one has reached is left.
    offered = max(failures.keys() - {Step.RAW_LINE}, default=Step.REGISTER)
    return ClientState(Link.CLOSED, notice, offered=offered, outcomes=failures)


def taking(state: ClientState, step: Step) -> ClientState:
    """Return the state of a client that has begun a step."""
    outcomes = {done: outcome for done, outcome in state.outcomes.items() if done != step}
    return state._replace(pending=step, outcomes=outcomes)


def answered(state: ClientState, reply: "protocol.Message") -> ClientState:
    """Return the state after a message from the server; what answers nothing changes nothing."""
    # Here, not above: a client's window is drawn before it needs this.
    import protocol

    step = state.pending
    if step is None:
        return state
    if isinstance(reply, protocol.Error):
        return state.ended(step, printable(reply.reason))
    if step is Step.RAW_LINE:
        # A line that was a request after all: its answer is that of the step.
        step = answered_by(reply)
    match step, reply:
        case Step.REGISTER, protocol.RegistrationSuccessful(username):
            state = state._replace(username=username, offered=Step.LOGIN)
            return state.ended(step, f"'{username}' is registered.", True)
        case Step.REGISTER, protocol.RegistrationFailed(username) if state.username is not None:
            sentence = f"'{username}' was refused: this client is registered already."
        case Step.REGISTER, protocol.RegistrationFailed(username):
            sentence = f"'{username}' is taken: a name stays taken until the server restarts."
        case Step.LOGIN, protocol.LoginSuccessful(username):
            state = state._replace(offered=Step.REQUEST_REGISTRY)
            return state.ended(step, f"'{username}' is logged in.", True)
        case Step.LOGIN, protocol.LoginFailed(username):
            sentence = f"'{username}' was refused: log in under the name you registered."
        case Step.REQUEST_REGISTRY, protocol.Registry(clients):
            count = "1 client" if len(clients) == 1 else f"{len(clients)} clients"
            state = state._replace(clients=clients)
            return state.ended(step, f"The registry lists {count}.", True)
        case Step.REQUEST_REGISTRY, protocol.RequestDenied():
            sentence = "Denied: only a client that is logged in may have it."
        case _:
            return state
    return state.ended(step, sentence)


def answered_by(reply: "protocol.Message") -> Step:
    """Return which of the three steps a message from the server answers."""
    if reply.type.startswith("registration"):
        return Step.REGISTER
    return Step.LOGIN if reply.type.startswith("login") else Step.REQUEST_REGISTRY


def misunderstood(state: ClientState, problem: str) -> ClientState:
    """Return the state after a line from the server that is no message."""
    if state.pending is None:
        return state
    return state.ended(state.pending, f"The server's answer makes no sense: {problem}")
