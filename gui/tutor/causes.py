"""The causes of what is wrong: what a second run of a function shows, helpers included."""

from gui.tutor import explanations
from gui.tutor.assignment import SERVER_PORTIONS, Dictionaries
from gui.tutor.explanations import Explanation
from gui.tutor.replay import Replay
from gui.tutor.rules import strange_change
from gui.tutor.syntax import stops_early


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
    # A request for the registry has no username, so that no username is right in it.
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
        # The helper may have been called before the handler stored something, or after.
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


def explain_step(replay: Replay, wrong: Explanation | None) -> None:
    """Find why what a step sent is wrong: what explains more than what came of it.

    Parameters:
        wrong: what came of it, if that is known already.
    """
    if not replay.problems and wrong is not None:
        replay.find(wrong, line=replay.held_back_line or replay.sent_line)
