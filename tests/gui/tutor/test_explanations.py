"""The words: each title one sentence, each advice in whole sentences, never the solution."""

import re
from pathlib import Path

import pytest

from gui.tutor.explanations import WORDS, Explanation, explain
from tests.grading.leaks import Solution
from tests.grading_tests.submitted import REFERENCE, SKELETONS

PROJECT = Path(__file__).parents[3]
VALUES: dict[str, object] = {
    "function": "login_client",
    "file": "server_logic.py",
    "name": "login_failed",
    "meant": "login_failed",
    "handle": "server",
    "received": "server and username",
    "parameters": "server and username",
    "parameter": "key",
    "amount": "fewer values than it needs",
    "message": "invalid syntax",
    "functions": "registered()",
    "kind": "a web page",
    "why": "both are missing",
    "said": "KeyError: 'ada'",
    "where": "login_client()",
    "text": "users",
    "seconds": 5,
    "limit": 5,
    "who": "login_client()",
    "program": "server",
    "dictionary": "users",
    "other": "another dictionary",
    "helper": "register_user",
    "shown": "'ada'",
    "result": True,
    "situation": "this client's key is in users",
    "username": "ada",
    "sent": "grace",
    "first": "login_failed",
    "second": "login_failed",
    "symptom": "login_client() ended.",
    "what": "it opens a file",
    "wait": 5,
    "look": 4,
    "store": 6,
    "advice": "Did you mean login_failed?",
    "code": "found == wanted",
    "side": "its keys",
    "line": 5,
    "left": "found",
    "right": "wanted",
    "word": "and",
    "sign": "&",
    "stops": "False",
    "later": "wanted",
    "whole": "users.keys()",
    "inner": "users",
    "index": "'name'",
    "given": "username",
    "due": "login_successful",
    "last": "login_failed",
    "caught": "ValueError",
    "variable": "found",
    "title": "login_client() ended.",
}
EXPLANATIONS = [explain(rule, **VALUES) for rule in WORDS]


def test_a_title_is_one_sentence() -> None:
    for title, _, rule in EXPLANATIONS:
        assert re.fullmatch(r"[^\n]*[^.][.?]|.*breaks a rule: invalid syntax", title), rule
        assert not re.search(r"[.?!] [A-Z]", title.removesuffix(".").partition(" rule: ")[0])


def test_the_advice_is_made_of_sentences() -> None:
    assert [
        e for e in EXPLANATIONS if not re.fullmatch(r"[A-Z_a-z=&~:.][^\n]*[.?]", e.advice)
    ] == []


def test_a_question_of_pythons_own_does_not_end_in_two_signs() -> None:
    explanation = explain("stopped", **{**VALUES, "said": "x. Did you mean y?"})
    assert explanation.title.endswith("Did you mean y?")


def test_no_explanation_gives_a_statement_of_the_solution() -> None:
    solution = Solution(REFERENCE, SKELETONS)
    for title, advice, _ in EXPLANATIONS:
        assert solution.found_in(f"{title}\n{advice}".encode()) == ""


def test_no_explanation_blames_or_jokes_or_talks_above_the_reader() -> None:
    for explanation in EXPLANATIONS:
        words = set(re.findall(r"[\w']+", " ".join(explanation[:2]).lower()))
        assert not words & {
            "stupid",
            "forgot",
            "fault",
            "simply",
            "obviously",
            "oops",
            "sorry",
        } or (explanation.rule == "not_judged")
        assert not words & {"thread", "socket", "daemon", "generator", "descriptor"}
        assert "!" not in (explanation.title + explanation.advice).replace("!=", "")


def test_the_advice_does_not_look_below_for_the_line_which_stands_above_it() -> None:
    assert [e for e in EXPLANATIONS if "line below" in e.advice] == []


def test_every_rule_is_used() -> None:
    folders = (PROJECT / "gui", PROJECT / "tests" / "grading")
    used = "".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in folder.rglob("*.py")
        if path.name != "explanations.py"
    )
    assert [rule for rule in WORDS if f'"{rule}"' not in used] == []


@pytest.mark.parametrize("rule", WORDS)
def test_an_explanation_knows_its_rule(rule: str) -> None:
    explanation = explain(rule, **VALUES)
    assert isinstance(explanation, Explanation)
    assert explanation.rule == rule
    assert "{" not in explanation.title + explanation.advice
