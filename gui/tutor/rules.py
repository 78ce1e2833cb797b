"""What is wrong with what a function did, seen from outside: by the assignment alone.

Where this finds nothing, nothing is wrong. It is asked after every request, so that what is
right must be cheap to see.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gui.tutor.assignment import CLIENT_FILE, FUNCTIONS, Condition, Dictionaries, Function
from gui.tutor.evidence import Call, Evidence, Thing, Value


class Situation(NamedTuple):
    """In which situation a function is called.

    Parameters:
        before: the dictionaries when it begins.
        key: the client's.
        username: the one in question, "" if none is.
    """

    before: Dictionaries
    key: Value
    username: Value


class Fault(NamedTuple):
    """Something that is wrong.

    Parameters:
        rule: the name of its words.
        values: the names and values that belong in them.
        line: the line that it shows at, 0 if any.
        dictionary: the dictionary that it shows in, "" if in none.
    """

    rule: str
    values: dict[str, object]
    line: int = 0
    dictionary: str = ""


# What is said of the first message where the second was due, by the condition that is not met.
GRANTED_WRONGLY = {
    ("registration_successful", ("key",)): "registered_twice",
    ("registration_successful", ("username",)): "taken_name",
    ("login_successful", ("key", "username")): "wrong_login",
    ("send_registry", ("key",)): "wrong_registry",
}
REFUSED_WRONGLY = {
    "registration_failed": "refused_registration",
    "login_failed": "refused_login",
    "request_denied": "refused_registry",
}


def fault(
    function: Function, situation: Situation, did: Evidence, alone: bool = True
) -> Fault | None:
    """Return what is wrong with what a function did; None if nothing is.

    Parameters:
        alone: whether nobody else changed the dictionaries meanwhile.
    """
    if function.file == CLIENT_FILE:
        return wrong_step(function, situation, did)
    if function.sends:
        return wrong_answer(function, situation, did, alone)
    found = wrong_change(function, situation, did)
    last = wrong_entry if function.stores else wrong_result
    return found or last(function, situation, did)


def changed_nothing_rightly(
    function: Function, before: Dictionaries, key: str, username: str, granted: bool
) -> bool:
    """Tell whether a message was right, after which the dictionaries are as they were.

    Most requests are of this kind; it is what `fault` would find, for a fraction of its time.

    Parameters:
        before, key, username: the situation; the username is the one in the message, too.
        granted: whether it was the first of the two that the function may send.
    """
    for condition in function.conditions:
        if not condition.is_met(before, key, username):
            return not granted
    stores = function.stores
    return granted and (not stores or getattr(before, stores).get(key) == username)


def helped_rightly(
    helper: Function,
    before: Dictionaries,
    given: Mapping[str, Value],
    now: Dictionaries,
    result: Value,
) -> bool:
    """Tell whether a helper did what its docstring says; in doubt it did not.

    Parameters:
        before: the two dictionaries when it began.
        given: what it received.
        now: the two dictionaries when it had ended.
        result: what it returned.
    """
    # What is no text may have a == of its own.
    texts = [*given.values()]
    for entries in (*before, *now):
        if type(entries) is not dict:
            return False
        texts += [*entries, *entries.values()]
    if any(type(text) is not str for text in texts) or set(given) != set(helper.parameters):
        return False
    if helper.answers and type(result) is not bool:
        return False
    did = Evidence(result, (), 0, None, *now, (), "")
    situation = Situation(before, given.get("key", ""), given.get("username", ""))
    return fault(helper, situation, did) is None


def unmet(function: Function, situation: Situation) -> Condition | None:
    """Return the first condition of a function that is not met, None if all are."""
    for condition in function.conditions:
        if not condition.is_met(*situation):
            return condition
    return None


# --- what is sent -----------------------------------------------------------------------


def wrong_step(function: Function, situation: Situation, did: Evidence) -> Fault | None:
    """Return what is wrong with what one of the client's steps sent."""
    sent, username = did.sent, situation.username
    if "username" in function.parameters and username == "":
        if not sent:
            return None
        if sent[0].arguments != ("",):
            return wrong_username(sent[0], username, "sent_wrong_name")
        return Fault("empty_sent", {}, sent[0].line)
    if not sent:
        return Fault("nothing_sent", {})
    first = sent[0]
    if (second := sent_again(sent)) is not None:
        return Fault("sent_twice", {"second": second.name}, second.line)
    if first.name not in function.sends:
        return not_expected(first, "sent_wrong")
    if first.arguments and first.arguments != (username,):
        return wrong_username(first, username, "sent_wrong_name")
    return None


def sent_again(sent: Sequence[Call]) -> Call | None:
    """Return what was sent after the first message, perhaps the same once more, if anything was."""
    if len(sent) > 1:
        return sent[1]
    return sent[0] if sent[0].awaited > 1 else None


def wrong_answer(
    function: Function, situation: Situation, did: Evidence, alone: bool
) -> Fault | None:
    """Return what is wrong with how a handler answered, and with what it stored."""
    sent, username = did.sent, situation.username
    if not sent:
        return Fault("no_answer", {})
    first = sent[0]
    if (second := sent_again(sent)) is not None:
        return Fault("two_answers", {"first": first.name, "second": second.name}, second.line)
    if first.name not in function.sends:
        return not_expected(first, "wrong_answer")
    if first.arguments and first.arguments != (username,):
        return wrong_username(first, username, "wrong_name")
    if not alone:
        return None
    if found := wrong_change(function, situation, did):
        return found
    condition = unmet(function, situation)
    granting, refusing = function.sends
    if first.name == refusing and stored_anything(function, situation, did):
        return Fault("refused_after_storing", {"dictionary": function.stores}, first.line)
    if condition is not None and first.name == granting:
        return granted_wrongly(condition, situation, first)
    if condition is None and first.name == refusing:
        return Fault(REFUSED_WRONGLY[refusing], {"username": username}, first.line)
    return wrong_entry(function, situation, did) if condition is None else None


def not_expected(sent: Call, rule: str) -> Fault:
    """Return what is wrong with a message that is none of the expected."""
    return Fault(
        "no_message" if sent.name == "send_message" else rule, {"name": sent.name}, sent.line
    )


def wrong_username(sent: Call, username: Value, rule: str) -> Fault:
    """Return what is wrong with a message about something else than the username in question."""
    given = sent.arguments[0]
    if isinstance(given, str):
        return Fault(rule, {"sent": given, "username": username}, sent.line)
    return Fault("no_username", {"name": sent.name, "shown": shown(given)}, sent.line)


def granted_wrongly(condition: Condition, situation: Situation, sent: Call) -> Fault:
    """Return what is wrong with a client that was not refused."""
    has_registered = situation.key in situation.before.users
    who = "registered another name" if has_registered else "has not registered"
    rule = GRANTED_WRONGLY[sent.name, condition.sides]
    return Fault(rule, {"username": situation.username, "who": who}, sent.line)


def stored_anything(function: Function, situation: Situation, did: Evidence) -> bool:
    """Tell whether a handler changed the entry of its client."""
    if not function.stores:
        return False
    before, now = getattr(situation.before, function.stores), getattr(did, function.stores)
    return isinstance(now, dict) and now.get(situation.key) != before.get(situation.key)


# --- the dictionaries -------------------------------------------------------------------


def wrong_change(function: Function, situation: Situation, did: Evidence) -> Fault | None:
    """Return a change of the dictionaries that a function must not make, None if there is none.

    It may change this client's entry, in the dictionary that it is there to change.
    """
    for dictionary, old in zip(Dictionaries._fields, situation.before, strict=True):
        new = getattr(did, dictionary)
        if new is old or new == old:
            continue
        for rule, values in strange_changes(function, situation, did, dictionary):
            return Fault(rule, {"dictionary": dictionary, **values}, 0, dictionary)
    return None


def strange_changes(
    function: Function, situation: Situation, did: Evidence, dictionary: str
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the changes of a dictionary that a function must not make: a rule, and its values."""
    old, new = getattr(situation.before, dictionary), getattr(did, dictionary)
    is_own = dictionary == function.stores
    if not isinstance(new, dict):
        yield "replaced", {"other": shown(new) if isinstance(new, Thing) else "something else"}
        return
    if dictionary in did.rebound and not set(old) <= set(new):
        yield "replaced", {"other": "another dictionary"}
    for key in [*old, *(key for key in new if key not in old)]:
        if key in old and key in new and old[key] == new[key]:
            continue
        if key in new and not (isinstance(key, str) and isinstance(new[key], str)):
            yield "wrong_kind", {}
        elif is_own and key == situation.key:
            continue
        elif key not in new:
            yield "lost_entry", {}
        elif not is_own and (key not in old or key == situation.key):
            yield "unexpected_entry", {}
        elif key in old or situation.key in new:  # else it may be the wrong way round
            yield "foreign_entry", {}


def wrong_entry(function: Function, situation: Situation, did: Evidence) -> Fault | None:
    """Return what is wrong with the entry that a function is there to store, if it stores one."""
    key, username, dictionary = situation.key, situation.username, function.stores
    if not dictionary:
        return None
    old, new = getattr(situation.before, dictionary), getattr(did, dictionary)
    if new.get(key) == username:
        return None
    values: dict[str, object] = {"dictionary": dictionary}
    if new.get(username) == key:
        return Fault("swapped", values, 0, dictionary)
    if new.get(key) != old.get(key):
        values["shown"] = "its key" if new[key] == key else shown(new[key])
        return Fault("wrong_value", values, 0, dictionary)
    if not function.sends:
        return Fault("not_stored", values, 0, dictionary)
    values |= {"name": did.sent[0].name, "helper": helper_that_stores(dictionary)}
    return Fault("empty_promise", values, did.sent[0].line)


def helper_that_stores(dictionary: str) -> str:
    """Return the name of the helper that is there to store an entry in a dictionary."""
    return next(f.name for f in FUNCTIONS if f.stores == dictionary and not f.sends)


# --- the result -------------------------------------------------------------------------


def wrong_result(function: Function, situation: Situation, did: Evidence) -> Fault | None:
    """Return what is wrong with what a helper answered."""
    if did.returned is None:
        return Fault("no_result", {})
    if not isinstance(did.returned, bool):
        kind = f" ({type_of(did.returned)})" if isinstance(did.returned, str) else ""
        return Fault("no_truth_value", {"shown": f"{shown(did.returned)}{kind}"})
    condition = unmet(function, situation)
    if did.returned is (condition is None):
        return None
    (condition,) = function.conditions
    told = SITUATIONS[condition.sides][did.returned].format(dictionary=condition.dictionary)
    return Fault("wrong_result", {"result": did.returned, "situation": told})


# What is so where a helper answered True, and should have answered False; and the other way round.
SITUATIONS = {
    ("key",): {
        True: "this client's key is not in {dictionary}",
        False: "this client's key is in {dictionary}",
    },
    ("username",): {
        True: "nobody in {dictionary} has the name",
        False: "somebody in {dictionary} has the name",
    },
    ("key", "username"): {
        True: "{dictionary} does not hold this username for this client",
        False: "{dictionary} holds this username for this client",
    },
}


# --- values -----------------------------------------------------------------------------


KINDS = {
    "NoneType": "None",
    "bool": "True or False",
    "bytes": "bytes",
    "builtin_function_or_method": "a function that is not called",
    "coroutine": "a call that is not awaited",
    "dict": "a dictionary",
    "dict_items": "the pairs of a dictionary",
    "dict_keys": "the keys of a dictionary",
    "dict_values": "the values of a dictionary",
    "float": "a number",
    "function": "a function that is not called",
    "generator": "a loop in brackets",
    "int": "a number",
    "list": "a list",
    "method": "a function that is not called",
    "set": "a set",
    "slice": "a piece of a list",
    "str": "a text",
    "tuple": "a group of values (a tuple)",
    "ClientHandle": "the handle",
    "ServerHandle": "the handle",
}
"""What Python calls the kinds of values, and what they are called in a sentence."""


def shown(value: Value) -> str:
    """Return how a value is shown in a sentence."""
    if not isinstance(value, Thing):
        return repr(value)
    if value.type in ("int", "float", "str"):
        return value.shown or f"a very large {value.type}"
    return KINDS.get(value.type, f"something of type {value.type}")


def type_of(value: Value) -> str:
    """Return the name of a value's type."""
    return value.type if isinstance(value, Thing) else type(value).__name__


# How numbers and collections look that an `if` takes for False.
EMPTY = ("0", "0.0", "-0.0", "()", "[]", "{}", "b''")


def counts_as_true(value: Value) -> bool:
    """Tell what an `if` makes of a value."""
    if isinstance(value, Thing):
        return value.shown not in EMPTY and not value.shown.endswith(" of 0")
    return bool(value)
