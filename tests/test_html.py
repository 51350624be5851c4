"""Every page of the sample under the checker of the W3C (Nu).

It runs where Java is and `VNU_JAR` names its jar (npm: `vnu-jar`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

JAR = os.environ.get("VNU_JAR")
# What the theme (Material for MkDocs 9.8) writes into every page. Its script and its style sheet rest on these marks,
# so they stay as they are:
THEMES = (
    # boxes that open the drawer and the search; off, lest Firefox keep them
    "Attribute “autocomplete” is only allowed when the input type is",
    "The value of the “for” attribute of the “label” element must be the ID of a non-hidden form control.",  # `__toc`, where the script takes it away
    "Bad value “” for attribute “tabindex” on element “label”",  # empty where the navigation is open already
)


@pytest.mark.skipif(not JAR, reason="VNU_JAR names no jar of the Nu HTML checker")
@pytest.mark.skipif(not shutil.which("java"), reason="no Java here")
def test_every_page_is_valid_but_for_what_the_theme_writes(sample_site: Path) -> None:
    command = [
        "java",
        "-Xmx1g",
        "-jar",
        str(JAR),
        "--skip-non-html",
        "--format",
        "json",
        "--exit-zero-always",
        str(sample_site.resolve()),
    ]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stderr)["messages"]
    errors = [m for m in told if m["type"] == "error"]
    ours = [(Path(m["url"]).name, m["lastLine"], m["message"]) for m in errors if not m["message"].startswith(THEMES)]
    assert ours == []
    assert {next(theme for theme in THEMES if m["message"].startswith(theme)) for m in errors} == set(
        THEMES
    )  # the list holds nothing else
