"""Time zones: which names there are, and which one is meant by a name that is none.

Owns the list of the IANA database as the package `tzdata` brings it, so that every machine knows the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import tzdata

HOME = "Asia/Shanghai"
_HOME_CALLED = (
    *(
        "Asia/Beijing",
        "Asia/Peking",
        "China/Beijing",
        "China/Shanghai",
        "Beijing",
        "Peking",
        "Shanghai",
        "China",
        "China Standard Time",
    ),
    *(
        "北京",
        "北京时间",
        "上海",
        "中国标准时间",
        "东八区",
        "CST",
        "UTC+8",
        "UTC+08:00",
        "GMT+8",
        "GMT+08:00",
        "+08:00",
        "Etc/GMT+8",
    ),
)


@cache
def _names() -> frozenset[str]:
    return frozenset(Path(tzdata.__file__).with_name("zones").read_text(encoding="utf-8").split())


def known(name: str) -> bool:
    """Whether there is a time zone of this name."""
    return name in _names()


def meant(name: object) -> str:
    """A time zone of this name; where there is none, which `check` says, China's."""
    return name if isinstance(name, str) and known(name) else HOME


def choices() -> Mapping[str, tuple[str, ...]]:
    """Every time zone with what people call it."""
    return {name: _HOME_CALLED if name == HOME else () for name in sorted(_names())}
