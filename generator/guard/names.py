"""Names of persons where a role must stand: 「王××」 for 「德育处主任」.

Owns the fields that hold roles and how a name is told from a role: a common family name and one or two signs more, with
nothing that ends a role. It is a guess that errs on the side of asking; what it asks about wrongly can be allowed. Must
not know files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ROLE_FIELDS = (
    "filed_by",
    "head_role",
    "speaker",
    "role",
    "approved_by",
    "approver",
    "inspector",
    "inspectors",
    "owner",
    "reported_by",
    "signed_by",
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬安常乐于傅皮卞齐康伍余卜顾孟黄穆萧肖尹姚邵汪祁毛狄臧戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万柯管卢莫房解应宗丁宣邓郁单杭洪包左石崔吉龚程邢裴陆翁荀曲段侯仇宁栾刘叶司黎薄白蒲赖卓屠池乔闻翟谭姬申冉桑边尚温庄晏柴瞿阎连习"
    "容古易廖庚耿满弘匡文寇沃巩聂关荆游权盖桓辛阚那简饶曾沙丰查巢游"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|宇文|端木"
_NAME = rf"(?:(?:{_DOUBLE})[一-鿿]{{1,2}}|[{_SURNAMES}][一-鿿]{{1,2}})"
_TITLE = "老师|教师|主任|校长|书记|园长|医生|教授|同志|先生|女士|干事|院长|处长|科长|部长"
_ROLE = re.compile(
    r"(?:[员长师医任授记委办室处科组部会区队家者人校局院所团班级社生]|专职|兼职|干事|顾问|代表|干部|负责|职务|岗位|同志|教研|中心|学校|机构|单位|大学|高校|年级|德育|教务|安全|心理|健康|教育)$"
)
_WHOLE = re.compile(rf"{_NAME}")
_CALLED = re.compile(rf"[{_SURNAMES}](?:{_TITLE})")
_FIRST = re.compile(rf"({_NAME})(?:[（(，,、\s]|(?:{_TITLE})(?:$|[（(，,、\s]))")
_LAST = re.compile(rf"(?:{_TITLE})[：:\s（(]*({_NAME})[）)]?")
_ROLES_THAT_LOOK_LIKE_NAMES = frozenset({"高三", "高一", "高二", "任课", "常务", "安全", "高级", "任教"})
_LINE = re.compile(rf"(?m)^[ \t]*(?:- +)?(?:{'|'.join(ROLE_FIELDS)}):[ \t]*[\"']?([^\"'#\r\n]*)")
_LABEL = re.compile(rf"(?:姓名|联系人|监护人|家长|学生)[\"']?[ \t]*[:：][ \t]*[\"']?({_NAME})(?![一-鿿])")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where a record names a person, and how many signs long; offsets in the text."""
    if text.isascii():
        return
    for field in _LINE.finditer(text):
        value = field[1].strip()
        if is_name(value):
            yield field.start(1), len(value)
    for label in _LABEL.finditer(text):
        if not _is_role(label[1]):
            yield label.start(1), len(label[1])


def is_name(value: str) -> bool:
    """Whether the value of a field for roles names a person."""
    if _CALLED.fullmatch(value):
        return True
    if _WHOLE.fullmatch(value):
        return not _is_role(value)
    first, last = _FIRST.match(value), _LAST.search(value)
    names_ = [*([first[1]] if first else []), *([last[1]] if last and last.end() == len(value) else [])]
    return any(not _is_role(name) for name in names_)


def _is_role(text: str) -> bool:
    return bool(_ROLE.search(text)) or text[:2] in _ROLES_THAT_LOOK_LIKE_NAMES
