"""The generator's own sentences, in every language it speaks.

Owns the files of `site/catalogue`: `problems/` (what a Problem says, with an example of the mistake and its mending),
`cli.yml` and `commands/` (the command line) and `pages/` (the site). Must not know when a sentence is said. Facts are
put into sentences, never read as sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import yaml
from msgspec import Struct

from generator.files.resources import site_folder
from generator.problems import Problem
from generator.text import Language, Text

_FOLDER = site_folder() / "catalogue"
_T = TypeVar("_T")


class Explained(Struct, frozen=True, kw_only=True):
    """What a Problem's code means in one language. `message` and `hint` have `{places}` for the Problem's facts."""

    title: str
    message: str
    hint: str
    why: str


class ProblemExample(Struct, frozen=True, kw_only=True):
    """A mistake and its mending: `path` is where the text stands in a district; the mistake is reported at `at`
    (`line:column`).

    `without`: the file that is missing as well, where that is part of the mistake.
    """

    path: str
    mistake: str
    mended: str
    at: str
    without: str | None = None


class Code(Struct, frozen=True, kw_only=True):
    """A Problem's code: its words in both languages, and its example where a file's text can show it."""

    name: str
    words: Mapping[Language, Explained]
    example: ProblemExample | None


_ENTRY = re.compile(r"^([^\s:#]+):(?=\s)", re.MULTILINE)


class WrittenIn(Mapping[str, _T], Generic[_T]):
    """What files of the catalogue hold, by key: each made of its fields when it is asked for. Most runs ask for few,
    and to read all as YAML takes longer than what they do with it.
    """

    def __init__(self, paths: Iterable[Path], make: Callable[[str, Mapping[str, Any]], _T]) -> None:
        self._make, self._made, self._texts = make, dict[str, _T](), dict[str, str]()
        for path in paths:
            _, *parts = _ENTRY.split(path.read_text(encoding="utf-8"))
            for key, text in zip(parts[::2], parts[1::2], strict=True):
                if key in self._texts:
                    raise AssertionError(f"{path.name}: {key} stands in another place too")
                self._texts[key] = text

    def in_order(self) -> WrittenIn[_T]:
        """The same, by the alphabet."""
        self._texts = dict(sorted(self._texts.items()))
        return self

    def __getitem__(self, key: str) -> _T:
        if key not in self._made:
            fields: Mapping[str, Mapping[str, Any]] = yaml.load(f"_:{self._texts[key]}", yaml.CBaseLoader)
            self._made[key] = self._make(key, fields["_"])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Catalogue:
    """Every sentence by key and language, and every Problem code in alphabetical order; each is read when it is first
    asked for, since most runs meet no Problem and make no page.

    A sentence of a command stands in the file that is called like the first word of its key.
    """

    def __init__(self) -> None:
        self._at_hand: dict[str, Mapping[Language, str]] = {}
        self._of_command: dict[str, Mapping[str, Mapping[Language, str]]] = {}

    @cached_property
    def sentences(self) -> Mapping[str, Mapping[Language, str]]:
        """What is said, by key and language."""
        return _sentences((*_files("."), *_files("commands"), *_files("pages")))

    def _read(self, key: str) -> Mapping[Language, str]:
        """A sentence that is not at hand."""
        if (word := key.partition(".")[0]) not in self._of_command:
            places = (_FOLDER / f"{word}.yml", _FOLDER / "commands" / f"{word}.yml")
            self._of_command[word] = _sentences(path for path in places if path.is_file())
        found = self._of_command[word].get(key) or self._of_pages[key]
        self._at_hand[key] = found
        return found

    @cached_property
    def _of_pages(self) -> Mapping[str, Mapping[Language, str]]:
        return _sentences(_files("pages"))

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """What Problems are, by code."""
        return WrittenIn(_files("problems"), _code).in_order()

    def sentence(self, key: str, language: Language) -> str:
        """A sentence with the places of its facts: `{count:clause|clauses}` is the word for one or for many; a part in
        `[[ ]]` goes where a fact of it is empty.

        KeyError if the key is missing: a bug.
        """
        return (self._at_hand.get(key) or self._read(key))[language]

    def say(self, key: str, language: Language, **facts: object) -> str:
        """A sentence with its facts. KeyError if one is missing: a bug."""
        return filled(self.sentence(key, language), facts)

    def message(self, found: Problem, language: Language) -> str:
        """What is wrong, in one sentence."""
        return filled(self.codes[found.code].words[language].message, _facts(found, language))

    def hint(self, found: Problem, language: Language) -> str:
        """What to do about it."""
        return filled(self.codes[found.code].words[language].hint, _facts(found, language))


class Say(Protocol):
    """The catalogue's sentences in the reader's language (`Speaker.say`)."""

    def __call__(self, key: str, **facts: object) -> str:
        """The sentence `key` with its facts."""


class Speaker(Struct, frozen=True, kw_only=True):
    """The Catalogue in the reader's language. Whatever is told to a reader is told by one."""

    catalogue: Catalogue
    language: Language

    def say(self, key: str, **facts: object) -> str:
        """The generator's own sentence `key`, with its facts."""
        return filled(self.catalogue.sentence(key, self.language), facts)

    def text(self, text: Text) -> str:
        """A record's text, in Chinese where it has no other."""
        return text.in_(self.language)

    def explained(self, code: str) -> Explained:
        """What a Problem's code means."""
        return self.catalogue.codes[code].words[self.language]

    def message(self, found: Problem) -> str:
        """What is wrong, in one sentence."""
        return self.catalogue.message(found, self.language)

    def hint(self, found: Problem) -> str:
        """What to do about it."""
        return self.catalogue.hint(found, self.language)


class _Piece(NamedTuple):
    """Text, and the fact that follows it: itself, or `one` where it is 1 and `many` where it is not."""

    text: str
    fact: str | None
    spec: str
    one: str
    many: str | None


class _Part(NamedTuple):
    """A stretch of a sentence, and the facts without which it is left out."""

    needs: tuple[str, ...]
    pieces: tuple[_Piece, ...]


_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")


@cache  # pages say a few hundred sentences, a hundred thousand times
def _parts(sentence: str) -> tuple[_Part, ...]:
    """A sentence taken apart. What stands in `[[ ]]` is every second stretch."""
    made = []
    for number, stretch in enumerate(_OPTIONAL.split(sentence)):
        pieces = tuple(_piece(text, fact, spec or "") for text, fact, spec, _ in Formatter().parse(stretch))
        needs = tuple(piece.fact for piece in pieces if piece.fact) if number % 2 else ()
        made.append(_Part(needs=needs, pieces=pieces))
    return tuple(made)


def _piece(text: str, fact: str | None, spec: str) -> _Piece:
    one, choice, many = spec.partition("|")
    return _Piece(text=text, fact=fact, spec=spec, one=one, many=many if choice else None)


def filled(sentence: str, facts: Mapping[str, object]) -> str:
    """A sentence with its facts; a part in `[[ ]]` is left out where a fact that it names is empty.

    Facts are never read as sentences.
    """
    if "{" not in sentence:  # most have no facts
        return sentence
    if "|" not in sentence and "[[" not in sentence:
        return sentence.format_map(facts)
    said = []
    for needs, pieces in _parts(sentence):
        if all(map(facts.get, needs)):
            said += [
                text + _said(facts[fact], spec, one, many) if fact is not None else text
                for text, fact, spec, one, many in pieces
            ]
    return "".join(said)


def _said(fact: object, spec: str, one: str, many: str | None) -> str:
    """A fact as a sentence says it, or the word that goes with one or with many of them."""
    if many is None:
        return fact if type(fact) is str and not spec else format(fact, spec)
    return one if str(fact) == "1" else many


def pattern(sentence: str) -> str:
    """A sentence without its facts: an ellipsis in their places, parts that can be left out left out."""
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    return _OPTIONAL.sub("", sentence).format_map(dict.fromkeys(names, "…"))


def _facts(found: Problem, language: Language) -> Mapping[str, str]:
    """The facts for a language: `name@en` is the English of `name`, where a Problem carries both."""
    facts = {name: text for name, text in found.facts if "@" not in name}
    if language is Language.EN:
        facts |= {name.removesuffix("@en"): text for name, text in found.facts if name.endswith("@en")}
    if found.related:
        facts["related"] = str(found.related)
    return facts


@cache
def load() -> Catalogue:
    """The program's catalogue, the same to everybody who asks."""
    return Catalogue()


def _code(name: str, fields: Mapping[str, Any]) -> Code:
    words = {Language.ZH: Explained(**fields["zh"]), Language.EN: Explained(**fields["en"])}
    example = ProblemExample(**fields["example"]) if "example" in fields else None
    return Code(name=name, words=words, example=example)


def _sentences(paths: Iterable[Path]) -> Mapping[str, Mapping[Language, str]]:
    return WrittenIn(paths, lambda _, words: {Language.ZH: words["zh"], Language.EN: words["en"]})


def _files(folder: str) -> Sequence[Path]:
    return sorted(_FOLDER.glob(f"{folder}/*.yml"))
