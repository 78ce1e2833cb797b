"""Pictures of a diagram that leave the program: an SVG file, and Mermaid's text."""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from gui.diagram import Bar, Diagram, Row
from gui.drawing import Box, Drawing, Line, Shape, Sizes, whole
from gui.tutor.printable import printable

# What XML reads as its own (XML 1.0, sections 2.2 and 2.4); other characters that it does not
# allow are not printable, and so never come here.
XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# Mermaid's own signs are written as numbers; a lone "end" ends what was never begun
# (mermaid.js.org, "Sequence diagrams", "Entity codes").
MERMAID_PLAIN = r"[^\w .,()?+−→…·-]|\bend\b"
ARROWHEAD = (
    '<marker id="{role}" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="{size}"'
    ' markerHeight="{size}" markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
)


class Look(NamedTuple):
    """How a picture looks.

    Parameters:
        sizes: those of the font.
        family: its name.
        font_pixels: its height, as CSS counts it.
        colours: the colour of each role in a drawing.
    """

    sizes: Sizes
    family: str
    font_pixels: float
    colours: Mapping[str, str]


def svg(diagram: Diagram, title: str, look: Look) -> str:
    """Return the whole diagram as an SVG document.

    Parameters:
        title: what it is a picture of.
    """
    sizes, columns = look.sizes, whole(diagram, look.sizes)
    width = round(columns.edge + columns.width)
    height = round(sizes.header + (len(diagram.rows) + 1) * sizes.row)
    drawing = Drawing(diagram, sizes, columns, width, height, diagram.first)
    shapes = list(drawing.shapes())
    arrow_roles = sorted({s.role for s in shapes if isinstance(s, Line) and s.is_arrow})
    size = f"{sizes.unit * 1.2:.1f}"
    heads = [
        ARROWHEAD.format(role=role, colour=look.colours[role], size=size) for role in arrow_roles
    ]
    family = xml(look.family.replace("'", ""))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img" font-size="{look.font_pixels:.1f}"'
            f" font-family=\"'{family}', sans-serif\">",
            f"<title>{xml(title)}</title>",
            f"<defs>{''.join(heads)}</defs>",
            f'<rect width="{width}" height="{height}" fill="{look.colours["ground"]}"/>',
            *(svg_shape(shape, look) for shape in shapes),
            "</svg>\n",
        ]
    )


def svg_shape(shape: Shape, look: Look) -> str:
    """Return one shape as an element of SVG."""
    colour = look.colours[shape.role]
    if isinstance(shape, Box):
        left, upper, right, lower = shape.edges
        outline = f' stroke="{look.colours["sent"]}"' if shape.role == "bar" else ""
        return (
            f'<rect x="{left:.1f}" y="{upper:.1f}" width="{right - left:.1f}"'
            f' height="{lower - upper:.1f}" fill="{colour}"{outline}/>'
        )
    if isinstance(shape, Line):
        x1, y1, x2, y2 = shape.points
        head = f' marker-end="url(#{shape.role})"' if shape.is_arrow else ""
        dashes = f' stroke-dasharray="{look.sizes.unit / 2:.1f}"' if shape.is_dashed else ""
        width = "" if shape.role == "lane" else ' stroke-width="1.5"'
        return (
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f' stroke="{colour}"{width}{dashes}{head}/>'
        )
    # Not `dominant-baseline`, which not every program knows that shows SVG.
    y = shape.y + look.font_pixels * 0.36
    weight = ' font-weight="bold"' if shape.role == "heading" else ""
    anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
    # Blanks in a name count.
    return (
        f'<text x="{shape.x:.1f}" y="{y:.1f}" fill="{colour}"{weight}{anchor}'
        f' xml:space="preserve">{xml(shape.text)}</text>'
    )


def xml(text: str) -> str:
    """Return a text as it stands in XML."""
    return "".join(XML.get(character, character) for character in printable(text))


def save(picture: str, program: str, folder: Path) -> Path:
    """Write a picture into a folder, named by program and time; return its path.

    Raises:
        OSError: it can't be written.
    """
    name = f"{program.lower()}-{time.strftime('%Y-%m-%d-%H%M%S')}"
    for number in range(1, 1000):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}.svg"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(picture)
        except FileExistsError:
            continue
        return path
    raise FileExistsError


def mermaid(diagram: Diagram) -> str:
    """Return the whole diagram as the text of a sequence diagram for Mermaid."""
    names = {key: f"C{number}" for number, key in enumerate(diagram.lanes, 1)}
    lines = ["sequenceDiagram", f"    participant S as {escaped(diagram.own)}"]
    lines += [
        f"    participant {name} as {escaped(diagram.heading(key))}" for key, name in names.items()
    ]
    for row in diagram.rows:
        lines += [f"    {line}" for line in mermaid_row(diagram, row, names)]
    lines += ["    deactivate S"] * sum(bar.last is None for bar in drawn_bars(diagram))
    return "\n".join(lines) + "\n"


def mermaid_row(diagram: Diagram, row: Row, names: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of Mermaid that stand for a row.

    Parameters:
        names: what stands for each peer's lane, by its key.
    """
    label, outcome = row.told
    peer = names.get(row.key, "S")
    if row.line is not None or row.bar is not None:
        held = ", held" if row.was_held else ""
        arrow = "-x" if outcome else "--)" if row.was_held else "->>"
        ends = f"S{arrow}{peer}" if row.is_sent else f"{peer}{arrow}S"
        yield f"{ends}: {escaped(label + held)}"
    elif row.text:
        yield f"Note over {peer}: {escaped(label)}"
    if diagram.is_server and row.bar is not None and row.bar.first == row.number:
        yield "activate S"
    if diagram.is_server and row.notes:
        yield f"Note left of S: {escaped(row.notes)}"
    if row.changes:
        yield f"Note left of S: {escaped(row.changed)}"
    yield from ["deactivate S"] * sum(bar.last == row.number for bar in drawn_bars(diagram))


def drawn_bars(diagram: Diagram) -> list[Bar]:
    """Return the calls whose beginning can be seen."""
    bars = diagram.bars if diagram.is_server else ()
    rows = ((bar, diagram.row(bar.first)) for bar in bars)
    return [bar for bar, row in rows if row is not None and row.bar is bar]


def escaped(text: str) -> str:
    """Return a text as it stands in Mermaid."""
    return re.sub(
        MERMAID_PLAIN,
        lambda found: "".join(f"#{ord(character)};" for character in found[0]),
        printable(text),
    )
