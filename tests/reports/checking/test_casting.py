"""Tables add up or they do not: what the checker says of each cell."""

from reports.checking.engine import check
from reports.checking.result import Status
from tests.reports.checking.papers import paper, table

APPENDIX_3 = table("""
                       |         Capital                       |         Revenue
                       | 2023-24 | 2024-25 | 2025-26 | 2026-27 | 2023-24 | 2024-25 | 2025-26 | 2026-27
                       | £000's  | £000's  | £000's  | £000's  | £000's  | £000's  | £000's  | £000's
Budget Requirement     | 605.1   | 331.9   | 98.4    | -       | 105.2   | 159.2   | 135.2   | 145.7
Budget Available       |         |         |         |         |         |         |         |
Transformation         | 39.0    |         |         |         |         |         |         |
ICT                    | 80.0    |         |         |         |         |         |         |
Capital programme HRA  | 245.0   | 58.0    | 58.0    | 58.0    | 112     | 112.0   | 112.0   | 112.0
Total budget available | 364.0   | 58.0    | 58.0    | 58.0    | 112.0   | 112.0   | 112.0   | 112.0
Additional Budget Ask  | 241.1   | 273.9   | 40.4 -  | 58.0    | - 6.8   | 47.2    | 23.2    | 33.7
""")


def test_every_cell_of_the_source_reports_table_agrees_floating_minus_signs_and_all():
    result = check(paper(APPENDIX_3))
    assert not result.findings
    assert not result.unread
    assert {figure.status for figure in result.figures} == {Status.AGREES}
    assert len(result.figures) == 34
