"""Whatever a worker could say: bytes, JSON of any kind, and answers that are almost right."""

import json
from typing import Any
from unittest import mock

from hypothesis import strategies as st

from gui.tutor.assignment import FUNCTIONS, SENDERS
from gui.tutor.evidence import Evidence
from tests.grading import desk
from tests.grading.desk import Result
from tests.grading.runner import (
    BadSyntax,
    Died,
    Hung,
    Job,
    Outcome,
    dictionaries_before,
    possible_calls,
    read_outcome,
)
from tests.grading_tests.submitted import SKELETONS, filled

NAMES = sorted({name for senders in SENDERS.values() for name in senders}) + [
    function.name for function in FUNCTIONS
]
KINDS = ["NameError", "UnboundLocalError", "TypeError", "KeyError", "AttributeError", "EOFError"]
KINDS += ["IndentationError", "SyntaxError", "NotImplementedError", "RecursionError", ""]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
texts = st.text(max_size=12) | st.sampled_from(["127.0.0.1:5041", "ada", "users", "server", *NAMES])
values = (
    st.none()
    | st.booleans()
    | texts
    | st.fixed_dictionaries({"type": texts, "shown": texts})
    | anything
)
entries = st.lists(st.tuples(values, values), max_size=4) | values
numbers = st.integers(0, 250) | anything
calls = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES) | anything,
        "arguments": st.lists(values, max_size=3),
        "awaited": st.integers(0, 3) | anything,
        "line": numbers,
    },
    optional={"helper": st.just(True) | anything, "did": anything, "before": anything},
)
calls = calls.map(lambda call: {"helper": False, "before": None, "did": None, **call})
errors = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS) | texts | anything,
        "message": texts | anything,
        "line": numbers,
        "function": texts,
        "name": texts,
        "owner": texts
        | st.sampled_from(["dict", "str", "NoneType", "coroutine", "async_generator"]),
    }
)
places = st.lists(st.integers(0, 99), min_size=4, max_size=4) | anything
steps = st.fixed_dictionaries(
    {
        "number": numbers,
        "place": places,
        "depth": st.integers(0, 1) | anything,
        "values": st.lists(st.tuples(places, values), max_size=2) | anything,
        "calls": st.lists(numbers, max_size=2) | anything,
        "raised": st.none() | errors | anything,
    }
)
answers = st.fixed_dictionaries(
    {
        "scenario": st.none(),  # the number that is asked for
        "returned": values,
        "calls": st.lists(calls, max_size=3) | anything,
        "line": numbers,
        "error": st.none() | errors | anything,
        "rebound": st.lists(st.sampled_from(["users", "active_users"])) | anything,
        "printed": texts | anything,
        "steps": st.lists(steps, max_size=3) | anything,
        "users": entries,
        "active_users": entries,
    }
)
syntax = st.fixed_dictionaries({"syntax": errors | anything})
lines: st.SearchStrategy[Any] = st.binary(max_size=60) | anything | answers | answers | syntax
ends = st.sampled_from([Hung(0, 2.0), Died(0)])
bodies = st.text(max_size=40) | st.sampled_from(
    ["while True:\n    pass", "for x in users:\n    return x", "registered", "import time", "x = 1"]
)


class Liar:
    """Stands for the workers of a submission, and says what it was given."""

    sandboxed = True
    keeps_worker = False

    def __init__(self, said: list[Any]) -> None:
        self._said = said

    def run(self, job: Job) -> list[Outcome]:
        """Return what comes of what is said, in turn, up to what ends the function."""
        outcomes: list[Outcome] = []
        for number in range(len(job["scenarios"])):
            said = self._said[number % len(self._said)]
            if isinstance(said, (Hung, Died)):
                outcomes.append(said._replace(scenario=number))
            else:
                if isinstance(said, dict) and "scenario" in said:
                    said = {**said, "scenario": number}
                line = said if isinstance(said, bytes) else json.dumps(said).encode()
                before = dictionaries_before(job, number)
                outcomes.append(read_outcome(line, number, possible_calls(job), before))
            if not isinstance(outcomes[-1], Evidence):
                break
        assert all(isinstance(o, (Evidence, Hung, Died, BadSyntax)) for o in outcomes)
        return outcomes

    def run_in_turn(self, jobs: list[Job]) -> list[list[Outcome]]:
        """Return what comes of it for each function."""
        return [self.run(job) for job in jobs]

    def begin(self) -> None:
        """Do nothing."""

    close = begin


def judged(said: list[Any], function: str, body: str) -> Result:
    """Return what a submission earns whose workers say something.

    Parameters:
        said: bytes, what is said as JSON, or an end; one after the other for each scenario.
        function: the full name of a function that is not the reference's.
        body: what stands in it.
    """
    with mock.patch.object(desk, "Runner", return_value=Liar(said)):
        return desk.grade(filled({function: body}), SKELETONS, "secret", 2.0)


def assert_is_a_verdict(result: Result) -> None:
    """Assert that each function was judged, and said so in a sentence."""
    assert list(result.marks) == [function.full_name for function in FUNCTIONS]
    for mark in result.marks.values():
        assert mark.score == (0 if mark.message else mark.max_score)
        assert mark.message.isprintable()
        assert len(mark.message) < 3000
    assert not [flag for flag in result.flags if "could not judge" in flag], result.flags
