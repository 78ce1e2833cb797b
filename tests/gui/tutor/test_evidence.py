"""What comes from a sandbox is looked through, and bounded, before it is believed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.evidence import Evidence, Thing, evidence
from gui.tutor.recorder import (
    FIRST_STEPS,
    FIRST_VALUES,
    LAST_STEPS,
    LAST_VALUES,
    MAX_CALLS,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_PRINTED_CHARACTERS,
    Recorder,
)

CALL: dict[str, Any] = {
    "name": "registered",
    "arguments": ["127.0.0.1:1"],
    "awaited": 1,
    "line": 3,
    "helper": False,
    "before": None,
    "did": None,
}
STEP: dict[str, Any] = {
    "number": 1,
    "place": [3, 4, 3, 9],
    "depth": 0,
    "values": [[[3, 4, 3, 9], "ada"]],
    "calls": [0],
    "raised": None,
}
DATA: dict[str, Any] = {
    "returned": True,
    "calls": [CALL],
    "line": 34,
    "error": None,
    "users": [["127.0.0.1:1", "ada"]],
    "active_users": [],
    "rebound": [],
    "printed": "",
    "steps": [STEP],
}
ERROR = {"kind": "KeyError", "message": "", "line": 3, "function": "f", "name": "", "owner": "int"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
DATA_OF_CALLS = st.lists(
    st.builds(
        lambda name, arguments, helper, awaited: {
            **CALL,
            "name": name,
            "arguments": arguments,
            "helper": helper,
            "awaited": awaited,
        },
        st.sampled_from(["registered", "send_message", "login_failed", "banana", "register"]),
        st.lists(st.none() | st.text(max_size=3), max_size=3),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=3,
)


def test_what_a_recorder_says_is_evidence() -> None:
    names: dict[str, Any] = {"users": {"127.0.0.1:1": "ada", 5: [1]}, "active_users": {}}
    did = evidence(Recorder("file.py", names).run(lambda: {1, 2}))
    assert did == Evidence(
        Thing("set", "set of 2"),
        (),
        0,
        None,
        {"127.0.0.1:1": "ada", Thing("int", "5"): Thing("list", "list of 1")},
        {},
        (),
        "",
    )


@pytest.mark.parametrize("field", DATA)
def test_without_one_of_its_fields_it_is_none(field: str) -> None:
    assert evidence(DATA) is not None
    assert evidence({name: found for name, found in DATA.items() if name != field}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"calls": [CALL] * (MAX_CALLS + 1)},
        {"users": [["a", "b"]] * (MAX_ENTRIES + 1)},
        {"users": [["a", "b", "c"]]},
        {"users": [[["a"], "b"]]},
        {"printed": "x" * (MAX_PRINTED_CHARACTERS + 1)},
        {"returned": "x" * 1000},
        {"line": -1},
        {"line": 10**9},
        {"line": True},
        {"error": {**ERROR, "line": "3"}},
        {"error": {**ERROR, "kind": "x" * 100}},
        {"calls": [{**CALL, "awaited": -1}]},
        {"calls": [{**CALL, "arguments": "ab"}]},
        {"calls": [{**CALL, "did": {}}]},
        {"calls": [{**CALL, "before": {"users": []}}]},
        {"rebound": "users"},
        {"steps": [STEP] * (FIRST_STEPS + LAST_STEPS + 1)},
        {"steps": [{**STEP, "place": [3, 4, 3]}]},
        {"steps": [{**STEP, "place": "3434"}]},
        {"steps": [{**STEP, "depth": MAX_DEPTH + 1}]},
        {"steps": [{**STEP, "values": STEP["values"] * (FIRST_VALUES + LAST_VALUES + 1)}]},
        {"steps": [{**STEP, "values": [[[3, 4, 3, 9], "x" * 1000]]}]},
        {"steps": [{**STEP, "calls": [MAX_CALLS + 1]}]},
        {"steps": [{**STEP, "raised": {}}]},
    ],
    ids=str,
)
def test_what_is_longer_or_of_another_kind_is_none(change: dict[str, Any]) -> None:
    assert evidence({**DATA, **change}) is None


def test_evidence_that_nests_without_end_is_none() -> None:
    nested = DATA
    for _ in range(3000):
        nested = {**DATA, "calls": [{**CALL, "did": nested}]}
    assert evidence(nested) is None


@given(st.sampled_from(sorted(DATA)), JSON)
def test_whatever_stands_in_it_it_is_evidence_or_none(field: str, found: Any) -> None:
    did = evidence(json.loads(json.dumps({**DATA, field: found})))
    assert did is None or isinstance(did, Evidence)


@given(JSON)
def test_anything_at_all_is_evidence_or_none(found: Any) -> None:
    assert evidence(found) is None
