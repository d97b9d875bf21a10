"""Numbers of the source code: `python -m tests.benchmarks.code_numbers`.

Prints length and parameters of functions, tokens a code line, packed assignments and homonymous
constants; `tests/test_density.py` holds limits of them.
"""

import ast
import io
import statistics
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


class Function(NamedTuple):
    """One function.

    name: with the names of the classes and functions that hold it.
    line: of its `def`.
    lines: without decorators.
    parameters: without self and cls.
    """

    name: str
    line: int
    lines: int
    parameters: int


def sources(package: str) -> list[Path]:
    """Return the modules of a top folder."""
    return sorted((ROOT / package).rglob("*.py"))


def functions(path: Path) -> list[Function]:
    """Return the functions of a module, nested ones included."""
    return list(_functions(ast.parse(path.read_text(encoding="utf-8")), ""))


def _functions(parent: ast.AST, prefix: str) -> Iterator[Function]:
    for node in ast.iter_child_nodes(parent):
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        name = f"{prefix}{node.name}" if named else prefix
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(name, node.lineno, lines, len(_parameters(node.args)))
        yield from _functions(node, f"{name}." if named else prefix)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [one for one in every if one.arg not in ("self", "cls")]


def tokens_and_lines(path: Path) -> tuple[int, int]:
    """Return the number of tokens and of lines that hold one, without comments and docstrings."""
    text = path.read_text(encoding="utf-8")
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    count = 0
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in LAYOUT and token.start[0] not in docstrings:
            count += 1
            lines.update(range(token.start[0], token.end[0] + 1))
    return count, len(lines)


def tokens_a_line(package: str) -> float:
    """Return the mean number of tokens of a code line."""
    counts = [tokens_and_lines(path) for path in sources(package)]
    return sum(tokens for tokens, _ in counts) / sum(lines for _, lines in counts)


def packed_share(package: str) -> float:
    """Return the share of assignments of the form `a, b = x, y`."""
    nodes = (
        node
        for path in sources(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign)
    )
    packed = [
        isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
        for node in nodes
    ]
    return sum(packed) / len(packed)


def constants(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and value of a module's constants and type aliases."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and target.id[0].isupper():
                    yield target.id, ast.unparse(node.value)


def homonyms(package: str) -> dict[str, list[str]]:
    """Return the constant names with differing values in one top folder, with their files."""
    values: dict[str, set[str]] = defaultdict(set)
    files: dict[str, list[str]] = defaultdict(list)
    for path in sources(package):
        for name, value in constants(path):
            values[name].add(value)
            files[name].append(str(path.relative_to(ROOT)))
    return {name: files[name] for name in sorted(values) if len(values[name]) > 1}


def _row(name: str, numbers: list[int], limits: tuple[int, int]) -> str:
    cuts = statistics.quantiles(numbers, n=100)
    above = " ".join(f"> {limit}: {sum(n > limit for n in numbers)}" for limit in limits)
    return (
        f"{name:<12} median {statistics.median(numbers):g}  mean {statistics.mean(numbers):.1f}"
        f"  p90 {cuts[89]:g}  p95 {cuts[94]:g}  p99 {cuts[98]:g}  max {max(numbers)}  {above}"
    )


def report(package: str) -> None:
    """Print the numbers of a top folder."""
    places = [(path, one) for path in sources(package) for one in functions(path)]
    found = [one for _, one in places]
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in sources(package)]
    print(f"{package}: {len(found)} functions in {len(lengths)} files")
    print(_row("  lines", [one.lines for one in found], (25, 40)))
    print(_row("  parameters", [one.parameters for one in found], (5, 8)))
    print(_row("  file lines", lengths, (250, 300)))
    print(f"  tokens a line {tokens_a_line(package):.2f}  packed {packed_share(package):.1%}")
    same = homonyms(package)
    print(f"  homonymous constants {len(same)}: {', '.join(same)}")
    for path, one in sorted(places, key=lambda place: -place[1].lines)[:10]:
        print(f"  {one.lines:3d} lines  {path.relative_to(ROOT)}:{one.line} {one.name}")
    for path, one in sorted(places, key=lambda place: -place[1].parameters)[:10]:
        print(f"  {one.parameters:3d} parameters  {path.relative_to(ROOT)}:{one.line} {one.name}")


if __name__ == "__main__":
    for folder in ("sim", "pilotnet", "tests"):
        report(folder)
