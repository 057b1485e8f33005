"""Reports of people without an account: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.jobs import Job
from bihuan.scenarios.citizens import contacts, pages, services
from bihuan.scenarios.citizens.waiting import waiting
from bihuan.scenarios.contract import LOOP, MenuEntry, Scenario

UPLOADS = 24 * 2**20
"""Bytes of a report with its photos: four of a telephone."""

SCENARIO = Scenario(
    title="群众举报",
    owner="指挥中心调度",
    version="1.0",
    menu=(MenuEntry(LOOP, 45, "citizens:index", "举报"),),
    pages=pages.urlpatterns,
    jobs=(Job("citizen_contacts", "群众联系方式", timedelta(days=1), contacts.forget),),
    waiting=waiting,
    open_uploads={"citizens:new": UPLOADS, "citizens:open311_requests": UPLOADS},
    labels=(services.TITLES, services.MEANINGS),
)
