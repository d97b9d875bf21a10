"""Architecture: unique names, guarded calls and mirrored tests. `lint-imports` checks the layers
(see pyproject.toml).
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
