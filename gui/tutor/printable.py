"""Text that is safe to show, whoever it comes from."""


def printable(text: str) -> str:
    """Return a text in which what commands a terminal, or turns letters round, is a number."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text


def shorter(text: str, most: int) -> str:
    """Return a text, or the beginning of one that has more than so many characters."""
    return text if len(text) <= most else f"{text[:most]}…"
