"""Files, lines and names stay easy to read: limits of `tests.benchmarks.code_numbers`."""

import tomllib

import pytest

from tests.benchmarks.code_numbers import (
    ROOT,
    functions,
    homonyms,
    packed_share,
    sources,
    tokens_a_line,
)

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_PACKED_SHARE = 0.03  # of all assignments
MAX_TOKENS_A_LINE = {"sim": 9.2, "pilotnet": 9.0}  # of the lines that hold code; to become 9.0

# Files of MAX_FILE_LINES and more. One a line, sorted.
LONG_FILES = {
    "pilotnet/common/folders.py",
    "pilotnet/data/store/reader.py",
    "pilotnet/data/store/writer.py",
    "pilotnet/evaluation/metrics.py",
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
    "pilotnet STAGE",
    "sim DRIVABLE_VERGE",
    "sim LANE_WIDTH",
    "sim SPEED_LIMIT",
    "sim VERGE_WIDTH",
}

# Functions of more than MAX_FUNCTION_LINES. One a line, sorted.
LONG_FUNCTIONS = {
    "pilotnet/common/reading.py read_rows",
    "pilotnet/data/store/info.py checked_info",
    "pilotnet/data/store/writer.py DatasetWriter.commit",
    "pilotnet/live/watch.py watch",
    "pilotnet/modular/lanes/evidence.py _weigh_ground",
    "pilotnet/modular/lanes/finder.py LaneFinder._sightings",
    "pilotnet/modular/lanes/hypotheses.py lane_hypotheses",
    "pilotnet/modular/planning/lattice.py cheapest_paths",
    "pilotnet/training/samples.py load_training_frames",
    "pilotnet/training/trainer.py fit",
    "sim/highway_env/front_camera.py FrontCamera.__init__",
    "sim/highway_env/lane_materials.py ground_material",
    "sim/highway_env/lane_network_picture.py _cover_span",
    "sim/render/ground/cross_profile.py cross_profile",
    "sim/render/ground/markings.py lay_paint",
    "sim/render/ground/paving.py ground_of",
    "sim/render/ground/profile.py profile_table",
    "sim/render/ground/rasterise.py _spread_grain",
    "sim/render/ground/rasterise.py draw_rows",
    "sim/render/ground/row_layout.py fill_row",
    "sim/render/ground/shading.py light_open_ground",
    "sim/render/ground/surface.py _read_profile",
    "sim/render/ground_truth.py _measure_silhouette",
    "sim/render/lens.py _draw_flakes",
    "sim/render/lens.py apply_lens_effects",
    "sim/render/lighting/atmosphere.py Atmosphere.of",
    "sim/render/lighting/atmosphere.py _open_light",
    "sim/render/object_drawing.py _draw_scenery",
    "sim/render/object_drawing.py _mark_occluder",
    "sim/render/object_drawing.py draw_objects",
    "sim/render/objects/facets.py draw_facet",
    "sim/render/objects/pedestrians/gait.py _arm",
    "sim/render/objects/pedestrians/gait.py pose_limbs",
    "sim/render/objects/pedestrians/pedestrian_drawing.py draw_pedestrian",
    "sim/render/objects/pedestrians/pedestrian_drawing.py project_limbs",
    "sim/render/objects/pedestrians/pedestrian_shadow.py shade_under_pedestrian",
    "sim/render/objects/plants.py draw_plant",
    "sim/render/objects/posts.py _draw_post",
    "sim/render/objects/posts.py _lamp",
    "sim/render/objects/roadside/houses.py _roof",
    "sim/render/objects/roadside/racetrack_buildings.py _box",
    "sim/render/objects/shadows.py shade_under_car",
    "sim/render/objects/shadows.py shade_under_plant",
    "sim/render/objects/surfaces/building_surfaces.py house_wall",
    "sim/render/objects/tunnel_ceiling.py _draw_row",
    "sim/render/objects/tunnel_ceiling.py draw_ceiling",
    "sim/render/objects/upright_panels.py _draw_column",
    "sim/render/objects/upright_panels.py draw_panel",
    "sim/render/objects/vehicles/vehicle_blocks.py draw_block",
    "sim/render/objects/vehicles/vehicle_drawing.py _colour_at",
    "sim/render/objects/vehicles/vehicle_drawing.py draw_vehicle",
    "sim/render/objects/vehicles/vehicle_lamps.py glow_of",
    "sim/render/objects/vehicles/vehicle_shapes.py _car",
    "sim/render/sky_panorama.py _paint_panorama",
    "sim/roads/curves.py serpentine_curvature",
    "sim/roads/highway.py _extra_lane",
    "sim/roads/highway.py highway",
    "sim/roads/mountain.py mountain",
    "sim/roads/residential.py residential",
    "sim/roads/rural.py rural",
    "sim/roads/tunnel.py tunnel",
    "sim/rollout.py rollout",
}

RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]


def test_files_are_short() -> None:
    paths = [path for folder in ("pilotnet", "sim", "tests") for path in sources(folder)]
    long = {
        str(path.relative_to(ROOT))
        for path in paths
        if len(path.read_text(encoding="utf-8").splitlines()) >= MAX_FILE_LINES
    }
    assert long == LONG_FILES


def test_functions_fit_a_screen() -> None:
    paths = [path for folder in ("pilotnet", "sim", "tests") for path in sources(folder)]
    long = {
        f"{path.relative_to(ROOT)} {function.name}"
        for path in paths
        for function in functions(path)
        if function.lines > MAX_FUNCTION_LINES
    }
    assert long == LONG_FUNCTIONS


def test_exceptions_of_the_linter_are_needed() -> None:
    """Files are named that have longer lines, or functions with more parameters, than allowed."""
    lint = RUFF["lint"]
    most = lint["pylint"]["max-args"]
    exceptions = lint["per-file-ignores"] | lint["extend-per-file-ignores"]
    stale = []
    for name, codes in exceptions.items():
        path = ROOT / name
        if codes == ["PLR0913"]:
            needed = any(function.parameters > most for function in functions(path))
        elif codes == ["E501"]:
            lines = path.read_text(encoding="utf-8").splitlines()
            needed = any(len(line) > RUFF["line-length"] for line in lines)
        else:
            needed = True
        if not needed:
            stale.append(name)
    assert stale == []


@pytest.mark.parametrize("package", ["sim", "pilotnet"])
def test_few_assignments_are_packed(package: str) -> None:
    assert packed_share(package) <= MAX_PACKED_SHARE


@pytest.mark.parametrize("package", ["sim", "pilotnet"])
def test_lines_hold_few_tokens(package: str) -> None:
    assert tokens_a_line(package) <= MAX_TOKENS_A_LINE[package]


def test_a_constant_has_one_value_in_a_package() -> None:
    names = {f"{package} {name}" for package in ("sim", "pilotnet") for name in homonyms(package)}
    assert names == HOMONYMS
