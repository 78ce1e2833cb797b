"""The messages and their lines, without any input or output."""

import contextlib
import json
import re
import socket
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol import (
    KEEPALIVE_IDLE_SECONDS,
    KEEPALIVE_INTERVAL_SECONDS,
    KEEPALIVE_PROBES,
    MAX_NESTING,
    MAX_NFC_SHRINKAGE,
    MAX_REPLY_BYTES,
    MAX_REQUEST_BYTES,
    REPLIES,
    REQUESTS,
    UNACKNOWLEDGED_LIMIT_SECONDS,
    Error,
    LineBuffer,
    LineTooLong,
    Login,
    LoginFailed,
    LoginSuccessful,
    Message,
    ProtocolError,
    RawLine,
    Register,
    RegisteredClient,
    RegistrationFailed,
    RegistrationSuccessful,
    Registry,
    RequestDenied,
    RequestRegistry,
    decode,
    encode,
    format_address,
    keepalive_options,
    normal_username,
)

ALL_KINDS = {**REQUESTS, **REPLIES}

MESSAGES: list[tuple[Message, bytes]] = [
    (Register("ada"), b'{"type": "register", "username": "ada"}\n'),
    (Login("ada"), b'{"type": "login", "username": "ada"}\n'),
    (RequestRegistry(), b'{"type": "request_registry"}\n'),
    (
        RegistrationSuccessful("ada"),
        b'{"type": "registration_successful", "username": "ada"}\n',
    ),
    (RegistrationFailed("ada"), b'{"type": "registration_failed", "username": "ada"}\n'),
    (LoginSuccessful("ada"), b'{"type": "login_successful", "username": "ada"}\n'),
    (LoginFailed("ada"), b'{"type": "login_failed", "username": "ada"}\n'),
    (Registry(()), b'{"type": "registry", "clients": []}\n'),
    (
        Registry(
            (
                RegisteredClient("ada", "127.0.0.1:50412", True),
                RegisteredClient("grace", "[::1]:50413", False),
            )
        ),
        (
            b'{"type": "registry", "clients": ['
            b'{"username": "ada", "address": "127.0.0.1:50412", "logged_in": true}, '
            b'{"username": "grace", "address": "[::1]:50413", "logged_in": false}]}\n'
        ),
    ),
    (RequestDenied(), b'{"type": "request_denied"}\n'),
    (Error("One plain sentence."), b'{"type": "error", "reason": "One plain sentence."}\n'),
    (Register("Ада Лавлейс"), '{"type": "register", "username": "Ада Лавлейс"}\n'.encode()),
    (Register("李💡"), '{"type": "register", "username": "李💡"}\n'.encode()),
    (Register('"\\'), b'{"type": "register", "username": "\\"\\\\"}\n'),
    (Error("two\nlines"), b'{"type": "error", "reason": "two\\nlines"}\n'),
]

# --- messages and lines -----------------------------------------------------------------


@pytest.mark.parametrize(("message", "line"), MESSAGES)
def test_a_message_is_encoded_as_one_line(message: Message, line: bytes) -> None:
    assert encode(message) == line


@pytest.mark.parametrize(("message", "line"), MESSAGES)
def test_a_line_is_decoded_as_its_message(message: Message, line: bytes) -> None:
    assert decode(line, ALL_KINDS) == message


def test_the_table_has_every_kind_of_message() -> None:
    assert {type(message) for message, _ in MESSAGES} == set(ALL_KINDS.values())


@pytest.mark.parametrize("size", [1, 2, 7, 1_000_000])
def test_glued_together_and_cut_anew_the_lines_give_the_same_messages(size: int) -> None:
    data = b"".join(line for _, line in MESSAGES)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    lines, overlong = cut_into_lines(pieces, MAX_REPLY_BYTES)
    assert [decode(line, ALL_KINDS) for line in lines] == [message for message, _ in MESSAGES]
    assert not overlong


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"register","username":"ada"}\n',
        b'{"type": "register", "username": "ada"}\r\n',
        b'{"type": "register", "username": "ada"}',
        b' { "username" : "ada" , "type" : "register" } \n',
        b'{"type": "register", "username": "\\u0061d\\u0061"}\n',
        b'{"type": "register", "username": "grace", "username": "ada"}\n',
    ],
)
def test_the_same_json_in_other_words_is_the_same_message(line: bytes) -> None:
    assert decode(line, REQUESTS) == Register("ada")


@pytest.mark.parametrize(
    "value",
    [
        "null",
        "1e999",
        '"text"',
        '["a", {"b": []}]',
        '{"type": "login"}',
        '"\\ud800"',
        '"' + "[" * 100 + '"',
        '"\\"' + "{" * 100 + '"',
        "[" * (MAX_NESTING - 1) + "]" * (MAX_NESTING - 1),
        "[" + ", ".join(["[]"] * 100) + "]",
    ],
)
def test_an_unknown_extra_field_is_ignored(value: str) -> None:
    line = f'{{"type": "register", "username": "ada", "since": {value}}}\n'
    assert decode(line.encode(), REQUESTS) == Register("ada")


@pytest.mark.parametrize("line", [line for message, line in MESSAGES if message.type in REPLIES])
def test_a_reply_is_no_request(line: bytes) -> None:
    with pytest.raises(ProtocolError, match='The field "type" must be one of: register, '):
        decode(line, REQUESTS)


@pytest.mark.parametrize("line", [line for message, line in MESSAGES if message.type in REQUESTS])
def test_a_request_is_no_reply(line: bytes) -> None:
    with pytest.raises(ProtocolError, match='The field "type" must be one of: registration_'):
        decode(line, REPLIES)


# --- what is refused --------------------------------------------------------------------

NOT_UTF_8 = "The line is not UTF-8."
NOT_JSON = "The line is not JSON."
NO_OBJECT = 'The line is not a JSON object, such as {"type": "request_registry"}.'
TOO_DEEP = "The line nests deeper than 32 levels."
UNKNOWN_TYPE = 'The field "type" must be one of: register, login, request_registry.'
NO_USERNAME = 'The field "username" is missing.'
NO_TEXT = 'The field "username" must be text.'
EMPTY = "A username has at least 1 character."
TOO_LONG = "A username has at most 32 characters."
UNPRINTABLE = "A username has printable characters only."
SPACE_AT_THE_EDGE = "A username has no space at its start or end."
INVISIBLE = "A username has no invisible characters."
STRAY_ACCENT = "A username has no accent at its start, and at most 4 on a letter, none twice."

REFUSED_REQUESTS: list[tuple[bytes, str]] = [
    (b'{"type": "register", "username": "\xff"}\n', NOT_UTF_8),
    ('{"type": "register", "username": "ä"}\n'.encode("latin-1"), NOT_UTF_8),
    (b"\xfe\xff" + '{"type": "request_registry"}\n'.encode("utf-16-be"), NOT_UTF_8),
    (b'{"type": "register", "username": "\xed\xa0\x80"}\n', NOT_UTF_8),
    (b"\n", NOT_JSON),
    (b"hello\n", NOT_JSON),
    (b"\0\n", NOT_JSON),
    (b"{'type': 'request_registry'}\n", NOT_JSON),
    (b'{"type": "request_registry"\n', NOT_JSON),
    (b'{"type": "request_registry"}}\n', NOT_JSON),
    (b'{"type": "request_registry"} {"type": "request_registry"}\n', NOT_JSON),
    (b'\xef\xbb\xbf{"type": "request_registry"}\n', NOT_JSON),
    (b'{"type": "register", "username": "a\tb"}\n', NOT_JSON),
    (b'{"type": "request_registry", "since": NaN}\n', NOT_JSON),
    (b'{"type": "request_registry", "since": Infinity}\n', NOT_JSON),
    (b'{"type": "request_registry", "since": -Infinity}\n', NOT_JSON),
    (b"[]\n", NO_OBJECT),
    (b'["request_registry"]\n', NO_OBJECT),
    (b'"request_registry"\n', NO_OBJECT),
    (b"1\n", NO_OBJECT),
    (b"null\n", NO_OBJECT),
    (b"[" * 33 + b"]" * 33 + b"\n", TOO_DEEP),
    (b"[" * 4000 + b"\n", TOO_DEEP),
    (b'{"a":' * 700 + b"\n", TOO_DEEP),
    (b'{"type": "request_registry", "a": ' + b"[" * 32 + b"]" * 32 + b"}\n", TOO_DEEP),
    (b'{"type": "request_registry", "a": ' + b'{"b": ' * 32 + b"1" + b"}" * 33 + b"\n", TOO_DEEP),
    (b'{"a": "\\\\", "b": ' + b"[" * 32 + b"]" * 32 + b"}\n", TOO_DEEP),
    (b"{}\n", UNKNOWN_TYPE),
    (b'{"username": "ada"}\n', UNKNOWN_TYPE),
    (b'{"type": "Register", "username": "ada"}\n', UNKNOWN_TYPE),
    (b'{"type": "quit"}\n', UNKNOWN_TYPE),
    (b'{"type": ""}\n', UNKNOWN_TYPE),
    (b'{"type": "\\ud800"}\n', UNKNOWN_TYPE),
    (b'{"type": null}\n', UNKNOWN_TYPE),
    (b'{"type": 1}\n', UNKNOWN_TYPE),
    (b'{"type": ["register"], "username": "ada"}\n', UNKNOWN_TYPE),
    (b'{"type": {"register": 1}}\n', UNKNOWN_TYPE),
    (b'{"type": "register"}\n', NO_USERNAME),
    (b'{"type": "login"}\n', NO_USERNAME),
    (b'{"type": "register", "Username": "ada"}\n', NO_USERNAME),
    (b'{"type": "register", "username": null}\n', NO_TEXT),
    (b'{"type": "register", "username": 1}\n', NO_TEXT),
    (b'{"type": "login", "username": true}\n', NO_TEXT),
    (b'{"type": "register", "username": ["ada"]}\n', NO_TEXT),
    (b'{"type": "register", "username": {"ada": 1}}\n', NO_TEXT),
    (b'{"type": "register", "username": ""}\n', EMPTY),
    (b'{"type": "register", "username": "' + b"a" * 33 + b'"}\n', TOO_LONG),
    (f'{{"type": "login", "username": "{"💡" * 33}"}}\n'.encode(), TOO_LONG),
    (b'{"type": "register", "username": "a\\tb"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "a\\nb"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "\\u0000"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "\\ud800"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "\\ude00\\ud83d"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "a\\u200db"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "a\\u202eb"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "a\\u00a0b"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "a\\u2028b"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": "\\ufeffada"}\n', UNPRINTABLE),
    (b'{"type": "register", "username": " ada"}\n', SPACE_AT_THE_EDGE),
    (b'{"type": "register", "username": "ada "}\n', SPACE_AT_THE_EDGE),
    (b'{"type": "login", "username": " "}\n', SPACE_AT_THE_EDGE),
    (b'{"type": "register", "username": "ada\\u3164"}\n', INVISIBLE),
    (b'{"type": "register", "username": "\\u2800"}\n', INVISIBLE),
    (b'{"type": "login", "username": "a\\u034fda"}\n', INVISIBLE),
    (b'{"type": "register", "username": "\\u0301ada"}\n', STRAY_ACCENT),
    (b'{"type": "register", "username": "\\ufe0f"}\n', EMPTY),
    (b'{"type": "register", "username": "ada \\ufe0f"}\n', SPACE_AT_THE_EDGE),
]


@pytest.mark.parametrize(("line", "sentence"), REFUSED_REQUESTS)
def test_a_bad_request_is_refused_with_the_rule_that_it_breaks(line: bytes, sentence: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        decode(line, REQUESTS)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"type": "registry"}\n', 'The field "clients" is missing.'),
        (b'{"type": "registry", "clients": {}}\n', 'The field "clients" must be a list.'),
        (b'{"type": "registry", "clients": "ada"}\n', 'The field "clients" must be a list.'),
        (
            b'{"type": "registry", "clients": ["ada"]}\n',
            "An entry of the registry must be a JSON object.",
        ),
        (
            b'{"type": "registry", "clients": [{"username": "ada", "address": "a"}]}\n',
            'The field "logged_in" is missing.',
        ),
        (
            b'{"type": "registry", "clients": [%s]}\n'
            % b'{"username": "", "address": "a", "logged_in": true}',
            EMPTY,
        ),
        (
            b'{"type": "registry", "clients": [%s]}\n'
            % b'{"username": "ada", "address": 1, "logged_in": true}',
            'The field "address" must be text.',
        ),
        (
            b'{"type": "registry", "clients": [%s]}\n'
            % b'{"username": "ada", "address": "a", "logged_in": 1}',
            'The field "logged_in" must be true or false.',
        ),
        (b'{"type": "error"}\n', 'The field "reason" is missing.'),
        (b'{"type": "error", "reason": 1}\n', 'The field "reason" must be text.'),
        (b'{"type": "registration_failed"}\n', NO_USERNAME),
    ],
)
def test_a_bad_reply_is_refused_with_the_rule_that_it_breaks(line: bytes, sentence: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        decode(line, REPLIES)
    assert str(refusal.value) == sentence


# --- usernames --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "username",
    [
        "a",
        "a" * 32,
        "💡" * 32,
        "Ada Lovelace",
        "محمد",
        "देवी",
        "กัญญา",
        "김연아",
        "O'Brien-Smith_42 <o@example.org>",
        'null","logged_in":true',
    ],
)
def test_a_username_may_be_of_any_script(username: str) -> None:
    assert normal_username(username) == username


def test_the_same_letters_composed_and_decomposed_are_one_username() -> None:
    composed, decomposed = "Zoé", "Zoe\u0301"
    assert Register(decomposed) == Register(composed)
    assert normal_username(decomposed) == composed


def test_the_characters_of_a_username_are_counted_once_it_is_normal() -> None:
    assert normal_username("e\u0301" * 32) == "é" * 32
    with pytest.raises(ProtocolError, match=TOO_LONG):
        normal_username("e\u0301" * 33)
    # U+0958 is the one character that NFC writes as two.
    assert len(normal_username("\u0958" * 16)) == 32
    with pytest.raises(ProtocolError, match=TOO_LONG):
        normal_username("\u0958" * 17)


def test_no_character_is_made_of_more_than_is_reckoned_with() -> None:
    longest = max(len(unicodedata.normalize("NFD", chr(n))) for n in range(sys.maxunicode + 1))
    assert longest == MAX_NFC_SHRINKAGE


def test_thousands_of_accents_on_a_letter_are_refused_without_sorting_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Milliseconds each, for lines that a peer may send as fast as it can.
    with monkeypatch.context() as patch:
        patch.delattr(unicodedata, "normalize")
        with pytest.raises(ProtocolError, match=TOO_LONG):
            normal_username("a" + "\u0301\u0323" * 2000)
    assert normal_username("\u1f82" * 32) == normal_username(
        unicodedata.normalize("NFD", "\u1f82" * 32)
    )


def characters(*ranges: tuple[int, int]) -> set[str]:
    """Return the characters in ranges of code points, the last of each included."""
    return {chr(code) for first, last in ranges for code in range(first, last + 1)}


# Default_Ignorable_Code_Point as Unicode's DerivedCoreProperties.txt has it, versions 13 to 16.
DEFAULT_IGNORABLE = characters(
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
# Those that turn letters round (PropList.txt, Bidi_Control) are all ignorable.
BLANKS = characters((0x2800, 0x2800), (0x13441, 0x13442), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159))
EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


def accepted(username: str) -> str | None:
    """Return the normal spelling of a username, None if it is refused."""
    with contextlib.suppress(ProtocolError):
        return normal_username(username)
    return None


def visible(username: str) -> str:
    """Return what can be seen of a username."""
    return "".join(c for c in username if c not in DEFAULT_IGNORABLE | BLANKS)


def test_no_character_that_nobody_sees_makes_another_name() -> None:
    for hidden in DEFAULT_IGNORABLE | BLANKS:
        for username in (f"ada{hidden}", f"a{hidden}da", f"{hidden}ada", f"ada{hidden * 9}"):
            assert accepted(username) in (None, "ada"), ascii(hidden)
        assert accepted(hidden) is None, ascii(hidden)


# Names in which what is invisible, turns letters round or stands above them is not rare.
odd_names = st.text(
    st.characters()
    | st.sampled_from(sorted(DEFAULT_IGNORABLE | BLANKS))
    | st.sampled_from("a é\u0301\u0323"),
    max_size=40,
)


@given(odd_names)
def test_a_username_is_refused_or_keeps_every_rule(text: str) -> None:
    username = accepted(text)
    if username is None:
        return
    assert 1 <= len(username) <= 32
    assert username.isprintable()
    assert username == username.strip()
    assert unicodedata.is_normalized("NFC", username)
    assert normal_username(username) == visible(username) == username


@given(odd_names, odd_names)
@example("ada", "ada\ufe0f")
@example("❤", "❤\ufe0f")
@example("葛", "葛\U000e0100")
@example("e\ufe0f\u0301", "é")
def test_two_usernames_differ_in_what_can_be_seen(text: str, other: str) -> None:
    username, another = accepted(text), accepted(other)
    if username is not None and another is not None:
        assert (username == another) == (visible(username) == visible(another))


@given(odd_names)
def test_a_username_is_the_same_composed_and_decomposed(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert accepted(text) == accepted(composed) == accepted(decomposed)


def test_the_letters_of_every_script_are_welcome_and_every_emoji() -> None:
    # Nothing here tells one ideograph or syllable of Hangul from another: of those, some do.
    many = re.compile("CJK|HANGUL SYLLABLE|TANGUT|KHITAN|EGYPTIAN|ANATOLIAN|CUNEIFORM")
    for number, character in enumerate(EVERY_CHARACTER):
        if number % 50 and many.match(unicodedata.name(character, "")):
            continue
        if unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "So", "Sk"):
            welcome = character not in DEFAULT_IGNORABLE | BLANKS
            assert (accepted(character) is not None) == welcome, ascii(character)


def test_the_marks_of_every_script_are_welcome_on_a_letter() -> None:
    for character in EVERY_CHARACTER:
        if unicodedata.category(character).startswith("M"):
            welcome = character not in DEFAULT_IGNORABLE | BLANKS
            assert (accepted(f"a{character}") not in (None, "a")) == welcome, ascii(character)


@pytest.mark.parametrize("emoji", ["❤\ufe0f", "1\ufe0f⃣", "👍🏽", "🇫🇷", "☎\ufe0f☎\ufe0f", "🏳\ufe0f"])
def test_an_emoji_is_one_with_and_without_the_selector_that_a_keyboard_adds(emoji: str) -> None:
    assert normal_username(emoji) == emoji.replace("\ufe0f", "")


GURUNG_KHEMA = pytest.mark.skipif(
    unicodedata.unidata_version < "16", reason="this Python's Unicode is older than the script"
)


@pytest.mark.parametrize(
    ("username", "welcome"),
    [
        ("Nguyễn Thị Ngọc Huyền", True),
        ("ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ", True),
        ("נַפְשִׁי", True),
        ("မြွှေး", True),
        ("a\u0301\u0302\u0303\u0304", True),
        ("a\u0301\u0302\u0303\u0304\u0305", False),
        ("á\u0302\u0303\u0304\u0305", False),
        ("a\u0301\u0301", False),
        ("á\u0301", False),
        ("\u20ddada", False),
        ("กำ\u0e49\u0e49", False),
        pytest.param("\U00016101\U00016121\U00016129", True, marks=GURUNG_KHEMA),
        pytest.param("\U00016101\U0001611e\U0001611e", True, marks=GURUNG_KHEMA),
        pytest.param("\U00016101\U00016121\U00016121", False, marks=GURUNG_KHEMA),
        pytest.param("\U00016101\U00016129\U00016129", False, marks=GURUNG_KHEMA),
    ],
)
def test_accents_are_welcome_but_not_in_stacks(username: str, welcome: bool) -> None:
    assert (accepted(username) is not None) == welcome


# --- lines ------------------------------------------------------------------------------


def cut_into_lines(pieces: list[bytes], max_line_bytes: int) -> tuple[list[bytes], bool]:
    """Return the lines that a buffer cuts out of pieces, and whether it met an overlong one."""
    buffer = LineBuffer(max_line_bytes)
    lines = []
    for piece in pieces:
        buffer.feed(piece)
        try:
            while (line := buffer.next_line()) is not None:
                lines.append(line)
        except LineTooLong:
            return lines, True
    return lines, False


def test_a_line_of_4096_bytes_is_taken_with_its_newline() -> None:
    line = b"a" * (MAX_REQUEST_BYTES - 1) + b"\n"
    assert len(line) == 4096
    assert cut_into_lines([line, line], MAX_REQUEST_BYTES) == ([line, line], False)


def test_a_line_of_4097_bytes_is_refused() -> None:
    line = b"a" * MAX_REQUEST_BYTES + b"\n"
    assert len(line) == 4097
    assert cut_into_lines([b"short\n" + line], MAX_REQUEST_BYTES) == ([b"short\n"], True)


def test_a_line_is_refused_as_soon_as_it_can_not_end_in_time() -> None:
    buffer = LineBuffer(MAX_REQUEST_BYTES)
    buffer.feed(b"a" * (MAX_REQUEST_BYTES - 1))
    assert buffer.next_line() is None
    buffer.feed(b"a")
    with pytest.raises(LineTooLong, match="A line has at most 4096 bytes"):
        buffer.next_line()


def test_what_is_left_in_a_buffer_can_be_taken_out() -> None:
    buffer = LineBuffer(MAX_REQUEST_BYTES)
    buffer.feed(b"whole\nunfinished")
    assert buffer.next_line() == b"whole\n"
    assert buffer.next_line() is None
    assert (len(buffer), buffer.take(2), buffer.take(100), len(buffer)) == (
        10,
        b"un",
        b"finished",
        0,
    )


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return data cut at these places."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


cuts = st.lists(st.integers(min_value=0), max_size=20)


@given(st.lists(st.binary(max_size=9), max_size=9).map(b"\n".join), cuts)
def test_however_a_stream_is_cut_its_lines_are_the_same(data: bytes, cuts: list[int]) -> None:
    *ended, rest = data.split(b"\n")
    lines = [line + b"\n" for line in ended]
    short = [line for line in lines if len(line) <= 8]
    first_overlong = next((n for n, line in enumerate(lines) if len(line) > 8), len(lines))
    overlong = short != lines or len(rest) >= 8
    assert cut_into_lines(pieces_of(data, cuts), 8) == (lines[:first_overlong], overlong)


# --- properties -------------------------------------------------------------------------

any_text = st.text(st.characters())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda values: st.lists(values) | st.dictionaries(any_text, values),
    max_leaves=8,
)
fields = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(ALL_KINDS)) | json_values},
    optional={
        "username": any_text | json_values,
        "reason": json_values,
        "clients": json_values
        | st.lists(
            st.fixed_dictionaries(
                {
                    "username": any_text,
                    "address": any_text | json_values,
                    "logged_in": st.booleans() | json_values,
                }
            ),
            max_size=3,
        ),
        "since": json_values,
    },
)
lines_of_json = st.builds(json.dumps, fields | json_values, ensure_ascii=st.booleans()).map(
    lambda text: text.encode(errors="surrogatepass")
)


lines = st.binary() | lines_of_json
directions = st.sampled_from([REQUESTS, REPLIES])


@given(lines, directions)
def test_no_bytes_raise_anything_but_a_protocol_error(
    line: bytes, kinds: dict[str, type[Message]]
) -> None:
    with contextlib.suppress(ProtocolError):
        assert type(decode(line, kinds)) in kinds.values()


# Half a character: JSON can write it down, UTF-8 can not.
@example(b'{"type": "error", "reason": "\\ud800"}\n', REPLIES)
@example(
    b'{"type": "registry", "clients": '
    b'[{"username": "ada", "address": "\\ud800", "logged_in": true}]}\n',
    REPLIES,
)
@given(lines, directions)
def test_whatever_was_decoded_can_be_encoded_again(
    line: bytes, kinds: dict[str, type[Message]]
) -> None:
    try:
        message = decode(line, kinds)
    except ProtocolError:
        return
    assert decode(encode(message), kinds) == message


letters = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
usernames = (
    st.text(letters, min_size=1, max_size=32)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(lambda text: accepted(text) == text)
)
messages = st.one_of(
    st.builds(Register, usernames),
    st.builds(Login, usernames),
    st.builds(RequestRegistry),
    st.builds(RegistrationSuccessful, usernames),
    st.builds(RegistrationFailed, usernames),
    st.builds(LoginSuccessful, usernames),
    st.builds(LoginFailed, usernames),
    st.builds(Registry, st.lists(st.builds(RegisteredClient, usernames, st.text(), st.booleans()))),
    st.builds(RequestDenied),
    st.builds(Error, st.text()),
)


@given(st.lists(messages, max_size=5), cuts)
def test_every_message_comes_back_from_its_line_in_any_pieces(
    sent: list[Message], cuts: list[int]
) -> None:
    data = b"".join(map(encode, sent))
    lines, overlong = cut_into_lines(pieces_of(data, cuts), MAX_REPLY_BYTES)
    assert [decode(line, ALL_KINDS) for line in lines] == sent
    assert not overlong


@given(usernames)
def test_every_valid_request_fits_into_a_line(username: str) -> None:
    escaped = json.dumps({"type": "register", "username": username}).encode() + b"\n"
    assert len(escaped) <= MAX_REQUEST_BYTES
    assert decode(escaped, REQUESTS) == Register(username)


# --- addresses and socket options -------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (("127.0.0.1", 8888), "127.0.0.1:8888"),
        (("::1", 8888, 0, 0), "[::1]:8888"),
        (("fe80::1%eth0", 50412, 0, 2), "[fe80::1%eth0]:50412"),
        (("localhost", 1), "localhost:1"),
    ],
)
def test_an_address_is_written_as_host_and_port(address: tuple[str | int, ...], text: str) -> None:
    assert format_address(address) == text


@pytest.mark.parametrize(
    ("platform", "numbers"),
    [
        ("linux", {4: 6, 5: 2, 6: 3, 18: 12_000}),
        ("darwin", {0x10: 6, 0x101: 2, 0x102: 3, 0x80: 12}),
        ("win32", {3: 6, 17: 2, 16: 3, 5: 12}),
    ],
)
def test_each_system_gets_its_own_keepalive_options(platform: str, numbers: dict[int, int]) -> None:
    switch, *options = keepalive_options(platform)
    assert switch == (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert options == [(socket.IPPROTO_TCP, name, value) for name, value in numbers.items()]


def test_a_lost_peer_is_noticed_within_30_seconds() -> None:
    probed_for = KEEPALIVE_INTERVAL_SECONDS * KEEPALIVE_PROBES
    assert KEEPALIVE_IDLE_SECONDS + probed_for + UNACKNOWLEDGED_LIMIT_SECONDS < 30


OPTION_NAMES = {
    "linux": ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"),
    "darwin": ("TCP_KEEPALIVE", "TCP_KEEPINTVL", "TCP_KEEPCNT"),
    "win32": ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"),
}


@pytest.mark.skipif(sys.platform not in OPTION_NAMES, reason="no options for this system")
def test_the_numbers_of_this_systems_options_agree_with_pythons() -> None:
    names = [name for name in OPTION_NAMES[sys.platform] if hasattr(socket, name)]
    if sys.platform == "win32" and not names:
        pytest.skip("Python leaves out the names that are younger than this Windows")
    numbers = [number for _, number, _ in keepalive_options(sys.platform)[1:]]
    assert "TCP_KEEPCNT" in names
    for number, name in zip(numbers, OPTION_NAMES[sys.platform], strict=False):
        if name in names:
            assert number == getattr(socket, name)


# --- a raw line -------------------------------------------------------------------------


@given(st.text(max_size=5000))
@example("x" * 5000)
@example('{"type": "login"}')
@example("a\r")
@example("a\n")
@example("\ud83d")
def test_a_raw_line_is_sent_exactly_or_refused_with_the_rule_that_it_breaks(text: str) -> None:
    whole = text.encode(errors="surrogatepass") + b"\n"
    if "\n" in text:
        sentence = "This is more than one line: send one at a time."
    elif any("\ud800" <= character <= "\udfff" for character in text):
        sentence = "This holds half of a character, which UTF-8 can't carry: type it anew."
    else:
        assert encode(RawLine(text)) == whole
        return
    with pytest.raises(ProtocolError, match=f"^{sentence}$"):
        RawLine(text)


def test_nobody_can_receive_a_raw_line() -> None:
    assert RawLine not in ALL_KINDS.values()
