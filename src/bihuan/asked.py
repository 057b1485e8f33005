"""What an address asks for, read once and checked: a value that cannot be meant gets a sentence, never a broken page."""

from datetime import UTC, date, datetime

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST, meant
from bihuan.errors import BihuanError

LARGEST_ID = 2**63 - 1


class BadQuestion(BihuanError):
    """A parameter of the address that cannot be meant; says which one and how it is written."""


def whole(request: HttpRequest, name: str, default: int, *, low: int = 0, high: int = LARGEST_ID) -> int:
    """The whole number `low`..`high` asked for as `name`; `default` where nothing is. Raises BadQuestion."""
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    number = whole_of(text)
    if number is None or not low <= number <= high:
        raise BadQuestion(
            _("%(name)s=%(text)s 不是 %(low)s 至 %(high)s 之间的整数，请改正网址或从页面进入")
            % {"name": name, "text": text[:40], "low": low, "high": high}
        )
    return number


def whole_of(text: str) -> int | None:
    """A whole number in ASCII digits; None for anything else (signs, blanks, other scripts, absurd lengths)."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 19 else None


def instant(request: HttpRequest, name: str, *, per_second: int = 1) -> datetime | None:
    """The instant asked for as Unix seconds (or parts: `per_second`); None where nothing is. Raises BadQuestion."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return meant(datetime.fromtimestamp(float(text) / per_second, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise BadQuestion(
            _("%(name)s=%(text)s 不是时刻，请改正网址或从页面进入") % {"name": name, "text": text[:40]}
        ) from error


def month_of(text: str) -> date:
    """`2019-02` as its first day. Raises ValueError for anything else, and for years that cannot be meant."""
    first = date.fromisoformat(f"{text}-01")
    return meant(datetime(first.year, first.month, 1, tzinfo=CST)).date()


def day_of(text: str) -> date:
    """`2019-02-24` as a day. Raises ValueError for anything else, and for years that cannot be meant."""
    day = date.fromisoformat(text)
    return meant(datetime(day.year, day.month, day.day, tzinfo=CST)).date()


def way_back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Back to the page that the form names as `next`, if it is one of ours; else to `otherwise`, an address or its name."""
    target = request.POST.get("next", "")
    ours = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if ours else resolve_url(otherwise))
