"""Files, lines and names stay easy to read: limits of `tests.benchmarks.code_numbers`."""

import pytest

from tests.benchmarks.code_numbers import ROOT, homonyms, packed_share, sources, tokens_a_line

MAX_FILE_LINES = 300
MAX_PACKED_SHARE = 0.03  # of all assignments
MAX_TOKENS_A_LINE = {"sim": 9.2, "pilotnet": 9.0}  # of the lines that hold code; to become 9.0

# Files of MAX_FILE_LINES and more. One a line, sorted.
LONG_FILES = {
    "pilotnet/common/folders.py",
    "pilotnet/data/store/reader.py",
    "pilotnet/data/store/writer.py",
    "pilotnet/modular/detection/score_detector.py",
    "pilotnet/modular/lanes/evidence.py",
    "pilotnet/modular/lanes/finder.py",
    "sim/actors/traffic.py",
    "sim/env.py",
    "sim/highway_env/front_camera.py",
    "sim/render/lighting/atmosphere.py",
    "sim/render/objects/pedestrians/gait.py",
    "sim/render/objects/pedestrians/pedestrian_drawing.py",
    "sim/render/objects/plants.py",
    "sim/render/objects/roadside/houses.py",
    "sim/render/objects/roadside/signs.py",
    "sim/render/objects/vehicles/vehicle_drawing.py",
    "sim/render/objects/vehicles/vehicle_paint.py",
    "sim/viewer/canvas.py",
    "sim/viewer/live/camera_view.py",
    "sim/viewer/live/live_picture.py",
    "sim/viewer/live/session.py",
    "sim/world.py",
    "tests/fuzz/samples.py",
    "tests/pilotnet/common/test_folders.py",
    "tests/pilotnet/data/store/test_damage.py",
    "tests/pilotnet/evaluation/test_evaluate.py",
    "tests/pilotnet/live/test_drive.py",
    "tests/pilotnet/modular/detection/test_detector.py",
    "tests/pilotnet/modular/detection/test_train_detector.py",
    "tests/sim/render/objects/roadside/test_scenery.py",
    "tests/sim/render/objects/test_road_users.py",
    "tests/sim/render/objects/test_upright_panels.py",
    "tests/sim/test_env.py",
    "tests/sim/viewer/live/test_live_picture.py",
}

# Constants of one name with differing values in the modules of one top folder. One a line, sorted.
HOMONYMS = {
    "pilotnet AHEAD",
    "pilotnet ASIDE",
    "pilotnet BESIDE",
    "pilotnet CLOSE",
    "pilotnet COLUMNS",
    "pilotnet DARKEST",
    "pilotnet DIGEST_KEY",
    "pilotnet EDGE",
    "pilotnet EDGE_SHARE",
    "pilotnet FARTHEST",
    "pilotnet FOLDER",
    "pilotnet FORMAT",
    "pilotnet GROWTH",
    "pilotnet KINDS",
    "pilotnet LENGTH",
    "pilotnet LINE",
    "pilotnet LOCK_PURPOSE",
    "pilotnet LOSSES",
    "pilotnet MARGIN",
    "pilotnet MOST",
    "pilotnet MOVING",
    "pilotnet NARROWEST",
    "pilotnet NEAR",
    "pilotnet NEAREST",
    "pilotnet PERSON",
    "pilotnet PLOT_FILE",
    "pilotnet REACH",
    "pilotnet RUT",
    "pilotnet SCORES_FILE",
    "pilotnet SEEN",
    "pilotnet SIDE",
    "pilotnet SLOWEST",
    "pilotnet STAGE",
    "pilotnet TABLE_FILE",
    "pilotnet WINDOW",
    "sim AWAKE",
    "sim BLOCK",
    "sim CHANNELS",
    "sim CLEARANCE",
    "sim COLUMN",
    "sim Colour",
    "sim DRIVABLE_VERGE",
    "sim FARTHEST",
    "sim FENCE",
    "sim GAP",
    "sim HEDGE",
    "sim HILL",
    "sim KERB",
    "sim LANE_WIDTH",
    "sim LONGEST",
    "sim MARGIN",
    "sim MIN_CLEARANCE",
    "sim NEAR",
    "sim NEAREST",
    "sim NOISE",
    "sim PAINTS",
    "sim PERSON",
    "sim RAIL",
    "sim REACH",
    "sim RETROREFLECTION",
    "sim ROCK",
    "sim SEAM",
    "sim SHORT",
    "sim SIZES",
    "sim SPAN",
    "sim SPEED",
    "sim SPEED_LIMIT",
    "sim STANDING_SPEED",
    "sim START_CLEAR",
    "sim STONE",
    "sim STREET_REACH",
    "sim Stretch",
    "sim TALL",
    "sim TITLE",
    "sim TOUCHING",
    "sim TRIES",
    "sim VERGE_WIDTH",
    "sim WINDOW",
}


def test_files_are_short() -> None:
    paths = [path for folder in ("pilotnet", "sim", "tests") for path in sources(folder)]
    long = {
        str(path.relative_to(ROOT))
        for path in paths
        if len(path.read_text(encoding="utf-8").splitlines()) >= MAX_FILE_LINES
    }
    assert long == LONG_FILES


@pytest.mark.parametrize("package", ["sim", "pilotnet"])
def test_few_assignments_are_packed(package: str) -> None:
    assert packed_share(package) <= MAX_PACKED_SHARE


@pytest.mark.parametrize("package", ["sim", "pilotnet"])
def test_lines_hold_few_tokens(package: str) -> None:
    assert tokens_a_line(package) <= MAX_TOKENS_A_LINE[package]


def test_a_constant_has_one_value_in_a_package() -> None:
    names = {f"{package} {name}" for package in ("sim", "pilotnet") for name in homonyms(package)}
    assert names == HOMONYMS
