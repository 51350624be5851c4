"""What others wrote and the site hands out: the bytes that its README names, with the licences of all of it."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from playwright.sync_api import Browser

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing import desk_page
from generator.sealed.age_header import Header, header
from generator.sealed.receipts import BUCKET
from generator.sealed.recipients import KeyFormat, fingerprint, key_format
from generator.statistics.age import NotOpened, Refusal, new_identity, open_sealed, public_key
from generator.text import Language
from tests.conftest import lent_page
from tests.district import DAY, FIRST, ROOT
from tests.test_cut import repository as sample

VENDOR = ROOT / "site" / "desk" / "vendor"


def test_the_library_is_the_one_that_its_readme_names() -> None:
    told = (VENDOR / "README.md").read_text(encoding="utf-8")
    assert sha256((VENDOR / "age-encryption.js").read_bytes()).hexdigest() in told
    assert {path.name for path in VENDOR.iterdir()} == {"README.md", "LICENSES.txt", "age-encryption.js"}


def test_every_package_of_it_has_its_licence_and_every_desk_carries_them() -> None:
    told = (VENDOR / "README.md").read_text(encoding="utf-8")
    licences = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    packages = re.findall(r"^\| ([@a-z/-]+) \| [0-9]", told, re.MULTILINE)
    assert len(packages) == 6
    for package in packages:
        assert f"{package}\n{'-' * len(package)}\n" in licences
    made = edition(site(sample(), DAY, None), Language.ZH, load())
    shared = next(file.content for file in desk_page.files(made) if file.path == "filing/age.js")
    whole = desk_page.one_file(made, made.site.repository.schools[FIRST])
    assert licences.encode() in shared
    assert licences.encode() in whole


def test_it_seals_for_post_quantum_keys_and_never_for_keys_of_two_kinds(browser: Browser) -> None:
    identities = [new_identity(strong=True) for _ in range(2)]
    first, second = (public_key(identity) or "" for identity in identities)
    weak = public_key(new_identity()) or ""
    assert [key_format(key) for key in (first, weak)] == [KeyFormat.POST_QUANTUM, KeyFormat.CLASSIC]
    desk = VENDOR.parent
    parts = "\n".join(
        (desk / f"{name}.js").read_text(encoding="utf-8") for name in ("vendor/age-encryption", "sealing")
    )
    days = {"first": "2026-01-01", "last": "2026-12-31"}
    openers = [{"key": key, "fingerprint": fingerprint(key), **days} for key in (first, second, weak)]
    with lent_page(browser) as page:
        page.goto((VENDOR / "LICENSES.txt").as_uri())  # sealing needs a page that browsers trust
        answer = page.evaluate(
            f"""async (openers) => {{ {parts}
            const desk = {{ bucket: {BUCKET}, openers: openers.slice(0, 2) }};
            const data = {{ school: "xz01", term: "2026-2027-1", revision: 1, schema: 2 }};
            const found = openersOn(desk, "2026-11-10");
            const files = await sealedFiles(desk, data, "schema: 2\\n", "2026-11-10", found);
            return [files, openersOn({{ openers }}, "2026-11-10"), openersOn(desk, "2027-11-10")]; }}""",
            openers,
        )
    files, of_two_kinds, too_late = answer
    assert (of_two_kinds, too_late) == (None, None)
    sealed = files["records/schools/xz01/2026-2027-1.yml.age"].encode()
    found = header(sealed)
    assert isinstance(found, Header)
    assert found.stanzas == (KeyFormat.POST_QUANTUM.value,) * 2
    for identity in identities:  # the browser's post-quantum files open with ours, for each recipient
        assert open_sealed(sealed, [identity]).endswith(b"\nschema: 2\n")
    with pytest.raises(NotOpened) as refused:
        open_sealed(sealed, [new_identity(strong=True), new_identity()])
    assert refused.value.why is Refusal.NO_KEY
    assert f'digest: "{sha256(sealed).hexdigest()}"' in files["records/schools/xz01/2026-2027-1.receipt.yml"]
