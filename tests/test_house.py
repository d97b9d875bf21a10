"""The house rules that can be proved: imports run one way, and the simulator stands alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Each room may import only rooms that stand before it.
ORDER = [
    "sim.random", "sim.kernel_cache", "sim.render.frame_buffer",
    "sim.types", "sim.geometry.camera", "sim.drawables", "sim.scenario", "sim.geometry.frenet", "sim.control.path_tracking", "sim.roads", "sim.actors.obstacle_shift",
    "sim.actors", "sim.control.speed", "sim.actors.ego_path", "sim.world", "sim.referee", "sim.render.threads", "sim.appearance",
    "sim.render.noise", "sim.render.sky", "sim.render.lens", "sim.ground", "sim.scenery", "sim.render.renderer", "sim.render.ground_truth", "sim.highway_env.front_view",
    "sim.highway_env.front_camera", "sim.sampling", "sim.env", "sim.expert", "sim.rollout", "sim.warmup", "sim.viewer", "sim",
    "pilotnet.common.settings", "pilotnet.common.reading", "pilotnet.common.yaml_values", "pilotnet.common.digests", "pilotnet.common.schemas",
    "pilotnet.common.revision", "pilotnet.drivers.driver_names", "pilotnet.data.suites", "pilotnet.envs", "pilotnet.training.frame_memory", "pilotnet.common.streams",
    "pilotnet.common.progress", "pilotnet.common.interrupts", "pilotnet.common.locks", "pilotnet.common.folders", "pilotnet.common.provenance", "pilotnet.common.repeat",
    "pilotnet.data.record_config", "pilotnet.training.train_config", "pilotnet.evaluation.evaluate_config", "pilotnet.live.watch_config",
    "pilotnet.live.scenes_config", "pilotnet.live.controller_files", "pilotnet.common.worker", "pilotnet.common.parallel", "pilotnet.data.store",
    "pilotnet.data.record", "pilotnet.data.recording_buffer", "pilotnet.training.viewpoint", "pilotnet.training.model", "pilotnet.training.checkpoint", "pilotnet.training.photometric",
    "pilotnet.training.samples", "pilotnet.training.training_checkpoints", "pilotnet.training.trainer", "pilotnet.training.train", "pilotnet.training.saliency", "pilotnet.modular",
    "pilotnet.drivers.factory", "pilotnet.evaluation.metrics", "pilotnet.evaluation.results", "pilotnet.evaluation.scores", "pilotnet.evaluation.drive_files", "pilotnet.evaluation.evaluate",
    "pilotnet.evaluation.report", "pilotnet.live.watch", "pilotnet.live.replay", "pilotnet.live.drive", "pilotnet.demo_config", "pilotnet.demo",
    "pilotnet.live.scenes", "pilotnet.cli", "pilotnet.__main__", "pilotnet",
]  # fmt: skip


def room_of(module: str) -> str:
    """The room a module belongs to: a folder of rooms counts as one."""
    parts = module.split(".")
    return ".".join(parts[:2])


def modules() -> dict[str, Path]:
    found = {}
    for package in ("sim", "pilotnet"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", modules())
def test_imports_run_one_way(module: str) -> None:
    room = room_of(module)
    assert room in ORDER, f"{room} has no place in the order of rooms"
    for imported in imports(modules()[module]):
        if imported.split(".")[0] in ("sim", "pilotnet") and room_of(imported) != room:
            assert ORDER.index(room_of(imported)) < ORDER.index(room), (
                f"{module} imports {imported}"
            )


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("sim")])
def test_the_simulator_imports_neither_pilotnet_nor_torch(module: str) -> None:
    packages = {imported.split(".")[0] for imported in imports(modules()[module])}
    assert not packages & {"pilotnet", "torch", "lightning"}


def test_only_the_network_the_cars_and_the_front_camera_know_highwayenv() -> None:
    knowing = {
        name
        for name, path in modules().items()
        if any(i.startswith("highway_env") for i in imports(path))
    }
    assert knowing <= {
        "sim.roads.network",
        "sim.actors.traffic_vehicle",
        "sim.highway_env.front_camera",
    }


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
