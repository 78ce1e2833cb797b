"""The diagram's model: whatever comes, its lanes and arrows agree with the log."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.bridge import ClientGone, LogLine
from gui.details import details
from gui.diagram import MAX_MESSAGES, MAX_ROWS, Diagram, duration, told
from gui.dictionaries import DictionaryChanged
from gui.drawing import Drawing, Sizes, Text, fitting
from gui.hold import Held
from gui.tutor.explanations import Explanation
from gui.tutor.observed import TimedCall
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from protocol import (
    Error,
    Login,
    LoginFailed,
    Message,
    Register,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    RequestRegistry,
    encode,
)

PROJECT = Path(__file__).parents[2]
ADA, GRACE, ALAN = "127.0.0.1:50412", "127.0.0.1:50413", "127.0.0.1:50414"
START = 1_700_000_000.0
SOURCE = Source(PROJECT / "server_logic.py")
SIZES = Sizes(8, 16, lambda text: 8 * len(text))


def line(arrow: str, key: str, message: Message, time: float = START) -> LogLine:
    """Return a line of the log."""
    return LogLine(time, arrow, key, encode(message))


def call(key: str, line: int = 0, seconds: float = 0.0004) -> TimedCall:
    """Return a call of a handler, which is told of as it begins, and as it ends."""
    call = TimedCall(key, "register_client", SOURCE)
    call.seconds = seconds
    if line:
        code = compile("\n" * (line - 1) + "pass", "", "exec")
        call.sent_by = code, len(code.co_code) - 2
    return call


def drawn(*events: Any, names: dict[str, str] | None = None, is_server: bool = True) -> Diagram:
    """Return the diagram of what happened."""
    diagram = Diagram(
        "Server" if is_server else "Client", {} if names is None else names, is_server
    )
    for event in events:
        diagram.add(event)
    return diagram


def answered(key: str, request: Message, *replies: Any, **told: Any) -> list[Any]:
    """Return what is told of a request that a handler answers, and of its call."""
    answering = call(key, **told)
    return [line("←", key, request), answering, *replies, answering]


def labels(diagram: Diagram) -> list[str]:
    """Return what stands at each row's arrow, or in place of one."""
    return [row.told.label for row in diagram.rows]


# --- what an arrow tells ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "label", "outcome"),
    [
        (Register("ada"), "register ada", ""),
        (RequestRegistry(), "request_registry", ""),
        (RegistrationFailed("ada"), "× registration_failed ada", "refused"),
        (LoginFailed("ada"), "× login_failed ada", "refused"),
        (RequestDenied(), "× request_denied", "refused"),
        (Error("No."), "! error: No.", "error"),
        (Registry(()), "registry of 0 clients", ""),
        (Registry((RegisteredClient("ada", ADA, True),)), "registry of 1 client", ""),
    ],
)
def test_an_arrow_tells_type_and_username(message: Message, label: str, outcome: str) -> None:
    assert told(line("→", ADA, message)) == (label, outcome)


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", b"hello", b"[" * 4000, b"[]", b'{"type": 5}', b"{", b"", b"null"]
)
def test_what_is_no_message_is_told_as_it_is(text: bytes) -> None:
    label, outcome = told(LogLine(START, "←", ADA, text))
    assert label.startswith("not a message")
    assert len(label) < 100
    assert outcome == "error"


def test_a_message_that_was_cut_off_still_tells_its_type() -> None:
    cut = LogLine(START, "→", ADA, b'{"type": "registry", "clients": [{"username": "ada", "a', 5000)
    assert told(cut) == ("registry", "")


def test_a_field_that_is_no_text_is_left_out() -> None:
    nested = b'{"type": "register", "username": %s}' % (b"[" * 900 + b"]" * 900)
    assert told(LogLine(START, "←", ADA, nested)).label == "register"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.00042, "0.4 ms"), (2.04, "2.0 s"), (75, "1 min 15 s"), (3600, "1 h"), (59.9, "1 min")],
)
def test_a_duration_is_as_exact_as_anybody_wants_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# --- lanes, calls, changes --------------------------------------------------------------


def test_a_lane_is_headed_by_its_key_until_it_has_a_name() -> None:
    names: dict[str, str] = {}
    diagram = drawn(line("←", ADA, Register("ada")), names=names)
    assert diagram.heading(ADA) == ADA
    names[ADA] = "ada"
    assert diagram.heading(ADA) == "ada"


def test_a_call_reaches_from_its_request_to_its_reply() -> None:
    reply = line("→", ADA, RegistrationSuccessful("ada"))
    change = DictionaryChanged("users", {ADA: "ada"})
    diagram = drawn(*answered(ADA, Register("ada"), change, reply))
    request, sent = diagram.rows
    [bar] = diagram.bars
    assert (bar.first, bar.last, bar.arrow) == (0, 1, request)
    assert request.bar is sent.bar is bar
    assert request.notes == "register_client()"
    assert request.changed == "users + ada"


def test_a_call_that_runs_says_so() -> None:
    request, began, ended = answered(ADA, Register("ada"), seconds=2.0)
    diagram = drawn(request, began)
    assert diagram.rows[0].notes == "register_client() is running"
    diagram.add(ended)
    assert diagram.rows[0].notes == "register_client() 2.0 s"


def test_a_change_after_the_reply_is_the_calls_own() -> None:
    reply = line("→", ADA, RegistrationSuccessful("ada"))
    diagram = drawn(*answered(ADA, Register("ada"), reply))
    diagram.add(DictionaryChanged("users", {GRACE: "ada"}))
    assert diagram.rows[1].changed == f"users + {GRACE}: ada"


def test_where_calls_overlap_the_change_is_nobodys() -> None:
    first, second = answered(ADA, Register("ada")), answered(GRACE, Register("ada"))
    change = DictionaryChanged("users", {ADA: "ada", GRACE: "ada"})
    diagram = drawn(*first[:2], *second[:2], change)
    assert [bar.level for bar in diagram.bars] == [0, 1]
    assert diagram.rows[-1].changed == "changed meanwhile: users + ada, + ada"


def test_a_client_that_goes_ends_its_lane_and_changes_what_nobody_else_did() -> None:
    diagram = drawn(
        *answered(ADA, Login("ada"), line("→", ADA, RequestDenied())),
        DictionaryChanged("active_users", {ADA: "ada"}),
        ClientGone(START, ADA),
        DictionaryChanged("active_users", {ADA: None}),
        names={ADA: "ada"},
    )
    assert labels(diagram)[2] == "ada has gone"
    assert diagram.rows[2].changed == "active_users − ada"
    assert diagram.lanes[ADA].end == 2


def test_a_change_that_no_call_made_has_a_row_of_its_own() -> None:
    reply = line("→", ADA, RequestDenied())
    diagram = drawn(*answered(ADA, RequestRegistry(), reply), line("←", GRACE, Login("grace")))
    diagram.add(DictionaryChanged("users", {ADA: "ada"}))
    assert [row.changed for row in diagram.rows] == ["", "", "", f"users + {ADA}: ada"]


def test_starting_over_is_not_the_doing_of_a_client_that_went() -> None:
    gone = DictionaryChanged("users", {ADA: "ada"}), ClientGone(START, ADA)
    diagram = drawn(*answered(ADA, Register("ada")), *gone, names={ADA: "ada"})
    diagram.add(DictionaryChanged("users", {ADA: None}))
    assert [row.changed for row in diagram.rows] == ["users + ada", "", "users − ada"]


def test_a_long_pause_is_marked() -> None:
    diagram = drawn(line("←", ADA, RequestRegistry()), line("→", ADA, RequestDenied(), START + 75))
    assert labels(diagram) == ["request_registry", "1 min 15 s later", "× request_denied"]


def test_a_held_request_stops_until_it_is_let_in() -> None:
    held = Held(START, ADA, Register("ada"), True)
    diagram = drawn(line("←", ADA, Register("ada")), held, line("←", GRACE, Register("ada")))
    assert (diagram.rows[0].was_held, diagram.rows[0].is_held) == (True, True)
    diagram.add(held._replace(time=START + 5, is_held=False))
    diagram.add(call(ADA))
    assert (diagram.rows[0].was_held, diagram.rows[0].is_held) == (True, False)
    assert labels(diagram)[2] == "let in: register ada"
    assert diagram.rows[2].time == START + 5
    assert diagram.bars[0].first == 2


def test_a_held_client_that_goes_is_held_no_longer() -> None:
    held = Held(START, ADA, Register("ada"), True)
    diagram = drawn(line("←", ADA, Register("ada")), held, ClientGone(START, ADA))
    assert not diagram.rows[0].is_held
    assert len(diagram.bars) == 0


def test_a_problem_belongs_to_the_request_that_was_answered_last() -> None:
    problem = Problem(Explanation("Wrong.", "Mend it."), "server_logic.py", client=f"ada ({ADA})")
    other = answered(GRACE, RequestRegistry())
    diagram = drawn(*other[:2], *answered(ADA, Login("ada")), problem)
    assert diagram.row_of(problem) is diagram.rows[1]
    assert diagram.rows[1].notes == "register_client() · problem"


def test_a_problem_of_nobodys_request_belongs_to_no_arrow() -> None:
    problem = Problem(Explanation("Wrong.", "Mend it."), "server_logic.py")
    assert drawn(*answered(ADA, Login("ada")), problem).row_of(problem) is None


def test_a_call_that_holds_up_the_program_has_the_problem_while_it_runs() -> None:
    problem = Problem(Explanation("Stuck.", "Mend it."), "server_logic.py", ongoing=True)
    diagram = drawn(*answered(ADA, Login("ada"))[:2], problem)
    assert diagram.row_of(problem) is diagram.rows[0]


# --- what is told of one message --------------------------------------------------------


def words(diagram: Diagram, number: int, is_whole: bool = False) -> str:
    """Return all that is told of a row."""
    return "\n".join(part.text for part in details(diagram, diagram.rows[number], is_whole))


def test_of_a_reply_the_line_that_sent_it_is_told() -> None:
    numbered = enumerate(SOURCE.lines, 1)
    sending = "await server.registration_failed(username)"
    number = next(n for n, text in numbered if text.strip() == sending)
    reply = line("→", ADA, RegistrationFailed("ada"))
    diagram = drawn(*answered(ADA, Register("ada"), reply, line=number))
    text = words(diagram, 1)
    assert f"server_logic.py, line {number}, in register_client" in text
    assert f"    {sending}" in text
    assert "register_client() took 0.4 ms." in text


def test_of_a_reply_that_a_task_sent_the_line_that_made_it_is_told() -> None:
    reply = line("→", ADA, RegistrationFailed("ada"))
    text = words(drawn(*answered(ADA, Register("ada"), reply)), 1)
    assert "Sent by a task made at server_logic.py, line" in text
    assert "    await server.registration_failed(username)" in text


def test_what_the_server_sends_by_itself_is_told_so() -> None:
    events = [*answered(ADA, Register("ada")), line("→", ADA, Error("It failed."))]
    assert "The server itself sent it" in words(drawn(*events), 1)


def test_a_message_is_shown_folded_and_whole() -> None:
    clients = tuple(RegisteredClient(f"u{n}", f"10.0.0.1:{n}", True) for n in range(9))
    diagram = drawn(line("→", ADA, Registry(clients)))
    assert "more characters" in words(diagram, 0)
    assert words(diagram, 0, is_whole=True).count('"username"') == 9


def test_a_message_that_nests_too_deep_to_be_laid_out_is_shown_as_it_is() -> None:
    deep = b'{"type": "register", "username": %s}' % (b"[" * 900 + b"]" * 900)
    assert words(drawn(LogLine(START, "←", ADA, deep)), 0, is_whole=True).count("[") == 900


# --- whatever comes ---------------------------------------------------------------------

keys = st.sampled_from([ADA, GRACE, ALAN, "[::1]:7", "127.0.0.1:50412#2"])
calls = [call(key, line) for key in (ADA, GRACE, ALAN) for line in (0, 70)]
texts = st.text(max_size=12)
anything = st.one_of(
    st.builds(
        LogLine,
        st.floats(START, START + 1e6),
        st.sampled_from("→←"),
        keys,
        st.binary(max_size=40) | st.sampled_from([encode(Register("ada")), encode(Error("No."))]),
        st.integers(0, 1),
    ),
    st.sampled_from(calls),
    st.builds(ClientGone, st.just(START), keys),
    st.builds(Held, st.just(START), keys, st.just(RequestRegistry()), st.booleans()),
    st.builds(
        DictionaryChanged,
        st.sampled_from(["users", "active_users"]),
        st.dictionaries(keys | texts, st.none() | texts, min_size=1, max_size=4),
    ),
    st.builds(
        Problem,
        st.just(Explanation("Wrong.", "Mend it.")),
        st.just("server_logic.py"),
        client=st.sampled_from(["", ADA]),
        ongoing=st.booleans(),
    ),
)


@given(st.lists(anything, max_size=60), st.booleans(), st.dictionaries(keys, texts))
def test_lanes_and_arrows_agree_with_the_log(
    events: list[Any], is_server: bool, names: dict[str, str]
) -> None:
    diagram = drawn(*events, names=names, is_server=is_server)
    lines = [event for event in events if isinstance(event, LogLine)]
    assert [row.line for row in diagram.rows if row.line is not None] == lines
    assert list(diagram.lanes) == list(dict.fromkeys(line.peer for line in lines))
    assert [row.number for row in diagram.rows] == [*range(len(diagram.rows))]
    for bar in diagram.bars:
        assert 0 <= bar.first <= (bar.first if bar.last is None else bar.last)
    running = [bar for bar in diagram.bars if bar.last is None]
    assert len({bar.level for bar in running}) == len(running)
    width = 640
    columns = fitting(diagram, SIZES, width)
    drawing = Drawing(diagram, SIZES, columns, width, 100_000, 0)
    shown = [shape for shape in drawing.shapes() if isinstance(shape, Text)]
    assert len([shape for shape in shown if shape.role == "heading"]) >= 1
    for shape in shown:
        assert shape.text.isprintable()
    cut = {whole for texts in drawing.cut.values() for whole in texts}
    assert not cut & {shape.text for shape in shown}
    for row in diagram.rows:
        assert details(diagram, row, True)[0].text == row.told.label


@settings(max_examples=20)
@given(st.integers(0, 3 * MAX_MESSAGES), st.integers(1, 40))
def test_no_more_than_500_messages_are_kept(count: int, clients: int) -> None:
    diagram = Diagram("Server", {}, True)
    for number in range(0, count, 2):
        key = f"10.0.0.1:{number // 2 % clients}"
        request, began, *rest = answered(key, RequestRegistry(), line("→", key, RequestDenied()))
        for event in (request, began, *(rest if number + 1 < count else ())):
            diagram.add(event)
    kept = min(count, MAX_MESSAGES)
    assert len(diagram.rows) == kept
    assert diagram.first == count - kept
    assert set(diagram.lanes) == {row.key for row in diagram.rows}
    assert len(diagram.bars) <= kept // 2 + 1


def test_rows_without_a_message_are_bounded_too() -> None:
    diagram = drawn(line("←", ADA, RequestRegistry()), line("←", GRACE, RequestRegistry()))
    for number in range(2 * MAX_ROWS):
        diagram.add(DictionaryChanged("users", {ADA: str(number)}))
    assert len(diagram.rows) <= MAX_ROWS
