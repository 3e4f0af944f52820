"""The tab of a project's pages that is marked as the place where one is."""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("address", "tab"),
    [
        ("/projects/HMS/actions/", "Actions"),
        ("/projects/HMS/issues/", "Actions"),
        ("/projects/HMS/change-requests/", "Actions"),
        ("/projects/HMS/closure/", "Highlight reports"),
        ("/projects/HMS/risks/appendix-5/", "Risks"),
    ],
)
def test_one_tab_says_where_one_is(signed_in, board_member, address, tab):
    page = signed_in(board_member).get(address).content.decode()
    tabs = page[page.index('class="project-tabs"') :]
    assert re.findall(r'aria-current="page">([^<]+)</a>', tabs[: tabs.index("</nav>")]) == [tab]
