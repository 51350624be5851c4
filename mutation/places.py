"""What a change is: one place of a module's text and what stands there instead. Knows Python, no module and no test.

Kinds: a comparison turned or its bound moved, an operand or member left out, `not` or a condition removed, a
statement left out, a number or truth value changed, an empty value given back, `min` for `max` and the like.
"""

from __future__ import annotations

import ast
import copy
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct

_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_EXCHANGED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_OPPOSITE = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SETS = (ast.BitOr, ast.BitAnd)
_TYPES = {"Callable", "Counter", "Iterator", "Mapping", "Sequence", "dict", "frozenset", "list", "set", "tuple"}
# The value of the same type that says nothing, by the first word of the annotation.
_EMPTY = {
    "tuple": ("()",),
    "Sequence": ("()",),
    "list": ("[]",),
    "dict": ("{}",),
    "Mapping": ("{}",),
    "set": ("set()",),
    "frozenset": ("frozenset()",),
    "str": ("''",),
    "bytes": ("b''",),
    "int": ("0",),
    "bool": ("True", "False"),
}


class Change(Struct, frozen=True, kw_only=True):
    """One changed place. `function` and the two texts name it, whatever line it moves to; `turn` counts equal ones."""

    function: str
    before: str
    after: str
    turn: int
    line: int
    statement: int
    start: int
    end: int

    @property
    def name(self) -> str:
        again = f" ({self.turn})" if self.turn > 1 else ""
        return f"{self.function}: {_short(self.before)} → {_short(self.after)}{again}"

    def made_in(self, text: str) -> str:
        """The whole text with this one change."""
        data = text.encode()
        return (data[: self.start] + self.after.encode() + data[self.end :]).decode()


class _Found(Struct, frozen=True):
    node: ast.AST
    after: str
    function: str
    statement: int


def changes(text: str) -> tuple[Change, ...]:
    """Every change of a module's text, in the order of its lines. Each compiles and none leaves the text as it was."""
    return tuple(change for change, piece in thought_of(text) if _compiles(piece))


def thought_of(text: str) -> Iterator[tuple[Change, bytes]]:
    """Every change that may compile, and what it makes of its piece of the module."""
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    data, seen = text.encode(), Counter[tuple[str, str, str]]()
    places: set[tuple[int, int, str]] = set()
    module = ast.parse(text)
    pieces = [
        (starts[one.lineno - 1], starts[(one.end_lineno or one.lineno) - 1] + (one.end_col_offset or 0))
        for one in module.body
    ]
    found = _walk(module, "", 0)
    for one in sorted(found, key=lambda f: (f.node.lineno, f.node.col_offset, f.after)):  # type: ignore[attr-defined]
        start = starts[one.node.lineno - 1] + one.node.col_offset  # type: ignore[attr-defined]
        end = starts[one.node.end_lineno - 1] + one.node.end_col_offset  # type: ignore[attr-defined]
        before = data[start:end].decode()
        if data[start:end] == one.after.encode() or (start, end, one.after) in places:
            continue
        places.add((start, end, one.after))
        key = (one.function, _short(before), _short(one.after))
        seen[key] += 1
        change = Change(
            function=one.function,
            before=before,
            after=one.after,
            turn=seen[key],
            line=one.node.lineno,  # type: ignore[attr-defined]
            statement=one.statement,
            start=start,
            end=end,
        )
        first, last = pieces[bisect_right(pieces, (start, len(data))) - 1]
        yield change, data[first:start] + one.after.encode() + data[end:last]


def _walk(node: ast.AST, function: str, statement: int, returns: str = "") -> Iterator[_Found]:
    """Every change below a node. Left alone: annotations, decorators, docstrings, imports, text in f-strings."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom):
                continue
            if _is_type(child):
                continue
            here, line, result = function, statement, returns
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                here = f"{function}.{child.name}".lstrip(".")
                result = ast.unparse(child.returns) if isinstance(child, ast.FunctionDef) and child.returns else ""
            if isinstance(child, ast.stmt):
                line = child.lineno
            for after in _instead(child, node, result):
                yield _Found(child, after, here, line)
            yield from _walk(child, here, line, result)


def _instead(node: ast.AST, above: ast.AST, returns: str) -> Iterator[str]:
    """What may stand in a node's place."""
    if isinstance(node, ast.stmt):
        yield from _statements(node, above, returns)
    elif isinstance(node, ast.expr):
        if isinstance(above, ast.comprehension) and node in above.ifs:
            yield "True"
        for kind, rule in _EXPRESSIONS:
            if isinstance(node, kind):
                yield from (f"({text})" for text in rule(node))


def _statements(node: ast.stmt, above: ast.AST, returns: str) -> Iterator[str]:
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield "yield from ()"
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield "pass"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield "pass"
        case ast.If(orelse=[]) if not _is_branch_of(node, above):
            yield "pass"
        case ast.Return(value=ast.expr() as value):
            now = ast.unparse(value)
            for word in _EMPTY.get(returns.partition("[")[0], ()):
                if now != word:
                    yield f"return {word}"
            if "None" in returns and now != "None":
                yield "return None"
        case _:
            return


def _is_type(node: ast.AST) -> bool:
    """Whether it is a type that is written where a value could be: `dict[int, str]()`, `tuple[str | None, ...]`."""
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in _TYPES


def _is_branch_of(node: ast.If, above: ast.AST) -> bool:
    """Whether it is an `elif`, whose text does not begin with its own statement."""
    return isinstance(above, ast.If) and above.orelse == [node]


def _compared(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.Compare)
    for place, operator in enumerate(node.ops):
        for other in _TURNED[type(operator)]:
            yield _with(node, lambda new, place=place, other=other: new.ops.__setitem__(place, other()))


def _without_an_operand(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.BoolOp)
    for place in range(len(node.values)):
        yield _with(node, lambda new, place=place: new.values.pop(place))


def _without_a_member(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.Tuple | ast.Set | ast.List)
    if isinstance(node.ctx, ast.Load) if isinstance(node, ast.Tuple | ast.List) else True:
        for place in range(len(node.elts)):
            rest = [ast.unparse(e) for i, e in enumerate(node.elts) if i != place]
            inside = ", ".join(rest)
            if isinstance(node, ast.Tuple):
                yield f"{inside}," if rest else ""
            elif isinstance(node, ast.List):
                yield f"[{inside}]"
            else:
                yield f"{{{inside}}}" if rest else "set()"


def _without_an_entry(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.Dict)
    for place in range(len(node.keys)):
        yield _with(node, lambda new, place=place: (new.keys.pop(place), new.values.pop(place)))


def _calculated(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, _SETS):
        yield from (ast.unparse(node.left), ast.unparse(node.right))
    elif other := _EXCHANGED.get(type(node.op)):
        yield _with(node, lambda new: setattr(new, "op", other()))


def _constant(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, bool):
        yield str(not node.value)
    elif isinstance(node.value, int):
        yield from (str(node.value + 1), str(node.value - 1))


def _called(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Name) and (other := _OPPOSITE.get(node.func.id)):
        yield _with(node, lambda new: setattr(new.func, "id", other))


def _negated(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.UnaryOp)
    if isinstance(node.op, ast.Not):
        yield ast.unparse(node.operand)


def _chosen(node: ast.expr) -> Iterator[str]:
    assert isinstance(node, ast.IfExp)
    yield from (ast.unparse(node.body), ast.unparse(node.orelse))


_EXPRESSIONS: tuple[tuple[type | tuple[type, ...], Callable[[ast.expr], Iterator[str]]], ...] = (
    (ast.Compare, _compared),
    (ast.BoolOp, _without_an_operand),
    ((ast.Tuple, ast.Set, ast.List), _without_a_member),
    (ast.Dict, _without_an_entry),
    (ast.BinOp, _calculated),
    (ast.Constant, _constant),
    (ast.Call, _called),
    (ast.UnaryOp, _negated),
    (ast.IfExp, _chosen),
)


def _with(node: ast.expr, edit: Callable[..., object]) -> str:
    """The text of a copy of a node after an edit of the copy."""
    new = copy.deepcopy(node)
    edit(new)
    if isinstance(new, ast.BoolOp) and len(new.values) == 1:
        return ast.unparse(new.values[0])
    return ast.unparse(new)


def _compiles(piece: bytes) -> bool:
    """Whether a statement of a module does: the others are as they were."""
    try:
        compile(piece, "changed", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _short(text: str) -> str:
    """One line of a text, for a name."""
    line = (
        " ".join(text.split()).removeprefix("(").removesuffix(")") if text.startswith("(") else " ".join(text.split())
    )
    return line if len(line) <= 90 else f"{line[:60]} … {line[-25:]}"
