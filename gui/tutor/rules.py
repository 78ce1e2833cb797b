"""The rules of the assignment: what is wrong with what a function came to, seen from outside.

After each call, what a handler answered is checked by what the dictionaries held before, and
what they hold now. That is cheap. Only where something is wrong are its causes looked for.
"""

from collections.abc import Callable
from typing import NamedTuple

from gui.tutor import explanations
from gui.tutor.assignment import SERVER_PORTIONS, Dictionaries
from gui.tutor.call import Call
from gui.tutor.explanations import Explanation
from protocol import (
    LoginFailed,
    LoginSuccessful,
    ProtocolError,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    UsernameMessage,
    normal_username,
)


def wrong_answer(
    call: Call, key: str, username: str, before: Dictionaries, now: Dictionaries | None
) -> Explanation | None:
    """Say what is wrong with how a handler answered and what it stored, seen from outside.

    Parameters:
        call: the call of the handler.
        key: the client's.
        username: the one in the request; "" in a request for the registry.
        before: the dictionaries when the handler began.
        now: the dictionaries when it had ended; None if others changed them, too.
    """
    function, sent, held_back = call.function, call.sent, call.held_back
    if sent is None:
        if held_back is None:
            return explanations.no_answer(function)
        return explanations.wrong_answer(function, held_back.type)
    if held_back is not None:
        return explanations.two_answers(function, sent.type, held_back.type)
    if now is None:
        return None
    if isinstance(sent, UsernameMessage) and sent.username != username:
        return explanations.wrong_name(function, sent.username, username)
    kind = type(sent)
    if kind is RegistrationSuccessful:
        if key in before.users:
            return explanations.registered_twice(function)
        if username in before.users.values():
            return explanations.taken_name(function, username)
        if now.users.get(key) != username:
            return explanations.empty_promise(function, kind.type, "users", "register_user")
    elif kind is RegistrationFailed:
        if now.users != before.users:
            return explanations.refused_after_storing(function)
        if key not in before.users and username not in before.users.values():
            return explanations.refused_wrongly(function, username)
    elif kind is LoginSuccessful:
        if before.users.get(key) != username:
            return explanations.wrong_login(function, username, key in before.users)
        if now.active_users.get(key) != username:
            return explanations.empty_promise(function, kind.type, "active_users", "log_in_client")
    elif kind is LoginFailed:
        if before.users.get(key) == username:
            return explanations.refused_wrongly(function, username)
    elif kind is Registry:
        if key not in before.active_users:
            return explanations.wrong_registry(function)
    elif kind is RequestDenied and key in before.active_users:
        return explanations.refused_wrongly(function, username)
    strange = strange_change(call, key, before, now) if before is not now else None
    return strange and strange.explain(function, strange.dictionary)


class StrangeChange(NamedTuple):
    """A change of a dictionary that a handler must not make, and what explains it."""

    dictionary: str
    explain: Callable[[str, str], Explanation]


def strange_change(
    call: Call, key: str, before: Dictionaries, now: Dictionaries
) -> StrangeChange | None:
    """Return a change that a handler must not make, if there is one.

    It may change this client's entry, in the dictionary that it is there to change.
    """
    for dictionary, old, new in zip(Dictionaries._fields, before, now, strict=True):
        may_change = SERVER_PORTIONS[call.function].stores == dictionary
        for changed in [*old, *new] if old != new else ():
            if changed in new and not (isinstance(changed, str) and isinstance(new[changed], str)):
                return StrangeChange(dictionary, explanations.wrong_kind)
            if old.get(changed) == new.get(changed) or (may_change and changed == key):
                continue
            if changed not in new:
                return StrangeChange(dictionary, explanations.lost_entry)
            if changed in old:
                return StrangeChange(dictionary, explanations.foreign_entry)
            if not may_change:
                return StrangeChange(dictionary, explanations.unexpected_entry)
            if key in new:  # else it may be the wrong way round
                return StrangeChange(dictionary, explanations.foreign_entry)
    return None


def wrong_step(call: Call, username: str) -> Explanation | None:
    """Say what is wrong with what one of the client's steps sent, seen from outside.

    Parameters:
        call: the call of the step.
        username: what was typed; "" for the request for the registry.
    """
    function, sent, held_back = call.function, call.sent, call.held_back
    if held_back is not None:
        explain = explanations.sent_wrong if sent is None else explanations.sent_twice
        return explain(function, held_back.type)
    if isinstance(sent, UsernameMessage) and not is_same_name(sent.username, username):
        return explanations.sent_wrong_name(function, sent.username, username)
    if sent is None and (username or function == "request_registry"):
        return explanations.nothing_sent(function)
    return None


def is_same_name(sent: str, typed: str) -> bool:
    """Tell whether a username that was sent is the one typed, in its normal spelling or not."""
    try:
        return sent == typed or sent == normal_username(typed)
    except ProtocolError:
        return False
