"""Names of backends."""

import pytest

from pilotnet.common.backend_names import split_backend


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("local", ("local", None)),
        ("ray", ("ray", None)),
        ("ray:auto", ("ray", "auto")),
        ("dask:tcp://head:8786", ("dask", "tcp://head:8786")),
    ],
)
def test_a_backend_is_a_name_with_an_address(text: str, parts: tuple[str, str | None]) -> None:
    assert split_backend(text) == parts


@pytest.mark.parametrize("text", ["", "slurm", "dask:", "local:here", "Ray"])
def test_another_backend_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it must be local, ray, dask, ray:ADDRESS or dask"):
        split_backend(text)
