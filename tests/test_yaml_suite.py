"""The official test suite of YAML: what we accept is what the standard says, nothing invalid is accepted, and what we
refuse has a reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.files.strict_yaml import read

CASES = json.loads((Path(__file__).resolve().parent / "vectors" / "yaml-test-suite.json").read_text(encoding="utf-8"))[
    "cases"
]

# Valid YAML that is refused: by the code of its Problem, why, and which cases.
REFUSED: dict[str, tuple[str, str]] = {
    "alias": (
        "anchors and aliases are not used: a change in one place would change others",
        "26DV 2SXE 3GZX 3R3P 6BFJ 6KGN 7BMT 7BUB 8XYN 9KAX BU8L CN3R CUP7 E76Z F2C7 FTA2 JS2J KSS4 SKE5 U3XV V55R W5VH X38W Y2GN ZH7C",
    ),
    "tag": (
        "tags are not used: types follow from the schema",
        "2AUY 33X3 52DL 565N 57H4 6JWB 6WLZ 735Y 74H7 7FWL 8MK2 9WXW EHF6 FH7J HMQ5 J7PZ LE5A M5C3 S4JQ UGM3 UKK6/02 WZ62 Z67P",
    ),
    "directive": (
        "there is one kind of YAML",
        "27NA 2LFX 5TYM 6CK3 6LVF BEC7 C4HZ CC74 DK95/07 MUS6/02 MUS6/03 MUS6/04 MUS6/05 MUS6/06 P76L RTP8 U3C3 W4TN Z9M4",
    ),
    "several-documents": ("a file is one record", "6XDY 6ZKB 7Z25 9DXL JHB9 L383 M7A3 PUW8 RZT7 U9NS"),
    "empty-file": ("a file is one record, not none", "8G76 98YD AVM7"),
    "non-string-key": ("names of fields are text", "4FJ6 9MMW LX3P Q9WF SBG9"),
    "reserved-sign": (
        "keys behind `?`, keys and values that begin with a lone `:` or `?`, and `...`: no record needs them, and libyaml reads some in another way",
        (
            "2XXW 35KP 58MP 5T43 5WE3 652Z 6M2F 6PBE 7W2P A2M4 CFD4 CT4Q DBG4 DFF7 FRK4 GH63 HM87/00 HM87/01 HWV9 JTV5 KK5P L94M M2N8/00 M2N8/01 M5DY"
            " PW8X QT73 RR7F RZP5 S9E8 V9D5 X8DW XW4D ZWK4"
        ),
    ),
    "bad-indent": (
        "an empty key (libyaml knows none in blocks), and text at the left edge behind `--- >`, which no record is",
        "2JQS DK3J FP8R NHX8 NKF9 S3PD SM9W/01 UKK6/00",
    ),
    "unclosed-bracket": (
        "between brackets libyaml takes a key only on one line with its colon",
        "4MUZ/00 4MUZ/01 4MUZ/02 5MUD 9SA2 K3WX NJ66 UT92 VJP3/01",
    ),
    "yaml-syntax": ("a bracketed key without a value whose name has a colon: libyaml does not read it", "4ABK"),
    "tab-indent": (
        "a tab where the indentation of a line ends, also as the first sign of a block of text: editors show it in different widths",
        "6BCT 6CA3 6HB6 96NN/00 96NN/01 DK95/00 DK95/03 DK95/04 HS5T Q5MG R4YG UV7Q Y79Y/01 Y79Y/10",
    ),
    "no-space-after-colon": ("`k:#foo` on a line of its own: a space was forgotten", "3MYT"),
    "no-space-after-dash": (
        "`-k: v` on a line of its own: a space was forgotten, and no field's name begins so",
        "2EBW",
    ),
    "hash-cut": ("a `#` glued to text behind it may be content and not a comment", "DC7X"),
    "control-character": ("a character that cannot be seen, written as an escape", "G4RS"),
}
EXCEPTIONS = {case: code for code, (_, cases) in REFUSED.items() for case in cases.split()}


def expected(text: str) -> list[Any]:
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_is_accepted_is_what_the_standard_says(case: dict[str, Any]) -> None:
    document, problems = read("x.yml", case["yaml"].encode())
    if case["fail"]:
        assert problems
    elif code := EXCEPTIONS.get(case["id"]):
        assert problems[0].code == code
    else:
        assert problems == ()
        assert document
        assert case["json"] is None or [document.data] == expected(case["json"])


def test_every_exception_is_a_case_that_the_standard_takes() -> None:
    assert len(CASES) == 402
    assert set(EXCEPTIONS) <= {case["id"] for case in CASES if not case["fail"]}
    assert all(reason for reason, _ in REFUSED.values())
