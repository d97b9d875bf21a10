"""Reading damaged and hostile files: limits of size and depth, and errors of one line."""

import time
from pathlib import Path

import pytest

from pilotnet.common.digests import check_digest, check_file, file_digest, with_digest
from pilotnet.common.reading import (
    MAX_BYTES,
    DamagedFileError,
    load_json,
    load_yaml,
    read_rows,
    structured,
)
from pilotnet.common.schemas import MarksFile
from sim.types import quoted
from tests.fuzz.mutations import BOMB


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "is not readable YAML"),
        ("a: " + "[" * 5000, "is nested more than 32 deep"),
        ("- " * 5000, "is nested more than 32 deep"),
        (BOMB, "aliases repeat more than 1000 values"),
        ("a: &a [*a]", "the alias 'a' stands inside of what it repeats"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "has the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        ("a: !!bool maybe", "has the tag"),
        ("a: 1\nb: 2\na: 3", "the key 'a' comes twice"),
        ("a: " + "9" * 5000, "is not usable YAML"),
        ("a: 2001-99-99", "is not usable YAML"),
        ("x" * (MAX_BYTES + 1), "has more than 1000000 bytes"),
        ("\x00", "is not readable YAML"),
    ],
)
def test_yaml_beyond_the_limits_is_refused_at_once_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    began = time.process_time()
    with pytest.raises(DamagedFileError, match=says) as caught:
        load_yaml(path)
    assert time.process_time() - began < 5
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 300


def test_anchors_that_save_some_typing_are_allowed() -> None:
    assert load_yaml("a: &a {b: 1}\nc: {<<: *a, d: 2}\ne: *a") == {
        "a": {"b": 1},
        "c": {"b": 1, "d": 2},
        "e": {"b": 1},
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not readable JSON"),
        ("[" * 100_000, "is nested more than 32 deep"),
        ("[" * 40 + "]" * 40, "is nested more than 32 deep"),
        ('{"a": NaN}', "holds NaN"),
        ('{"a": 1, "a": 2}', "the key 'a' comes twice"),
        ("9" * 5000, "is not usable JSON"),
        (" " * (MAX_BYTES + 1), "has more than 1000000 bytes"),
    ],
)
def test_json_beyond_the_limits_is_refused_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(DamagedFileError, match=says) as caught:
        load_json(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("a;b\n1;2\n", "a spreadsheet saved it: save it as CSV with commas"),
        ("a\tb\n1\t2\n", "a spreadsheet saved it"),
        ("a\n1\n", "lacks the column b"),
        ("a,b,b\n1,2,3\n", "has the column 'b', unknown or twice"),
        ("a,b,c\n1,2,3\n", "has the column 'c', unknown or twice"),
        ("a,b\n1,2\n3\n", "row 2 has 1 values; the header has 2"),
        ("a,b\n1," + "x" * 200_000 + "\n", "field larger than field limit"),
        ('a,b\n1,"2\n', "unexpected end of data"),
    ],
)
def test_tables_of_another_kind_are_refused_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text)
    with pytest.raises(DamagedFileError, match=says) as caught:
        read_rows(path, ["a", "b"])
    assert str(caught.value).startswith(str(path))


def test_a_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("\ufeffa,b\n1,2\n", encoding="utf-8")
    assert read_rows(tmp_path / "file.csv", ["a", "b"]) == [{"a": "1", "b": "2"}]


def test_a_file_of_another_user_is_not_called_damaged(private_file: Path) -> None:
    for read in (load_yaml, load_json, file_digest, lambda path: read_rows(path, ["a"])):
        with pytest.raises(ValueError, match=r"file may not be read by this user") as caught:
            read(private_file)
        assert not isinstance(caught.value, DamagedFileError)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for read in (load_yaml, load_json, file_digest):
        with pytest.raises(DamagedFileError, match=r"none is missing"):
            read(tmp_path / "none")


def test_a_wrong_structure_is_named_with_its_place() -> None:
    assert structured({"discarded": {1: [[2, 5]]}}, MarksFile, "marks").discarded == {1: [(2, 5)]}
    with pytest.raises(DamagedFileError, match=r"^marks is damaged: it has the unknown key lost$"):
        structured({"discarded": {}, "lost": 1}, MarksFile, "marks")
    with pytest.raises(
        DamagedFileError, match=r"^marks is damaged: discarded.*: expected int, got bool$"
    ):
        structured({"discarded": {1: [[True, 5]]}}, MarksFile, "marks")


def test_long_values_are_cut_in_messages() -> None:
    assert quoted("x" * 5000) == "'" + "x" * 76 + "..."
    assert quoted("short") == "'short'"


def test_values_carry_their_digest_through_any_order_of_keys_and_earlier_ones_have_none(
    tmp_path: Path,
) -> None:
    values = with_digest({"a": 1.5, "b": [1, "x"]})
    check_digest(dict(reversed(values.items())), "it")
    check_digest({"a": 1.5}, "it")
    with pytest.raises(DamagedFileError, match=r"^it was changed after it was written"):
        check_digest(values | {"a": 1.25}, "it")
    (tmp_path / "file").write_bytes(b"abc")
    check_file(
        tmp_path / "file", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # FIPS 180's example
    with pytest.raises(DamagedFileError, match="file was changed after it was written"):
        check_file(tmp_path / "file", "ba78")
