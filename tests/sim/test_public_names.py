"""The public names of `sim`: complete, loaded on first use, and never replaced by a submodule of
the same name.
"""

import subprocess
import sys

import pytest

import sim


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_public_name_can_be_loaded_and_is_listed() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None
        assert name in dir(sim)
    assert set(sim.__all__) == set(sim.MODULE_OF)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'Scenery'"):
        _ = sim.Scenery  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "first",
    ["from sim.rollout import Disturbance", "import sim.rollout", "from sim import Disturbance"],
)
def test_rollout_is_the_function_whatever_is_imported_first(first: str) -> None:
    assert (
        run(
            f"{first}; import sim; from sim import rollout; print(callable(rollout), sim.rollout "
            f"is rollout)"
        )
        == "True True\n"
    )


@pytest.mark.parametrize("imports", ["import sim, gymnasium", "import gymnasium, sim"])
def test_the_environment_is_registered_in_any_order_of_imports(imports: str) -> None:
    assert run(f"{imports}; print(gymnasium.spec('PilotNet/Drive-v0').id)") == "PilotNet/Drive-v0\n"


def test_the_environment_can_be_made_with_gymnasium_alone() -> None:
    assert (
        run("import gymnasium; print(gymnasium.make('sim:PilotNet/Drive-v0').spec.id)")
        == "PilotNet/Drive-v0\n"
    )
