"""What templates print: each has one class of data, which names exactly what the template uses, down to the last
attribute; and a template holds no logic.

The syntax trees of the templates are walked with the types of the data's fields; nothing is rendered.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NewType, get_args, get_origin

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup
from msgspec import Struct, field

from generator.edition import render
from generator.edition.literal import escaped, literal
from generator.edition.render import TemplateData
from generator.text import Language, Text
from tests.test_architecture import modules
from tests.test_glossary import defined

TEMPLATES = Path(__file__).resolve().parent.parent / "site" / "templates"

# Filters that write a value; every other is logic.
WRITES = frozenset({"t", "plain", "heading", "anchor", "day", "num", "label"})
# What each of them can write; `heading` and `plain` also take what `label` has made of a value.
_WRITABLE: Mapping[str, tuple[type, ...]] = {
    "t": (Text, str),
    "plain": (Text, str),
    "heading": (Text, str),
    "day": (date,),
    "num": (int, float),
    "label": (Enum,),
}
_GIVEN = frozenset({"say", "say_day", "href", "lang"})  # what every template has beside its data
_PRINTED_BY = ("generator.pages.", "generator.publish.", "generator.edition.render", __name__)  # modules of rows


# --- the walk ---------------------------------------------------------------------------------------------------------

Type = Any  # a type as annotations write it


class Loop(Struct, frozen=True):
    """What `loop` is inside a loop over such elements."""

    element: Type


class Walk(Struct):
    """One pass over templates: what was used of which class, and what is wrong."""

    environment: Environment
    source: Callable[[str], str]
    used: set[tuple[type, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    _named: set[str] = field(default_factory=set)
    _at: str = ""

    def data(self, data: type[TemplateData]) -> None:
        """The template of a class, and whether it uses every field of it."""
        told = _attributes(data)
        names = data.__struct_fields__
        self._named = set()
        self.template(data.template, {name: told[name] for name in names} | dict.fromkeys(_GIVEN, str))
        self.faults += [f"{data.template}: {data.__name__}.{n} is not used" for n in names if n not in self._named]

    def template(self, name: str, scope: Mapping[str, Type]) -> None:
        """A template with the types of the names that it may use."""
        before, self._at = self._at, name
        self._all(self.environment.parse(self.source(name)).body, scope)
        self._at = before

    def _fault(self, node: nodes.Node, said: str) -> None:
        self.faults.append(f"{self._at}:{node.lineno}: {said}")

    def _all(self, body: Iterable[nodes.Node], scope: Mapping[str, Type]) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Mapping[str, Type]) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self._type(part, scope)
            case nodes.If():
                self._type(node.test, scope)
                for body in (node.body, node.elif_, node.else_):
                    self._all(body, scope)
            case nodes.For():
                self._for(node, scope)
            case nodes.With():  # what a fragment calls it
                called = (target.name for target in node.targets if isinstance(target, nodes.Name))
                given = (self._type(value, scope) for value in node.values)
                self._all(node.body, {**scope, **dict(zip(called, given, strict=True))})
            case nodes.Include(template=nodes.Const(value=str(name))):
                self.included.add(name)
                self.template(name, scope)
            case _:
                self._fault(node, f"{type(node).__name__} is not for templates that only print")

    def _for(self, node: nodes.For, scope: Mapping[str, Type]) -> None:
        if node.test is not None:
            self._fault(node, "a loop with a condition is logic")
        element = self._element(node, self._type(node.iter, scope))
        if not isinstance(node.target, nodes.Name):
            self._fault(node, "a row of several values has a class with a name for each")
            return
        if node.target.name in scope:
            self._fault(node, f"{node.target.name} hides something of the same name")
        self._all(node.body, {**scope, "loop": Loop(element), node.target.name: element})
        self._all(node.else_, scope)

    def _element(self, node: nodes.Node, found: Type) -> Type:
        made = [_element(one) for one in _members(found)]
        if None in made:
            self._fault(node, f"{found} cannot be told one by one")
        return made[0] if made else None

    def _type(self, node: nodes.Node, scope: Mapping[str, Type]) -> Type:
        """The type of an expression; None where a fault was told."""
        match node:
            case nodes.TemplateData():
                return str
            case nodes.Const(value=value):
                return type(value)
            case nodes.Name(name=name):
                return self._name(node, name, scope)
            case nodes.Getattr(node=owner, attr=attr):
                return self._attribute(node, self._type(owner, scope), attr)
            case nodes.Getitem(node=owner, arg=nodes.Const(value=int())):
                return self._element(node, self._type(owner, scope))
            case nodes.Call():
                return self._call(node, scope)
            case nodes.Filter():
                return self._filter(node, scope)
            case nodes.Test(name="none", node=inner):
                self._type(inner, scope)
                return bool
            case nodes.Not(node=inner):
                self._type(inner, scope)
                return bool
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                self._type(left, scope)
                self._type(right, scope)
                return bool
            case nodes.CondExpr(test=test, expr1=one, expr2=nodes.Expr() as other):
                self._type(test, scope)
                self._type(other, scope)
                return self._type(one, scope)
            case _:
                self._fault(node, f"{type(node).__name__} is logic: it belongs into the data")
                return None

    def _name(self, node: nodes.Node, name: str, scope: Mapping[str, Type]) -> Type:
        if name not in scope:
            self._fault(node, f"nothing is called {name}")
        self._named.add(name)
        return scope.get(name)

    def _attribute(self, node: nodes.Node, owner: Type, attr: str) -> Type:
        if isinstance(owner, Loop):
            return bool if attr in ("first", "last") else int
        found = [self._of(node, one, attr) for one in _members(owner)]
        return found[0] if found else None

    def _of(self, node: nodes.Node, owner: Type, attr: str) -> Type:
        if isinstance(owner, type) and issubclass(owner, Enum):
            if attr != "value":
                self._fault(node, f"{owner.__name__} has no {attr}")
            return str
        told = _attributes(owner)
        if attr not in told:
            self._fault(node, f"{getattr(owner, '__name__', owner)} has no {attr}")
            return None
        self.used.add((owner, attr))
        return told[attr]

    def _call(self, node: nodes.Call, scope: Mapping[str, Type]) -> Type:
        match node.node:
            case nodes.Name(name="loop"):
                inner = self._element(node, self._type(node.args[0], scope))
                if Loop(inner) != scope.get("loop"):
                    self._fault(node, f"the loop is not over {inner}")
            case nodes.Name(name="href"):
                for argument in node.args:
                    for part in argument.nodes if isinstance(argument, nodes.Concat) else [argument]:
                        self._type(part, scope)
            case nodes.Name(name="say" | "say_day"):
                self._said(node, scope)
            case _:
                self._fault(node, "only `say`, `say_day`, `href` and `loop` are called")
        return str

    def _said(self, node: nodes.Call, scope: Mapping[str, Type]) -> None:
        for key in node.args:
            sentences = (key.expr1, key.expr2) if isinstance(key, nodes.CondExpr) else (key,)
            if not all(isinstance(one, nodes.Const) for one in sentences):
                self._fault(node, "a sentence whose key is put together belongs into the data")
            if isinstance(key, nodes.CondExpr):
                self._type(key.test, scope)
        for fact in node.kwargs:
            match fact.value:
                case nodes.Filter(name="length", node=nodes.Expr() as counted):  # how many it lists is for it to say
                    self._element(fact, self._type(counted, scope))
                case _:
                    self._type(fact.value, scope)

    def _filter(self, node: nodes.Filter, scope: Mapping[str, Type]) -> Type:
        assert node.node is not None
        found = self._type(node.node, scope)
        if node.name not in WRITES:
            self._fault(node, f"the filter {node.name} is logic: it belongs into the data")
        elif node.name in _WRITABLE and found is not None:
            for one in _members(found):
                if not (isinstance(one, type) and issubclass(one, _WRITABLE[node.name])):
                    self._fault(node, f"{node.name} cannot write {one}")
        return str


# --- types ------------------------------------------------------------------------------------------------------------


def _origin(found: Type) -> Type:
    return get_origin(found)


def _members(found: Type) -> tuple[Type, ...]:
    """The types that a value may have, but None."""
    if isinstance(found, NewType):
        return _members(found.__supertype__)
    if _origin(found) in (types.UnionType, typing.Union):
        return tuple(inner for one in get_args(found) if one is not type(None) for inner in _members(one))
    return () if found is None else (found,)


def _element(found: Type) -> Type:
    """The type of each member of a tuple of any length; None where it is no such thing."""
    arguments = get_args(found)
    if _origin(found) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return arguments[0]
    return arguments[0] if _origin(found) is Sequence else None


@cache
def _attributes(owner: type) -> Mapping[str, Type]:
    """The fields and properties of one of our classes, with their types."""
    if not isinstance(owner, type) or not owner.__module__.startswith(("generator.", __name__)):
        return {}
    aliases = _aliases()
    found = typing.get_type_hints(owner, localns=aliases) | {
        name: typing.get_type_hints(value.fget, localns=aliases)["return"]
        for kind in owner.__mro__
        for name, value in vars(kind).items()
        if isinstance(value, property) and value.fget
    }
    return {name: told for name, told in found.items() if _origin(told) is not ClassVar}


@cache
def _aliases() -> dict[str, Type]:
    """The types that modules write as strings; every type of the house has its own name."""
    made: dict[str, Type] = {}
    for _ in range(2):  # the second time for those that name another
        for name, tree in modules().items():
            known = vars(importlib.import_module(f"generator.{name}"))
            for alias in defined(tree):
                with suppress(TypeError):
                    made |= {alias: eval(known[alias], known | made)} if isinstance(known[alias], str) else {}
    return made


@cache
def classes() -> Mapping[str, type[TemplateData]]:
    """Every class of data by its name, in whatever module it stands."""
    found = {}
    for name in modules():
        module = importlib.import_module(f"generator.{name}")
        for one in vars(module).values():
            if inspect.isclass(one) and issubclass(one, TemplateData) and one.__module__ == module.__name__:
                found[one.__name__] = one
    del found["TemplateData"]
    return found


def rows(data: Iterable[type]) -> set[type[Struct]]:
    """The classes below these that only pages know: what they hand to templates row by row."""
    found: set[type[Struct]] = set()
    waiting = list(data)
    while waiting:
        for told in _attributes(waiting.pop()).values():
            for one in _inside(told):
                if (
                    one not in found
                    and isinstance(one, type)
                    and issubclass(one, Struct)
                    and one.__module__.startswith(_PRINTED_BY)
                ):
                    found.add(one)
                    waiting.append(one)
    return found


def _inside(found: Type) -> Iterator[type]:
    for one in _members(found):
        if isinstance(kind := _origin(one) or one, type) or kind is Any:
            yield kind
        for argument in get_args(one):
            yield from _inside(argument)


# --- our templates ----------------------------------------------------------------------------------------------------


def templates() -> list[str]:
    """The templates of the site."""
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))


def walk(source: Callable[[str], str]) -> Walk:
    return Walk(environment=render._environment(Language.ZH, literal), source=source)


@cache
def walked() -> Walk:
    """The walk through all templates of the site."""
    made = walk(lambda name: (TEMPLATES / name).read_text(encoding="utf-8"))
    for data in classes().values():
        made.data(data)
    return made


def unfit(data: Iterable[type[Struct]]) -> list[str]:
    """The fields of these classes whose types say too little, or can be changed."""
    return [
        f"{one.__name__}.{name}: {told}"
        for one in data
        for name, told in _attributes(one).items()
        if name in one.__struct_fields__ and {*_inside(told)} & {object, Any, dict, list, Mapping}
    ]


def unused(made: Walk, data: Iterable[type]) -> list[str]:
    """The fields of the rows below these classes that no template uses."""
    return sorted(
        f"{row.__name__}.{told}" for row in rows(data) for told in row.__struct_fields__ if (row, told) not in made.used
    )


def misfits(names: Iterable[str], printed: Sequence[str], included: Iterable[str]) -> list[str]:
    """The templates with no class or several, but fragments that others include."""
    fragments = {name for name in included if name.rpartition("/")[2].startswith("_")}
    return [name for name in names if (n := printed.count(name)) > 1 or (n == 0 and name not in fragments)]


def test_a_template_has_one_class_or_is_a_fragment_of_others() -> None:
    assert len(classes()) > 60
    assert misfits(templates(), [data.template for data in classes().values()], walked().included) == []


def test_templates_use_what_their_classes_name_and_only_print() -> None:
    assert walked().faults == []


def test_every_field_of_a_row_is_used() -> None:
    assert len(rows(classes().values())) > 30
    assert unused(walked(), classes().values()) == []


def test_types_say_what_they_hold() -> None:
    assert unfit([*classes().values(), *rows(classes().values())]) == []


# --- the test itself --------------------------------------------------------------------------------------------------


class Hue(StrEnum):
    RED = "red"


class Leaf(Struct, frozen=True, kw_only=True):
    title: Text
    hue: Hue
    below: tuple[Leaf, ...]


class Tiny(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "tiny"
    day: date
    leaf: Leaf | None
    leaves: tuple[Leaf, ...]

    @property
    def many(self) -> int:
        return len(self.leaves)


GOOD = """{{ day | day }} {% if leaf %}{{ leaf.title | t }}{% endif %}
{% for one in leaves recursive %}{{ one.hue | label | heading }} {{ href('a/' ~ one.hue.value) }}{{ loop(one.below) }}
{% if not loop.last %}{{ say('x' if leaf else 'y', n=loop.index, m=one.below | length) }}{% endif %}{% endfor %}"""


def tried(source: str, part: str = "") -> Walk:
    made = walk({"tiny": source, "part": part}.__getitem__)
    made.data(Tiny)
    return made


def test_a_good_template_is_found_good() -> None:
    made = tried(GOOD)
    assert made.faults == []
    assert unused(made, [Tiny]) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("{{ months }}", "nothing is called months"),
        ("{{ one }}", "nothing is called one"),
        ("{{ leaf.colour }}", "Leaf has no colour"),
        ("{{ leaf.title.fr }}", "Text has no fr"),
        ("{{ day.year }}", "date has no year"),
        ("{{ leaf.hue.name }}", "Hue has no name"),
        ("{% for x in leaves %}{{ x.colour }}{% endfor %}", "Leaf has no colour"),
        ("{% for x in leaves %}{% for y in x.below %}{{ y.colour }}{% endfor %}{% endfor %}", "Leaf has no colour"),
        ("{{ leaves[0].colour }}", "Leaf has no colour"),
        ("{% include 'part' %}", "nothing is called elsewhere"),
        ("{% for x in leaves %}{% include 'part' %}{% endfor %}", "Leaf has no colour"),
        ("{% for x in day %}{{ x }}{% endfor %}", "cannot be told one by one"),
        ("{% for day in leaves %}{{ day.hue }}{% endfor %}", "day hides"),
        ("{% for a, b in leaves %}{{ a }}{% endfor %}", "has a class"),
        ("{% for x in leaves if x.hue %}{{ x.hue }}{% endfor %}", "is logic"),
        ("{{ leaves | length }}", "length is logic"),
        ("{% for x in leaves | selectattr('hue') %}{{ x }}{% endfor %}", "selectattr is logic"),
        ("{% if leaf.hue == 'red' %}{% endif %}", "Compare is logic"),
        ("{{ say('x', n=day | length) }}", "cannot be told one by one"),
        ("{% with y = leaf %}{{ y.colour }}{% endwith %}", "Leaf has no colour"),
        ("{{ 1 + 1 }}", "Add is logic"),
        ("{{ 'a' ~ leaf.hue.value }}", "Concat is logic"),
        ("{{ say('a.' ~ leaf.hue.value) }}", "put together"),
        ("{{ leaf.title[:3] }}", "is logic"),
        ("{{ day.isoformat() }}", "are called"),
        ("{% set x = 1 %}", "Assign is not for templates"),
        ("{% macro m() %}{% endmacro %}", "Macro is not for templates"),
        ("{% import 'part' as m %}", "Import is not for templates"),
        ("{{ leaf.title | safe }}", "safe is logic"),
        ("{{ leaf | day }}", "day cannot write"),
        ("{{ leaf.title | num }}", "num cannot write"),
        ("{% if leaf is defined %}{% endif %}", "Test is logic"),
    ],
)
def test_what_is_wrong_with_a_template_is_found(more: str, said: str) -> None:
    part = "{{ x.colour }}" if "for x" in more else "{{ elsewhere }}"
    faults = tried(f"{GOOD}{more}", part).faults
    assert any(said in fault for fault in faults), faults


def test_what_a_template_does_not_use_is_found() -> None:
    assert tried(GOOD.replace("{{ day | day }}", "")).faults == ["tiny: Tiny.day is not used"]
    assert unused(tried(GOOD.replace("leaf.title | t", "leaf.hue | label")), [Tiny]) == ["Leaf.title"]


def test_templates_without_a_class_of_their_own_are_found() -> None:
    names, printed = ["a", "b/c", "b/_d", "_e", "f"], ["a", "f", "f"]
    assert misfits(names, printed, {"b/c", "b/_d"}) == ["b/c", "_e", "f"]


def test_types_that_say_nothing_are_found() -> None:
    class Vague(Struct, frozen=True, kw_only=True):
        one: dict[str, int]
        two: tuple[object, ...]
        three: tuple[int, ...]

    assert [said.partition(":")[0] for said in unfit([Vague])] == ["Vague.one", "Vague.two"]


def test_a_template_is_the_same_code_in_every_language_and_way_of_writing() -> None:
    """It is compiled once for all: a constant in it that a filter or the writing changes would be kept of the first."""
    unlike = ((Language.ZH, literal), (Language.EN, escaped))
    environments = [render._environment(language, write) for language, write in unlike]
    for path in sorted(TEMPLATES.rglob("*.j2")):
        source = path.read_text(encoding="utf-8")
        codes = {environment.compile(source, path.name, path.name, raw=True) for environment in environments}
        assert len(codes) == 1, path


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("write", [literal, escaped])
@pytest.mark.parametrize("name", sorted(WRITES - {"day", "num", "label"}))
def test_no_filter_writes_a_text_as_html(language: Language, write: Callable[[str], Markup], name: str) -> None:
    """What some give is written as it is: they must give no text as it stands."""
    template = render._environment(language, write).from_string(f"{{{{ text | {name} }}}}")
    for text in ("<b>x</b>", Text(zh='心"<i>', en=None), Text(zh="<s>", en="<u>'")):
        written = template.render(text=text)
        assert not {"<", ">", '"', "'"} & set(written.removeprefix('<span lang="zh-CN">').removesuffix("</span>")), text
