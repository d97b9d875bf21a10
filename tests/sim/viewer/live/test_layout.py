"""Nothing overlaps and nothing leaves the window, however large it is; what has no room is left
out.
"""

from itertools import combinations

import pytest

from sim.viewer.canvas import Rect
from sim.viewer.live.layout import Panel, layouts

SIZES = [
    (1280, 720),
    (1920, 1080),
    (3840, 2160),
    (2560, 1080),
    (1000, 700),
    (800, 600),
    (640, 480),
    (400, 300),
    (200, 100),
    (700, 1200),
]


@pytest.mark.parametrize("views", [[True], [False], [True, True], [True, False]])
@pytest.mark.parametrize("size", SIZES)
def test_panels_neither_overlap_nor_leave_their_road(
    size: tuple[int, int], views: list[bool]
) -> None:
    places = layouts(*size, views)
    roads = [place.road for place in places]
    assert sum(road.width for road in roads) in (size[0], size[0] - 1)
    assert not any(one.overlaps(other) for one, other in combinations(roads, 2))
    for place in places:
        for one, other in combinations(place.panels.values(), 2):
            assert not one.overlaps(other)
        for rect in place.panels.values():
            assert place.road.x <= rect.x < rect.right <= place.road.right
            assert 0 <= rect.y < rect.bottom <= size[1]
            assert min(rect.width, rect.height) >= 20


def test_a_window_of_1280_by_720_has_room_for_everything() -> None:
    assert set(layouts(1280, 720, [True])[0].panels) == set(Panel)


def test_two_drivers_leave_out_only_the_cameras_and_the_list_of_causes() -> None:
    for place in layouts(1280, 720, [True, True]):
        assert set(place.panels) == set(Panel) - {Panel.CAMERAS, Panel.CAUSES}


def test_a_window_of_200_by_100_keeps_the_road_and_who_drives_it() -> None:
    (place,) = layouts(200, 100, [True])
    assert place.road == Rect(0, 0, 200, 100)
    assert set(place.panels) == {Panel.HEADER}


def test_a_window_of_twice_the_size_has_everything_twice_as_large() -> None:
    (small,), (large,) = layouts(1280, 720, [True]), layouts(2560, 1440, [True])
    assert large.scale == 2 * small.scale
    assert large.panels == {
        name: Rect(2 * rect.x, 2 * rect.y, 2 * rect.width, 2 * rect.height)
        for name, rect in small.panels.items()
    }


def test_letters_stay_readable_on_small_windows() -> None:
    assert layouts(200, 100, [True])[0].scale == 0.75
