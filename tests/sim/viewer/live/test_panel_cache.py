"""Cards: drawn when what they show changes, and otherwise only laid over the road."""

import numpy as np

from sim.viewer.canvas import CARD_OPACITY, Canvas, Rect
from sim.viewer.live.panel_cache import PanelCache
from sim.viewer.theme import CARD

PLACE = Rect(10, 10, 60, 40)


def laid(
    cards: PanelCache, road: int, shows: int, drawn: list[int], pictures: bool = False
) -> np.ndarray:
    """A card with a pale and a dark bar on a road of one grey."""

    def draw(canvas: Canvas) -> None:
        drawn.append(shows)
        canvas.part(Rect(20, 30, 20, 5))[:] = 40
        canvas.part(Rect(20, 20, 20, 5))[:] = 200

    canvas = Canvas.blank(80, 60)
    canvas.array[:] = road
    cards.lay(canvas, "card", PLACE, shows, draw, pictures=pictures)
    return canvas.array


def test_a_card_is_drawn_only_when_what_it_shows_changes() -> None:
    cards = PanelCache()
    drawn = []
    for road, shows in ((50, 1), (90, 1), (90, 1), (90, 2), (50, 2)):
        laid(cards, road, shows, drawn)
    assert drawn == [1, 2]


def test_the_ground_is_a_tint_and_what_is_drawn_hides_the_road() -> None:
    picture = laid(PanelCache(), 200, 1, [])
    assert (picture[:10] == 200).all()
    np.testing.assert_allclose(
        picture[15, 40], 200 * (1 - CARD_OPACITY) + np.array(CARD) * CARD_OPACITY, atol=1.5
    )
    assert (picture[32, 40] == 200).all()
    assert picture[10, 10].min() > 180, "a round corner"


def test_dark_things_hide_the_road_too_where_pictures_are_shown() -> None:
    assert (laid(PanelCache(), 200, 1, [], pictures=True)[42, 40] == 40).all()
