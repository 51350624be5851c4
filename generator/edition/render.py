"""An Edition: the Site in one language, and how its data become Markdown text.

Owns the template environments and their filters. Whatever a template prints is written by `literal`, so that no text
reaches the engine's Markdown as Markdown; HTML that no engine reads is written by `escaped`. Must not know which pages
exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache, cached_property, lru_cache, partial
from itertools import groupby
from sys import intern  # the same lines of thousands of files are cited
from types import CodeType
from typing import Any, ClassVar

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import asdict, replace

from generator.edition.literal import anchor, escaped, literal, settle
from generator.edition.site import File, Page, Site
from generator.edition.stamp import last
from generator.files.catalogue import Catalogue, Say, Speaker, load
from generator.files.history import Commit
from generator.files.resources import site_folder
from generator.files.schemas import enum_label
from generator.problems import Position
from generator.text import Language, Text

_KEPT = 4096  # titles and days stand on several pages
FOLDERS: Mapping[Language, str] = {Language.ZH: "", Language.EN: "en/"}  # where each Edition lies in the site


class TemplateData(Struct, frozen=True, kw_only=True):
    """What one template prints: a class a template, with a field for each name that the template uses."""

    template: ClassVar[str]  # below `site/templates`

    def names(self) -> Mapping[str, object]:
        """The fields by name, as the template sees them."""
        return asdict(self)


class CitedLines(Struct, frozen=True, kw_only=True):
    """The lines of a file that a page rests on: the first, how many, and all as spans (`3`, `5–9`)."""

    path: str
    first: int
    count: int
    spans: tuple[str, ...]


class RecordLink(Struct, frozen=True, kw_only=True):
    """A file of the records, its lines in words, and the address of the first of them where the district says where
    records can be read.
    """

    path: str
    lines: str
    url: Markup | None


class Provenance(TemplateData, frozen=True, kw_only=True):
    """The foot of a page. `commit` is None where none is known; `state` says how far it is all."""

    template: ClassVar[str] = "_provenance.html.j2"
    summary: Markup
    explain: str
    commit: Markup | None
    state: Markup
    records: tuple[RecordLink, ...]


class PageDraft(Struct, frozen=True, kw_only=True):
    """All that a page is made of in its language: nothing else reaches its template. `cites` stand in order."""

    path: str
    kind: str
    title: str
    data: TemplateData
    cites: tuple[Position, ...]
    description: str
    searchable: bool
    hide: tuple[str, ...]
    files: tuple[File, ...]


class Edition(Speaker, frozen=True, kw_only=True):
    """The Site in one language. `environment` holds the templates of `site/templates` with this language's filters."""

    site: Site
    environment: Templates

    def html(self, text: str) -> Markup:
        """A text as this Edition's templates write it."""
        return self.environment.write(text)

    def plain(self, text: Text | str | None) -> str:
        """A record's text as a plain string: in this language where it has one, else in Chinese."""
        return _plain(self.language, text)

    def day(self, day: date | None) -> str:
        """A day in words."""
        return day_text(self.language, day)

    def until(self, day: date) -> Markup:
        """The day that something is told up to; the Site's own as a place that is filled last."""
        return last("day") if day == self.site.as_of else literal(self.day(day))

    def say_until(self, day: date, key: str, **facts: object) -> Markup:
        """A sentence with the day that it is told up to."""
        if day == self.site.as_of:
            return self.environment.say_day(key, **facts)
        return _dated(self.say, literal, key, self.until(day), **facts)

    def finished(self) -> Edition:
        """The same Edition for HTML that no engine reads any more."""
        return replace(self, environment=_environment(self.language, escaped))

    def printed(self, data: TemplateData, path: str) -> Markup:
        """The template of these data as HTML for the page at `path`."""
        return self.environment.filled(data.template, {**data.names(), "href": partial(relative, path)})

    def page(
        self,
        *,
        path: str,
        kind: str,
        title: str,
        data: TemplateData,
        cites: Iterable[Position],
        description: str = "",
        searchable: bool = True,
        hide: tuple[str, ...] = (),
        files: tuple[File, ...] = (),
    ) -> Page:
        """A Page. The template of its data prints the body below the headline; provenance follows by itself."""
        draft = PageDraft(
            path=path,
            kind=kind,
            title=title,
            data=data,
            cites=tuple(sorted(set(cites))),
            description=description or title,
            searchable=searchable,
            hide=hide,
            files=files,
        )
        return self.written(draft)

    def written(self, draft: PageDraft) -> Page:
        """The Page of a PageDraft."""
        body = self.printed(draft.data, draft.path)
        foot = self.provenance(draft.path, cited_lines(draft.cites))
        headline = "" if draft.kind == "home" else f"# {heading(draft.title)} {{#top}}\n\n"
        return Page(
            path=draft.path,
            kind=draft.kind,
            title=draft.title,
            description=draft.description,
            body=f"{headline}{body}\n\n{foot}\n",
            cites=draft.cites,
            searchable=draft.searchable,
            hide=draft.hide,
            files=draft.files,
        )

    def provenance(self, path: str, cites: Iterable[CitedLines]) -> Markup:
        """The foot of a page: records by file with their lines, commit and day."""
        files, said = tuple(cites), "provenance."
        records, count = tuple(map(self._record_link, files)), sum(one.count for one in files)
        made = Provenance(
            summary=self.say_until(self.site.as_of, f"{said}{'summary' if records else 'program'}", count=count),
            explain=self.say(f"{said}explain" if records else f"{said}program_explain"),
            commit=last("commit") if self.site.commit else None,
            state=last("state"),
            records=records,
        )
        return self.printed(made, path)

    def told_last(self) -> Mapping[str, str]:
        """What stands in the places that are filled last, as HTML: all that pages tell of the commit, and the day
        itself.
        """
        commit, branch = self.site.commit, self.site.repository.district.repo_branch
        states = {None: "provenance.unknown", True: "provenance.dirty"}
        said = {
            "day": self.day(self.site.as_of),
            "commit": short_id(commit) if commit else "",
            "state": f" {self.say(states[commit.dirty])}" if commit and commit.dirty in states else "",
            "revision": commit.id if commit else branch,
        }
        return {name: settle(literal(text)) for name, text in said.items()}

    def _record_link(self, cited: CitedLines) -> RecordLink:
        """The lines of a file, with where they can be read."""
        lines = self.say("school.list_separator").join(cited.spans)
        said = self.say("provenance.lines", count=cited.count, lines=lines)
        return RecordLink(path=cited.path, lines=said, url=self._record_url(cited))

    def _record_url(self, cited: CitedLines) -> Markup | None:
        """Where the first line can be read in the repository's web view, if the district says where that is."""
        district = self.site.repository.district
        if not district.repo_url:
            return None
        files = self.html(f"{district.repo_url.rstrip('/')}/blob/")
        return Markup("").join((files, last("revision"), self.html(f"/{cited.path}#L{cited.first}")))


def cited_lines(cites: Iterable[Position]) -> tuple[CitedLines, ...]:
    """Places by file, in the order of the first in each."""
    lines: dict[str, set[int]] = {}
    for at in cites:
        lines.setdefault(at.path, set()).add(at.line)
    return tuple(
        CitedLines(path=path, first=min(found), count=len(found), spans=tuple(map(intern, _spans(sorted(found)))))
        for path, found in lines.items()
    )


def _spans(lines: Sequence[int]) -> Iterator[str]:
    """Numbers in ascending order, those that follow each other as one span: 1, 2, 3, 7 is "1–3", "7"."""
    for _, run in groupby(enumerate(lines), lambda at: at[1] - at[0]):
        numbers = [line for _, line in run]
        yield f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def edition(site: Site, language: Language, catalogue: Catalogue) -> Edition:
    """The Edition of a Site in a language."""
    return Edition(site=site, language=language, catalogue=catalogue, environment=_environment(language, literal))


def compile_templates() -> None:
    """Compile every template: those that are compiled already are not compiled again."""
    environment = _environment(Language.ZH, literal)
    for name in environment.list_templates(["j2"]):
        environment.get_template(name)


_HAN = re.compile("[\u3400-\u9fff]")  # other signs that are not ASCII (`·`, `²`, `–`) stand in English too


class _Written(CodeGenerator):
    """What templates do is known, so that less needs to be asked when one is filled: every value is written by
    `finalize` (what comes from there is Markup, and is not escaped again), attributes are those of data, functions are
    our own, and a sentence without facts is written once.
    """

    _fixed: nodes.Expr | None = None

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self._fixed = node if _fixed(node) else None
        self.write("(" if self._fixed or _marks(node) else f"({finalize.src or ''}")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")" if _fixed(node) or _marks(node) else "))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 (named by Jinja)
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if node is self._fixed:
            self.write(f"environment.said[{node.args[0].as_const()!r}]")
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


def _fixed(node: nodes.Expr) -> bool:
    """Whether a template writes a sentence there that has no facts."""
    if not isinstance(node, nodes.Call) or node.kwargs or len(node.args) != 1:
        return False
    return isinstance(node.node, nodes.Name) and node.node.name == "say" and isinstance(node.args[0], nodes.Const)


def _marks(node: nodes.Expr) -> bool:
    """Whether a filter gives Markup there."""
    return isinstance(node, nodes.Filter) and node.name in ("t", "heading", "anchor")


class _Said(dict[str, Markup]):
    """Sentences without facts, written."""

    def __init__(self, say: Say, write: Callable[[str], Markup]) -> None:
        super().__init__()
        self._say, self._write = say, write

    def __missing__(self, key: str) -> Markup:
        self[key] = self._write(self._say(key))
        return self[key]


class _Given(Context):
    """What a template is filled with, some ten times a page. Ours have no blocks, and export nothing."""

    def __init__(
        self, environment: Environment, parent: dict[str, Any], name: str | None, *_: object, **__: object
    ) -> None:
        self.environment, self.parent, self.name = environment, parent, name
        self.vars, self.blocks, self.exported_vars, self.globals_keys = {}, {}, set(), set()


class Templates(Environment):
    """The templates, how they write what is no Markup, and what they say without facts."""

    code_generator_class = _Written
    context_class = _Given
    write: Callable[[str], Markup]
    said: Mapping[str, Markup]
    say_day: Callable[..., Markup]  # a sentence with the Site's own day

    def filled(self, name: str, given: dict[str, object]) -> Markup:
        """A template with what it is given."""
        template = self._found(name)
        try:
            return Markup("".join(template.root_render_func(_Given(self, {**self.globals, **given}, name))))
        except Exception:
            self.handle_exception()

    @cached_property
    def _found(self) -> Callable[[str], Template]:
        return cache(self.get_template)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template sees: one mapping, since a chain of two takes longer each time a template is filled."""
        return {**self.globals, **(d or {})}


class _Compiled(BytecodeCache):
    """Templates as they were compiled once: their code is the same in both languages and both ways of writing."""

    def __init__(self) -> None:
        self._kept: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.code


_COMPILED = _Compiled()  # compiling the templates takes longer than filling them


@cache
def _environment(language: Language, write: Callable[[str], Markup]) -> Templates:
    environment = Templates(
        bytecode_cache=_COMPILED,
        loader=FileSystemLoader(site_folder() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        comment_start_string="<!--#",  # `{#` begins an anchor in Markdown headings
        comment_end_string="#-->",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,  # a template does not change while a site is made
        cache_size=-1,
        finalize=lambda value: value if value.__class__ is Markup else write(str(value)),
    )
    environment.filters |= {
        "t": lru_cache(maxsize=_KEPT)(partial(_marked, language, write)),
        "plain": partial(_plain, language),
        "heading": lambda text: heading(_plain(language, text)),
        "anchor": anchor,
        "day": partial(day_text, language),
        "num": number,
        "label": partial(label_text, language),
    }
    say = Speaker(catalogue=load(), language=language).say
    environment.write, environment.said = write, _Said(say, write)
    environment.say_day = lru_cache(maxsize=_KEPT, typed=True)(partial(_dated, say, write, day=last("day")))
    environment.globals |= {"say": say, "say_day": environment.say_day, "lang": language.value}
    return environment


_DAY = "\x00"  # in a sentence that is being said; no sentence of ours has it, and none of a record


def _dated(say: Say, write: Callable[[str], Markup], key: str, day: Markup, **facts: object) -> Markup:
    """A sentence with a day that is written already."""
    given = {name: fact.replace(_DAY, "") if isinstance(fact, str) else fact for name, fact in facts.items()}
    return day.join(write(part) for part in say(key, day=_DAY, **given).split(_DAY))


def short_id(commit: Commit) -> str:
    """A commit's id as people are shown it."""
    return commit.id[:12]


def relative(here: str, there: str, anchor: str = "") -> str:
    """The address of page `there` from page `here` (both without suffix), with an anchor if one is given."""
    link = _link(here.rpartition("/")[0], there)
    return f"{link}#{anchor}" if anchor else link


@lru_cache(maxsize=_KEPT)
def _link(start: str, there: str) -> str:
    """As `relpath`, which asks for the current folder each time."""
    here, to = start.split("/") if start else [], f"{there}.html".split("/")
    same = 0
    while same < min(len(here), len(to) - 1) and here[same] == to[same]:
        same += 1
    return "../" * (len(here) - same) + "/".join(to[same:])


def heading(text: str) -> Markup:
    """Text for a Markdown heading, in one line; a heading without a sign would be none."""
    return literal(" ".join(text.split()) or "—")


def brief(text: str, longest: int) -> str:
    """The beginning of a text, cut between words where there are any, without the full stop of a sentence that is shown
    whole.
    """
    if len(text) <= longest:
        return text.rstrip("。.")
    cut = text[:longest]
    return f"{cut if text[longest] == ' ' else cut.rpartition(' ')[0] or cut}…"


def front_matter(fields: Mapping[str, object]) -> str:
    """A YAML front matter block.

    Strings are written as HTML, because the theme prints them as they are, and quoted as JSON, which is YAML.
    """
    lines = (f"{key}: {json.dumps(_literals(value), ensure_ascii=False)}" for key, value in fields.items())
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def _literals(value: object) -> object:
    match value:
        case Markup():
            return str(value)
        case str():
            return literal(value)
        case Mapping():
            return {k: _literals(v) for k, v in value.items()}
        case list() | tuple():
            return [_literals(v) for v in value]
        case _:
            return value


def markdown(page: Page) -> str:
    """The Markdown file of a page, as the theme engine reads it."""
    fields: dict[str, object] = {"title": page.title, "description": page.description, "kind": page.kind}
    if page.hide:
        fields["hide"] = list(page.hide)
    if not page.searchable:
        fields["search"] = {"exclude": True}
    return front_matter(fields) + page.body


def _plain(language: Language, text: Text | str | None) -> str:
    match text:
        case None:
            return ""
        case str():
            return text
        case Text():
            return text.in_(language)


def _marked(language: Language, write: Callable[[str], Markup], text: Text | str | None) -> Markup:
    """Record text for HTML: Chinese text on an English page says that it is Chinese."""
    chinese_here = isinstance(text, str) or (isinstance(text, Text) and text.en is None)
    written = write(_plain(language, text))
    if language is Language.EN and chinese_here and _HAN.search(_plain(language, text)):
        return Markup(f'<span lang="zh-CN">{written}</span>')
    return written


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=_KEPT)
def day_text(language: Language, day: date | None) -> str:
    """A day in words; a day that is not known is a dash."""
    if day is None:
        return "—"
    match language:
        case Language.ZH:
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        case Language.EN:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=_KEPT)
def number(value: float | None) -> str:
    """A figure with thousands separators; a figure that is not known is a dash, never 0."""
    if value is None:
        return "—"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=1024, typed=True)  # members of two closed sets may be spelt alike
def label_text(language: Language, member: StrEnum) -> str:
    """The word that the schema gives for a member of a closed set."""
    return enum_label(type(member).__name__, member.value).in_(language)
