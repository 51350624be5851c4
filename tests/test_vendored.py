"""What others wrote and the site hands out: the bytes that its README names, with the licences of all of it."""

from __future__ import annotations

import re
from hashlib import sha256

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing import desk_page
from generator.text import Language
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
