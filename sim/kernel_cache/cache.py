"""The decorator of every kernel, and the cache that Numba looks into before it compiles one."""

import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import sigutils
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.dispatcher import Dispatcher
from numba.core.serialize import dumps

from sim.kernel_cache.cache_folders import keeping_folder, kernel_folders
from sim.kernel_cache.digest import code_digest, types_digest
from sim.kernel_cache.files import (
    DamagedKernelError,
    kept_versions,
    read_kernel,
    sweep,
    write_kernel,
)
from sim.kernel_cache.notices import say_once

Function = TypeVar("Function", bound=Callable[..., Any])
KERNELS: list[
    Any
] = []  # in the order of import; empty where NUMBA_DISABLE_JIT leaves Python functions


def compiled(**options: Any) -> Callable[[Function], Function]:
    """Return a decorator that compiles a function by Numba's `njit` with these `options` and keeps
    the result on disk.
    """
    jit: Any = njit(**options)

    def decorate(function: Function) -> Function:
        kernel: Any = jit(function)
        if not isinstance(kernel, Dispatcher):
            return cast(Function, uncompiled(function))
        keep(kernel)
        return cast(Function, kernel)

    return decorate


def uncompiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel as a Python function, for NUMBA_DISABLE_JIT; its integers overflow without a
    warning, as compiled.
    """

    @wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        say_once(
            "plain",
            "NUMBA_DISABLE_JIT is set: kernels run as plain Python, so a picture takes about a "
            "minute",
        )
        with np.errstate(all="ignore"):
            return function(*arguments, **named)

    return run


def keep(kernel: Any) -> None:
    """Keep every compiled version of `kernel` on disk, and list the kernel in KERNELS."""
    kernel._cache = KernelCache(kernel)
    KERNELS.append(kernel)


def missing(package: str = "") -> Iterator[Any]:
    """Yield the imported kernels of a package ("" for all) that have no compiled version on disk.

    Kernels that are always inlined are compiled as parts of others and never kept.
    """
    kept: dict[Path, set[str]] = {}
    for kernel in countable(package):
        folders = kernel._cache.folders
        kept.update((folder, kept_versions(folder)) for folder in folders if folder not in kept)
        if not any(kernel._cache.version in kept[folder] for folder in folders):
            yield kernel


def countable(package: str = "") -> list[Any]:
    """Return the imported kernels of a package ("" for all) that are kept on disk when they are
    compiled.
    """
    own = [kernel for kernel in KERNELS if kernel.py_func.__module__.startswith(package)]
    return [kernel for kernel in own if kernel.targetoptions.get("inline") != "always"]


class KernelCache(NullCache):
    """The cache of one kernel, with the methods that Numba's dispatcher calls."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._enabled = True
        code = kernel.py_func.__code__
        self._source = Path(code.co_filename)
        plain_name = kernel.py_func.__qualname__.replace("<", "").replace(">", "")
        abi = getattr(sys, "abiflags", "")
        self._name = (
            f"{self._source.stem}.{plain_name}.py{sys.version_info[0]}{sys.version_info[1]}{abi}"
        )

    @property
    def cache_path(self) -> str | None:
        """The folder in which new versions are kept; None when none can be written."""
        folder = keeping_folder(self._source)
        return None if folder is None else str(folder)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders from which kept versions are loaded, best first."""
        return kernel_folders(self._source)

    @property
    def version(self) -> str:
        """The file name of the kernel up to the digest of its argument types."""
        return f"{self._name}-{self._digest}"

    @cached_property
    def _digest(self) -> str:
        # Computed on first use: by then the modules of all kernels that this one calls are
        # imported.
        return code_digest(self._kernel)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the kernel compiled for these argument types, None when it is not kept; a damaged
        file is removed.
        """
        # as Numba's own cache does: registers what a loaded kernel refers to
        target_context.refresh()
        if not self._enabled:
            return None
        name = self._file_name(sig, target_context.codegen())
        for folder in self.folders:
            with suppress(OSError):
                found = self._load(folder / name, target_context)
                if found is not None:
                    return found
        return None

    def _load(self, path: Path, target_context: Any) -> Any:
        """Return the kernel in a file; None for a damaged file, which is removed. Raises OSError
        when there is no file.
        """
        try:
            content = read_kernel(path)
            return CompileResult._rebuild(target_context, *pickle.loads(content))
        except OSError:
            raise
        except Exception as error:
            # An undamaged file that cannot be loaded refers to something that has changed since.
            reason = (
                "damaged"
                if isinstance(error, DamagedKernelError)
                else f"unreadable ({type(error).__name__})"
            )
            say_once(
                "damage",
                f"the compiled kernel {path} is {reason}; such files are removed and compiled "
                f"again",
            )
            path.unlink()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write a compiled kernel to disk; without a writable folder it is kept in this process
        only.
        """
        folder = keeping_folder(self._source) if self._enabled else None
        if (
            folder is None
            or data.library.has_dynamic_globals
            or any(not lifted.can_cache for lifted in data.lifted)
        ):
            return
        path = folder / self._file_name(sig, data.codegen)
        try:
            write_kernel(path, dumps(data._reduce()))
        except OSError as error:
            say_once("write", f"compiled kernels cannot be kept in {folder}: {error.strerror}")
            return
        sweep(folder, self._name, self._digest)

    def _file_name(self, sig: Any, codegen: Any) -> str:
        arguments, _ = sigutils.normalize_signature(sig)
        return f"{self.version}-{types_digest(arguments, codegen.magic_tuple())}.kernel"

    def enable(self) -> None:
        """Load and save from now on."""
        self._enabled = True

    def disable(self) -> None:
        """Neither load nor save from now on."""
        self._enabled = False

    def flush(self) -> None:
        """Remove every version of this kernel that is kept, so that it is compiled again."""
        for folder in self.folders:
            for path in folder.glob(f"{self._name}-*.kernel"):
                path.unlink(missing_ok=True)
