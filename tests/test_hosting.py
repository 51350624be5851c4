"""Pages on hosting say what is there: files that `init` writes, the container's packages, and an nginx that loses no
header where a place has one of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.district import founding
from tests.test_founding import UNLIKE

ROOT = Path(__file__).resolve().parent.parent
HOSTING = ROOT / "docs" / "hosting"
PAGES = sorted(HOSTING.glob("*.md"))
INDEX = (ROOT / "docs" / "PUBLISHING.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    text = (HOSTING / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_every_page_stands_in_the_index_and_no_other() -> None:
    assert sorted(re.findall(r"\(hosting/([a-z-]+\.md)\)", INDEX)) == [page.name for page in PAGES]


def test_nothing_that_people_read_is_left_in_the_middle_of_a_merge() -> None:
    read = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("site/**/*.*ml")]
    assert len(read) > 40
    assert not [
        path for path in read if re.search("^(<<<<<<<|>>>>>>>) ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_that_init_wrote_is_written(page: Path) -> None:
    given, problems = founding.answers("a.yml", (UNLIKE / "answers.yml").read_bytes())
    assert given is not None, problems
    written = founding.settings(given)
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`(\.(?:github|gitlab|workflow)[\w./-]*\.yml)`", text))
    assert named <= set(written)
    assert "中文" in text
    assert bool(named) == (page.stem in ("github-pages", "gitlab-pages", "gitee"))


def test_a_place_with_a_header_of_its_own_repeats_what_every_answer_needs() -> None:
    """nginx hands no header down to a place that adds one."""
    servers = blocks("web-server.md", "nginx")
    assert len(servers) == 2
    for server in servers:
        assert "expires -1;" in server
        assert re.search(r"error_page 404 (/district)?/404\.html;", server)
        for place in re.findall(r"location [^{]*\{([^{}]*)\}", server):
            if "add_header" in place:
                assert "add_header X-Content-Type-Options nosniff always;" in place
        outside = re.sub(r"location [^{]*\{[^{}]*\}", "", server)
        assert "frame-ancestors 'none'" in outside
        assert not re.search(r"add_header Cache-Control", server)


def test_the_container_installs_what_the_district_pins() -> None:
    (recipe,) = blocks("container.md", "dockerfile")
    for line in founding._INSTALL[1:]:
        wanted = line.removeprefix(".venv/bin/").replace(" --quiet", "")
        assert wanted in recipe.replace(" --no-cache-dir", ""), wanted
    packages = re.findall(r"lib[\w.-]+|fonts-[\w-]+", recipe.partition("\\")[0])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert " ".join(packages) in readme
    assert "USER nobody" in recipe
