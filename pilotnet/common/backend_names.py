"""Names of the backends that run drives in parallel; the module loads nothing heavy."""

from sim.types import quoted

LOCAL = "local"
BACKENDS = (LOCAL, "ray", "dask")
ADDRESS_MARK = ":"  # between the name of a backend and the address of a running cluster


def split_backend(text: str) -> tuple[str, str | None]:
    """Return name and address of `local`, `ray`, `dask` or `NAME:ADDRESS`; ValueError otherwise."""
    name, mark, address = text.partition(ADDRESS_MARK)
    if name not in BACKENDS or (mark and (name == LOCAL or not address)):
        raise ValueError(
            f"backend is {quoted(text)}; it must be local, ray, dask, ray:ADDRESS or dask:ADDRESS"
        )
    return name, address or None
