"""The states of a client, by table, without a client."""

import pytest

from gui.client_state import (
    THREE_STEPS,
    ClientState,
    Link,
    Outcome,
    Step,
    answered,
    connected,
    connecting,
    lost,
    misunderstood,
    refused,
    taking,
)
from gui.program import PYTHON
from protocol import (
    Error,
    LoginFailed,
    LoginSuccessful,
    Message,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
)

SERVER = "127.0.0.1:8888"
ADA = RegisteredClient("ada", "127.0.0.1:50412", True)
GRACE = RegisteredClient("grace", "127.0.0.1:50413", False)

OPEN = connected(SERVER)
REGISTERED = OPEN._replace(
    username="ada",
    offered=Step.LOGIN,
    outcomes={Step.REGISTER: Outcome("'ada' is registered.", True)},
)
LOGGED_IN = REGISTERED._replace(
    offered=Step.REQUEST_REGISTRY,
    outcomes={**REGISTERED.outcomes, Step.LOGIN: Outcome("'ada' is logged in.", True)},
)
STATES = [OPEN, REGISTERED, LOGGED_IN]

REPLIES: list[Message] = [
    RegistrationSuccessful("ada"),
    RegistrationFailed("ada"),
    LoginSuccessful("ada"),
    LoginFailed("ada"),
    Registry((ADA,)),
    RequestDenied(),
]
ANSWERS = {
    Step.REGISTER: (RegistrationSuccessful, RegistrationFailed),
    Step.LOGIN: (LoginSuccessful, LoginFailed),
    Step.REQUEST_REGISTRY: (Registry, RequestDenied),
}


def after(state: ClientState, step: Step, sentence: str, succeeded: bool) -> ClientState:
    """Return the state after a step that changed nothing but its own outcome."""
    outcomes = {**state.outcomes, step: Outcome(sentence, succeeded)}
    return state._replace(pending=None, outcomes=outcomes)


# --- the connection ---------------------------------------------------------------------


def test_a_client_that_connects_is_a_new_client() -> None:
    assert connecting(SERVER) == ClientState(Link.CONNECTING, "Connecting to 127.0.0.1:8888 …")


def test_a_connected_client_is_offered_to_register_and_nothing_else() -> None:
    state = connected(SERVER)
    assert state == ClientState(Link.OPEN, "Connected to 127.0.0.1:8888.")
    assert (state.offered, state.pending, state.username) == (Step.REGISTER, None, None)


def test_a_client_without_a_server_says_where_it_tried_and_how_to_start_one() -> None:
    state = refused(SERVER, "nothing listens there")
    assert state.link is Link.CLOSED
    assert state.notice == (
        "No server answers at 127.0.0.1:8888: nothing listens there. "
        f"Start one with {PYTHON} server.py and connect again."
    )


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_left_of_what_a_client_reached_when_its_server_goes(state: ClientState) -> None:
    notice = (
        f"The server at 127.0.0.1:8888 is gone. Start it again with {PYTHON} server.py "
        "and connect again: a new connection is a new client."
    )
    gone = lost(state, SERVER)
    failures = {step: end for step, end in state.outcomes.items() if not end.succeeded}
    assert gone == ClientState(Link.CLOSED, notice, offered=gone.offered, outcomes=failures)
    assert gone.offered == max(failures, default=Step.REGISTER)


@pytest.mark.parametrize("step", THREE_STEPS)
def test_a_step_without_an_answer_ends_when_the_server_goes(step: Step) -> None:
    gone = lost(taking(LOGGED_IN, step), SERVER)
    assert gone.pending is None
    assert gone.outcomes == {step: Outcome("The server went away before it answered.", False)}
    assert gone.offered is step


CLOSED = (
    "The server at 127.0.0.1:8888 closed the connection. "
    "Connect again: a new connection is a new client."
)


def test_a_server_that_says_why_it_closes_the_connection_is_quoted() -> None:
    gone = lost(LOGGED_IN, SERVER, Error("The server is \x1bfull."))
    assert gone == ClientState(Link.CLOSED, rf"The server is \x1bfull. {CLOSED}")


@pytest.mark.parametrize("step", Step)
def test_what_the_server_said_to_a_step_before_it_closed_the_connection_stands_beside_that(
    step: Step,
) -> None:
    farewell = Error("The server starts over.")
    gone = lost(answered(taking(OPEN, step), farewell), SERVER, farewell)
    assert gone.notice == CLOSED
    assert gone.outcomes == {step: Outcome("The server starts over.", False)}


# --- the steps --------------------------------------------------------------------------


@pytest.mark.parametrize("step", Step)
def test_a_step_that_is_taken_waits_and_forgets_how_it_ended_last(step: Step) -> None:
    before = after(LOGGED_IN, step, "How it ended last.", False)
    state = taking(before, step)
    others = {other: outcome for other, outcome in before.outcomes.items() if other is not step}
    assert state == before._replace(pending=step, outcomes=others)


@pytest.mark.parametrize(
    ("before", "step", "reply", "state"),
    [
        (OPEN, Step.REGISTER, RegistrationSuccessful("ada"), REGISTERED),
        (
            OPEN,
            Step.REGISTER,
            RegistrationFailed("ada"),
            after(
                OPEN,
                Step.REGISTER,
                "'ada' is taken: a name stays taken until the server restarts.",
                False,
            ),
        ),
        (
            REGISTERED,
            Step.REGISTER,
            RegistrationFailed("grace"),
            after(
                REGISTERED,
                Step.REGISTER,
                "'grace' was refused: this client is registered already.",
                False,
            ),
        ),
        (REGISTERED, Step.LOGIN, LoginSuccessful("ada"), LOGGED_IN),
        (
            REGISTERED,
            Step.LOGIN,
            LoginFailed("grace"),
            after(
                REGISTERED,
                Step.LOGIN,
                "'grace' was refused: log in under the name you registered.",
                False,
            ),
        ),
        (
            LOGGED_IN,
            Step.LOGIN,
            LoginFailed("grace"),
            after(
                LOGGED_IN,
                Step.LOGIN,
                "'grace' was refused: log in under the name you registered.",
                False,
            ),
        ),
        (
            LOGGED_IN,
            Step.REQUEST_REGISTRY,
            Registry((ADA, GRACE)),
            after(LOGGED_IN, Step.REQUEST_REGISTRY, "The registry lists 2 clients.", True)._replace(
                clients=(ADA, GRACE),
            ),
        ),
        (
            LOGGED_IN,
            Step.REQUEST_REGISTRY,
            Registry((ADA,)),
            after(LOGGED_IN, Step.REQUEST_REGISTRY, "The registry lists 1 client.", True)._replace(
                clients=(ADA,),
            ),
        ),
        (
            LOGGED_IN,
            Step.REQUEST_REGISTRY,
            RequestDenied(),
            after(
                LOGGED_IN,
                Step.REQUEST_REGISTRY,
                "Denied: only a client that is logged in may have it.",
                False,
            ),
        ),
    ],
)
def test_an_answer_ends_its_step(
    before: ClientState, step: Step, reply: Message, state: ClientState
) -> None:
    assert answered(taking(before, step), reply) == state


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", Step)
def test_an_error_ends_whatever_step_waits(state: ClientState, step: Step) -> None:
    answer = answered(taking(state, step), Error("One plain sentence."))
    assert answer == after(state, step, "One plain sentence.", False)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", THREE_STEPS)
@pytest.mark.parametrize("reply", REPLIES)
def test_the_answer_to_another_step_changes_nothing(
    state: ClientState, step: Step, reply: Message
) -> None:
    waiting = taking(state, step)
    changed = answered(waiting, reply) is not waiting
    assert changed is isinstance(reply, ANSWERS[step])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reply", REPLIES)
def test_an_answer_that_nobody_asked_for_changes_nothing(
    state: ClientState, reply: Message
) -> None:
    assert answered(state, reply) is state


def test_an_error_that_nobody_asked_for_changes_nothing() -> None:
    assert answered(LOGGED_IN, Error("Why?")) is LOGGED_IN


@pytest.mark.parametrize("step", Step)
def test_an_answer_without_sense_ends_the_step_that_waits(step: Step) -> None:
    state = misunderstood(taking(LOGGED_IN, step), "The line is not JSON.")
    sentence = "The server's answer makes no sense: The line is not JSON."
    assert state == after(LOGGED_IN, step, sentence, False)


def test_a_line_without_sense_that_nobody_asked_for_changes_nothing() -> None:
    assert misunderstood(LOGGED_IN, "The line is not JSON.") is LOGGED_IN


def test_what_the_server_says_is_shown_without_what_would_command_a_screen() -> None:
    state, escape, shown = connected(SERVER), Error("\x1b[2J\u202eno"), r"\x1b[2J\u202eno"
    assert answered(taking(state, Step.LOGIN), escape).outcomes[Step.LOGIN].sentence == shown


# --- a raw line -------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_a_raw_line_that_is_refused_changes_nothing_else(state: ClientState) -> None:
    refusal = Error("The line is not JSON.")
    expected = after(state, Step.RAW_LINE, "The line is not JSON.", False)
    assert answered(taking(state, Step.RAW_LINE), refusal) == expected


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reply", REPLIES)
def test_a_raw_line_that_is_a_request_after_all_is_answered_as_the_step(
    state: ClientState, reply: Message
) -> None:
    (step,) = (step for step, kinds in ANSWERS.items() if isinstance(reply, kinds))
    by_step = answered(taking(state, step), reply)
    assert answered(taking(state, Step.RAW_LINE), reply) == by_step


def test_when_the_server_goes_a_raw_line_is_no_step_that_is_offered() -> None:
    gone = lost(taking(REGISTERED, Step.RAW_LINE), SERVER)
    assert gone.outcomes == {
        Step.RAW_LINE: Outcome("The server went away before it answered.", False)
    }
    assert gone.offered is Step.REGISTER
