"""A school's signature made in the browser by a key that it never gives out; the program verifies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from generator.filing.desk_page import one_file
from tests.conftest import explored, lent, until
from tests.district import DAY, FIRST, TERM, District, commit, git, invented, run, sign_up, with_office
from tests.test_desk import edited, fill_in, saved

ADDRESS = "https://desk.example.invalid/xz01.html"


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


@pytest.fixture
def site(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has nothing kept yet."""
    with lent(browser) as context:
        yield context
        context.unroute_all()


def desk(context: BrowserContext, made: District, address: str = ADDRESS, before: str = "") -> Page:
    """The desk as the site has it, on the day of the district."""
    edition = edited(made)
    body = one_file(edition, edition.site.repository.schools[FIRST])
    context.unroute_all()
    context.route(address, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page = context.new_page()
    page.add_init_script(before)  # of an older browser
    page.clock.set_fixed_time(f"{DAY}T10:00:00")
    page.goto(address)
    until(page, "document.getElementById('sign-state').textContent !== ''")
    page.evaluate("document.getElementById('signing').open = true")
    return page


NO_ED25519 = """const known = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (how, ...rest) => how.name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError")) : known(how, ...rest);"""


@pytest.mark.parametrize("kind", ["ssh-ed25519", pytest.param("ecdsa-sha2-nistp256", marks=explored)])
def test_what_the_browser_signs_the_program_verifies(
    site: BrowserContext, made: District, tmp_path: Path, kind: str
) -> None:
    older = NO_ED25519 if kind != "ssh-ed25519" else ""
    page = desk(site, made, before=older)
    page.click("#sign-make")
    page.wait_for_selector("#sign-line:not(:empty)")
    line = page.inner_text("#sign-line")
    assert line.startswith(f"{kind} ")
    assert "没有登记" in page.inner_text("#sign-state")
    sign_up(made, (FIRST, line))
    assert made.codes() == []
    commit(made, "a key on record")
    page = desk(site, made, before=older)  # the same browser, another day of the desk
    assert "会给本校的上报签名" in page.inner_text("#sign-state")
    fill_in(page, invented(made, FIRST))
    page.click("#seal")
    page.wait_for_selector("#aggregate-sealed:not([hidden])")
    assert "签名" in page.inner_text("#sealed-how")
    done = run(made, "intake", str(saved(page, "#aggregate-save", tmp_path)))
    assert done.returncode == 0, done.stdout
    git(made.root, "checkout", "-q", f"filing/{FIRST}/{TERM}")
    checked = run(made, "check")
    assert checked.returncode == 0, checked.stdout
    receipt = made.receipt()
    text = receipt.read_text("utf-8")
    assert "BEGIN SSH SIGNATURE" in text
    digit = re.search(r'commitment: "(.)', text)
    assert digit
    other = "0" if digit[1] != "0" else "1"
    receipt.write_text(text.replace(digit[0], digit[0][:-1] + other), "utf-8")
    assert "bad-signature" in run(made, "check").stdout  # the same signature under another content


def test_a_key_never_leaves_the_browser_and_is_all_that_it_keeps(site: BrowserContext, made: District) -> None:
    page = desk(site, made)
    page.click("#sign-make")
    page.wait_for_selector("#sign-line:not(:empty)")
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("xinzhuli-signing");
          opening.onsuccess = () => {
            const asked = opening.result.transaction("keys").objectStore("keys").getAll();
            asked.onsuccess = async () => resolve(await Promise.all(asked.result.map(async (key) => [
              Object.keys(key).sort(), key.privateKey.extractable, key.privateKey.usages,
              await crypto.subtle.exportKey("pkcs8", key.privateKey).then(() => "out", (e) => e.name)])));
          };
        })"""
    )
    assert kept == [[["half", "privateKey", "type"], False, ["sign"], "InvalidAccessError"]]
    assert page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))") == ["xinzhuli-signing"]


def test_a_browser_without_the_key_on_record_seals_nothing_and_says_why(
    site: BrowserContext, browser: Browser, made: District
) -> None:
    page = desk(site, made)
    page.click("#sign-make")
    page.wait_for_selector("#sign-line:not(:empty)")
    sign_up(made, (FIRST, page.inner_text("#sign-line")))
    with lent(browser) as other:
        page = desk(other, made)
        fill_in(page, invented(made, FIRST))
        assert page.locator("#seal").is_disabled()
        assert page.locator("#sign-blocked").is_visible()
        other.unroute_all()


def test_over_plain_http_nothing_is_sealed_and_the_page_says_why(site: BrowserContext, made: District) -> None:
    page = desk(site, made, "http://desk.example.invalid/xz01.html")
    fill_in(page, invented(made, FIRST))
    assert page.locator("#seal").is_disabled()
    assert page.locator("#insecure").is_visible()
    assert page.locator("#sign-make").is_hidden()
