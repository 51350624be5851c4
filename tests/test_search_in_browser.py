"""What people type into the search of the sample site, and what they are shown, in a real browser; in `make explore`
with the other engine too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from generator.edition.entries import Entry
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.publish.search import index
from tests.conftest import AS_OF, COMMIT, TYPICAL, explored, lent_page, once

# What somebody in distress types, on whichever page and in whichever words: no page needs to have them.
DISTRESS = (
    *(
        "自杀",
        "自殺",
        "不想活",
        "不想活了",
        "我不想活下去了",
        "想死",
        "活不下去",
        "活不下去了怎么办",
        "割腕",
        "自残",
        "自殘",
        "自伤",
        "崩溃",
    ),
    *(
        "快要崩潰了",
        "抑郁",
        "抑鬱",
        "我是不是抑郁了",
        "睡不着",
        "睡不著",
        "睡不好",
        "失眠",
        "孩子不想上学",
        "孩子不想上學",
        "厌学",
        "拒学",
        "被打",
    ),
    *(
        "同学打我",
        "霸凌",
        "被霸凌",
        "欺凌",
        "跳楼",
        "跳樓",
        "救命",
        "遗书",
        "没意思",
        "心理热线",
        "心理熱線",
        "心理咨询",
        "12356",
        "１２３５６",
    ),
    *("110", "buxianghuo", "zisha"),
    *("suicide", "Suicidal", "kill myself", "I want to kill myself", "self harm", "self-harm"),
    *("selfharm", "want to die", "I wanna die", "depressed", "depression", "depresed", "sucide"),
    *("can't sleep", "can’t sleep", "cannot sleep", "bullied", "bullying", "my son is being bullied"),
    *("hotline", "helpline", "counselor", "counsellor", "anxiety", "cutting"),
    *("my daughter refuses to go to school", "won't go to school", "abuse", "panic attack", "lonely"),
    *(
        "老师打人",
        "爸妈离婚",
        "想退学",
        "心慌",
        "没有朋友",
        "早恋",
        "裸照",
        "敲诈",
        "抽动症",
        "多动症",
        "精神科",
        "好累",
        "我完了",
    ),
    *(
        "no friends",
        "nudes",
        "cyberbullying",
        "rape",
        "drugs",
        "emergency",
        "divorce",
        "ADHD",
        "autism",
        "my dad is dead",
    ),
)
CALM = (
    "填报",
    "晨光小学",
    "逾期",
    "专职",
    "schools",
    "claims",
    "unmet",
    "waivers",
    "xz07",
    "statistics",
    "execute",
    "csv",
    *(
        "填完了",
        "累计",
        "打印",
        "复学",
        "deadline",
        "number of pupils",
        "encryption",
        "broken link",
        "psychology teachers",
    ),
)

# Typed; pages of which one stands first; pages that stand among the first four. As in the cases of the issue.
CHINESE = (
    ("自杀", "help", ()),
    ("抑郁", "help", ()),
    ("心理热线", "help", ()),
    ("12356", "help", ()),
    ("救命", "help", ()),
    ("睡不好", "help", ("lessons/micro", "outreach/index")),
    ("孩子不想上学", "help", ("lessons/micro", "outreach/index")),
    ("心理咨询", "help", ()),
    ("投诉", "help", ("about/index",)),
    ("晨光小学", "schools/xz07", ()),
    ("晨光小學", "schools/xz07", ()),
    ("晨光小雪", "schools/xz07", ()),
    ("xz07", "schools/xz07", ()),
    ("ＸＺ０７", "schools/xz07", ()),
    ("Chenguang", "schools/xz07", ()),
    ("Chenguan", "schools/xz07", ()),
    ("填报", "filing/index", ("about/filing",)),
    ("怎么填报", "filing/index", ("about/filing",)),
    ("筛查", "statistics/tables/participation", ()),
    ("逾期", "compliance/overdue", ("inspections/index",)),
    ("整改", "compliance/overdue", ("inspections/index",)),
    ("STAFF-01", "rules/STAFF-01", ()),
    ("每十个教学班", "rules/STAFF-01", ()),
    ("2025-12-xz09", "inspections/2025-12-xz09", ()),
    ("讲师团", "outreach/|team/|rules/|work/", ()),
    ("沙盘", "work/|rules/|policies/|plans/|about/", ("work/systems",)),
)
ENGLISH = (
    ("suicide", "help", ()),
    ("hotline", "help", ()),
    ("self-harm", "help", ()),
    ("depression", "help", ()),
    ("counselor", "help", ()),
    ("counsellor", "help", ()),
    ("unmet", "compliance/overdue", ("compliance/waivers",)),
    ("waiver", "compliance/waivers", ()),
    ("waivers", "compliance/waivers", ()),
    ("wavier", "compliance/waivers", ()),
    ("claims", "figures/claims", ()),
    ("suppressed", "statistics/methods", ()),
    ("Chenguang", "schools/xz07", ()),
    ("晨光小学", "schools/xz07", ()),
    ("organization", "work/|plans/|policies/|about/|team/", ()),
)


# Sixty more, written by us after the cases: what somebody types who does not know our words.
MORE_CHINESE = (
    *(("心理老师电话", "help"), ("我校心理老师", "help"), ("学校心理辅导室", "help"), ("孩子厌学怎么办", "help")),
    *(("考试焦虑", "help"), ("网瘾", "help"), ("沉迷手机", "help"), ("游戏成瘾", "help"), ("校园霸凌", "help")),
    *(("危机干预", "help"), ("医院", "help"), ("隐私", "help"), ("测评结果会不会公开", "help")),
    *(("辅导室面积", "statistics/open|rules/ROOM"), ("生师比", "statistics/open"), ("经费", "statistics/open|rules/")),
    *(("微课", "lessons/micro"), ("睡眠 微课", "lessons/micro"), ("青春期", "lessons/")),
    *(("测评率", "statistics/tables/participation"), ("初中测评", "statistics/tables/participation")),
    *(("数据下载", "statistics/downloads"), ("Excel", "statistics/downloads"), ("表格", "statistics/builder")),
    *(("更正", "statistics/releases/index"), ("订阅", "about/follow"), ("日历", "work/calendar$")),
    *(("截止日期", "work/calendar"), ("什么时候填报", "work/calendar|about/filing"), ("最近的变化", "about/changes")),
    *(("示范校", "demonstration/index"), ("年底检查", "schemes/year-end"), ("督学", "rules/SUP|work/|plans/")),
    *(
        ("专职教师配备", "rules/STAFF-01"),
        ("泉畔一小", "schools/xz01"),
        ("听泉", "schools/xz09"),
        ("xz 07", "schools/xz07"),
    ),
    *(
        ("泉畔第一小學", "schools/xz01"),
        ("山东省", "policies/sd-"),
        ("教育部", "policies/"),
        ("组织机构", "work/index"),
    ),
    *(
        ("附近的学校", "schools/index"),
        ("哪些学校没有心理老师", "rules/STAFF-11"),
        ("不达标的学校", "compliance/overdue"),
    ),
    *(
        ("红头文件", "policies/index"),
        ("忘了交", "filing/index"),
        ("填错了怎么办", "about/filing"),
        ("家长会", "outreach/"),
    ),
    *(("数据从哪来", "statistics/methods"), ("孩子的测评结果谁能看到", "help"), ("心理老师有哪些", "schools/index")),
)
MORE_ENGLISH = (
    *(("school counselor phone", "help"), ("exam stress", "help"), ("game addiction", "help"), ("privacy", "help")),
    *(("is the screening public", "help"), ("crisis", "help"), ("teacher training", "plans/teachers|team/")),
    *(("excel", "statistics/downloads"), ("correction", "statistics/releases/index"), ("calendar", "work/calendar")),
    *(
        ("deadline", "work/calendar"),
        ("how do I file", "filing/index|about/filing"),
        ("demonstration school", "demonstration/index"),
    ),
    *(
        ("rectification", "compliance/overdue"),
        ("law", "policies/"),
        ("Springside", "schools/xz01"),
        ("XZ-07", "schools/xz07"),
    ),
    *(("why red", "compliance/methods"), ("make a table", "statistics/builder"), ("what changed", "about/changes")),
    *(("subscribe", "about/follow"), ("rss", "about/follow"), ("video", "lessons/micro"), ("parents", "outreach/")),
    *(("failing schools", "compliance/overdue"), ("who can see my child's result", "help"), ("late filing", "filing/")),
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with lent_page(browser, viewport=ViewportSize(width=1280, height=900)) as page:
        yield page


@pytest.fixture(scope="module")
def other_engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The typical district's site as the other engine makes it."""

    def make(folder: Path) -> None:
        assert build(TYPICAL, folder / "site", AS_OF, COMMIT, Engine.ZENSICAL, lambda _: None) == ()

    return once(tmp_path_factory, "zensical", make) / "site"


def told(page: Path) -> str:
    """What the article of a page says, and where it leads."""
    article = page.read_text(encoding="utf-8").partition("<article")[2].rpartition("</article>")[0]
    links = [f"{link.removeprefix('./')} " for link in re.findall(' href="([^"]*)"', article)]
    return " ".join([*re.sub("<[^>]*>", " ", article).split(), *links])


@explored
def test_the_other_engine_makes_the_same_pages(typical_built: Path, other_engine: Path) -> None:
    """Desks and tables to embed are ours alone; of the others the articles say the same and lead to the same places."""
    ours, theirs = (
        {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.*")) if "assets" not in path.parts}
        for site in (typical_built, other_engine)
    )
    assert theirs.keys() - ours.keys() == {"search.json", "en/search.json"}
    assert ours.keys() <= theirs.keys()
    pages = [place for place in ours if place.endswith(".html")]
    assert [place for place in pages if told(ours[place]) != told(theirs[place])] == []
    whole = [place for place in pages if "<article" not in ours[place].read_text(encoding="utf-8")]
    assert [place for place in whole if ours[place].read_bytes() != theirs[place].read_bytes()] == []
    assert {Path(place).parent.name for place in whole} >= {"filing", "embed"}


# Each is typed after the other, without a step out of the page between.
TYPED = """typed => {
  const field = document.querySelector(".xz-search__field");
  field.value = typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
AT_ONCE = f"""all => all.map((typed) => {{
  ({TYPED})(typed);
  return [...document.querySelectorAll(".xz-search__help a[href^='tel:']")]
    .filter((link) => link.getClientRects().length && link.checkVisibility({{ visibilityProperty: true }}))
    .map((link) => link.getAttribute("href").slice(4));
}})"""
ANSWERED = f"""async (all) => {{
  const found = [];
  for (const typed of all) {{
    ({TYPED})(typed);
    while (document.querySelector(".xz-search").dataset.answered !== typed) await new Promise((next) => setTimeout(next));
    found.push([...document.querySelectorAll(".xz-search__hits a")].map((link) => link.getAttribute("href")));
  }}
  return found;
}}"""


def at_once(page: Page, typed: tuple[str, ...]) -> list[list[str]]:
    """The numbers that are to be seen while each is typed, before anything can have been loaded."""
    found: list[list[str]] = page.evaluate(AT_ONCE, typed)
    return found


def answers(page: Page, typed: list[str]) -> list[list[str]]:
    """The addresses of what is found for each, in order, as they are written in the page."""
    found: list[list[str]] = page.evaluate(ANSWERED, typed)
    return found


def hits(page: Page, typed: str) -> list[str]:
    """The same for one, typed as a person does."""
    page.locator(".xz-search__field").fill(typed)
    expect(page.locator(f'.xz-search[data-answered="{typed}"]')).to_have_count(1)
    found: list[str] = page.locator(".xz-search__hits a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return found


def lines(page: Page) -> list[str]:
    """The numbers that are to be seen."""
    shown = page.locator(".xz-search__help a[href^='tel:']:visible")
    found: list[str] = shown.evaluate_all("all => all.map(a => a.getAttribute('href').slice(4))")
    return found


def test_help_lines_stand_above_all_at_once_and_need_nothing_loaded(page: Page, sample_site: Path) -> None:
    """From a folder on disk, with no index to be had; while the words are being typed."""
    page.route("**/search/index.js", lambda route: route.abort())
    for address in ("schools/xz01.html", "en/rules/STAFF-01.html"):
        page.goto((sample_site / address).as_uri())
        told = dict(zip(DISTRESS, at_once(page, DISTRESS), strict=True))
        assert [typed for typed, seen in told.items() if seen[:3] != ["110", "120", "12356"]] == []
        told = dict(zip(CALM, at_once(page, CALM), strict=True))
        assert [typed for typed, seen in told.items() if seen] == []
    page.unroute("**/search/index.js")


def test_lines_stand_above_the_hits_and_stay_when_nothing_is_found(page: Page, sample_url: str) -> None:
    page.goto(f"{sample_url}/index.html")
    assert hits(page, "不想活qqqq")[0].endswith("help.html")
    assert lines(page)[0] == "110"
    help_box, first = (
        page.locator(".xz-search__help").bounding_box(),
        page.locator(".xz-search__hits li").first.bounding_box(),
    )
    assert help_box
    assert first
    assert help_box["y"] < first["y"]
    assert lines(page) == ["110", "120", "12356", "12355"]
    assert hits(page, "不想活") == ["help.html"]


def test_words_that_no_page_uses_show_the_lines(page: Page, sample_url: str) -> None:
    """Who finds nothing may have looked for help in words that nobody thought of."""
    for half, typed in (("", "啊啊啊啊"), ("en/", "xyzzy")):
        page.goto(f"{sample_url}/{half}index.html")
        assert hits(page, typed) == []
        assert lines(page)[0] == "110"
        assert hits(page, "csv")
        assert lines(page) == []


def test_the_lines_are_the_first_thing_on_the_help_page_of_a_phone(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, viewport=ViewportSize(width=390, height=844)) as page:
        for half in ("", "en/"):
            page.goto(f"{sample_url}/{half}help.html")
            boxes = [link.bounding_box() for link in page.locator(".xz-calls a").all()]
            assert len(boxes) == 4
            assert all(box and box["y"] + box["height"] < 700 and box["height"] >= 44 for box in boxes), boxes


@pytest.mark.parametrize(("half", "cases"), [("", CHINESE), ("en/", ENGLISH)], ids=["zh", "en"])
def test_what_people_type_finds_what_they_look_for(
    page: Page, sample_url: str, half: str, cases: tuple[tuple[str, str, tuple[str, ...]], ...]
) -> None:
    page.goto(f"{sample_url}/{half}index.html")
    wrong = []
    answered = answers(page, [typed for typed, _, _ in cases])
    for (typed, first, among), every in zip(cases, answered, strict=True):
        found = [hit.partition(".html")[0] for hit in every]
        if not (found and re.match(first, found[0]) and set(among) <= set(found[:4])):
            wrong.append((typed, found[:5]))
    assert wrong == []


@pytest.mark.parametrize(("half", "cases"), [("", MORE_CHINESE), ("en/", MORE_ENGLISH)], ids=["zh", "en"])
def test_who_does_not_know_our_words_finds_it_too(
    page: Page, sample_url: str, half: str, cases: tuple[tuple[str, str], ...]
) -> None:
    assert len(MORE_CHINESE) + len(MORE_ENGLISH) >= 60
    page.goto(f"{sample_url}/{half}index.html")
    wrong = []
    answered = answers(page, [typed for typed, _ in cases])
    for (typed, first), every in zip(cases, answered, strict=True):
        found = [hit.partition(".html")[0] for hit in every]
        if not (found and re.match(first, found[0])):
            wrong.append((typed, found[:5]))
    assert wrong == []


def test_nothing_that_shares_only_a_part_is_found(page: Page, sample_url: str) -> None:
    page.goto(f"{sample_url}/index.html")
    schools = {hit for hit in hits(page, "晨光小学") if "schools/xz" in hit}
    assert schools == {"schools/xz07.html"}
    for hit in hits(page, "专职"):
        page_text = page.request.get(f"{sample_url}/{hit.partition('#')[0]}").text()
        assert "专职" in re.sub("<[^>]*>", "", page_text), hit


@explored
def test_what_explains_records_stands_last(page: Page, sample_url: str) -> None:
    page.goto(f"{sample_url}/index.html")
    hits(page, "学校")
    while page.locator(".xz-search__more:visible").count():
        page.locator(".xz-search__more").click()
    found = [str(link.get_attribute("href")) for link in page.locator(".xz-search__hits a").all()]
    last = ["about/dictionary" in hit or "about/problems" in hit for hit in found]
    assert any(last)
    assert last == sorted(last)


def test_nothing_is_loaded_before_somebody_searches(browser: Browser, sample_url: str) -> None:
    with lent_page(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{sample_url}/en/about/index.html", wait_until="networkidle")
        assert [url for url in asked if "search/" in url] == []
        assert hits(page, "sand")
        assert [url for url in asked if "search/" in url] == [f"{sample_url}/en/search/index.js"]


def test_a_hit_of_another_site_leads_to_that_site(page: Page, sample_url: str) -> None:
    """As on the site of an office, for the schools of the districts below it."""
    there = "https://example.org/lake/schools/s01.html"
    entry = Entry(location=there, kind="school", title="湖心岛小学", text="湖滨区 s01")
    page.route("**/search/index.js", lambda route: route.fulfill(body=index([], [entry])))
    page.goto(f"{sample_url}/rules/index.html")
    assert hits(page, "湖心岛") == [there]


def test_the_search_works_from_a_folder_on_disk(page: Page, sample_site: Path) -> None:
    page.goto((sample_site / "schools" / "xz01.html").as_uri())
    assert hits(page, "xz07")[0] == "../schools/xz07.html"


def test_on_a_phone_the_search_opens_by_a_button_and_closes_again(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, viewport=ViewportSize(width=390, height=844)) as page:
        page.goto(f"{sample_url}/index.html")
        expect(page.locator(".xz-search__field")).to_be_hidden()
        page.locator(".xz-search__open").click()
        expect(page.locator(".xz-search__field")).to_be_focused()
        hits(page, "不想活")
        assert lines(page)[0] == "110"
        page.locator(".xz-search__close").click()
        expect(page.locator(".xz-search__panel")).to_be_hidden()
        expect(page.locator(".xz-search__open")).to_be_focused()


@explored
def test_the_other_engine_has_the_same_search(page: Page, other_engine: Path, typical_built: Path) -> None:
    for half in ("", "en/"):
        ours, other = (
            (root / half / "search/index.js").read_text(encoding="utf-8") for root in (typical_built, other_engine)
        )
        assert other == ours
    page.goto((other_engine / "index.html").as_uri())
    assert hits(page, "xz01")[0].removeprefix("./") == "schools/xz01.html"
    hits(page, "不想活")
    assert lines(page)[0] == "110"
    assert page.locator("[data-md-component=search]").count() == 0
