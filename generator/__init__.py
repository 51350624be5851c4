"""xinzhuli: records of a school district's mental-health programme, kept in git, become one checked bilingual site.

The house, from the top floor down. A wing uses what stands below it; compliance and statistics never meet.

cli         What is typed: arguments, commands, keys as people hand them over, exit codes.
publish     Pages become a site: build, engine, stamp, search, output, preview, printed sheets.
filing      How filings come in without git: the desk, its forms, what it hands in, what the office takes in.
district    The life of a district: how it begins, what lies ahead, how its schools and years change.
review      What a change of the records means: what differs, what follows, in words.
pages       What each page says: typed data, which a template prints.
report      One result in every format that people and platforms read, a small file a format.
edition     The Site in one language: what may be told, and how values, charts, tables and files of it are written.
statistics  What needs a key: opening, tabulating, protecting, attacking, cutting a release.
compliance  What records say about duties: measures, verdicts, scores, claims, gates.
records     Documents become Records, and Records one Repository: shape, ids, references, integrity.
guard       What must never enter git, found in the bytes of a file; and what was allowed.
sealed      What may be known of sealed aggregates without a key: age headers, recipients, receipts, signatures.
model       The frozen public types, an area a module.
files       Bytes and text: where files come from, what is written in them, and how they are replaced.

Below all: `problems` (positions, Problems, the one form of day), `text` (record text in two languages) and `modules`
(where Python looks for modules).
"""

from generator import modules

__version__ = "0.1.0"  # as in pyproject.toml; a site tells it

modules.drop_current_folder()
