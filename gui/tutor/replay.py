"""A second run of a function that students filled in, to find out why the first went wrong.

Their code runs as it is, so that right code pays nothing for the explanations of wrong
code. Only after a call with a wrong outcome does the function run once more: on copies of
what it may change, with nothing sent and nothing printed, and with everything recorded.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gui.tutor.assignment import CLIENT_FILE, HANDLES, SENDERS, SERVER_FILE, Function, message_type
from gui.tutor.evidence import Evidence, evidence
from gui.tutor.recorder import Recorder
from protocol import REPLIES, REQUESTS, Message

if TYPE_CHECKING:
    import asyncio

# A replay that awaits 100 times will never finish on copies.
MAX_WAITS = 100
MESSAGES: Mapping[type[Message], str] = {
    kinds[message_type(sender)]: sender
    for senders, kinds in ((SENDERS[SERVER_FILE], REPLIES), (SENDERS[CLIENT_FILE], REQUESTS))
    for sender in senders
    if message_type(sender) in kinds
}
"""The method of the handle that sends each message."""


class TooManyWaits(BaseException):
    """A function that waits again and again is left alone."""


def run_again(
    function: Function,
    code: Callable[..., Coroutine[Any, Any, object]],
    recorder: Recorder,
    key: str,
    arguments: tuple[object, ...],
) -> Evidence | None:
    """Run a function again, and return what it does.

    Parameters:
        code: the function itself.
        recorder: records what it does.
        key: the client's.
        arguments: what it is given after the handle.
    """
    owner = HANDLES[function.file]
    handle = recorder.handle(
        f"{owner.capitalize()}Handle", SENDERS[function.file], key, messages=MESSAGES
    )
    return evidence(recorder.run(lambda: follow(code(handle, *arguments))))


@contextmanager
def threads_left_out(loop: "asyncio.AbstractEventLoop") -> Iterator[None]:
    """Let a loop do at once, and here, what it is to let another thread do."""

    def do_at_once(
        _: object, function: Callable[..., object], *arguments: object
    ) -> "asyncio.Future[object]":
        done = loop.create_future()
        try:
            done.set_result(function(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done

    vars(loop)["run_in_executor"] = do_at_once
    try:
        yield
    finally:
        del vars(loop)["run_in_executor"]


def follow(steps: Coroutine[Any, Any, object]) -> object:
    """Drive a coroutine to its end, and let nothing that it waits for take its time.

    Raises:
        TooManyWaits: it does not come to its end.
    """
    try:
        for _ in range(MAX_WAITS):
            waiting_for = steps.send(None)
            if waiting_for is not None:
                waiting_for.set_result(None)
    except StopIteration as end:
        result: object = end.value
        return result
    steps.close()
    raise TooManyWaits


def agreeing(first: Evidence, second: Evidence | None, function: Function) -> Evidence | None:
    """Return what a second run shows, None if it did not do what the first one did.

    A clock or a die may be in it: then it explains nothing.

    Parameters:
        first: what could be seen of the first run.
        second: what the second one did.
    """
    if second is None:
        return None
    second = begun(first, second)
    if kind(first) == "ProtocolError":
        return second  # the second run sends nothing, so that no rule of sending stops it
    same = kind(first) == kind(second) and outcome(first, function) == outcome(second, function)
    return second if same else None


def begun(first: Evidence, second: Evidence) -> Evidence:
    """Return what a second run shows, with those messages as sent that a task sends.

    In a second run the task has not begun when the function ends.
    """
    names = [call.name for call in first.sent]
    for call in second.sent:
        if call.name in names:
            names.remove(call.name)
    calls = list(second.calls)
    for number, call in enumerate(calls):
        if call.name in names and not call.awaited and not call.is_helper:
            names.remove(call.name)
            calls[number] = call._replace(awaited=1)
    return second._replace(calls=tuple(calls))


def kind(did: Evidence) -> str:
    """Return the name of the exception that ended a function, "" if none did."""
    return did.error.kind if did.error else ""


def outcome(did: Evidence, function: Function) -> tuple[str, str]:
    """Return which message went out, and which was the last that was held back."""
    sent, held_back = "", ""
    for call in did.sent:
        for _ in range(min(call.awaited, 2)):
            if not sent and call.name in function.sends:
                sent = call.name
            else:
                held_back = call.name
    return sent, held_back
