"""What a reader meets first stays short and plain: README, changelog, docstrings and messages."""

import ast
import re
from pathlib import Path

import pytest

from pilotnet.cli import COMMANDS
from pilotnet.cli.spelling import EARLIER_SPEED_CONTROL

ROOT = Path(__file__).resolve().parents[1]
MAX_README_LINES = 130
MAX_SENTENCE_WORDS = 30
MAX_ENTRY_WORDS = 25
PERSONS = re.compile(r"\b(who|whom|whoever|somebody|someone|nobody|everybody|anybody)\b", re.I)
CODE_BLOCK = re.compile(r"```.*?```", re.S)
COMMENT = re.compile(r"(?:^|\s)#\s.*$", re.M)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PLACE = re.compile(r"`((?:sim|pilotnet|tests|docs|configs|examples|notebooks)/[\w./-]*)`")
MODULE = re.compile(r"(?:python -m |`)((?:sim|pilotnet|tests)\.[\w.]+)")
COMMAND_LINE = re.compile(r"pilotnet ([a-z-]+)((?: [^`|&>#\n]+)?)")
OPTION = re.compile(r"--[a-z][a-z.-]+")
SOURCES = sorted(path for package in ("sim", "pilotnet") for path in (ROOT / package).rglob("*.py"))


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a page, without code, tables, headings and pictures."""
    prose = []
    for line in CODE_BLOCK.sub("", markdown).splitlines():
        if line.startswith(("|", "#", "!", "<")):
            prose.append(".")
        else:
            prose.append(line or ".")
    return re.split(r"[.:;!?](?:\s|$)|\n\* ", "\n".join(prose))


def texts(path: Path) -> list[tuple[int, str]]:
    """Return the string constants of a module, docstrings included, with their line numbers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [(node.lineno, node.value) for node in nodes if isinstance(node.value, str)]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MAX_README_LINES


def test_sentences_of_the_readme_are_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [one for one in sentences(text) if len(one.split()) > MAX_SENTENCE_WORDS] == []


def test_entries_of_the_changelog_are_short() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    entries = [line.removeprefix("* ") for line in lines if line.startswith("* ")]
    assert [entry for entry in entries if len(entry.split()) > MAX_ENTRY_WORDS] == []
    assert [line for line in lines if line.startswith("  ")] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_and_messages_name_things_and_not_persons(path: Path) -> None:
    assert [(line, text) for line, text in texts(path) if PERSONS.search(text)] == []


@pytest.mark.parametrize(
    "path",
    [
        *SOURCES,
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "configs").rglob("*.yaml")),
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_comments_and_test_docstrings_name_things_and_not_persons(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comments = COMMENT.findall(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = ast.walk(ast.parse(text)) if path.suffix == ".py" else ()
    docstrings = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, documented)]
    assert [one for one in [*comments, *docstrings] if PERSONS.search(one)] == []


def named(path: Path) -> str:
    """Return a page's name as the identifier of its test."""
    return str(path.relative_to(ROOT))


def module_exists(name: str) -> bool:
    """Whether a dotted name begins with a module, or a package, of the repository."""
    parts = name.split(".")
    return (
        any(
            (ROOT / Path(*parts[:count])).with_suffix(".py").exists()
            for count in range(2, len(parts) + 1)
        )
        or (ROOT / Path(*parts)).is_dir()
    )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_and_modules_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = set(re.findall(r'title="([^"]+)"', text))
    places = [one for one in PLACE.findall(text) if one not in made]
    modules = [one.rstrip(".") for one in MODULE.findall(text) if not one.endswith(".py")]
    assert [one for one in places if not (ROOT / one).exists()] == []
    assert [one for one in modules if not module_exists(one)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_options_that_a_page_names_are_in_the_help_of_their_command(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for name, rest in COMMAND_LINE.findall(text):
        if name in COMMANDS:
            known = {EARLIER_SPEED_CONTROL, *OPTION.findall(COMMANDS[name].parser().format_help())}
            assert set(OPTION.findall(rest)) <= known, f"pilotnet {name} {rest}"
