"""Pages of hosting sites, by address: where a file is proposed or changed, a request for a branch opened, a fault
reported.

Owns these addresses. Must not know what is filed.
"""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

from generator.model.district import District, FilingHost

# `{path}`, `{folder}` and `{name}` are the file's, `{text}` its content.
_NEW = {
    FilingHost.GITHUB: "/new/{branch}/{{folder}}?filename={{name}}&value={{text}}",
    FilingHost.GITEA: "/_new/{branch}/{{folder}}?filename={{name}}&value={{text}}",
    FilingHost.GITLAB: "/-/new/{branch}/{{folder}}?file_name={{name}}",
    FilingHost.GITEE: "/new/{branch}/{{folder}}",
}
_EDIT = {
    FilingHost.GITHUB: "/edit/{branch}/{{path}}",
    FilingHost.GITEA: "/_edit/{branch}/{{path}}",
    FilingHost.GITLAB: "/-/edit/{branch}/{{path}}",
    FilingHost.GITEE: "/edit/{branch}/{{path}}",
}
_UPLOAD = {  # of several files at once; the others have no page of its own for that
    FilingHost.GITHUB: "/upload/{branch}/{{folder}}",
    FilingHost.GITEA: "/_upload/{branch}/{{folder}}",
}
_REQUEST = {
    FilingHost.GITHUB: "/compare/{base}...{branch}?expand=1",
    FilingHost.GITEA: "/compare/{base}...{branch}",
    FilingHost.GITLAB: "/-/merge_requests/new?merge_request%5Bsource_branch%5D={branch}",
    FilingHost.GITEE: "/compare/{base}...{branch}",
}
_ISSUE = {
    FilingHost.GITHUB: "/issues/new?title={title}&body={text}",
    FilingHost.GITEA: "/issues/new?title={title}&body={text}",
    FilingHost.GITLAB: "/-/issues/new?issue%5Btitle%5D={title}&issue%5Bdescription%5D={text}",
    FilingHost.GITEE: "/issues/new",
}


class Host(Struct, frozen=True, kw_only=True):
    """Where a new file can be proposed: the page's address with places for folder and name, and for the text if the
    page can be filled in; where a file can be changed; where several can be uploaded, if there is such a page.
    """

    page: str
    edit: str
    upload: str | None


def file_pages(district: District) -> Host | None:
    """The pages of the district's host for files; None where the district offers none."""
    if district.filing_host is None or district.repo_url is None:
        return None
    top, branch, upload = district.repo_url.rstrip("/"), quote(district.repo_branch), _UPLOAD.get(district.filing_host)
    return Host(
        page=top + _NEW[district.filing_host].format(branch=branch),
        edit=top + _EDIT[district.filing_host].format(branch=branch),
        upload=top + upload.format(branch=branch) if upload else None,
    )


def issue(district: District, title: str, text: str) -> str | None:
    """The page of the district's host for a new issue, filled in where the host can; None where it is not known."""
    if district.filing_host is None or district.repo_url is None:
        return None
    page = _ISSUE[district.filing_host].format(title=quote(title, safe=""), text=quote(text, safe=""))
    return f"{district.repo_url.rstrip('/')}{page}"


def request(district: District, branch: str) -> str | None:
    """The page of the district's host that opens a request for a branch; None where it is not known."""
    if district.filing_host is None or district.repo_url is None:
        return None
    page = _REQUEST[district.filing_host].format(base=quote(district.repo_branch), branch=quote(branch))
    return f"{district.repo_url.rstrip('/')}{page}"
