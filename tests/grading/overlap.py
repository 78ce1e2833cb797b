"""Whether two clients get one name that they ask for at the same time.

No situation with one request shows it: each call is right by itself, but it waits between its look
and its store, and the other one looks meanwhile.
"""

from collections.abc import Mapping
from typing import Any

from gui.tutor.assignment import Dictionaries, Function
from gui.tutor.evidence import Evidence
from gui.tutor.portions import Portion, source_of
from gui.tutor.race import finding, other_holder
from gui.tutor.rules import Situation
from tests.grading.judge import Verdict, tree_of
from tests.grading.runner import Runner
from tests.grading.scenarios import arguments, cast_of, held


def watch(
    function: Function, portion: Portion, job: Mapping[str, Any], seed: str, runner: Runner
) -> Verdict | None:
    """Return what is wrong when two clients ask for one name at the same time, if anything is.

    Parameters:
        job: what the worker is told of the function, which is right in all other situations.
    """
    # What needs no loop of asyncio waits for nothing: sending alone hardly ever does.
    if function.stores != "users" or not function.sends or not job["asyncio"]:
        return None
    first, second = cast_of(seed).plain[:2]
    situation = Situation(Dictionaries({}, {}), second.key, first.name)
    scenario = {
        "setting": 0,
        "key": situation.key,
        "arguments": arguments(function, situation),
        "meanwhile": [first.key],
    }
    (did,) = runner.run({**job, "settings": [situation.before._asdict()], "scenarios": [scenario]})
    if not isinstance(did, Evidence) or not isinstance(did.users, dict):
        return None
    now = Dictionaries(did.users, {})
    if not other_holder(now, second.key, first.name):
        return None
    lines = source_of(function, portion).split("\n")
    keys = first.key, second.key
    found = finding(function, tree_of(function, portion), lines, first.name, keys)
    told = (
        f"Two clients asked for the name {first.name!r} at the same time. Their keys were "
        f"{first.key!r} and {second.key!r}, {held(situation, Dictionaries._fields)}."
    )
    return Verdict(found, told)
