"""Shape: whether a Document has the fields, types and words that its kind demands.

Owns `schemas/*.schema.json` and is the only user of `jsonschema` and `jsonschema_rs`: the fast one says yes or no, the
slow one finds the places of what is wrong. Sentences are made of the schema's own titles; no validator's English is
ever shown. Must not know what a record means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from generator.files import typing_mistakes, value_mistakes
from generator.files.indentation import misplaced
from generator.files.resources import schemas_folder
from generator.files.spelling import word_meant
from generator.files.strict_yaml import Document
from generator.files.yaml_text import scalar
from generator.problems import Position, Problem, day, in_order, problem
from generator.text import Text

if TYPE_CHECKING:
    import jsonschema_rs

Schema = Mapping[str, Any]
_Error = Any  # jsonschema's ValidationError, whose stubs say "maybe unset" of what a reported error always has
_SUFFIX = ".schema.json"
_COMMON = "common"
UNFILLED = "____"  # what stands in a new record where somebody must write
_IS_UNFILLED = re.compile(r"\s*(?:_{3,}|请填写|FILL IN)\s*")
_LOOKS_UNFILLED = re.compile(r"___|请填写|FILL IN")
_UNSEEN = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_IS_BLANK = re.compile(f"[{_UNSEEN}]+")
# A text can be blank only between quotes, as escapes, in a block that keeps its last lines, or by a sign that nobody
# sees.
_HIDDEN = _UNSEEN.removeprefix(chr(92) + "s")
_LOOKS_BLANK = re.compile(rf"""(["'])\s+\1|"(?:\s|\\[^"])|[|>]\d*\+|[{_HIDDEN}]""")
_PERHAPS_BLANK = re.compile(rf"""["'|>{_HIDDEN}]""")  # one class of signs is found much faster
_QUOTED = 40  # characters of a value that a sentence quotes
_SHOWN_IN_RULE = re.compile(r"[A-Z]+-?[0-9]|[0-9]{4}-")  # a sentence that shows how a value is written
_MOST = 200  # defects of one file's shape that are told one by one


@cache
def _files() -> Mapping[str, Schema]:
    folder = schemas_folder()
    files = sorted(
        (*folder.glob(f"*{_SUFFIX}"), *folder.glob(f"answers/*{_SUFFIX}"), *folder.glob(f"published/*{_SUFFIX}"))
    )
    return {f.relative_to(folder).as_posix().removesuffix(_SUFFIX): json.loads(f.read_bytes()) for f in files}


def kinds() -> tuple[str, ...]:
    """The kinds of record, in alphabetical order."""
    return tuple(kind for kind in _files() if kind != _COMMON and "/" not in kind)


@cache
def schema_of(kind: str) -> Schema:
    """The schema of a kind with every reference to the shared definitions put in its place."""
    resolved = _resolved(_files()[kind])
    assert isinstance(resolved, dict)
    return resolved


def published(name: str) -> Schema:
    """The schema of a format that the site publishes, with every reference put in its place."""
    return schema_of(f"published/{name}")


_OF_TYPE = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "object": frozenset(
        {
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "propertyNames",
            "patternProperties",
        }
    ),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems", "prefixItems", "contains"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
}


def public(name: str, address: str | None) -> Schema:
    """The same for whoever reads what we publish, strict readers too: no keyword of ours, one type each, and its
    address where that is known.

    The words of both languages stand in the title and the description.
    """
    made = _strict(published(name))
    assert isinstance(made, dict)
    head = {"$schema": made.pop("$schema"), **({"$id": address} if address else {})}
    return head | made


def _strict(node: Any, named: bool = False) -> Any:
    """A node without our own keywords; `named` is a mapping of names to nodes, where nothing is a keyword."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {name: _strict(inner) for name, inner in node.items()}
    words = node.get("x-en", {})
    said = {key: f"{node[key]} / {words[key]}" for key in ("title", "description") if key in node and key in words}
    if labels := node.get("x-labels"):
        choices = "; ".join(f"{value}: {label['zh']} / {label['en']}" for value, label in labels.items())
        said["description"] = f"{said.get('description', '')} {choices}".strip()
    own = {
        key: _strict(value, key in ("properties", "$defs")) for key, value in node.items() if not key.startswith("x-")
    } | said
    types = own.get("type")
    return _one_type_each(own, types) if isinstance(types, list) else own


def _one_type_each(node: dict[str, Any], types: list[str]) -> dict[str, Any]:
    """A node that allows several types as one that is any of several nodes."""
    bound = frozenset().union(*_OF_TYPE.values())
    shared = {key: value for key, value in node.items() if key != "type" and key not in bound}
    return shared | {
        "anyOf": [{"type": t, **{k: node[k] for k in node if k in _OF_TYPE.get(t, frozenset())}} for t in types]
    }


def _resolved(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(item) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _resolved(value) for key, value in node.items() if key != "$ref"}
    if "$ref" not in node:
        return own
    name = node["$ref"].rpartition("/")[2]
    return _resolved(_files()[_COMMON]["$defs"][name]) | own


def field(kind: str, path: tuple[str, ...]) -> Schema:
    """The schema of the field at `path`; lists are stepped through. KeyError if there is none."""
    node = schema_of(kind)
    for step in path:
        node = _inside(node)["properties"][step]
    return node


def _inside(node: Schema) -> Schema:
    return _inside(node["items"]) if "items" in node else node


def rule_of(kind: str, name: str, value: str) -> Text | None:
    """What a text must be like that stands in a field of a record, if this one is not; None if it may stand there."""
    node = schema_of(kind)["properties"].get(name, _ANY_NAME)
    if value.isprintable() and all(
        accepts(node, value)
    ):  # a byte of the command line that is no UTF-8 no validator can read
        return None
    rule = node.get("x-messages", _ANY_NAME["x-messages"])["pattern"]
    return Text(zh=rule["zh"], en=rule["en"])


_ANY_NAME: Schema = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9-]*$",
    "x-messages": {"pattern": {"zh": "只能用小写字母、数字和连字符", "en": "only small letters, digits and hyphens"}},
}


def text_of(node: Schema, name: str) -> Text:
    """The `title` or `description` of a schema node in both languages."""
    return Text(zh=node[name], en=node["x-en"][name])


@cache
def field_title(kind: str, path: tuple[str, ...]) -> Text:
    """The title of a field in both languages."""
    return text_of(field(kind, path), "title")


@cache
def enum_label(name: str, value: str) -> Text:
    """The word for a member of a closed set, by the name of its type in `model`."""
    label = _files()[_COMMON]["$defs"][name]["x-labels"][value]
    return Text(zh=label["zh"], en=label["en"])


@cache
def _gate(kind: str) -> jsonschema_rs.Validator:
    return _fast_one(schema_of(kind))


def _fast_one(schema: Schema) -> jsonschema_rs.Validator:
    import jsonschema_rs  # here: where nothing is new, nobody needs it

    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)


def validate(document: Document, kind: str) -> tuple[Problem, ...]:
    """Every Problem of a Document's shape. Empty means that `records` can rely on it."""
    text = document.text
    empty = (
        in_order(_unfilled(document, schema_of(kind)))
        if _LOOKS_UNFILLED.search(text) or (_PERHAPS_BLANK.search(text) and _LOOKS_BLANK.search(text))
        else ()
    )
    if _gate(kind).is_valid(document.data):
        return empty
    errors = sorted(
        _slow(kind).iter_errors(document.data), key=lambda e: (list(map(str, e.absolute_path)), str(e.validator))
    )
    schema = schema_of(kind)
    found = in_order(islice((p for error in errors for p in _problems(document, error, schema)), _MOST))
    if len(found) == _MOST:
        found = in_order((*found, problem(found[-1].at, "more-problems", limit=_MOST)))
    places = {p.at for p in empty}
    found = tuple(p for p in _without_echoes(found) if p.at not in places)
    return in_order((*empty, *found)) or (
        problem(document.position(), "yaml-syntax"),
    )  # never said: the two validators agree


def fits(document: Document, kind: str) -> bool:
    """Whether the shape is right, and nothing else: for what programs write."""
    return _gate(kind).is_valid(document.data)


def _unfilled(document: Document, schema: Schema) -> Iterator[Problem]:
    """The places of a new record that nobody has filled in yet, and texts of which nothing can be seen."""
    waiting: list[tuple[tuple[str | int, ...], Any, Schema]] = [((), document.data, schema)]
    while waiting:
        pointer, data, node = waiting.pop()
        if isinstance(data, dict):
            waiting += [
                ((*pointer, name), value, node.get("properties", {}).get(name, {})) for name, value in data.items()
            ]
        elif isinstance(data, list):
            waiting += [
                ((*pointer, number), item, {**_named_by(node), **node.get("items", {})})
                for number, item in enumerate(data)
            ]
        elif isinstance(data, str) and _IS_UNFILLED.fullmatch(data):
            name = next((str(step) for step in reversed(pointer) if isinstance(step, str)), "")
            facts = {"title": node.get("title", name), "title@en": node.get("x-en", {}).get("title", name)}
            yield problem(document.position(pointer), "unfilled", example=example_of(node), **facts)
        elif isinstance(data, str) and _IS_BLANK.fullmatch(data):
            name = next((str(step) for step in reversed(pointer) if isinstance(step, str)), "")
            facts = {
                "title": node.get("title", name),
                "title@en": node.get("x-en", {}).get("title", name),
                "limit": "1",
                "value": _quoted(data),
            }
            yield problem(
                document.position(pointer), "empty-text", leave_out=_may_be_left_out(schema, pointer), **facts
            )


def _named_by(node: Schema) -> Schema:
    """The names of a list, which its items have where they have none of their own."""
    return {name: node[name] for name in ("title", "x-en") if name in node}


def example_of(node: Schema) -> str:
    """A value of the right form: the schema's example, the first choice, the least number, a truth value; nothing for
    text and groups.
    """
    example = node.get("x-example", next(iter(node.get("enum", ())), None))
    if example is None:
        example = {"boolean": True, "integer": node.get("minimum", 0), "number": node.get("minimum", 0)}.get(
            str(node.get("type")), ""
        )
    return "" if example == "" or isinstance(example, Mapping) else scalar(example)


def accepts(schema: Schema, data: Any) -> tuple[bool, bool]:
    """What each of the two validators says of data: the same, and a property test holds them to it."""
    return bool(_fast_one(schema).is_valid(data)), bool(_slow_one(schema).is_valid(data))


def takes(kind: str, data: Any) -> tuple[bool, bool]:
    """What each of the two validators says of data of a kind."""
    return bool(_gate(kind).is_valid(data)), bool(_slow(kind).is_valid(data))


@cache
def _slow(kind: str) -> Any:
    return _slow_one(schema_of(kind))


def _slow_one(schema: Schema) -> Any:
    """The validator that finds the places; two keywords are ours, so that it means what the fast one and every editor
    mean.
    """
    from jsonschema import Draft202012Validator, FormatChecker, validators  # here: most runs never need it

    checker = FormatChecker(formats=())
    checker.checks("date")(lambda value: not isinstance(value, str) or day(value) is not None)
    extended = validators.extend(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique_items})  # type: ignore[no-untyped-call]
    return extended(dict(schema), format_checker=checker)


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[Exception]:
    """`$` is the end of the text, not the place before a last line break."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError("pattern")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)


def _unique_items(_: object, unique: bool, instance: object, __: object) -> Iterator[Exception]:
    """Each item once, in time that grows with their number only."""
    from jsonschema import ValidationError

    if (
        unique
        and isinstance(instance, list)
        and len({json.dumps(item, sort_keys=True) for item in instance}) < len(instance)
    ):
        yield ValidationError("uniqueItems")


def violations(data: Any, kind: str) -> tuple[tuple[str, str], ...]:
    """Where sealed content has not the shape of its kind, and the keyword it breaks.

    Never a value, nor a name that the schema does not have.
    """
    if _gate(kind).is_valid(data):
        return ()
    known = frozenset(_property_names(schema_of(kind)))
    return tuple(
        sorted({(_place(error.absolute_path, known), str(error.validator)) for error in _slow(kind).iter_errors(data)})
    )


def _property_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from _property_names(inner)


def _place(path: Iterable[str | int], known: frozenset[str]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step if step in known else '*'}" for step in path)
    return "".join(steps).removeprefix(".")


def _problems(document: Document, error: _Error, whole: Schema) -> Iterator[Problem]:
    pointer = tuple(error.absolute_path)
    custom = error.schema.get("x-messages", {}).get(error.validator) if isinstance(error.schema, dict) else None
    if custom:
        yield _said(document, pointer, error, custom)
    elif error.validator == "additionalProperties":
        yield from _unknown(document, pointer, error, whole)
    elif error.validator == "required":
        yield from _missing(document, pointer, error, whole)
    else:
        for found in _BY_KEYWORD[str(error.validator)](document, pointer, error):
            offered = (("leave_out", _may_be_left_out(whole, pointer)),) if found.code in _OFFER_TO_LEAVE_OUT else ()
            yield replace(found, facts=tuple(sorted((*found.facts, *offered))))


def _said(document: Document, pointer: tuple[str | int, ...], error: _Error, custom: Mapping[str, str]) -> Problem:
    """A Problem whose sentence the schema itself gives, with the right form of the value where that can be told."""
    takes = _fast_one(error.schema).is_valid
    if (at := value_mistakes.glued_comment(error.instance, takes)) is not None:
        return _glued(document, pointer, at)
    slip = value_mistakes.form_meant(str(error.instance), takes)
    code = "no-such-day" if error.validator == "format" else slip.code if slip else "bad-form"
    facts = {**_title(error), "value": _quoted(error.instance), "rule": custom["zh"], "rule@en": custom["en"]}
    example = dict(_example(error))
    if slip or _SHOWN_IN_RULE.search(custom["zh"]):
        example["example"] = ""  # it would be said twice
    return problem(document.position(pointer), code, **facts, **example, wanted=slip.wanted if slip else "")


def _glued(document: Document, pointer: tuple[str | int, ...], at: int) -> Problem:
    start = document.position(pointer)
    return problem(replace(start, column=start.column + at, length=1), "glued-comment")


def _example(error: _Error) -> Mapping[str, str]:
    example = error.schema.get("x-example", "") if isinstance(error.schema, dict) else ""
    return {"example": _as_written(example)}


def _as_written(value: Any) -> str:
    """A value as it may stand in a line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_as_written(one)}' for name, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    return scalar(value) if isinstance(value, bool) else str(value)


def _title(error: _Error) -> dict[str, str]:
    """The title of the field that an error is about, or its name where the schema's item has no title of its own."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    steps = [str(step) for step in error.absolute_path if isinstance(step, str)]
    name = steps[-1] if steps else ""
    return {"title": schema.get("title", name), "title@en": schema.get("x-en", {}).get("title", name)}


def _unknown(document: Document, pointer: tuple[str | int, ...], error: _Error, whole: Schema) -> Iterator[Problem]:
    allowed = error.schema["properties"]
    for key in sorted(set(error.instance) - set(allowed)):
        at = document.key_position((*pointer, key))
        free = [name for name in allowed if name not in error.instance]
        if found := misplaced(whole, document.data, pointer, key):
            group = document.key_position(found.group)
            owner = next((str(step) for step in reversed(found.group) if isinstance(step, str)), "")
            code = "too-little-indented" if found.deeper else "too-much-indented"
            yield problem(at, code, group, key=key, owner=owner)
        elif (colon := key.find(":")) > 0 and key[:colon] in allowed and error.instance[key] is None:
            yield problem(replace(at, column=at.column + colon, length=1), "no-space-after-colon")
        elif near := word_meant(key, {name: _names(allowed[name]) for name in free}):
            yield problem(at, "misspelled-field", key=key, nearest=near, **_named(allowed[near]))
        else:
            yield problem(at, "unknown-field", key=key, allowed="、".join(free), **{"allowed@en": ", ".join(free)})


def _names(node: Schema) -> tuple[str, ...]:
    return (node.get("title", ""), node.get("x-en", {}).get("title", ""))


def _named(node: Schema) -> dict[str, str]:
    return {"title": node.get("title", ""), "title@en": node.get("x-en", {}).get("title", "")}


def _missing(document: Document, pointer: tuple[str | int, ...], error: _Error, whole: Schema) -> Iterator[Problem]:
    """A branch of a schema that demands a field need not describe it: then the group does that it stands in."""
    at = document.key_position(pointer) if pointer else document.position(())
    described = {**_below(whole, pointer).get("properties", {}), **error.schema.get("properties", {})}
    for name in error.validator_value:
        if name not in error.instance:
            node = described[name]
            yield problem(at, "missing-field", field=name, example=_shown_example(node), **_named(node))


def _shown_example(node: Schema) -> str:
    return _as_written(node.get("x-example", "")) or next(iter(node.get("enum", ["…"])))


_TYPES: Mapping[str, tuple[str, str]] = {
    "object": ("一组字段", "a group of fields"),
    "array": ("一个列表", "a list"),
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "null": ("空白", "nothing"),
}


def type_words(name: str) -> Text:
    """What a type of JSON is called."""
    return Text(zh=_TYPES[name][0], en=_TYPES[name][1])


def _type_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


_DASHES: Mapping[tuple[str, type], str] = {("array", dict): "missing-dash", ("object", list): "needless-dash"}


def _wrong_type(document: Document, pointer: tuple[str | int, ...], error: _Error) -> Iterator[Problem]:
    at, value, expected = document.position(pointer), error.instance, error.validator_value
    if found := typing_mistakes.list_sign(value) if expected == "array" else None:
        yield problem(at, found, sign=value[0])
        return
    if isinstance(value, str) and "\t" in value and expected in ("array", "object"):
        yield problem(at, "tab-between")
        return
    if (expected, type(value)) in _DASHES and (isinstance(value, dict) or (value and isinstance(value[0], dict))):
        yield problem(at, _DASHES[expected, type(value)], **_title(error))
        return
    takes = _fast_one(error.schema).is_valid
    slip = value_mistakes.meant(value, expected, takes, _coded(error.schema))
    if slip is None and (hash_at := value_mistakes.glued_comment(value, takes)) is not None:
        yield _glued(document, pointer, hash_at)
        return
    facts = {"expected": _TYPES[expected][0], "expected@en": _TYPES[expected][1]}
    found_words = _TYPES[_type_of(value)]
    rule = error.schema.get("x-messages", {}).get("pattern", {"zh": "", "en": ""})
    facts |= {"found": found_words[0], "found@en": found_words[1], "rule": rule["zh"], "rule@en": rule["en"]}
    example = {"example": ""} if slip and slip.wanted else _example(error)
    yield problem(
        at,
        slip.code if slip else "wrong-type",
        value=_quoted(value),
        wanted=slip.wanted if slip else "",
        **facts,
        **_title(error),
        **example,
    )


def _coded(schema: Schema) -> value_mistakes.CodeOf:
    """The code that a word means in a field, or in a list of codes."""
    labels = schema.get("items", schema).get("x-labels", {})
    return partial(word_meant, choices={code: (label["zh"], label["en"]) for code, label in labels.items()})


def _below(schema: Schema, pointer: tuple[str | int, ...]) -> Schema:
    """What a schema says of the place at `pointer`."""
    for step in pointer:
        schema = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
    return schema


def _may_be_left_out(schema: Schema, pointer: tuple[str | int, ...]) -> str:
    """The field at `pointer` if its line may simply be deleted, else nothing: it must be there, or stands for one of
    which some must be.
    """
    node = _below(schema, pointer[:-1])
    last = pointer[-1] if pointer else 0
    needed = {*node.get("required", ()), *node.get("x-begin", ())}
    for choice in node.get("if", {}).get("anyOf", ()):  # where none of them is there, something else must be
        needed.update(choice.get("required", ()))
    return last if isinstance(last, str) and last not in needed and "minProperties" not in node else ""


def _not_one_of(document: Document, pointer: tuple[str | int, ...], error: _Error) -> Iterator[Problem]:
    if isinstance(error.instance, list | dict) and "type" in error.schema:
        return  # that is said of its type
    labels = error.schema.get("x-labels", {})
    value, at = _quoted(error.instance), document.position(pointer)
    near = word_meant(value, {name: (label["zh"], label["en"]) for name, label in labels.items()})
    if near:
        label = {"label": labels[near]["zh"], "label@en": labels[near]["en"]}
        yield problem(at, "misspelled-value", value=value, nearest=near, **label, **_title(error))
    else:
        allowed = "、".join(f"{name}（{label['zh']}）" for name, label in labels.items())
        english = ", ".join(f"{name} ({label['en']})" for name, label in labels.items())
        yield problem(at, "not-one-of", value=value, allowed=allowed, **{"allowed@en": english}, **_title(error))


def _limit(code: str) -> Callable[[Document, tuple[str | int, ...], _Error], Iterator[Problem]]:
    def found(document: Document, pointer: tuple[str | int, ...], error: _Error) -> Iterator[Problem]:
        facts = {"limit": str(error.validator_value), "value": _quoted(error.instance)}
        yield problem(document.position(pointer), code, **facts, **_title(error))

    return found


def _not(document: Document, pointer: tuple[str | int, ...], error: _Error) -> Iterator[Problem]:
    rule = error.schema["x-message"]
    yield problem(document.position(pointer), "not-together", rule=rule["zh"], **{"rule@en": rule["en"]})


_OFFER_TO_LEAVE_OUT = frozenset(
    {"wrong-type", "yes-no-word", "no-figure", "empty-text", "too-few", "too-small"}
)  # their hints say so where that is allowed
_BY_KEYWORD: Mapping[str, Callable[[Document, tuple[str | int, ...], Any], Iterator[Problem]]] = {
    "type": _wrong_type,
    "enum": _not_one_of,
    "minimum": _limit("too-small"),
    "maximum": _limit("too-big"),
    "minLength": _limit("empty-text"),
    "maxLength": _limit("too-long"),
    "minItems": _limit("too-few"),
    "minProperties": _limit("too-few"),
    "maxItems": _limit("too-many"),
    "maxProperties": _limit("too-many"),
    "uniqueItems": _limit("not-unique"),
    "not": _not,
}


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _without_echoes(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """One typing mistake, one Problem: a misspelled or misplaced field is not also missing, a group whose fields stand
    on the wrong level is not also empty, and a day of wrong form is not also no day.
    """
    facts = [dict(p.facts) for p in found]
    elsewhere = {f["nearest"] for p, f in zip(found, facts, strict=True) if p.code == "misspelled-field"}
    misplaced_ = [(p, f) for p, f in zip(found, facts, strict=True) if p.code in _MISPLACED]
    elsewhere |= {f["key"] for _, f in misplaced_}
    emptied = {p.related.line for p, _ in misplaced_ if p.related}
    formless = {p.at for p in found if p.code in ("bad-form", "wrong-type", "curly-quotes")}
    return tuple(p for p in found if not _echo(p, elsewhere, emptied, formless))


_MISPLACED = ("too-little-indented", "too-much-indented")


def _echo(found: Problem, elsewhere: set[str], emptied: set[int], formless: set[Position]) -> bool:
    match found.code:
        case "missing-field":
            return dict(found.facts)["field"] in elsewhere
        case "wrong-type":
            return found.at.line in emptied and dict(found.facts)["found@en"] == "nothing"
        case "no-such-day":
            return found.at in formless
        case _:
            return False
