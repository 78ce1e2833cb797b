"""What a worker says is looked through; what was not watched earns nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.judge import judge
from tests.grading.observations import Observation
from tests.grading.portions import Portion, StudentFile
from tests.grading.scenarios import scenarios

PORTION = Portion("server_logic.registered", 33, "    ", "    return key in users\n")
ANSWER: dict[str, Any] = {
    "value": True,
    "calls": [],
    "line": 34,
    "error": None,
    "local": [],
    "printed": "",
    "users": [],
    "users_replaced": False,
    "active_users": [],
    "active_users_replaced": False,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def test_a_function_that_was_not_watched_to_its_end_has_not_passed() -> None:
    with pytest.raises(ValueError, match="not watched"):
        judge(PORTION, StudentFile({}), scenarios("server_logic.registered", "seed"), {})


@pytest.mark.parametrize("field", ANSWER)
def test_an_answer_without_one_of_its_fields_is_none(field: str) -> None:
    assert Observation.from_answer(ANSWER) is not None
    assert Observation.from_answer({k: v for k, v in ANSWER.items() if k != field}) is None


@settings(deadline=None)
@given(st.sampled_from(sorted(ANSWER)), JSON)
def test_whatever_stands_in_an_answer_it_is_judged_or_refused(field: str, found: Any) -> None:
    answer = json.loads(json.dumps({**ANSWER, field: found}))
    observation = Observation.from_answer(answer)
    if observation is not None:
        watched = scenarios("server_logic.registered", "seed")
        outcomes = dict.fromkeys(range(len(watched)), observation)
        # The same answer in every scenario cannot be right.
        finding = judge(PORTION, StudentFile({}), watched, outcomes)
        assert finding is not None
        assert finding.sentence("server_logic.py").isprintable()
