"""What a phone keeps for work outside: objects of rounds that are due with their forms, forms for any time, and what is patrolled."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.cases.models import Level
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.lists import filled, lists_for
from bihuan.kit.inspection.models import FormVersion
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import Standing, State, mine
from bihuan.kit.inspection.versions import in_force, xform_of
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.patrol.receiving import own_region
from bihuan.kit.phone.kinds import Offered
from bihuan.registry.access import may
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.registry.roles import FINDERS

MOST_TASKS = 60
MOST_OBJECTS = 400
"""Of what a phone lists; ours: some days of work, and the objects of a county."""


def field_for(person: Person, offered: Offered) -> dict[str, Any]:
    """All of it, as JSON; `patrol` is None for who does not patrol."""
    due = [s for s in mine(person, rounds_of(person)) if s.task.round.form in offered.forms]
    # One answer counts for every round in which the object is due; the soonest is told.
    once: dict[tuple[str, str], Standing] = {}
    for standing in due:
        once.setdefault((standing.task.round.form, standing.task.target), standing)
    own = [s for s in once.values() if may(person, *FINDERS, region=s.task.region_id)][:MOST_TASKS]
    region = own_region(person)
    anytime = [form for form in offered.forms.values() if form.anytime and region]
    keys = {s.task.round.form for s in own} | {form.key for form in anytime}
    versions = {key: in_force(offered.forms[key]) for key in keys}
    return {
        "inspections": [
            *(_task(s, offered.forms[s.task.round.form], versions) for s in own),
            *(_any_time(form, region, versions[form.key]) for form in anytime if region),
        ],
        "forms": [_known(person, offered.forms[key], version) for key, version in sorted(versions.items())],
        "patrol": _patrol(person, region, offered.patrolled.values()) if region else None,
    }


def _task(standing: Standing, form: Form, versions: Mapping[str, FormVersion]) -> dict[str, Any]:
    task = standing.task
    return {
        "form": form.key, "version_of_form": versions[form.key].pk, "title": form.title, "target": task.target, "name": task.target_name,
        "region": task.region.name, "round": task.round.title, "until": task.round.until.isoformat(),
        "overdue": standing.state is State.OVERDUE, "lat": task.lat, "lon": task.lon,
    }  # fmt: skip


def _any_time(form: Form, region: Region, version: FormVersion) -> dict[str, Any]:
    """A form that waits for nothing: `again` while an answer of it is still on the phone."""
    return {
        "form": form.key, "version_of_form": version.pk, "title": form.title, "target": region.code, "name": form.title,
        "region": region.name, "round": "", "until": None, "overdue": False, "lat": None, "lon": None, "again": True,
    }  # fmt: skip


def _known(person: Person, form: Form, version: FormVersion) -> dict[str, Any]:
    """A form in short: with another `stamp` it has to be fetched anew, for its lists of choices are the person's."""
    language = translation.get_language() or ""
    stamp = hashlib.sha256(f"{language} {_model(person, form, version)}".encode()).hexdigest()
    return {"id": version.pk, "key": form.key, "stamp": stamp}


def _model(person: Person, form: Form, version: FormVersion) -> str:
    return filled(version.model, lists_for(form, xform_of(version), person), "")


def form_for(person: Person, version: FormVersion, form: Form) -> dict[str, Any]:
    """A version of a form as it is filled in without signal; its `target` is answered on the phone."""
    return {
        **_known(person, form, version),
        "title": version.title, "version": version.version, "html": version.html, "model": _model(person, form, version),
    }  # fmt: skip


def _patrol(person: Person, region: Region, every: Iterable[PatrolObjects]) -> dict[str, Any]:
    inside = prefix_of(region.code)
    found = [(o, p) for o in every for p in o.places(person) if p.region.startswith(inside)]
    return {
        "levels": [{"key": value, "label": _(label)} for value, label in Level.choices],
        "objects": [
            {"key": f"{objects.key}:{place.code}", "label": place.name, "lat": place.lat, "lon": place.lon}
            for objects, place in found[:MOST_OBJECTS]
        ],
    }
