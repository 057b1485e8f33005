"""Forms of pages: values in their type, a sentence at each that is wrong, what was typed stays; and doing what one asks for."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bihuan.asked import way_back
from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import CST, parse_moment


class Moment(forms.Field):
    """A moment, of China where it names no offset; an instant in UTC, None where nothing stands."""

    widget = forms.TextInput(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        """Raises ValidationError for what is no moment that can be meant."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_moment(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(text)s”不是时间，无法识别；请写成 2019-01-11T08:00") % {"text": text[:40]}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        """A moment as the field shows it: the clock of China."""
        return value.astimezone(CST).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


def worded(choices: Iterable[tuple[Any, Any]]) -> Callable[[], list[tuple[Any, str]]]:
    """Choices of a model with labels in the language of whoever is asked, for a field of a form or a filter of a list."""
    return lambda: [(value, _(str(label))) for value, label in choices]


def filled(form: forms.Form) -> dict[str, Any]:
    """What was filled in, each value in its type. Raises IllegalMove with the first sentence about what is wrong."""
    if form.is_valid():
        return form.cleaned_data
    raise IllegalMove(next(str(error) for errors in form.errors.values() for error in errors))


def acted(request: HttpRequest, otherwise: str, act: Callable[[], str]) -> HttpResponse:
    """Do what a form asks for, say what came of it or why not, and go back to the page of the form, or to `otherwise`.

    act: does it in one transaction; returns the sentence about it (empty: nothing is said); may raise IllegalMove.
    """
    try:
        if said := act():
            messages.success(request, said)
    except IllegalMove as error:
        messages.error(request, str(error))
    return way_back(request, otherwise)
