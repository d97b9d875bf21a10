"""How error messages repeat a value."""

LONGEST_SHOWN = 80  # [characters] of a value in a message; files and command lines can hold far longer ones


def shown(value: object) -> str:
    """Return the value as Python writes it, cut at 80 characters."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
