"""The report on a class: one HTML file that needs nothing else, and names nobody."""

import builtins
import html
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE
from tests.grading.check import PROJECT
from tests.grading.desk import LONGEST_MESSAGE, Result

BAND_POINTS = 10
MOST_TITLES = 25
# A text in quotes, and no apostrophe.
QUOTED = re.compile(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?!\w)""")
STYLE = """
:root { color-scheme: light; font: 100%/1.5 system-ui, sans-serif; color: #1b1f24; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
thead > tr > * { border-bottom: 1px solid #57606a; }
tbody tr + tr > * { border-top: 1px solid #d8dee4; }
tbody th { font-weight: normal; overflow-wrap: anywhere; }
code { font: .95em ui-monospace, monospace; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { width: 45%; padding-right: 0; }
.words .bar { width: 25%; }
.bar svg { display: block; width: 100%; height: 1.2rem; margin-top: .15rem; }
.bar rect { fill: #0969da; }
.bar .ground { fill: #eaeef2; }
@media (max-width: 36rem) {
  .bar, .words .bar { width: 20%; }
  th, td { padding-right: .5rem; }
}
@media print {
  :root { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  h2 { break-after: avoid; }
  .bar rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def report(results: Iterable[Result]) -> str:
    """Return the report on some results, as HTML.

    Parameters:
        results: of the submissions that were graded.
    """
    earned: Counter[str] = Counter()
    bands: Counter[int] = Counter()
    titles: Counter[str] = Counter()
    scores = []
    for result in results:
        scores.append(result.score)
        bands[min(result.score, MAX_SCORE - 1) // BAND_POINTS] += 1
        earned.update(name for name, mark in result.marks.items() if mark.score == mark.max_score)
        # A student counts once for a title, in however many functions it is told.
        titles.update({title(mark.message) for mark in result.marks.values() if mark.message})
    count = len(scores)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Client Registry: {count} submissions</title><style>{STYLE}</style></head><body>",
        "<h1>Client Registry: how the class did</h1>",
        f"<p>{summary(scores)}</p>",
        functions_table(earned, count),
        points_table(bands),
        titles_table(titles, count),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def title(message: str) -> str:
    """Return what a message says is wrong, in words that do not differ between students.

    Names and numbers are made up for each of them, and what they have called things may tell who
    they are: a word that the desk never uses itself is left out.
    """
    text = QUOTED.sub("…", message[:LONGEST_MESSAGE])
    starts = [text.find(f"{function.name}()") for function in FUNCTIONS]
    starts += map(text.find, ("Python cannot read", "There is no ", "The first line of "))
    text = text[min((start for start in starts if start >= 0), default=0) :]
    text = re.split(r"[.?](?: |$)", text, maxsplit=1)[0]
    # What follows a colon is Python's text; of an exception its kind is told.
    said, _, detail = text.partition(": ")
    if said.endswith(" stopped"):
        said = f"{said}: {detail.partition(':')[0]}"
    known = vocabulary()
    said = re.sub(r"\w+", lambda word: word[0] if word[0].lower() in known else "…", said)
    return re.sub(r"…\W*(?=…)", "", said) + "."


@lru_cache
def vocabulary() -> frozenset[str]:
    """Return the words that occur in what the desk says, in lower case, and Python's own names."""
    tutor = PROJECT / "gui" / "tutor"
    # Of the causes only this one has words of its own in a title.
    sources = [*tutor.glob("*.py"), tutor / "causes" / "stops.py"]
    text = " ".join(path.read_text(encoding="utf-8") for path in sources)
    words = {word.lower() for word in re.findall(r"[^\W\d]\w*", text)}
    words |= {word.lower() for word in dir(builtins)}
    return frozenset(words | {function.name for function in FUNCTIONS})


def summary(scores: list[int]) -> str:
    """Return how many submissions there are, and what they have earned on the whole."""
    if not scores:
        return "No submission was graded."
    scores = sorted(scores)
    middle = len(scores) // 2
    median = (scores[middle] + scores[~middle]) / 2
    mean = sum(scores) / len(scores)
    full = sum(score == MAX_SCORE for score in scores)
    plural = "s" if len(scores) != 1 else ""
    return (
        f"{len(scores)} submission{plural}, out of {MAX_SCORE} points: mean {mean:.1f}, "
        f"median {median:g}, full points {full}."
    )


def functions_table(earned: Counter[str], count: int) -> str:
    """Return how many earned each function."""
    rows = [
        (breakable(f.name), f"{earned[f.full_name]} of {count}", earned[f.full_name])
        for f in FUNCTIONS
    ]
    return table("Who earned each function", ("Function", "Students"), rows, count)


def points_table(bands: Counter[int]) -> str:
    """Return how the points are distributed."""
    last = (MAX_SCORE - 1) // BAND_POINTS
    rows = []
    for band in range(last + 1):
        end = MAX_SCORE if band == last else (band + 1) * BAND_POINTS - 1
        rows.append((f"{band * BAND_POINTS}–{end}", str(bands[band]), bands[band]))
    return table("The points", ("Points", "Students"), rows, max(bands.values(), default=0))


def titles_table(titles: Counter[str], count: int) -> str:
    """Return what students were told most often."""
    # Of equally many the one that comes first in the alphabet, so that the report is the same.
    frequent = sorted(titles.items(), key=lambda item: (-item[1], item[0]))[:MOST_TITLES]
    if not frequent:
        return "<h2>What students were told</h2>\n<p>Nothing: every function is right.</p>"
    rows = [(html.escape(text), str(number), number) for text, number in frequent]
    heading = "What students were told most often"
    if len(titles) > MOST_TITLES:
        heading += f" ({MOST_TITLES} of {len(titles)})"
    return table(heading, ("What is wrong", "Students"), rows, count, "words")


def breakable(name: str) -> str:
    """Return a name as HTML that a narrow window may break at its underscores."""
    return f"<code>{name.replace('_', '_<wbr>')}</code>"


def table(
    heading: str,
    columns: tuple[str, str],
    rows: list[tuple[str, str, int]],
    most: int,
    kind: str = "names",
) -> str:
    """Return a table with a bar in each row.

    Parameters:
        heading: stands above it.
        columns: the headings of the columns that have words in them.
        rows: HTML, text, and the number that the bar shows.
        most: the number of a full bar.
        kind: "words" leaves the words more room than the bars.
    """
    lines = []
    for head, text, number in rows:
        width = 100 * number / most if most else 0
        lines.append(
            f'<tr><th scope="row">{head}</th><td class="number">{text}</td><td class="bar">'
            '<svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none">'
            f'<rect class="ground" width="100" height="10"/><rect width="{width:.1f}" height="10"/>'
            "</svg></td></tr>"
        )
    return (
        f'<h2>{heading}</h2>\n<table class="{kind}"><thead><tr><th scope="col">{columns[0]}</th>'
        f'<th scope="col" class="number">{columns[1]}</th><td class="bar"></td></tr></thead>\n'
        "<tbody>\n" + "\n".join(lines) + "\n</tbody></table>"
    )
