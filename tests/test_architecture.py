"""Architecture: unique names, guarded calls and mirrored tests. `lint-imports` checks the layers
(see pyproject.toml).
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Modules without a test file of their name in the mirrored folder: the test module that covers
# them, or why they need none. One a line, sorted.
UNMIRRORED = {
    "pilotnet/cli/data_commands.py": "test_commands",
    "pilotnet/cli/demo_command.py": "test_commands",
    "pilotnet/cli/live_commands.py": "test_commands",
    "pilotnet/cli/training_commands.py": "test_commands",
    "pilotnet/common/digests.py": "test_reading",
    "pilotnet/common/schemas.py": "test_reading",
    "pilotnet/common/settings.py": "test_folders",
    "pilotnet/common/worker.py": "test_parallel",
    "pilotnet/common/yaml_values.py": "test_parser",
    "pilotnet/data/record_config.py": "test_repeat",
    "pilotnet/data/store/consistency.py": "test_damage",
    "pilotnet/data/store/info.py": "test_bad_input",
    "pilotnet/data/store/mending.py": "test_crashes",
    "pilotnet/data/store/parquet_files.py": "test_damage",
    "pilotnet/data/store/row_digests.py": "test_damage",
    "pilotnet/data/store/staging.py": "test_round_trip",
    "pilotnet/data/store/stats.py": "test_round_trip",
    "pilotnet/data/store/value_limits.py": "test_damage",
    "pilotnet/data/store/video.py": "test_quality",
    "pilotnet/data/store/writer.py": "test_round_trip",
    "pilotnet/live/scenes_config.py": "test_scenes",
    "pilotnet/live/watch_config.py": "test_watch",
    "pilotnet/modular/detection/detection_data.py": "test_train_detector",
    "pilotnet/modular/detection/detector_config.py": "test_repeat",
    "pilotnet/modular/detection/localisation.py": "test_score_detector",
    "pilotnet/modular/detection/network.py": "test_detector",
    "pilotnet/modular/detection/roi_targets.py": "test_roi_head",
    "pilotnet/modular/detection/targets.py": "test_detector",
    "pilotnet/modular/explain.py": "test_driver",
    "pilotnet/modular/lanes/birds_eye_view.py": "test_edges",
    "pilotnet/modular/lanes/measurements.py": "test_features",
    "pilotnet/modular/lanes/score_lanes_config.py": "test_repeat",
    "pilotnet/modular/oracles.py": "test_driver",
    "pilotnet/modular/planning/costs.py": "test_planner",
    "pilotnet/modular/planning/lattice.py": "test_planner",
    "pilotnet/modular/planning/obstacles.py": "test_planner",
    "pilotnet/modular/planning/speed_limits.py": "test_planner",
    "pilotnet/modular/tracking/ground_position.py": "test_tracker",
    "pilotnet/training/train_config.py": "test_repeat",
    "sim/actors/clearance.py": "test_world",
    "sim/actors/ego_path.py": "test_world",
    "sim/actors/footways.py": "test_pedestrians",
    "sim/actors/free_stations.py": "test_actors",
    "sim/actors/parked.py": "test_actors",
    "sim/actors/placement.py": "test_suites",
    "sim/actors/traffic.py": "test_actors",
    "sim/actors/traffic_vehicle.py": "test_actors",
    "sim/actors/vehicle_kinds.py": "test_actors",
    "sim/control/bicycle.py": "test_path_tracker",
    "sim/geometry/polygons.py": "test_actors",
    "sim/highway_env/lane_materials.py": "test_lane_network_picture",
    "sim/jit.py": "test_digest",
    "sim/kernel_cache/files.py": "test_cache",
    "sim/kernel_cache/notices.py": "test_cache",
    "sim/render/ground/row_layout.py": "test_rasterise",
    "sim/render/ground/shading.py": "test_rasterise",
    "sim/render/lighting/daytime_light.py": "test_atmosphere",
    "sim/render/lighting/palette.py": "four colours",
    "sim/render/object_drawing.py": "test_renderer",
    "sim/render/objects/draw_order.py": "test_road_users",
    "sim/render/objects/facets.py": "test_upright_panels",
    "sim/render/objects/filters.py": "test_upright_panels",
    "sim/render/objects/object_tables.py": "test_upright_panels",
    "sim/render/objects/pedestrians/gait.py": "test_road_users",
    "sim/render/objects/pedestrians/pedestrian_drawing.py": "test_road_users",
    "sim/render/objects/pedestrians/pedestrian_shadow.py": "test_road_users",
    "sim/render/objects/plants.py": "test_scenery",
    "sim/render/objects/posts.py": "test_scenery",
    "sim/render/objects/roadside/barriers.py": "test_scenery",
    "sim/render/objects/roadside/free_ground.py": "test_scenery",
    "sim/render/objects/roadside/houses.py": "test_scenery",
    "sim/render/objects/roadside/racetrack_buildings.py": "test_scenery",
    "sim/render/objects/roadside/signs.py": "test_scenery",
    "sim/render/objects/roadside/vegetation.py": "test_scenery",
    "sim/render/objects/surfaces/barrier_surfaces.py": "test_scenery",
    "sim/render/objects/surfaces/building_surfaces.py": "test_scenery",
    "sim/render/objects/surfaces/sign_faces.py": "test_scenery",
    "sim/render/objects/surfaces/surface_table.py": "test_upright_panels",
    "sim/render/objects/tunnel_ceiling.py": "test_tunnel",
    "sim/render/objects/vehicles/vehicle_blocks.py": "test_front_view",
    "sim/render/objects/vehicles/vehicle_drawing.py": "test_road_users",
    "sim/render/objects/vehicles/vehicle_lamps.py": "test_road_users",
    "sim/render/objects/vehicles/vehicle_paint.py": "test_road_users",
    "sim/render/objects/vehicles/vehicle_rays.py": "test_road_users",
    "sim/render/objects/vehicles/vehicle_shapes.py": "test_road_users",
    "sim/roads/assembly.py": "test_furniture",
    "sim/sampling.py": "test_env",
    "sim/types.py": "records; checks in test_bad_input",
    "sim/viewer/bindings.py": "test_live_picture",
    "sim/viewer/canvas.py": "test_live_picture",
    "sim/viewer/film.py": "test_window_files",
    "sim/viewer/input/controller_map.py": "test_plugged_controllers",
    "sim/viewer/input/controller_wizard.py": "test_plugged_controllers",
    "sim/viewer/live/camera_view.py": "test_live_picture",
    "sim/viewer/live/live_view.py": "test_window",
    "sim/viewer/live/map_view.py": "test_live_picture",
    "sim/viewer/live/panels.py": "test_live_picture",
    "sim/viewer/replay/playback.py": "test_replay",
    "sim/viewer/replay/replay_layout.py": "test_replay",
    "sim/viewer/replay/replay_picture.py": "test_replay",
    "sim/viewer/replay/replay_view.py": "test_replay",
    "sim/viewer/sizes.py": "two numbers",
    "sim/viewer/theme.py": "colours",
}

# Test files that reach for private names of a module. One a line, sorted.
PRIVATE_ACCESS = {
    "tests/benchmarks/bench_viewer.py",
    "tests/pilotnet/common/test_parallel.py",
    "tests/pilotnet/common/test_progress.py",
    "tests/pilotnet/live/test_replay.py",
    "tests/pilotnet/training/test_samples.py",
    "tests/sim/highway_env/test_front_camera.py",
    "tests/sim/kernel_cache/test_cache.py",
    "tests/sim/kernel_cache/test_cache_folders.py",
    "tests/sim/kernel_cache/test_digest.py",
    "tests/sim/test_referee.py",
    "tests/sim/test_referee_drives.py",
    "tests/sim/test_warmup.py",
    "tests/sim/test_world.py",
    "tests/sim/viewer/fake_films.py",
    "tests/sim/viewer/test_window.py",
    "tests/sim/viewer/test_window_files.py",
}

# Private by their spelling, public by the documents of their library.
LIBRARY_NAMES = {"_actions", "_exit", "_replace"}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("sim", "pilotnet"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def class_names(path: Path) -> list[str]:
    """Return the names of the classes that a file defines."""
    return [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]


def test_file_names_are_unique() -> None:
    names = Counter(path.name for path in modules().values() if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_class_names_are_unique() -> None:
    names = Counter(name for path in modules().values() for name in class_names(path))
    assert [name for name, count in names.items() if count > 1] == []


def mirror(path: Path) -> Path:
    """Return the test file that belongs to a module."""
    relative = path.relative_to(ROOT)
    return ROOT / "tests" / relative.parent / f"test_{relative.name}"


def test_every_module_has_a_test_file_of_its_name() -> None:
    entries = ("__init__.py", "__main__.py")
    paths = [path for path in modules().values() if path.name not in entries]
    unmirrored = [str(path.relative_to(ROOT)) for path in paths if not mirror(path).exists()]
    assert sorted(unmirrored) == list(UNMIRRORED)


def test_modules_without_a_mirror_name_a_test_module_that_is_there() -> None:
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    named = [reason for reason in UNMIRRORED.values() if reason.startswith("test_")]
    assert [name for name in named if name not in tests] == []


def private_names(path: Path) -> list[str]:
    """Return the private names that a test takes from other objects or modules."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                found.append(node.attr)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "getattr")):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            found += [text.rpartition(".")[2] for text in texts if isinstance(text, str)]
    return [name for name in found if re.match(r"_[a-z]", name) and name not in LIBRARY_NAMES]


def test_tests_use_public_names() -> None:
    paths = sorted((ROOT / "tests").rglob("*.py"))
    assert [str(path.relative_to(ROOT)) for path in paths if private_names(path)] == sorted(
        PRIVATE_ACCESS
    )


def test_nothing_is_unpickled_and_no_yaml_is_loaded_unsafely() -> None:
    for name, path in modules().items():
        text = path.read_text()
        if (
            name == "sim.kernel_cache.cache"
        ):  # Numba's kernels, from a folder that only this user writes, if their digest agrees
            text = text.replace("pickle.loads(content)", "")
        for unsafe in (
            "pickle.load",
            "yaml.load(",
            "torch.load",
            "allow_pickle=True",
            "eval(compile",
        ):
            assert unsafe not in text, f"{name} uses {unsafe}"


# Calls that read files, and the only module that may contain each: limits and checks are there.
GUARDED = {
    "yaml.safe_load": "pilotnet.common.reading",
    "json.loads": "pilotnet.common.reading",
    "csv.reader": "pilotnet.common.reading",
    "csv.DictReader": "pilotnet.common.reading",
    "av.open(": "pilotnet.data.store.video",
    "ParquetFile(": "pilotnet.data.store.parquet_files",
    "parquet.read_table": "pilotnet.data.store.parquet_files",
}


@pytest.mark.parametrize("call", GUARDED)
def test_files_are_read_in_one_place(call: str) -> None:
    assert {name for name, path in modules().items() if call in path.read_text()} <= {GUARDED[call]}


def test_every_kernel_is_made_by_the_decorators_that_keep_it() -> None:
    for name, path in modules().items():
        if name != "sim.kernel_cache.cache":
            text = path.read_text()
            for word in ("njit", "from numba import jit", "numba.jit", "vectorize", "cfunc"):
                assert word not in text, (
                    f"{name} uses {word}; kernels are made by sim.render.frame_buffer"
                )
