"""Pictures of a diagram: valid, and harmless whatever the names say."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.pictures import Look, mermaid, save, svg
from protocol import Register, RegistrationFailed, RegistrationSuccessful, RequestRegistry
from tests.gui.test_diagram import ADA, GRACE, SIZES, answered, drawn, line

ROLES = (
    "ground", "paper", "selected", "lane", "bar", "ink", "faint", "heading", "sent", "received",
    "refused",
)  # fmt: skip
LOOK = Look(SIZES, "DejaVu Sans", 13, dict.fromkeys(ROLES, "#123456"))
SVG = "{http://www.w3.org/2000/svg}"
NAMES = [
    "ada",
    "</text><script>",
    "a&b",
    '"',
    "'",
    "]]>",
    "end",
    "%%",
    "a;b",
    "a#b",
    "Ω",
    "👩‍💻",
    "A->>B: x",
]


def texts(document: str) -> list[str]:
    """Return every text in an SVG document."""
    return [element.text or "" for element in ElementTree.fromstring(document).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_in_the_picture_as_it_is(name: str) -> None:
    reply = line("→", ADA, RegistrationSuccessful("ada"))
    diagram = drawn(*answered(ADA, Register("ada"), reply), names={ADA: name})
    assert name in [
        text.replace("\\u200d", "\u200d") for text in texts(svg(diagram, "Server", LOOK))
    ]


def test_the_picture_is_self_contained_and_has_a_title() -> None:
    document = svg(drawn(*answered(ADA, Register("ada"))), "Server: <messages>", LOOK)
    root = ElementTree.fromstring(document)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == "Server: <messages>"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "defs", "marker", "path", "rect", "line", "text",
    }  # fmt: skip
    assert "href" not in document
    assert "http" not in document.replace("http://www.w3.org/2000/svg", "")


def test_in_the_picture_nothing_is_cut() -> None:
    reply = line("→", ADA, RegistrationFailed("W" * 32))
    found = texts(svg(drawn(*answered(ADA, Register("W" * 32), reply)), "Server", LOOK))
    assert f"× registration_failed {'W' * 32}" in found
    assert not any("…" in text for text in found)


@given(st.text(max_size=20), st.binary(max_size=30))
def test_whatever_is_said_the_picture_is_valid(name: str, said: bytes) -> None:
    from gui.bridge import LogLine

    diagram = drawn(LogLine(0.0, "←", ADA, said), names={ADA: name})
    ElementTree.fromstring(svg(diagram, name, LOOK))
    lines = mermaid(diagram).splitlines()
    assert [text.split()[0] for text in lines[:3]] == [
        "sequenceDiagram",
        "participant",
        "participant",
    ]
    assert len(lines) == 4
    # Nothing in a text means anything to Mermaid but the numbers that stand for characters.
    assert re.fullmatch(r"(#\d+;|[\w .,()?+−→…·-])*", lines[2].split(" as ", 1)[1])


def test_mermaid_has_lanes_arrows_calls_and_notes() -> None:
    refused = answered(GRACE, Register("ada"), line("→", GRACE, RegistrationFailed("ada")))
    diagram = drawn(*refused, line("←", ADA, RequestRegistry()), names={ADA: "end"})
    assert mermaid(diagram).splitlines() == [
        "sequenceDiagram",
        "    participant S as Server",
        f"    participant C1 as {GRACE.replace(':', '#58;')}",
        "    participant C2 as #101;#110;#100;",
        "    C1->>S: register ada",
        "    activate S",
        "    Note left of S: register_client()",
        "    S-xC1: #215; registration_failed ada",
        "    deactivate S",
        "    C2->>S: request_registry",
    ]


def test_a_picture_never_overwrites_another(tmp_path: Path) -> None:
    first, second = (save(text, "Server", tmp_path) for text in ("<svg/>", "<svg />"))
    assert first != second
    assert re.fullmatch(r"server-\d{4}-\d\d-\d\d-\d{6}\.svg", first.name)
    assert (first.read_text(), second.read_text()) == ("<svg/>", "<svg />")


def test_a_folder_that_takes_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        save("<svg/>", "Server", tmp_path / "gone")
