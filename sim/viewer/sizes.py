"""The sizes that a window or film can have [px]; settings are checked against them without loading the viewer."""

SIZE = (1280, 720)  # width, height of a window unless another is asked for
SMALLEST = (200, 100)  # smaller ones have no space for a single panel
LARGEST = 2**13  # of both: more than any screen has
