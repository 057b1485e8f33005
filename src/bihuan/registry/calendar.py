"""放假安排: the official list of days off and moved workdays, of years that no library knows yet or has wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.worktime import OFFICE, Span, WorkCalendar
from bihuan.registry.scopes import COMMON


class CalendarDay(models.Model):
    """放假安排: a day that is not what its weekday says, as the official list of its year has it."""

    SCOPE = COMMON

    class Kind(models.TextChoices):
        OFF = "off", "放假"
        WORKED = "worked", "调休上班"

    day = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("安排"), max_length=10, choices=Kind.choices)
    feast = models.CharField(_("节日"), max_length=20, blank=True)
    source = models.CharField(_("文号"), max_length=120)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


def work_calendar(office: tuple[Span, ...] = OFFICE) -> WorkCalendar:
    """The days as they are worked here: what was imported before what the library has."""
    rows = CalendarDay.objects.values_list("day", "kind")
    return WorkCalendar({day: kind == CalendarDay.Kind.WORKED for day, kind in rows}, office)
