"""The diagram as a window shows it: what of it is in sight, what one message says, pictures."""

import functools
import tkinter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import font, ttk
from typing import TYPE_CHECKING, Any, Literal

from gui.details import details
from gui.diagram import Diagram, Row
from gui.drawing import ROWS_BELOW, Box, Columns, Drawing, Line, Shape, Sizes, between, fitting
from gui.windows.keys import RETURN_KEYS, stop_at
from gui.windows.read_only_text import ReadOnlyText
from gui.windows.scrollbar import Scrollbar
from gui.windows.style import (
    ACCENT,
    FAILURE,
    FAINT,
    HOVERED,
    INK,
    LINE,
    PAPER,
    SELECTED,
    SUCCESS,
    WHITE,
    digit_width,
    space,
)
from gui.windows.tooltip import Tooltip
from gui.windows.wrapping_label import WrappingLabel

if TYPE_CHECKING:
    from gui.tutor.problem import Problem

COLOURS = {
    "ground": WHITE, "paper": PAPER, "selected": SELECTED, "lane": LINE, "bar": HOVERED,
    "ink": INK, "faint": FAINT, "heading": INK,
    "sent": ACCENT, "received": SUCCESS, "refused": FAILURE,
}  # fmt: skip
ANCHORS = {"start": "w", "middle": "center", "end": "e"}
# So many are in sight even in the smallest window.
LEAST_ROWS = 2.5
DETAIL_LINES = 6
# Far more than are in sight: what is drawn again is not measured again.
MEASURED_TEXTS = 1000
# The answer to a press is there first; nobody notices so short a delay.
NEWS_MILLISECONDS = 40
# A turn of the wheel goes so far: Windows counts 120 a notch, macOS 1, X11 sends a button.
WHEEL_ROWS, WHEEL_NOTCH = 1.5, 120


class DiagramCanvas(ttk.Frame):
    """Draws a diagram, follows its newest row unless scrolled up, and tells of one message.

    Parameters:
        program: "Server" or "Client".
        show_problem: shows a problem that a message has.
        make_room: gives it the height that it needs.

    Attributes:
        let_in: lets in the held request of a client, by its key.
    """

    let_in: Callable[[str], None]

    def __init__(
        self,
        parent: tkinter.Misc,
        diagram: Diagram,
        program: str,
        show_problem: Callable[["Problem"], None],
        make_room: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.diagram = diagram
        self.selected: int | None = None
        self._program = program
        self._show_problem = show_problem
        self._make_room = make_room
        self._top = 0.0
        self._left = 0.0
        self._follows = True
        self._is_stale = True
        self._is_sought = False
        self._is_whole = False
        self._drawing_timer = ""
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        heading = self._create_heading()
        heading.grid(columnspan=2, sticky="ew")
        space(heading, pady=(0, 0.5))
        self.canvas = self._create_canvas()
        self.canvas.grid(row=1, sticky="nsew")
        self._tooltip = Tooltip(self.canvas)
        self._upright = ttk.Scrollbar(self, command=self._scroll)
        self._upright.grid(row=1, column=1, sticky="ns")
        self._level = Scrollbar(self, orient="horizontal", command=self._scroll_sideways)
        self._level.grid(row=2, sticky="ew")
        self._detail = self._create_detail()
        self._detail.grid(row=3, columnspan=2, sticky="nsew")
        space(self._detail, pady=(0.5, 0))
        self._detail.grid_remove()
        self.bind("<<ThemeChanged>>", self._use_sizes)
        self._use_sizes()
        # The pointer and the keys ask what is drawn, perhaps before there is room for anything.
        self.draw()

    def _create_heading(self) -> ttk.Frame:
        heading = ttk.Frame(self)
        heading.columnconfigure(0, weight=1)
        self.outcome = WrappingLabel(heading)
        self.outcome.grid(sticky="ew")
        commands = {"Save picture": self.save, "Copy": self.copy}
        for column, (text, command) in enumerate(commands.items()):
            button = ttk.Button(heading, text=text, command=command, style="Small.TButton", width=0)
            button.grid(row=0, column=1 + column)
            space(button, padx=(0.5, 0))
        return heading

    def _create_canvas(self) -> tkinter.Canvas:
        canvas = tkinter.Canvas(self, width=1, height=1, background=WHITE, takefocus=True)
        canvas.configure(highlightbackground=LINE, highlightcolor=ACCENT)
        canvas.bind("<Configure>", lambda _: self.draw_soon())
        canvas.bind("<Expose>", self._seen_again)
        canvas.bind("<Button-1>", self._click)
        canvas.bind("<Motion>", self._point)
        actions: dict[str, Callable[[], object]] = {
            "<Up>": lambda: self._go(-1), "<Down>": lambda: self._go(1),
            "<Home>": lambda: self._go(-len(self.diagram.rows)),
            "<End>": lambda: self._go(len(self.diagram.rows)),
            "<Prior>": lambda: self._go(-self._page()), "<Next>": lambda: self._go(self._page()),
            "<Left>": lambda: self._scroll_sideways("scroll", -1, "units"),
            "<Right>": lambda: self._scroll_sideways("scroll", 1, "units"),
            **dict.fromkeys((*RETURN_KEYS, "<space>"), self.open),
            "<Escape>": self.close,
            "<Button-4>": lambda: self._scroll("scroll", -WHEEL_ROWS, "units"),
            "<Button-5>": lambda: self._scroll("scroll", WHEEL_ROWS, "units"),
            "<Shift-Button-4>": lambda: self._scroll_sideways("scroll", -1, "units"),
            "<Shift-Button-5>": lambda: self._scroll_sideways("scroll", 1, "units"),
        }  # fmt: skip
        for event, action in actions.items():
            canvas.bind(event, partial(stop_at, action))
        canvas.bind("<MouseWheel>", lambda event: self._scroll("scroll", notches(event), "units"))
        canvas.bind(
            "<Shift-MouseWheel>",
            lambda event: self._scroll_sideways("scroll", notches(event), "units"),
        )
        return canvas

    def _create_detail(self) -> ttk.Frame:
        detail = ttk.Frame(self)
        detail.columnconfigure(0, weight=1)
        detail.rowconfigure(0, weight=1)
        body = ReadOnlyText(detail, height=DETAIL_LINES)
        body.grid(sticky="nsew", columnspan=5)
        self.text = body.text
        self.text.tag_configure("title", font="TkHeadingFont")
        self.text.tag_configure("place", foreground=FAINT)
        self.text.tag_configure("code", font="TkFixedFont")
        self.text.bind("<Escape>", partial(stop_at, self.close))
        self.fold = ttk.Button(detail, command=self._fold)
        self.enter = ttk.Button(detail, text="Let in", command=self._let_in)
        self.problem = ttk.Button(detail, text="Show problem", command=self._lead_to_problem)
        shut = ttk.Button(detail, text="Close", command=self.close)
        for column, button in enumerate((self.fold, self.enter, self.problem, shut), 1):
            button.configure(style="Small.TButton", width=0)
            button.grid(row=1, column=column)
            space(button, padx=(0.5, 0), pady=(0.5, 0))
            button.bind("<Escape>", partial(stop_at, self.close))
        return detail

    # What the window tells.

    def draw_news(self) -> None:
        """Draw what has happened, once everything else that tells of it is drawn."""
        self._draw_after(NEWS_MILLISECONDS)

    def draw_soon(self) -> None:
        """Draw once everything that is changing has changed."""
        self._draw_after("idle")

    def _draw_after(self, delay: int | Literal["idle"]) -> None:
        """Draw after so many milliseconds; what nobody can see, when it is seen again."""
        self._is_stale = True
        if not self._drawing_timer and self.canvas.winfo_viewable():
            self._drawing_timer = self.after(delay, self.draw)

    def _seen_again(self, _: object) -> None:
        if self._is_stale:
            self.draw_soon()

    def show(self, row: Row) -> None:
        """Select a message, bring it in sight, and tell of it."""
        self._select(row.number)
        self.canvas.focus_set()
        self.open()

    # What is in sight.

    def _use_sizes(self, _: object = None) -> None:
        main = font.nametofont("TkDefaultFont")
        measure = functools.lru_cache(MEASURED_TEXTS)(self._measure)
        self.sizes = Sizes(digit_width(), main.metrics("linespace"), measure)
        height = round(self.sizes.header + LEAST_ROWS * self.sizes.row)
        edge = max(1, digit_width() // 8)
        self.canvas.configure(height=height, highlightthickness=edge)
        self.text.tag_configure("place", spacing3=digit_width() // 4)
        self.text.tag_configure("code", spacing3=digit_width() // 4)
        self.draw_soon()

    def _measure(self, text: str) -> int:
        # Asked of Tk itself: a font object that measures makes a command anew each time.
        return int(self.tk.call("font", "measure", "TkDefaultFont", text))

    def _rows_in_sight(self) -> float:
        room = self._size()[1] - self.sizes.header
        return max(1.0, room / self.sizes.row)

    def _size(self) -> tuple[int, int]:
        edges = 2 * int(self.canvas.cget("highlightthickness"))
        return self.canvas.winfo_width() - edges, self.canvas.winfo_height() - edges

    def _page(self) -> int:
        return max(1, int(self._rows_in_sight()) - 1)

    def draw(self) -> None:
        """Draw what is in sight."""
        self._drawing_timer = ""
        self._is_stale = False
        diagram, in_sight = self.diagram, self._rows_in_sight()
        rows = len(diagram.rows) + ROWS_BELOW
        lowest = diagram.first + max(0.0, rows - in_sight)
        top = lowest if self._follows else self._top
        if self._is_sought and self.selected is not None:
            self._is_sought = False
            top = between(self.selected + 1 + ROWS_BELOW - in_sight, top, self.selected)
            self._follows = top >= lowest
        self._top = between(diagram.first, top, lowest)
        width, height = self._size()
        columns = fitting(diagram, self.sizes, width)
        room = width - columns.edge
        self._left = max(0.0, min(self._left, columns.width - room))
        self._columns: Columns = columns
        drawing = Drawing(
            diagram, self.sizes, columns, width, height, self._top, self._left, self.selected
        )
        self.canvas.delete("all")
        edge = int(self.canvas.cget("highlightthickness"))
        for shape in drawing.shapes():
            self._put(shape)
        self.canvas.move("all", edge, edge)
        above = (self._top - diagram.first) / rows
        self._upright.set(above, min(1.0, above + in_sight / rows))
        self._level.set(self._left / columns.width, (self._left + room) / columns.width)
        self._drawing = drawing

    def _put(self, shape: Shape) -> None:
        # Not `create_line` and so on: they take several times as long to say the same.
        create = ("create", *self._created(shape))
        self.tk.call(self.canvas, *create, "-fill", COLOURS[shape.role])

    def _created(self, shape: Shape) -> tuple[object, ...]:
        """Return what the canvas is to be told to create a shape."""
        unit = self.sizes.unit
        if isinstance(shape, Box):
            outline = ACCENT if shape.role == "bar" else ""
            return ("rectangle", *shape.edges, "-outline", outline)
        if isinstance(shape, Line):
            width = 1 if shape.role == "lane" else max(1, round(unit / 6))
            dash = max(2, round(unit / 2)) if shape.is_dashed else ""
            head = ("-arrow", "last", "-arrowshape", (unit, unit, unit / 2.4))
            line = ("line", *shape.points, "-width", width, "-dash", dash)
            return (*line, *head) if shape.is_arrow else line
        name = "TkHeadingFont" if shape.role == "heading" else "TkDefaultFont"
        anchor = ANCHORS[shape.anchor]
        return ("text", shape.x, shape.y, "-text", shape.text, "-font", name, "-anchor", anchor)

    def _scroll(self, kind: str, amount: float | str, what: str = "") -> None:
        """Scroll as a scrollbar asks: to a part of all rows, or by rows or pages."""
        rows, in_sight = len(self.diagram.rows) + ROWS_BELOW, self._rows_in_sight()
        if kind == "moveto":
            self._top = self.diagram.first + float(amount) * rows
        else:
            self._top += float(amount) * (in_sight - 1 if what == "pages" else 1)
        self._follows = self._top >= self.diagram.first + rows - in_sight - 0.01
        self.draw_soon()

    def _scroll_sideways(self, kind: str, amount: float | str, what: str = "") -> None:
        columns = self._columns
        if kind == "moveto":
            self._left = float(amount) * columns.width
        else:
            page = max(columns.step, self._size()[0] - columns.edge - columns.labels)
            self._left += float(amount) * (page if what == "pages" else columns.step)
        self.draw_soon()

    # One message.

    def _row_at(self, event: "tkinter.Event[tkinter.Canvas]") -> Row | None:
        """Return the row under the pointer."""
        return self._drawing.row_at(event.y - int(self.canvas.cget("highlightthickness")))

    def _click(self, event: "tkinter.Event[tkinter.Canvas]") -> None:
        row = self._row_at(event)
        if row is not None and row.line is not None:
            self.show(row)

    def _point(self, event: "tkinter.Event[tkinter.Canvas]") -> None:
        """Show whole what is cut in the row under the pointer."""
        row = self._row_at(event)
        self._tooltip.offer("\n".join(self._drawing.cut.get(row.number, ())) if row else "")

    def _go(self, steps: int) -> None:
        """Select the message so many rows further, or the nearest to that."""
        numbers = [row.number for row in self.diagram.rows if row.line is not None]
        if not numbers:
            return
        if self.selected is None:
            place = len(numbers) - 1
        else:
            before = sum(number < self.selected for number in numbers)
            place = max(0, min(before + steps, len(numbers) - 1))
        self._select(numbers[place])
        if self._detail.winfo_manager():
            self.open()

    def _select(self, number: int) -> None:
        """Mark a row, and bring it in sight."""
        self.selected = number
        self._is_sought = True
        self.draw_soon()

    def open(self) -> None:
        """Tell of the message that is selected."""
        row = None if self.selected is None else self.diagram.row(self.selected)
        if row is None:
            return
        text = self.text
        text.configure(state="normal")
        text.delete("1.0", "end")
        for part in details(self.diagram, row, self._is_whole):
            text.insert("end", f"{part.text}\n", part.kind)
        text.delete("end-1c", "end")
        text.configure(state="disabled")
        self.fold.configure(text="Fold" if self._is_whole else "Show whole")
        for button, is_wanted in (
            (self.enter, row.is_held),
            (self.problem, row.problem is not None),
        ):
            if is_wanted:
                button.grid()
            else:
                button.grid_remove()
        if not self._detail.winfo_manager():
            self._detail.grid()
            # Where there is little room, both become smaller.
            self.rowconfigure(3, weight=2)
            self._make_room()

    def close(self) -> None:
        """Tell of no message any more."""
        self._detail.grid_remove()
        self.rowconfigure(3, weight=0)
        self.canvas.focus_set()

    def _fold(self) -> None:
        self._is_whole = not self._is_whole
        self.open()

    def _let_in(self) -> None:
        if (row := self.diagram.row(self.selected or 0)) is not None:
            self.let_in(row.key)

    def _lead_to_problem(self) -> None:
        row = self.diagram.row(self.selected or 0)
        if row is not None and row.problem is not None:
            self._show_problem(row.problem)

    # Pictures.

    def save(self) -> None:
        """Write the whole diagram into the working folder, as an SVG file."""
        # Here, not above, and below: hardly anybody asks for it.
        from gui.pictures import Look, save, svg

        actual = font.nametofont("TkDefaultFont").actual()
        size = int(actual["size"])
        # Tk counts points by a positive number, pixels by a negative one.
        pixels = -size if size < 0 else size * float(self.tk.call("tk", "scaling"))
        look = Look(self.sizes, str(actual["family"]), pixels, COLOURS)
        title = f"{self._program}: messages"
        try:
            path = save(svg(self.diagram, title, look), self._program, Path.cwd())
        except OSError as error:
            from gui.addresses import system_words

            self._say(f"The picture was not saved: {system_words(error)}.", "Failure")
        else:
            self._say(f"Saved as {path}", "Success")

    def copy(self) -> None:
        """Put the whole diagram on the clipboard, as Mermaid's text."""
        from gui.pictures import mermaid

        self.clipboard_clear()
        self.clipboard_append(mermaid(self.diagram))
        self._say("Copied, as a sequence diagram for Mermaid.", "Success")

    def _say(self, sentence: str, kind: str) -> None:
        """Tell what became of a picture; `kind` is "Success" or "Failure"."""
        self.outcome.configure(text=sentence, style=f"{kind}.TLabel")


def notches(event: "tkinter.Event[Any]") -> float:
    """Return how far the wheel was turned, downwards or to the right."""
    return -event.delta / (WHEEL_NOTCH if abs(event.delta) >= WHEEL_NOTCH else 1) * WHEEL_ROWS
