"""What a worker says is looked through, whatever it is; what was not watched earns nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.assignment import BY_NAME
from gui.tutor.evidence import Evidence
from gui.tutor.portions import Portion
from gui.tutor.recorder import NOTHING
from tests.grading import desk
from tests.grading.judge import verdict
from tests.grading.portions import StudentFile
from tests.grading.runner import Died, read_outcome
from tests.grading.scenarios import scenarios
from tests.grading_tests import forged
from tests.grading_tests.submitted import REFERENCE, SKELETONS

PORTION = Portion("server_logic.registered", 33, "    ", "    return key in users\n")
KNOWN = {("send_registry", False): 0, ("registered", True): 1}
ANSWER: dict[str, Any] = {
    "scenario": 0,
    "returned": True,
    "calls": [],
    "line": 34,
    "error": None,
    "users": [],
    "active_users": [],
    "rebound": [],
    "printed": "",
    "steps": [],
}
CALL = {
    "name": "registered",
    "arguments": ["a"],
    "awaited": 0,
    "line": 1,
    "helper": True,
    "before": None,
    "did": None,
}
SENT = {**CALL, "name": "send_registry", "arguments": [], "awaited": 1, "helper": False}


def outcome_of(**changes: Any) -> object:
    """Return what comes of an answer that is changed."""
    return read_outcome(json.dumps({**ANSWER, **changes}).encode(), 0, KNOWN, {})


def test_a_function_that_was_not_watched_to_its_end_has_not_passed() -> None:
    with pytest.raises(ValueError, match="not watched"):
        verdict(PORTION, StudentFile({}), scenarios("server_logic.registered", "seed"), {})


@pytest.mark.parametrize("field", ANSWER)
def test_what_an_answer_leaves_out_was_not_done(field: str) -> None:
    line = json.dumps({name: value for name, value in ANSWER.items() if name != field})
    # Nothing stands for its number, or for a dictionary that the scenario did not begin with.
    left_out = outcome_of(**{field: NOTHING[field]}) if field in NOTHING else Died(0)
    assert read_outcome(line.encode(), 0, KNOWN, {}) == left_out
    assert isinstance(outcome_of(calls=[CALL, SENT]), Evidence)


@pytest.mark.parametrize(
    "changes",
    [
        {"scenario": 1},
        {"scenario": True},
        {"calls": [{**CALL, "arguments": []}]},
        {"calls": [{**CALL, "arguments": ["a", "b"]}]},
        {"calls": [{**CALL, "name": "logged_in"}]},
        {"calls": [{**CALL, "helper": 1}]},
        {"calls": [{**SENT, "awaited": -1}]},
        {"calls": [SENT] * 1001},
        {"line": 10**10},
        {"returned": 5},
        {"returned": "x" * 301},
        {"returned": {"type": "int"}},
        {"users": [["a"]]},
        {"users": [["a", "b"]] * 101},
        {"users": [["a", 5]]},
        {"printed": "x" * 501},
        {"rebound": "users"},
        {"error": {"kind": "NameError"}},
    ],
    # pytest tells it in an environment variable, which Windows keeps short.
    ids=lambda changes: str(changes)[:60],
)
def test_an_answer_that_no_worker_gives_is_none(changes: dict[str, Any]) -> None:
    assert outcome_of(**changes) == Died(0)


@given(
    st.lists(forged.lines | forged.ends, min_size=1, max_size=4),
    st.sampled_from(sorted(BY_NAME)),
    forged.bodies,
)
def test_whatever_workers_say_there_is_a_verdict(said: list[Any], function: str, body: str) -> None:
    forged.assert_is_a_verdict(forged.judged(said, function, body))


def test_a_failure_of_the_judge_is_a_flag_and_costs_that_function_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(portion: Portion, *rest: Any) -> Any:
        if portion.function == "server_logic.registered":
            raise IndexError("nobody has thought of this")
        return verdict(portion, *rest)

    monkeypatch.setattr(desk, "verdict", failing)
    result = desk.grade(REFERENCE, SKELETONS, "secret", 2.0)
    assert result.score == 94
    assert "could not be judged" in result.marks["server_logic.registered"].message
    (flag,) = result.flags
    assert "nobody has thought of this" in flag
