"""Addresses of the pages."""

from datetime import date

from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter

from bihuan.web.admission import open_without_post
from bihuan.web.pages import (
    account,
    brief,
    case_figures,
    cases,
    centre,
    checklist,
    checks,
    deliveries,
    evaluation,
    findings,
    first_run,
    frame,
    handover,
    health,
    imports,
    inbox,
    incidents,
    loggers,
    map_layers,
    new_case,
    people,
    quarantine,
    register_forms,
    register_imports,
    registers,
    rule,
    site,
    system,
    unit,
)


class DayConverter:
    """A date as 2019-02-25."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError (a 404) for a day that does not exist."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As ISO."""
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("", centre.page, name="centre"),
    path("map/layers/<str:key>.json", map_layers.layer, name="map_layer"),
    path("boundary.geojson", map_layers.boundary, name="boundary"),
    path("sites/", site.index, name="sites"),
    path("sites/<str:code>/", site.detail, name="site"),
    path("sites/<str:code>/series.json", site.series, name="site_series"),
    path("units/<str:code>/", unit.detail, name="unit"),
    path("evaluation/", evaluation.index, name="evaluation"),
    path("evaluation/excel", evaluation.excel, name="evaluation_excel"),
    path("evaluation/calendar/", evaluation.calendar, name="calendar"),
    path("evaluation/target", evaluation.target, name="target"),
    path("brief/", brief.newest, name="newest_brief"),
    path("brief/<day:day>/", brief.page, name="brief"),
    path("brief/<day:day>/word", brief.word, name="brief_word"),
    path("brief/<day:day>/chart.png", brief.chart, name="brief_chart"),
    path("findings/", incidents.index, name="findings"),
    path("incidents/<int:pk>/", incidents.detail, name="incident"),
    path("incidents/<int:pk>/judge/<slug:verdict>", incidents.judge, name="incident_judge"),
    path("incidents/<int:pk>/regroup/<slug:how>", incidents.regroup, name="incident_regroup"),
    path("incidents/judge/<slug:verdict>", incidents.judge_many, name="incidents_judge"),
    path("findings/<int:pk>/", findings.detail, name="finding"),
    path("findings/<int:pk>/<slug:verdict>", findings.judge, name="finding_judge"),
    path("checks/", checks.catalogue, name="checks"),
    path("checks/<str:key>/", rule.page, name="rule"),
    path("checks/<str:key>/tries/<int:number>", rule.tried, name="rule_try"),
    path("checks/<str:key>/<slug:action>", rule.change, name="rule_change"),
    path("cases/", cases.index, name="cases"),
    path("cases/new/", new_case.page, name="case_new"),
    path("cases/figures/", case_figures.page, name="figures"),
    path("cases/figures/behind", case_figures.behind, name="figure_cases"),
    path("cases/<str:number>/", cases.detail, name="case"),
    path("cases/<str:number>/paper/<slug:kind>", cases.paper, name="case_paper"),
    path("cases/<str:number>/file/<int:pk>", cases.file, name="case_file"),
    path("cases/<str:number>/do/<slug:action>", cases.step, name="case_step"),
    path("handover/", handover.index, name="handovers"),
    path("handover/sign", handover.sign, name="handover_sign"),
    path("handover/<int:pk>/", handover.detail, name="handover"),
    path("handover/<int:pk>/take", handover.take, name="handover_take"),
    path("handover/<int:pk>/word", handover.word, name="handover_word"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/read", inbox.read, name="inbox_read"),
    path("quarantine/", quarantine.index, name="quarantine"),
    path("quarantine/<int:number>/<slug:how>", quarantine.settle, name="quarantine_settle"),
    path("loggers/", loggers.index, name="loggers"),
    path("loggers/device", loggers.detail, name="logger"),
    path("loggers/settle", loggers.settle, name="logger_settle"),
    path("loggers/ask", loggers.ask, name="logger_ask"),
    path("imports/", imports.page, name="imports"),
    path("imports/failed/", deliveries.index, name="deliveries"),
    path("imports/failed/<int:number>/<slug:how>", deliveries.settle, name="delivery_settle"),
    path("imports/<str:number>/", imports.state, name="import_state"),
    path("system/", system.page, name="system"),
    path("system/unlock", system.unlock, name="sign_in_unlock"),
    path("audit/", system.audit, name="audit"),
    path("search/", frame.search, name="search"),
    path("replay", frame.replay, name="replay"),
    path("registers/", registers.index, name="registers"),
    path("registers/<slug:register_kind>/", registers.of_kind, name="register"),
    path("registers/<slug:register_kind>/template.<slug:form>", registers.template, name="register_template"),
    path("registers/<slug:register_kind>/new", register_forms.new, name="register_new"),
    path(
        "registers/<slug:register_kind>/choices/<str:column>", register_forms.choices, name="register_choices"
    ),
    path("registers/<slug:register_kind>/import", register_imports.page, name="register_import"),
    path("registers/<slug:register_kind>/import/<str:number>", register_imports.work, name="register_work"),
    path("registers/<slug:register_kind>/batches/<int:pk>", register_imports.batch, name="register_batch"),
    path(
        "registers/<slug:register_kind>/batches/<int:pk>/undo",
        register_imports.take_back,
        name="register_undo",
    ),
    path("registers/<slug:register_kind>/<str:key>/", registers.detail, name="register_object"),
    path("registers/<slug:register_kind>/<str:key>/edit", register_forms.edit, name="register_edit"),
    path("registers/<slug:register_kind>/<str:key>/end", register_forms.end, name="register_end"),
    path("registers/<slug:register_kind>/<str:key>/restore", register_forms.restore, name="register_restore"),
    path("people/", people.index, name="people"),
    path("people/new", people.new, name="person_new"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/do/<slug:action>", people.change, name="person_change"),
    path("first-run/", first_run.page, name="first_run"),
    path("checklist/", checklist.page, name="checklist"),
    path("me/", account.me, name="me"),
    path("healthz", health.page, name="health"),
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", open_without_post(LogoutView.as_view()), name="logout"),
    path("language", account.language, name="language"),
    path("theme", account.theme, name="theme"),
]
