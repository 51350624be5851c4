"""Which pages a district has: of what is not in its records there is no page, and no link leads there.

Owns what each page needs of the records. Must not know what pages say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.edition.site import Site
from generator.model.programme import ActivityKind

FOR_TEACHERS = (ActivityKind.TRAINING, ActivityKind.GUIDANCE, ActivityKind.LECTURE, ActivityKind.EXCHANGE)
OUTREACH = (ActivityKind.PARENT_LECTURE, ActivityKind.COMMUNITY, ActivityKind.BROADCAST, ActivityKind.RECORDING)


def there(site: Site, path: str) -> bool:
    """Whether the district has what a page is about."""
    needs = _NEEDS.get(path) or next((need for start, need in _FOLDERS.items() if path.startswith(start)), None)
    return needs is None or needs(site)


def _held(*kinds: ActivityKind) -> Callable[[Site], bool]:
    return lambda site: any(activity.kind in kinds for activity in site.repository.activities.values())


def _collects(site: Site) -> bool:
    """Whether sealed aggregates are asked for, or were."""
    records = site.repository
    asked = any(term.submissions_due for term in records.district.terms.values())
    return asked or bool(records.recipients or records.receipts or records.releases)


def _measured(site: Site) -> bool:
    records = site.repository
    return any((records.returns, records.activities, records.claims, records.rules, records.plans, records.teams))


def _has_schools(site: Site) -> bool:
    """Whether it is a district with schools, if only in time to come, and no office above districts."""
    return not site.repository.is_office


_NEEDS: Mapping[str, Callable[[Site], bool]] = {
    "schools/index": _has_schools,
    "compliance/index": lambda site: _has_schools(site) and bool(site.repository.rules),
    "compliance/matrix/index": lambda site: _has_schools(site) and bool(site.repository.rules),
    "compliance/overdue": lambda site: _has_schools(site) and bool(site.repository.rules),
    "compliance/downloads": lambda site: _has_schools(site) and bool(site.repository.rules),
    "about/filing": _has_schools,
    "about/office": _has_schools,
    "about/wall": _has_schools,
    "about/edit": _has_schools,
    "filing/index": _has_schools,
    "work/calendar": lambda site: _has_schools(site) or bool(site.repository.activities),
    "work/index": lambda site: bool(site.repository.district.bodies or site.repository.district.parameters),
    "work/systems": lambda site: bool(site.repository.district.systems),
    "demonstration/index": lambda site: bool(site.repository.applications or site.repository.schemes),
    "statistics/builder": lambda site: bool(site.releases),
    "statistics/open": lambda site: bool(site.repository.returns),
    "figures/claims": lambda site: bool(site.repository.claims),
    "figures/accounts": lambda site: bool(site.repository.accounts),
    "figures/measures": _measured,
    "lessons/index": lambda site: bool(site.repository.bands),
    "lessons/micro": lambda site: bool(site.repository.lessons),
    "team/index": lambda site: bool(site.repository.teams),
    "team/training": _held(*FOR_TEACHERS),
    "outreach/index": _held(*OUTREACH),
}
_FOLDERS: Mapping[str, Callable[[Site], bool]] = {
    "districts/": lambda site: site.repository.is_office,
    "rollup/": lambda site: bool(site.repository.below),
    "plans/": lambda site: bool(site.repository.plans),
    "policies/": lambda site: bool(site.repository.policies),
    "rules/": lambda site: bool(site.repository.rules),
    "compliance/": lambda site: bool(site.repository.rules),
    "inspections/": lambda site: bool(site.repository.inspections),
    "statistics/": _collects,
}
