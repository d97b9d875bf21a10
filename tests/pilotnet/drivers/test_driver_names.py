"""Names of drivers with the parts that the ground truth replaces."""

import pytest

from pilotnet.drivers.driver_names import (
    ablated,
    base_name,
    driver_title,
    needs_camera,
    with_oracles,
)


def test_the_name_of_modular_lists_the_oracle_parts() -> None:
    assert with_oracles(("expert", "modular"), "cars, lanes") == ("expert", "modular+cars+lanes")
    assert needs_camera("modular+cars+lanes")
    assert not needs_camera("modular+all")
    assert not needs_camera("modular+cars+pedestrians+lanes")


def test_ablations_replace_each_part_and_all_parts() -> None:
    forms = ("modular", "modular+cars", "modular+pedestrians", "modular+lanes", "modular+all")
    assert ablated(("expert", "modular")) == ("expert", *forms)


@pytest.mark.parametrize("name", ["modular+", "modular+wheels", "expert+cars", "modular+all+"])
def test_unknown_parts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="it must be one of"):
        needs_camera(name)


def test_every_driver_name_has_a_title() -> None:
    assert driver_title("pilotnet") == "PilotNet"
    assert driver_title("expert") == "Expert"
    assert driver_title("modular+cars+pedestrians") == "Modular + cars + pedestrians"
    assert driver_title("pilotnet@seed1") == "PilotNet (seed1)"
    assert base_name("pilotnet@seed1") == "pilotnet"
    assert base_name("modular+cars") == base_name("modular") == "modular"
