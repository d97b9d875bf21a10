"""Random damages of a file: of its bytes, or of the structure of its kind of file."""

import json
from typing import Any

import numpy as np

from tests.fuzz.table_mutations import CSVS, DEEP, TABLES, Mutation

# YAML whose aliases stand for 2 * 3**29 values.
BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 30)
)
ODD_VALUES = [
    "'../../secret'",
    "null",
    ".nan",
    "-1",
    "1.0e+400",
    "[]",
    "{}",
    "'" + "x" * 5000 + "'",
    "9" * 5000,
    "true",
    "''",
]


def truncated(content: bytes, draw: np.random.Generator) -> bytes:
    return content[: draw.integers(len(content))]


def emptied(_: bytes, __: np.random.Generator) -> bytes:
    return b""


def flipped(content: bytes, draw: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for place in draw.integers(len(content), size=draw.integers(1, 9)):
        changed[place] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def zeroed(content: bytes, draw: np.random.Generator) -> bytes:
    first, end = sorted(draw.integers(len(content) + 1, size=2))
    return content[:first] + bytes(end - first) + content[end:]


def garbled(content: bytes, draw: np.random.Generator) -> bytes:
    first = int(draw.integers(len(content)))
    end = min(first + int(draw.integers(1, 300)), len(content))
    return content[:first] + draw.bytes(end - first) + content[end:]


def cut_out(content: bytes, draw: np.random.Generator) -> bytes:
    first, end = sorted(draw.integers(len(content) + 1, size=2))
    return content[:first] + content[end:]


def grown(content: bytes, draw: np.random.Generator) -> bytes:
    place = int(draw.integers(len(content) + 1))
    return content[:place] + draw.bytes(int(draw.integers(1, 100))) + content[place:]


def replaced(_: bytes, draw: np.random.Generator) -> bytes:
    """Return the content of another kind of file, such as a playlist that names other files."""
    others = [
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"\x00" * 100,
        b"{}",
    ]
    return others[draw.integers(len(others))]


BYTES: list[Mutation] = [
    truncated,
    emptied,
    flipped,
    flipped,
    flipped,
    zeroed,
    garbled,
    cut_out,
    grown,
    replaced,
]


def _json_changed(content: bytes, draw: np.random.Generator) -> bytes:
    value = json.loads(content)
    changed_value(value, draw)
    return json.dumps(value).encode()


def changed_value(value: dict[str, Any], draw: np.random.Generator) -> None:
    """Change one place of a JSON object: a value, a key, or a key too many."""
    place = value
    while nested := [item for item in place.values() if isinstance(item, dict) and item]:
        if draw.random() < 0.3:
            break
        place = nested[draw.integers(len(nested))]
    odd = [
        None,
        -1,
        1e308,
        2**70,
        "../../secret",
        "x" * 5000,
        [],
        {},
        True,
        1.5,
        float("nan"),
        [[[[1]]]],
    ]
    key = list(place)[draw.integers(len(place))]
    match int(draw.integers(4)):
        case 0:
            del place[key]
        case 1:
            place["../../secret"] = place.pop(key)
        case 2:
            place["more"] = 1
        case _:
            place[key] = odd[draw.integers(len(odd))]


def _json_deep(content: bytes, draw: np.random.Generator) -> bytes:
    word = b"[" if draw.random() < 0.5 else b'{"a":'
    return content.replace(b": {", b": " + word * DEEP + b"{", 1)


def _json_twice(content: bytes, draw: np.random.Generator) -> bytes:
    keys = [line.split(b":")[0].strip() for line in content.splitlines() if b'": ' in line]
    return content.replace(b"{", b"{" + keys[draw.integers(len(keys))] + b": 1,", 1)


JSONS: list[Mutation] = [_json_changed, _json_changed, _json_changed, _json_deep, _json_twice]


def _yaml_value(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    places = [i for i, line in enumerate(lines) if ": " in line or line.endswith(":")]
    place = places[draw.integers(len(places))]
    lines[place] = lines[place].split(":")[0] + ": " + ODD_VALUES[draw.integers(len(ODD_VALUES))]
    return "\n".join(lines).encode()


def _yaml_key(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    place = draw.integers(len(lines))
    return "\n".join(
        [*lines[:place], lines[place].replace(":", "x:", 1), *lines[place + 1 :]]
    ).encode()


def _yaml_line(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    place = draw.integers(len(lines))
    copies = 2 if draw.random() < 0.5 else 0
    return "\n".join([*lines[:place], *[lines[place]] * copies, *lines[place + 1 :]]).encode()


def _yaml_bomb(content: bytes, _: np.random.Generator) -> bytes:
    return content + BOMB.encode()


def _yaml_loop(content: bytes, _: np.random.Generator) -> bytes:
    return content + b"loop: &loop [*loop]\n"


def _yaml_deep(content: bytes, draw: np.random.Generator) -> bytes:
    word, end = [("[", "]"), ("{a: ", "}"), ("- ", "")][draw.integers(3)]
    return content + f"deep: {word * DEEP}{end * DEEP}\n".encode()


def _yaml_tag(content: bytes, draw: np.random.Generator) -> bytes:
    tags = [
        "!!python/object/apply:os.system [ls]",
        "!!timestamp x",
        "!!bool maybe",
        "!!int x",
        "!!binary x",
        "2001-99-99",
    ]
    return content + f"tag: {tags[draw.integers(len(tags))]}\n".encode()


YAMLS: list[Mutation] = [
    _yaml_value,
    _yaml_value,
    _yaml_value,
    _yaml_key,
    _yaml_line,
    _yaml_bomb,
    _yaml_loop,
    _yaml_deep,
    _yaml_tag,
]


def _header_changed(content: bytes, draw: np.random.Generator) -> bytes:
    """Change a value, a key or the nesting in a safetensors header."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    settings = header["__metadata__"]
    if draw.random() < 0.3:
        changed_value(header, draw)
    else:
        key = list(settings)[draw.integers(len(settings))]
        texts = [
            "[" * DEEP,
            "{}",
            "null",
            '{"width": 1e9}',
            "NaN",
            "x",
            '"x"',
            '{"width": "wide", "height": 66}',
        ]
        settings[key] = texts[draw.integers(len(texts))]
        if draw.random() < 0.3:
            del settings[key]
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + content[8 + length :]


def _weight_changed(content: bytes, draw: np.random.Generator) -> bytes:
    length = int.from_bytes(content[:8], "little")
    place = 8 + length + 4 * int(draw.integers((len(content) - 8 - length) // 4))
    value = np.float32([np.nan, np.inf, 0.1, -7e20][draw.integers(4)])
    return content[:place] + value.tobytes() + content[place + 4 :]


WEIGHTS: list[Mutation] = [_header_changed, _header_changed, _weight_changed]
OF_SUFFIX = {
    ".parquet": TABLES,
    ".json": JSONS,
    ".yaml": YAMLS,
    ".csv": CSVS,
    ".safetensors": WEIGHTS,
    ".mp4": [],
}


def mutate(content: bytes, suffix: str, draw: np.random.Generator) -> tuple[str, bytes]:
    """Damage the content of a file with this suffix; return the mutation's name and the result.

    60 % of the mutations change the structure of the kind of file, the others its bytes.
    """
    structured = OF_SUFFIX[suffix]
    chosen = structured if structured and draw.random() < 0.6 else BYTES
    mutation = chosen[draw.integers(len(chosen))]
    return mutation.__name__, mutation(content, draw)
