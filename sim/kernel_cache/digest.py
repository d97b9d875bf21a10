"""Digests of what a compiled kernel depends on.

Numba's own cache compiles a kernel again when its file changes, but not when the file of a callee
does. This digest covers the bytecode of the kernel and of its callees, the constants that they
read, and the compiler's options. Comments, docstrings and line numbers are left out, so editing
those compiles nothing.
"""

import sys
from collections.abc import Iterator
from enum import Enum, EnumMeta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import types
from numba.core.dispatcher import Dispatcher

# [hexadecimal digits] 64 bits: a collision among a few hundred kernels has a probability below
# 1e-14
LENGTH = 16
OWN_PACKAGES = ("sim", "pilotnet")
PLAIN_TYPES = (type(None), bool, int, float, complex, str, bytes)


def code_digest(kernel: Any) -> str:
    """Return a digest of the kernel, of all kernels that it calls directly or indirectly, and of
    the compiler's version.
    """
    total = sha256(repr((sys.version_info[:2], *_versions())).encode())
    waiting = [kernel]
    seen = {id(kernel)}
    while waiting:
        text, callees = _own_part(waiting.pop())
        total.update(text)
        waiting += [callee for callee in callees if id(callee) not in seen]
        seen |= {id(callee) for callee in callees}
    return total.hexdigest()[:LENGTH]


def types_digest(arguments: tuple[types.Type, ...], target: object) -> str:
    """Return a digest of the argument types and of the target processor."""
    return sha256(repr(([describe_type(each) for each in arguments], target)).encode()).hexdigest()[
        :LENGTH
    ]


def describe_type(found: Any) -> str:
    """Return a type as text; records with the names of their fields, which Numba's text leaves out.

    Raises TypeError for functions as arguments.
    """
    if isinstance(found, types.Dispatcher | types.Function):
        raise TypeError(
            f"a kernel takes the function {found}; it must be called by its name, or a stale one "
            f"could be loaded"
        )
    if isinstance(found, types.BaseTuple):
        record: Any = found
        inner = ", ".join(describe_type(each) for each in record)
        kind = getattr(record, "instance_class", tuple)
        return f"{kind.__module__}.{kind.__qualname__}{getattr(record, 'fields', '')}({inner})"
    return str(found)


@cache
def _versions() -> tuple[str, ...]:
    return (numba.__version__, llvmlite.__version__, version("numpy"))


@cache
def _own_part(kernel: Any) -> tuple[bytes, tuple[Any, ...]]:
    """Return the description of a kernel without its callees, and the kernels that it calls."""
    function = kernel.py_func
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    values: list[Any] = [
        function.__defaults__,
        function.__kwdefaults__ and sorted(function.__kwdefaults__.items()),
        *cells,
    ]
    names = sorted(
        {
            name
            for code in _codes(function.__code__)
            for name in code.co_names
            if name in function.__globals__
        }
    )
    values += [function.__globals__[name] for name in names]
    callees = tuple(value for value in values if isinstance(value, Dispatcher))
    parts = [
        function.__module__,
        function.__qualname__,
        repr(sorted(kernel.targetoptions.items())),
        repr(names),
    ]
    parts += [_describe_code(code, function.__doc__) for code in _codes(function.__code__)]
    parts += [_describe(value, function) for value in values]
    return "\n".join(parts).encode(), callees


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _describe_code(code: CodeType, docstring: str | None) -> str:
    kept = [
        value
        for value in code.co_consts
        if not isinstance(value, CodeType) and not (docstring and value == docstring)
    ]
    # The order of a set of strings differs from process to process.
    constants = [
        sorted(map(repr, value)) if isinstance(value, frozenset) else value for value in kept
    ]
    shape = (
        code.co_argcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_varnames,
        code.co_names,
        code.co_freevars,
    )
    return repr((code.co_code, constants, shape))


def _describe(value: Any, function: FunctionType) -> str:  # noqa: C901 - one line for each kind
    """Return a value that a kernel reads as text; for a value of another kind, the digest of its
    whole source file.
    """
    if isinstance(value, Dispatcher):
        return f"kernel {value.py_func.__module__}.{value.py_func.__qualname__}"
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}={value.value!r}"
    if isinstance(value, EnumMeta):
        return f"{value.__qualname__}{[(member.name, member.value) for member in value]}"  # type: ignore[var-annotated]
    if isinstance(value, PLAIN_TYPES):
        return repr(value)
    if isinstance(value, tuple | list):
        fields = getattr(value, "_fields", "")
        return f"{type(value).__qualname__}{fields}[{', '.join(_describe(each, function) for each in value)}]"
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str}{value.shape}{sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, np.generic | np.dtype | types.Type):
        return f"{type(value).__qualname__} {value!r}"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}{getattr(value, '_fields', '')}"
    if isinstance(value, BuiltinFunctionType | FunctionType | np.ufunc):
        return f"{getattr(value, '__module__', '')}.{value.__name__}"
    if isinstance(value, ModuleType) and value.__name__.partition(".")[0] not in OWN_PACKAGES:
        return value.__name__
    file = value.__file__ if isinstance(value, ModuleType) else function.__code__.co_filename
    return sha256(Path(file or "").read_bytes()).hexdigest()
