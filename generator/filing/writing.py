"""The one text of a return that was filled in without git: each field in the form's order, with the comment that the
form has for it.

Owns that text. The desk's script writes the same (`site/desk/yaml.js`); shared cases hold both together. Must not know
where the data come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.files.yaml_text import comment, lines
from generator.filing.forms import Form

MODELINE = "# yaml-language-server: $schema=../../../schemas/return.schema.json"


def return_text(form: Form, data: Mapping[str, Any], heading: str) -> str:
    """The file of a return."""
    text = [MODELINE, comment(heading)]
    for field in form.fields:
        if field.name in data:
            if not field.fixed:
                text.append(f"# {field.title}{form.signs.colon}{field.help}")
            text += lines(field.name, data[field.name])
    return "\n".join([*text, ""])
