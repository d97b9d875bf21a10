"""Two drivers on the same scenarios: difference, interval, deciding roads and refusals."""

from pathlib import Path

import pytest

from pilotnet.evaluation.compare import compare, difference_of, paired
from pilotnet.evaluation.rounds import look_confidence
from tests.pilotnet.evaluation.made_results import drive, write_made_results

GOOD = [0, 0, 1, 0] * 10
BAD = [1, 2, 3, 2] * 10
DRIVERS = ("modular", "pilotnet")


def test_the_difference_is_that_of_the_autonomies(tmp_path: Path) -> None:
    found = compare(write_made_results(tmp_path / "r", {"modular": BAD, "pilotnet": GOOD}))
    assert found.autonomies == pytest.approx((60.0, 95.0))
    assert found.difference == pytest.approx(35.0)
    assert found.interval[0] < 35.0 < found.interval[1]
    assert found.scenarios == 40


def test_a_clear_difference_names_the_better_driver(tmp_path: Path) -> None:
    folder = write_made_results(tmp_path / "r", {"modular": BAD, "pilotnet": GOOD})
    sentence = compare(folder).sentence()
    assert sentence.startswith("PilotNet is better than Modular by 35.0 points, 95 % interval ")
    assert sentence.endswith("on 40 scenarios.")
    swapped = compare(folder, drivers=("pilotnet", "modular"))
    assert swapped.sentence() == sentence
    assert swapped.difference == pytest.approx(-35.0)


def test_alike_drivers_show_no_difference(tmp_path: Path) -> None:
    folder = write_made_results(tmp_path / "r", {"modular": GOOD, "pilotnet": GOOD[::-1]})
    found = compare(folder)
    assert not found.decided
    assert found.sentence().startswith("No difference shown: PilotNet minus Modular is +0.0 points")


def test_drivers_that_always_fail_show_no_difference() -> None:
    first = [drive("modular", index, 9) for index in range(20)]
    second = [drive("pilotnet", index, 7) for index in range(20)]
    found = difference_of(paired(first, second), DRIVERS)
    assert (found.difference, found.decided) == (0.0, False)


def test_the_same_hard_roads_narrow_the_interval() -> None:
    counts = [0, 0, 0, 4, 6, 0, 0, 0, 2, 0] * 4
    better = [count // 2 for count in counts]
    first = [drive("modular", index, count) for index, count in enumerate(counts)]
    alike = [drive("pilotnet", index, count) for index, count in enumerate(better)]
    other = [drive("pilotnet", index, count) for index, count in enumerate(better[7:] + better[:7])]
    narrow = difference_of(paired(first, alike), DRIVERS).interval
    wide = difference_of(paired(first, other), DRIVERS).interval
    assert narrow[1] - narrow[0] < 0.8 * (wide[1] - wide[0])


def test_the_deciding_roads_come_first_and_add_up(tmp_path: Path) -> None:
    counts = {"modular": [0, 5, 0, 1], "pilotnet": [0, 0, 1, 1]}
    found = compare(write_made_results(tmp_path / "r", counts))
    assert [points for _, points in found.roads] == pytest.approx([25.0, -5.0])
    assert sum(points for _, points in found.roads) == pytest.approx(found.difference)


def test_one_driver_of_each_of_two_folders_can_be_compared(tmp_path: Path) -> None:
    before = write_made_results(tmp_path / "before", {"pilotnet": BAD})
    after = write_made_results(tmp_path / "after", {"pilotnet": GOOD})
    found = compare(before, after)
    assert found.difference == pytest.approx(35.0)
    assert f"PilotNet of {after} is better than PilotNet of {before}" in found.sentence()
    assert not found.shows_worse(0.0)
    assert compare(after, before).shows_worse(30.0)
    assert not compare(after, before).shows_worse(40.0)


def test_only_common_scenarios_count(tmp_path: Path) -> None:
    before = write_made_results(tmp_path / "before", {"pilotnet": [9, 9, 0, 0]})
    after = write_made_results(tmp_path / "after", {"pilotnet": [0, 0, 9, 9]}, first=2)
    assert (compare(before, after).scenarios, compare(before, after).difference) == (2, 0.0)


def test_a_decision_in_rounds_has_the_confidence_of_its_looks(tmp_path: Path) -> None:
    counts = {"modular": BAD, "pilotnet": GOOD}
    folder = write_made_results(tmp_path / "r", counts, until_decided=True)
    assert compare(folder).confidence == look_confidence(40)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"length": 900.0}, "length is '1500.0' in"),
        ({"suite": "obstacles"}, "suite is 'lane_keeping' in"),
        ({"pedals": "driver"}, "pedals is 'shared' in"),
        ({"first": 50}, "0 common scenarios"),
    ],
)
def test_other_conditions_are_refused(
    settings: dict[str, object], message: str, tmp_path: Path
) -> None:
    before = write_made_results(tmp_path / "before", {"pilotnet": GOOD})
    first = int(str(settings.pop("first", 0)))
    after = write_made_results(tmp_path / "after", {"pilotnet": GOOD}, first, **settings)
    with pytest.raises(ValueError, match=message):
        compare(before, after)


@pytest.mark.parametrize(
    ("drivers", "message"),
    [
        ((), "drivers is empty; it must name two of expert, modular, pilotnet"),
        (("expert", "straight"), "driver is 'straight'; of .* one of expert, modular, pilotnet"),
        (("expert", "expert"), "names 'expert' twice"),
        (("expert",), "drivers has 1 names; it must have 2"),
    ],
)
def test_an_open_or_wrong_choice_is_refused(
    drivers: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    counts = {"expert": GOOD, "modular": BAD, "pilotnet": GOOD}
    folder = write_made_results(tmp_path / "r", counts)
    with pytest.raises(ValueError, match=message):
        compare(folder, drivers=drivers)


def test_networks_of_one_recipe_are_compared_by_their_names(tmp_path: Path) -> None:
    counts = {"pilotnet@a": GOOD, "pilotnet@b": GOOD[::-1], "modular": BAD}
    folder = write_made_results(tmp_path / "r", counts, drivers=("pilotnet", "modular"))
    seeds = compare(folder, drivers=("pilotnet@a", "pilotnet@b"))
    assert seeds.sentence().startswith("No difference shown: PilotNet (b) minus PilotNet (a)")
    both = compare(folder, drivers=("modular", "pilotnet"))
    assert both.scenarios == 40
    assert both.autonomies == pytest.approx((60.0, 95.0))


def test_a_suite_whose_contents_have_changed_is_refused(tmp_path: Path) -> None:
    before = write_made_results(tmp_path / "before", {"pilotnet": GOOD}, digest="a" * 64)
    after = write_made_results(tmp_path / "after", {"pilotnet": GOOD}, digest="b" * 64)
    with pytest.raises(ValueError, match="have other contents"):
        compare(before, after)


def test_a_folder_that_is_given_twice_is_one_folder(tmp_path: Path) -> None:
    folder = write_made_results(tmp_path / "r", {"modular": BAD, "pilotnet": GOOD})
    assert compare(folder, folder).scenarios == 40
    with pytest.raises(ValueError, match="names 'pilotnet' twice"):
        compare(folder, tmp_path / "r" / ".." / "r", ("pilotnet", "pilotnet"))
