"""What was asked and what was resolved stand side by side; a crossing is said in words."""

from decimal import Decimal

from budgets.comparison import Version, as_grid
from budgets.crossing import End, crossings
from council_hms.financial_year import FinancialYear

Y23, D = FinancialYear(2023), Decimal


def test_the_difference_is_what_the_last_has_more_than_the_first():
    place, dropped = ("HMS", Y23, "capital", "Reserve"), ("HMS", Y23, "revenue", "Reserve")
    grid = as_grid(
        "HMS-01",
        [
            Version.of("Asked for", [(place, D(100)), (dropped, D(20))]),
            Version.of("Recommended by Cabinet", [(place, D(90)), (dropped, D(20))]),
            Version.of("Approved by Council", [(place, D(80))]),
        ],
    )
    assert [column.label for column in grid.columns] == [
        "Asked for",
        "Recommended by Cabinet",
        "Approved by Council",
        "Difference",
    ]
    shown = {row.label: [row.value(column.key) for column in grid.columns] for row in grid.rows}
    assert shown == {
        "HMS 2023-24 capital, Reserve": [100, 90, 80, -20],
        "HMS 2023-24 revenue, Reserve": [20, 20, None, -20],
        "Total": [120, 110, 80, -40],
    }


def end(amount, nature="capital", project_fund="GF", source_fund=""):
    return End(D(amount), nature, "HMS", project_fund, "Capital programme HRA", source_fund)


def words(*ends, kind="virement", balanced=True):
    return [found.words for found in crossings(ends, kind=kind, kind_words=kind, balanced=balanced)]


def test_what_stays_on_its_side_crosses_nothing():
    assert words(end(-5), end(5)) == []
    assert words(end(5, source_fund="GF"), kind="increase", balanced=False) == []


def test_each_crossing_is_said_once():
    assert words(
        end(5, source_fund="HRA"), end(6, source_fund="HRA"), kind="increase", balanced=False
    ) == ["Capital programme HRA belongs to the other side of the HRA ring-fence from HMS"]
    assert words(end(-5), end(5, project_fund="HRA")) == [
        "The ends of this virement stand on either side of the HRA ring-fence"
    ]
    assert words(end(-5), end(5, nature="revenue")) == [
        "This virement moves £5 from capital into revenue"
    ]
    assert words(end(-5), end(5, nature="revenue"), kind="reclassification") == []
