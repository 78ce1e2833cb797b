"""What the functions of the assignment promise, checked after each call of them.

The helpers are checked against what their docstrings say; the handlers against the rules
of the server, by what the dictionaries held before, what was answered, and what they hold
now. Nothing here runs students' code or sends anything.
"""

from collections.abc import Mapping

from gui import explanations
from gui.explanations import Explanation
from gui.supervisor import Call, Dictionaries, Portion
from protocol import (
    LoginFailed,
    LoginSuccessful,
    Message,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    UsernameMessage,
)


# --- helpers ----------------------------------------------------------------------------


def check_registered(now: Dictionaries, result: object, key: str) -> Explanation | None:
    """Check what registered() answered."""
    return judge_answer(
        "registered",
        result,
        key in now.users,
        "this client's key is in users",
        "this client's key is not in users",
    )


def check_username_exists(now: Dictionaries, result: object, username: str) -> Explanation | None:
    """Check what username_exists() answered."""
    return judge_answer(
        "username_exists",
        result,
        username in now.users.values(),
        f"{username!r} is one of the usernames in users",
        f"nobody in users has the name {username!r}",
    )


def check_username_matches_record(
    now: Dictionaries, result: object, key: str, username: str
) -> Explanation | None:
    """Check what username_matches_record() answered."""
    return judge_answer(
        "username_matches_record",
        result,
        key in now.users and now.users[key] == username,
        f"users holds {username!r} for this client",
        f"users does not hold {username!r} for this client",
    )


def check_logged_in(now: Dictionaries, result: object, key: str) -> Explanation | None:
    """Check what logged_in() answered."""
    return judge_answer(
        "logged_in",
        result,
        key in now.active_users,
        "this client's key is in active_users",
        "this client's key is not in active_users",
    )


def judge_answer(
    function: str, result: object, expected: bool, if_true: str, if_false: str
) -> Explanation | None:
    """Say what is wrong with an answer that should be True or False."""
    if result is None:
        return explanations.no_result(function)
    if bool(result) is not expected:
        return explanations.wrong_result(function, if_true if expected else if_false, result)
    return None


def check_register_user(
    before: Dictionaries, now: Dictionaries, key: str, username: str
) -> Explanation | None:
    """Check what register_user() stored."""
    return judge_storing("register_user", "users", before, now, key, username)


def check_log_in_client(
    before: Dictionaries, now: Dictionaries, key: str, username: str
) -> Explanation | None:
    """Check what log_in_client() stored."""
    return judge_storing("log_in_client", "active_users", before, now, key, username)


def judge_storing(
    function: str,
    dictionary: str,
    before: Dictionaries,
    now: Dictionaries,
    key: str,
    username: str,
) -> Explanation | None:
    """Say what is wrong with a function that should store one entry in one dictionary."""
    stored = getattr(now, dictionary)
    other = "users" if dictionary == "active_users" else "active_users"
    if found := changed_entries(function, other, before, now, ()):
        return found
    if found := changed_entries(function, dictionary, before, now, (key, username)):
        return found
    if stored.get(key) == username:
        return None
    if stored.get(username) == key:
        return explanations.swapped(function, dictionary)
    return explanations.not_stored(function, dictionary)


def changed_entries(
    function: str,
    dictionary: str,
    before: Dictionaries,
    now: Dictionaries,
    may_change: tuple[str, ...],
) -> Explanation | None:
    """Say what is wrong if an entry changed that had to stay as it was."""
    old, new = getattr(before, dictionary), getattr(now, dictionary)
    if old == new:
        return None
    for key in [*old, *new]:
        if key in new and not (isinstance(key, str) and isinstance(new[key], str)):
            return explanations.wrong_kind(function, dictionary)
        if key in may_change or old.get(key) == new.get(key):
            continue
        if key not in new:
            return explanations.lost_entry(function, dictionary)
        if key in old:
            return explanations.foreign_entry(function, dictionary)
        if not may_change:
            return explanations.unexpected_entry(function, dictionary)
    return None


# --- handlers ---------------------------------------------------------------------------


def broken_promise(
    function: str,
    key: str,
    username: str,
    answer: Message,
    before: Dictionaries,
    now: Dictionaries,
) -> Explanation | None:
    """Say what is wrong with the answer to a request, or with the dictionaries after it.

    Parameters:
        function: the handler.
        key: the client's.
        username: the one in the request; "" in a request for the registry.
        answer: what was sent.
        before, now: the dictionaries when the handler began, and when it had ended.
    """
    if isinstance(answer, UsernameMessage) and answer.username != username:
        return explanations.wrong_name(function, answer.username, username)
    stored = {"register_client": "users", "login_client": "active_users"}.get(function, "")
    for dictionary in Dictionaries._fields:
        may_change = (key,) if dictionary == stored else ()
        if found := changed_entries(function, dictionary, before, now, may_change):
            return found
    match answer:
        case RegistrationSuccessful():
            if key in before.users:
                return explanations.registered_twice(function)
            if username in before.users.values():
                return explanations.taken_name(function, username)
            if now.users.get(key) != username:
                return explanations.empty_promise(function, answer.type, "users", "register_user")
        case RegistrationFailed():
            if now.users != before.users:
                return explanations.refused_after_storing(function)
            if key not in before.users and username not in before.users.values():
                return explanations.refused_wrongly(function, username)
        case LoginSuccessful():
            if before.users.get(key) != username:
                return explanations.wrong_login(function, username, key in before.users)
            if now.active_users.get(key) != username:
                return explanations.empty_promise(
                    function, answer.type, "active_users", "log_in_client"
                )
        case LoginFailed():
            if before.users.get(key) == username:
                return explanations.refused_wrongly(function, username)
        case Registry():
            if key not in before.active_users:
                return explanations.wrong_registry(function)
        case RequestDenied():
            if key in before.active_users:
                return explanations.refused_wrongly(function, username)
    return None


def review_answer(
    call: Call,
    key: str,
    username: str = "",
    *,
    before: Dictionaries,
    now: Dictionaries | None,
) -> None:
    """Find what is wrong with how a handler answered, if nothing was found while it ran.

    Parameters:
        call: the call of the handler.
        key: the client's.
        username: the one in the request; "" in a request for the registry.
        before: the dictionaries when the handler began.
        now: the dictionaries when it had ended; None if others changed them, too.
    """
    if call.problems:
        return
    function, sent, held_back = call.function, call.sent, call.held_back
    if sent is None and held_back is None:
        call.find(explanations.no_answer(function))
    elif sent is None and held_back is not None:
        explanation = explanations.wrong_answer(function, held_back.type)
        call.find(explanation, line=call.held_back_line)
    elif sent is not None and held_back is not None:
        explanation = explanations.two_answers(function, sent.type, held_back.type)
        call.find(explanation, line=call.held_back_line)
    elif sent is not None and now is not None:
        broken = broken_promise(function, key, username, sent, before, now)
        if broken is not None:
            # A helper that was asked about something else explains more than what came of it.
            explanation, line = call.hint or (broken, call.sent_line)
            call.find(explanation, line=line)


def review_step(call: Call, username: str = "") -> None:
    """Find what is wrong with what one of the client's steps sent."""
    if call.problems:
        return
    function, sent, held_back = call.function, call.sent, call.held_back
    if sent is None and held_back is not None:
        call.find(explanations.sent_wrong(function, held_back.type), line=call.held_back_line)
    elif sent is not None and held_back is not None:
        call.find(explanations.sent_twice(function, held_back.type), line=call.held_back_line)
    elif sent is None and (username or function == "request_registry"):
        call.find(explanations.nothing_sent(function))
    elif isinstance(sent, UsernameMessage) and sent.username != username:
        explanation = explanations.sent_wrong_name(function, sent.username, username)
        call.find(explanation, line=call.sent_line)


SERVER_PORTIONS: Mapping[str, Portion] = {
    "registered": Portion(("key",), check=check_registered),
    "username_exists": Portion(("username",), check=check_username_exists),
    "register_user": Portion(("key", "username"), check=check_register_user, stores=True),
    "username_matches_record": Portion(("key", "username"), check=check_username_matches_record),
    "log_in_client": Portion(("key", "username"), check=check_log_in_client, stores=True),
    "logged_in": Portion(("key",), check=check_logged_in),
    "register_client": Portion(("server", "username"), is_async=True),
    "login_client": Portion(("server", "username"), is_async=True),
    "send_registry_to_client": Portion(("server",), is_async=True),
}
CLIENT_PORTIONS: Mapping[str, Portion] = {
    "register": Portion(("client", "username"), is_async=True),
    "login": Portion(("client", "username"), is_async=True),
    "request_registry": Portion(("client",), is_async=True),
}
