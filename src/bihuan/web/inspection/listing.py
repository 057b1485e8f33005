"""The list of answers of a form."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.kit.inspection.answers import answers_of
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.versions import of_form
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, words_in
from bihuan.kit.tables import shown
from bihuan.registry.models import Person


def listing_of(form: Form, person: Person) -> Listing[Answer]:
    """The answers that the person may see; a tab shows those with problems."""
    rows = answers_of(form, person).annotate(wrong=Count("problems"))
    return Listing(
        name=form.title,
        title=form.title,
        tabs=(
            Tab("", _("全部"), rows.filter, _("还没有检查记录。")),
            Tab("wrong", _("有问题"), lambda q: rows.filter(q, wrong__gt=0), _("没有发现问题的记录。")),
        ),
        columns=_columns(),
        filters=(
            Filter(
                "version", _("版本"), lambda: [(v, v) for v in of_form(form).values_list("version", flat=True)],
                lambda text: Q(form__version=text),
            ),
        ),
        search=words_in("target_name", "by__full_name", "instance", "summary"),
        place=_("对象、检查人"),
        order=("-at", "-pk"),
        unit=_("份"),
    )  # fmt: skip


def _columns() -> tuple[Column[Answer], ...]:
    return (
        Column(_("收到时间"), lambda a: a.at, _opened, order="at"),
        Column(_("对象"), lambda a: a.target_name, order="target_name"),
        Column(_("区划"), lambda a: a.region.name, order="region_id"),
        Column(_("检查人"), lambda a: a.by.full_name, order="by__full_name"),
        Column(_("问题"), lambda a: getattr(a, "wrong", 0), _wrong, number=True, order="wrong"),
        Column(_("得分"), lambda a: a.score, _points, number=True, order="score"),
        Column(_("小结"), lambda a: a.summary),
        Column(_("版本"), lambda a: a.form.version),
        Column(_("记录号"), lambda a: a.instance, page=False),
    )


def _opened(answer: Answer) -> Cell:
    return Cell(str(shown(answer.at)), url=reverse("answer", args=[answer.pk]))


def _wrong(answer: Answer) -> Cell:
    count = getattr(answer, "wrong", 0)
    return Cell(str(count), tone="bad" if count else "")


def _points(answer: Answer) -> str:
    if answer.score is None:
        return "—"
    return f"{answer.score:g}" + (f" / {answer.score_most:g}" if answer.score_most else "")
