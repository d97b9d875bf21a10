"""Values of a dataset's columns that nothing can be learned from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def require_finite(path: Path, column: str, values: NDArray[np.floating], rows: Sequence[int]) -> None:
    """Raise ValueError naming the file, column, row and value of the first number that is NaN or infinite.

    values: (N, ...); rows: the number of each value's row in the file, N of them.
    """
    bad = ~np.isfinite(values).reshape(len(values), -1).all(1)
    if bad.any():
        first = int(bad.argmax())
        raise ValueError(f"{path}: {column} is {values[first]} in row {rows[first]}; it must be finite")
