"""What the columns of imported files are: their names, what stands in them, how it is read and shown.

django-import-export's Resource is the definition; templates, the choosing of columns and the reading
of rows all go by it. Rows are stored by budgets/imports, which is made for 100,000 of them.
A widget's ``clean`` gives None for a blank and raises ValueError with what to do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from import_export import fields, resources, widgets

from budgets.models import ImportKind, Nature
from council_hms import money
from council_hms.financial_year import FinancialYear, FinancialYearError
from council_hms.money import Unit
from council_hms.spreadsheets import UNCALCULATED

# -- what stands in a cell --------------------------------------------------------------------


class Words(widgets.Widget):
    """Text of a certain length."""

    def __init__(self, longest: int = 200) -> None:
        super().__init__()
        self.longest = longest

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        words = str(value or "").strip()
        if len(words) > self.longest:
            raise ValueError(
                f"This is {len(words):,} characters long and may be {self.longest}; shorten it"
            )
        return words or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class Reference(Words):
    """A project by its reference, in capitals."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        words = super().clean(value)
        return re.sub(r"\s+", "", words).upper() if words else None


class Amount(widgets.Widget):
    """Money as councils write it; a bare figure counts in ``unit``."""

    def clean(
        self, value: Any, row: Any = None, unit: Unit = Unit.POUNDS, **kwargs: Any
    ) -> Decimal | None:
        typed = str(value or "").strip()
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", typed):
            raise ValueError(f"“{typed}” is a date, not an amount; format the cell as a number")
        if typed == UNCALCULATED:
            raise ValueError(
                "This cell holds a formula without a result: open the file in Excel, save it, and send it again"
            )
        if typed.startswith("#"):
            raise ValueError(
                f"“{typed}” is Excel's error; put the formula right or type the amount"
            )
        amount = money.parse_money(typed, unit=unit)
        if unit is not Unit.POUNDS and "£" in typed and re.search(r"\.\d\d(?!\d)", typed):
            whole = money.parse_money(typed.replace("£", ""))
            raise ValueError(
                f"“{typed}” in a column of {unit.heading} could be {money.pounds(whole or Decimal(0))} or "
                f"{money.pounds(amount or Decimal(0))}; take the pound sign away, or write it with k or m"
            )
        return amount

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return money.pounds(value) if isinstance(value, Decimal) else ""


class Year(widgets.Widget):
    """A financial year, also one that Excel has turned into a date: ``2011-12`` becomes 1 December 2011.

    In a workbook that is a date, in a CSV that Excel has saved ``Dec-11`` or ``01/12/2011``.
    """

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> FinancialYear | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        day = self._day(typed)
        return FinancialYear.parse(typed) if day is None else self._of_date(day)

    @staticmethod
    def _day(typed: str) -> dt.date | None:
        """The day that Excel made of a year; None when the words are no day."""
        words = re.sub(r"(?<=\d)[ T].*$", "", typed)
        for form, written in (
            ("%Y-%m-%d", words),
            ("%d/%m/%Y", words),
            ("%d-%b-%y", f"1-{words}" if re.fullmatch(r"[A-Za-z]{3}-\d\d", words) else words),
        ):
            try:
                return dt.datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        return None

    @staticmethod
    def _of_date(day: dt.date) -> FinancialYear:
        if day.day == 1 and day.month == (day.year + 1) % 100:
            return FinancialYear(day.year)
        if (day.month, day.day) in ((4, 1), (3, 31)):
            return FinancialYear.of(day)
        shown = f"{day.day} {day:%B %Y}"
        raise FinancialYearError(
            f"This cell holds the date {shown}, which is no financial year: Excel may have made it of one. "
            "Format the cell as text and type the year, for example 2023-24"
        )

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.label if isinstance(value, FinancialYear) else ""


class Day(widgets.Widget):
    """A date in the British order, or a date of Excel's."""

    FORMATS = (
        "%d/%m/%Y",
        "%d/%m/%y",
        "%d-%m-%Y",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%d %B %Y",
        "%d %b %Y",
        "%d-%b-%Y",
        "%d-%b-%y",
        "%d-%B-%Y",
        "%Y%m%d",
    )

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        day = self._read(typed)
        if not 1990 <= day.year <= 2099:
            raise ValueError(f"“{typed}” is read as {day:%d/%m/%Y}; enter a date from 1990 to 2099")
        return day

    def _read(self, typed: str) -> dt.date:
        try:  # 2023-06-14, alone or with a time behind it, is what a date cell gives
            return dt.date.fromisoformat(typed[:10]) if typed[4:5] == "-" else self._written(typed)
        except ValueError:
            raise ValueError(self._why_not(typed)) from None

    def _written(self, typed: str) -> dt.date:
        words = re.sub(r"\s+00:00(:00)?$", "", typed)
        for form in self.FORMATS:
            try:
                return dt.datetime.strptime(words, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        raise ValueError

    @staticmethod
    def _why_not(typed: str) -> str:
        if re.fullmatch(r"[34]\d{4}", typed):
            day = dt.date(1899, 12, 30) + dt.timedelta(days=int(typed))
            return f"“{typed}” may be {day.day} {day:%B %Y} that has lost its format; format the cells as dates"
        if match := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", typed):
            if int(match[2]) > 12 >= int(match[1]):
                return f"“{typed}” is in the American order; write the day first, for example 14/06/2023"
        return f"“{typed[:40]}” is not a real date; enter it as 14/06/2023"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return f"{value.day} {value:%B %Y}" if isinstance(value, dt.date) else ""


class NatureWord(widgets.Widget):
    """Capital or revenue, in the words and letters that ledgers use."""

    WORDS: Mapping[str, str] = {
        **dict.fromkeys(("c", "cap", "capital", "capex", "capital expenditure"), Nature.CAPITAL),
        **dict.fromkeys(("r", "rev", "revenue", "opex", "revenue expenditure"), Nature.REVENUE),
    }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        try:
            return str(self.WORDS[re.sub(r"[^a-z]+", " ", typed.lower()).strip()])
        except KeyError:
            raise ValueError(
                f"“{typed[:40]}” is neither Capital nor Revenue; enter one of them"
            ) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return Nature(value).label if value else ""


# -- columns ----------------------------------------------------------------------------------


class Column(fields.Field):
    """A column: its name, how it is read, what councils also call it, what its template says of it.

    ``required`` is the message for a row that leaves it blank; ``same_for_all`` says that one value
    may be given for a whole file that has no such column.
    """

    def __init__(
        self,
        name: str,
        widget: widgets.Widget,
        *,
        also: Sequence[str] = (),
        help: str = "",
        required: str = "",
        same_for_all: bool = False,
    ) -> None:
        super().__init__(column_name=name, widget=widget)
        self.name = name
        self.also = frozenset(plain(word) for word in (name, *also))
        self.help = help
        self.required = required
        self.same_for_all = same_for_all


def plain(head: str) -> str:
    """A head as it is compared and remembered: small letters and figures, without its unit."""
    bare = re.sub(r"\(?\s*£?\s*(?:['’]?000s?|\bk\b|\bm\b)\s*\)?|£", " ", head.lower())
    return " ".join(re.findall(r"[a-z0-9]+", bare))[:120]


def _nature() -> Column:
    return Column(
        "Capital or revenue",
        NatureWord(),
        also=(
            "nature",
            "cap rev",
            "capital revenue",
            "c r",
            "type",
            "expenditure type",
            "budget type",
        ),
        help="Capital or Revenue",
        required="Enter Capital or Revenue",
        same_for_all=True,
    )


class SpendResource(resources.Resource):
    """A ledger's download: an entry a row."""

    project = Column(
        "Project",
        Reference(20),
        also=(
            "project reference",
            "project ref",
            "project code",
            "project no",
            "project number",
            "scheme",
            "scheme code",
            "job",
            "job code",
        ),
        help="The project's reference, for example HMS",
        required="Enter the project's reference",
        same_for_all=True,
    )
    posted_on = Column(
        "Posted",
        Day(),
        also=(
            "date",
            "posted on",
            "date posted",
            "posting date",
            "transaction date",
            "trans date",
            "gl date",
            "effective date",
            "accounting date",
            "date of posting",
        ),
        help="The day on which the ledger posted it",
        required="Enter the date of the posting",
    )
    year = Column(
        "Year",
        Year(),
        also=("financial year", "fin year", "fy", "accounting year"),
        help="Leave empty for the year of the posting",
        same_for_all=True,
    )
    nature = _nature()
    amount = Column(
        "Amount",
        Amount(),
        also=(
            "value",
            "net",
            "net amount",
            "net value",
            "actual",
            "actuals",
            "spend",
            "gbp",
            "total value",
        ),
        help="Pounds; a credit is negative",
        required="Enter the amount, or - for nil",
    )
    work_package = Column(
        "Work package",
        Words(200),
        also=("workpackage", "workstream", "package", "phase"),
        help="One of the project's; may be empty",
    )
    description = Column(
        "Description",
        Words(300),
        also=("narrative", "details", "detail", "text", "line description", "particulars"),
    )
    supplier = Column(
        "Supplier",
        Words(200),
        also=("supplier name", "payee", "vendor", "vendor name", "creditor", "creditor name"),
    )
    ledger_reference = Column(
        "Ledger reference",
        Words(60),
        also=(
            "reference",
            "ref",
            "transaction",
            "transaction number",
            "transaction no",
            "transaction id",
            "trans no",
            "voucher",
            "voucher number",
            "voucher no",
            "document number",
            "doc no",
            "journal",
            "journal number",
            "invoice number",
            "invoice no",
        ),
        help="The ledger's number of the transaction: by it the same entry is known again",
    )


class PlanResource(resources.Resource):
    """A cost plan: an amount a row, or years side by side."""

    work_package = Column(
        "Work package",
        Words(200),
        also=(
            "workpackage",
            "workstream",
            "package",
            "phase",
            "element",
            "item",
            "cost heading",
            "description",
        ),
        help="Empty when the plan is not split; a new name makes a new work package",
    )
    nature = _nature()
    year = Column(
        "Year",
        Year(),
        also=("financial year", "fin year", "fy"),
        required="Enter the financial year",
        same_for_all=True,
    )
    amount = Column(
        "Amount",
        Amount(),
        also=("value", "cost", "budget", "requirement", "budget requirement", "estimate"),
        help="Pounds",
        required="Enter the amount, or - for nil",
    )
    note = Column("Note", Words(2000), also=("notes", "comment", "comments", "remarks"))


class LineResource(resources.Resource):
    """Lines of a budget change: an amount a row, or years side by side."""

    source = Column(
        "Funding source",
        Words(120),
        also=("source", "funding", "fund source", "financed by", "financing"),
        help="One of the council's sources, by its name",
        required="Enter the funding source",
        same_for_all=True,
    )
    nature = _nature()
    year = Column(
        "Year",
        Year(),
        also=("financial year", "fin year", "fy"),
        required="Enter the financial year",
        same_for_all=True,
    )
    amount = Column(
        "Amount",
        Amount(),
        also=("value", "budget", "change", "increase", "ask"),
        help="Pounds; what is taken away is negative",
        required="Enter the amount, or - for nil",
    )
    project = Column(
        "Project",
        Reference(20),
        also=("project reference", "project ref", "other project", "head", "budget head", "scheme"),
        help="Only where another project gives or takes; empty for the project itself",
    )
    note = Column("Note", Words(2000), also=("notes", "comment", "comments", "remarks"))


RESOURCES: Mapping[str, type[resources.Resource]] = {
    ImportKind.SPEND: SpendResource,
    ImportKind.PLAN: PlanResource,
    ImportKind.LINES: LineResource,
}
#: Kinds whose years may stand side by side, an amount under each.
ACROSS = frozenset({ImportKind.PLAN, ImportKind.LINES})


def columns_of(kind: str) -> dict[str, Column]:
    """The columns of a kind by key, in the order of the template."""
    return dict(RESOURCES[kind].fields)
