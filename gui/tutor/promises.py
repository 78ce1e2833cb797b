"""What the functions of the assignment promise, and which promise was broken.

After each call, what a handler answered is checked against the rules of the server: by what
the dictionaries held before, and what they hold now. That is cheap. Only where something is
wrong does a replay tell why; in it the helpers are checked, too, against their docstrings.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gui.tutor import explanations
from gui.tutor.call import Call
from gui.tutor.explanations import Explanation
from gui.tutor.problem import stops_early
from gui.tutor.replay import Replay
from protocol import (
    LoginFailed,
    LoginSuccessful,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    UsernameMessage,
)

Entries = dict[Any, Any]


class Dictionaries(NamedTuple):
    """The two dictionaries at one moment."""

    users: Entries
    active_users: Entries


NO_DICTIONARIES = Dictionaries({}, {})


class Portion(NamedTuple):
    """A function that students fill in, as it was handed out.

    Parameters:
        parameters: the names of what it receives.
        is_async: whether it is an async function.
        truth: for a helper, what it is to answer, by the dictionaries and by what it received;
            for one that stores, what must be so after it.
        stores: the dictionary that the function is there to change.
    """

    parameters: tuple[str, ...]
    is_async: bool = False
    truth: Callable[..., bool] | None = None
    stores: str = ""


SERVER_PORTIONS: Mapping[str, Portion] = {
    "registered": Portion(("key",), truth=lambda now, client: client in now.users),
    "username_exists": Portion(("username",), truth=lambda now, name: name in now.users.values()),
    "register_user": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.users.get(client) == name,
        stores="users",
    ),
    "username_matches_record": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.users.get(client) == name,
    ),
    "log_in_client": Portion(
        ("key", "username"),
        truth=lambda now, client, name: now.active_users.get(client) == name,
        stores="active_users",
    ),
    "logged_in": Portion(("key",), truth=lambda now, client: client in now.active_users),
    "register_client": Portion(("server", "username"), is_async=True, stores="users"),
    "login_client": Portion(("server", "username"), is_async=True, stores="active_users"),
    "send_registry_to_client": Portion(("server",), is_async=True),
}
CLIENT_PORTIONS: Mapping[str, Portion] = {
    "register": Portion(("client", "username"), is_async=True),
    "login": Portion(("client", "username"), is_async=True),
    "request_registry": Portion(("client",), is_async=True),
}


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


def explain_answer(
    replay: Replay,
    wrong: Explanation | None,
    key: str,
    username: str,
    before: Dictionaries,
    now: Dictionaries | None,
) -> None:
    """Find why a handler's answer is wrong: what explains more than what came of it.

    Parameters:
        wrong: what came of it, if that is known already.
    """
    find_no_result(replay)
    if replay.problems or wrong is None:
        return
    if replay.sent is not None and replay.held_back is None and now is not None:
        if find_wrong_argument(replay, key, username):
            return
        strange = strange_change(replay, key, before, now)
        if strange is not None:
            culprit = replay.culprit(strange.dictionary)
            explanation = strange.explain(culprit.co_name, strange.dictionary)
            replay.find_change(explanation, culprit, strange.dictionary)
            return
        if find_wrong_helper(replay, key, username, before, now):
            return
    replay.find(wrong, line=replay.held_back_line or replay.sent_line)


def find_no_result(replay: Replay) -> None:
    """Find the helpers that return nothing where True or False is expected."""
    for name in dict.fromkeys(call.name for call in replay.helpers if call.result is None):
        if not SERVER_PORTIONS[name].stores:
            find_in_helper(replay, name, explanations.no_result(name))


def find_wrong_argument(call: Replay, key: str, username: str) -> bool:
    """Find a helper that was asked about something else; tell whether there is one."""
    # No username is right where the request has none.
    right = {"key": key, "username": username} if username else {"key": key}
    for name, given, _, line in call.helpers:
        for parameter, value in zip(SERVER_PORTIONS[name].parameters, given, strict=True):
            if value != right.get(parameter, value):
                shown = repr(value) if isinstance(value, str) else "something else"
                explanation = explanations.wrong_argument(call.function, name, parameter, shown)
                call.find(explanation, line=line)
                return True
    return False


def find_wrong_helper(
    call: Replay, key: str, username: str, before: Dictionaries, now: Dictionaries
) -> bool:
    """Find the helper on whose account a promise was broken; tell whether there is one."""
    for name, given, result, _ in call.helpers:
        portion = SERVER_PORTIONS[name]
        assert portion.truth is not None
        # A helper may have been asked before something was stored, or after.
        truths = {portion.truth(before, *given), portion.truth(now, *given)}
        if portion.stores and truths == {False}:
            entries = getattr(now, portion.stores)
            if entries.get(username) == key:
                explanation = explanations.swapped(name, portion.stores)
            elif key in entries and key not in getattr(before, portion.stores):
                stored = "its key" if entries[key] == key else repr(entries[key])
                explanation = explanations.wrong_value(name, portion.stores, stored)
            else:
                explanation = explanations.not_stored(name, portion.stores)
            find_in_helper(call, name, explanation)
            return True
        if not portion.stores and bool(result) not in truths:
            situation = explanations.SITUATIONS[name][0 if True in truths else 1]
            find_in_helper(call, name, explanations.wrong_result(name, situation, result))
            return True
    return False


def find_in_helper(call: Replay, name: str, explanation: Explanation) -> None:
    """Take note of what is wrong with a helper, or of what a look at its text tells better."""
    code = call.functions[name].__code__
    for dictionary in Dictionaries._fields:
        if dictionary in code.co_varnames:
            explanation = explanations.local_dictionary(name, dictionary)
    if stops_early(call.source.tree(), name):
        explanation = explanations.early_return(name)
    call.find(explanation, code)


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
    if isinstance(sent, UsernameMessage) and sent.username != username:
        return explanations.sent_wrong_name(function, sent.username, username)
    if sent is None and (username or function == "request_registry"):
        return explanations.nothing_sent(function)
    return None


def explain_step(replay: Replay, wrong: Explanation | None) -> None:
    """Find why what a step sent is wrong: what explains more than what came of it.

    Parameters:
        wrong: what came of it, if that is known already.
    """
    if not replay.problems and wrong is not None:
        replay.find(wrong, line=replay.held_back_line or replay.sent_line)
