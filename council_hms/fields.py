"""Model and form fields for money, days and financial years."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from council_hms import money
from council_hms.financial_year import (
    FIRST_YEAR,
    LAST_YEAR,
    FinancialYear,
    FinancialYearError,
)


class MoneyFormField(forms.CharField):
    """An amount as people type it (``£1.2m``); cleans to exact pounds or None."""

    default_error_messages = {"required": "Enter an amount, for example 1,200, £1.2m or 375k"}

    def __init__(self, *, unit: money.Unit = money.Unit.POUNDS, **kwargs: Any) -> None:
        self.unit = unit
        kwargs.setdefault("max_length", 64)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "text")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return money.parse_money(text, unit=self.unit)
        except money.MoneyError as error:
            raise ValidationError(str(error), code="money") from error

    def prepare_value(self, value: Any) -> Any:
        return money.pounds(value).removeprefix("£") if isinstance(value, Decimal) else value


class MoneyField(models.DecimalField):
    """Exact pounds and pence, up to 10¹² either way."""

    description = "money in pounds and pence"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 15
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"]
        del kwargs["decimal_places"]
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return MoneyFormField(
            required=not self.blank,
            label=kwargs.get("label", str(self.verbose_name).capitalize()),
            help_text=kwargs.get("help_text", self.help_text),
            initial=kwargs.get("initial"),
        )


class FinancialYearFormField(forms.CharField):
    """A year as people type it (``23/24``); cleans to a FinancialYear or None."""

    default_error_messages = {"required": "Enter a financial year, for example 2023-24"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> FinancialYear | None:
        text = super().clean(str(value) if value is not None else "")
        if not text:
            return None
        try:
            return FinancialYear.parse(text)
        except FinancialYearError as error:
            raise ValidationError(str(error), code="financial_year") from error

    def prepare_value(self, value: Any) -> Any:
        return value.label if isinstance(value, FinancialYear) else value


class DayField(forms.DateField):
    """A date in the British order or as a browser's date box sends it, from 1990 to 2099."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y"]
        )
        kwargs.setdefault(
            "error_messages",
            {
                "required": "Enter a date, for example 14/06/2023",
                "invalid": "Enter a real date, for example 14/06/2023",
            },
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not 1990 <= day.year <= 2099:
            raise ValidationError("Enter a date between 1990 and 2099")
        return day


class FinancialYearField(models.Field):  # type: ignore[type-arg]
    """Stored as the start year (a small integer), given back as a FinancialYear."""

    description = "financial year"

    def get_internal_type(self) -> str:
        return "SmallIntegerField"

    def from_db_value(
        self, value: int | None, expression: Any, connection: Any
    ) -> FinancialYear | None:
        return None if value is None else FinancialYear(value)

    def to_python(self, value: Any) -> FinancialYear | None:
        if value is None or isinstance(value, FinancialYear):
            return value
        try:
            return (
                FinancialYear(value) if isinstance(value, int) else FinancialYear.parse(str(value))
            )
        except FinancialYearError as error:
            raise ValidationError(str(error), code="financial_year") from error

    def get_prep_value(self, value: Any) -> int | None:
        year = self.to_python(value)
        return None if year is None else year.start

    def value_to_string(self, obj: models.Model) -> str:
        year: Any = self.value_from_object(obj)
        return "" if year is None else year.label

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return FinancialYearFormField(
            required=not self.blank,
            label=kwargs.get("label", str(self.verbose_name).capitalize()),
            help_text=kwargs.get("help_text", self.help_text),
            initial=kwargs.get("initial"),
        )


def year_is_valid(field: str, name: str) -> models.CheckConstraint:
    """A check that a stored year lies in the range the product knows. Used by every table with years."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": FIRST_YEAR, f"{field}__lte": LAST_YEAR}),
        name=name,
        violation_error_message=f"Enter a financial year from {FIRST_YEAR} to {LAST_YEAR}",
    )
