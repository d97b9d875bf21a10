"""Colours of the viewer: few, on near-black, told apart with every kind of colour vision (Okabe and
Ito's palette).
"""

Colour = tuple[int, int, int]

INK: Colour = (238, 240, 242)
QUIET: Colour = (160, 167, 174)  # labels
FAINT: Colour = (74, 80, 87)  # rules and frames
GROUND: Colour = (18, 20, 23)  # behind everything
CARD: Colour = (13, 15, 18)  # panels let the road through a little
ASPHALT: Colour = (62, 67, 73)  # the road on the map
PAINT: Colour = (128, 134, 140)  # its lines

SKY_BLUE: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
ORANGE: Colour = (230, 159, 0)
YELLOW: Colour = (240, 228, 66)
VERMILLION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)

ALARM = VERMILLION
PERSON_COLOUR = YELLOW
REFERENCE = GREEN
RECORDING = VERMILLION


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
