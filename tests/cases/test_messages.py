"""The way of a reminder beyond the inbox: when it leaves, what stops it, where it goes next, and what the log says of it."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import strategies as st

from bihuan import schedule
from bihuan.cases import channels, delivering, reach_settings, senders
from bihuan.cases.attention import NONE, Attention, Quiet
from bihuan.cases.deadlines import CHINA
from bihuan.cases.delivering import deliver
from bihuan.cases.escalation import go_on, hand_on
from bihuan.cases.message_models import Address, Delivery, OwnQuiet
from bihuan.cases.models import Case, Notification
from bihuan.cases.reminders import remind, unread
from bihuan.cases.transitions import State
from bihuan.registry.models import Person, Post
from tests.cases.fakes import Http, Mails, http_fake, mail_fake, text_of
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE

HANDLER, CONTACT = f"handler_{COUNTY}", f"enterprise_{COUNTY}"


@pytest.fixture
def mails(world: World) -> Iterator[Mails]:
    with mail_fake() as fake:
        set_up(
            world,
            "mail",
            host="127.0.0.1",
            port=str(fake.port),
            security="insecure",
            sender="bihuan@example.cn",
        )
        yield fake


@pytest.fixture
def robot(world: World) -> Iterator[Http]:
    """The robot of the county's government."""
    with http_fake() as fake:
        unit = world.city.governments[COUNTY]
        set_up(world, "wecom", key="wecom-key-1", url=f"{fake.url}/send", organisation=str(unit.pk))
        yield fake


def set_up(world: World, kind: str, **about: str) -> str:
    admin = world.person("admin", CITY_CODE)
    return channels.save(admin, "", {"name": kind, "enabled": "on", **about}, kind)


def confirm(person: Person, value: str, kind: str = "mail") -> None:
    Address.objects.create(person=person, kind=kind, value=value, confirmed_at=timezone.now())


def show(world: World, text: str) -> datetime:
    """Let the clock of the world show this time in China."""
    at = datetime.fromisoformat(text).replace(tzinfo=CHINA)
    return world.wait(seconds=(at - world.at).total_seconds())


def dispatched(world: World, at: str = "2019-01-14 09:00", **changes: str) -> Case:
    """Handed over to the county's government on a Monday morning."""
    show(world, at)
    case = world.case(State.PENDING, **changes)
    show(world, at)
    world.go(case, "dispatch")
    return case


def run(world: World) -> None:
    """What the worker does every minute."""
    go_on(world.at)
    deliver(world.at)


def log(case: Case, channel: str = "mail") -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(case=case, kind=channel).order_by("pk")
    return [(row.person.username if row.person else "", row.state) for row in rows]


def inbox(case: Case, beginning: str) -> set[str]:
    notes = Notification.objects.filter(case=case, key__startswith=beginning)
    return set(notes.values_list("person__username", flat=True))


# Where and when


def test_a_hand_over_that_is_not_read_leaves_by_mail_after_two_working_hours(
    world: World, mails: Mails
) -> None:
    confirm(world.person("handler"), "li@example.cn")
    channels.set_link(world.person("admin", CITY_CODE), "https://bihuan.example.cn/")
    case = dispatched(world)
    show(world, "2019-01-14 10:59")
    run(world)
    assert mails.came == []
    show(world, "2019-01-14 11:00")
    run(world)
    [mail] = mails.came
    assert mails.to == ["li@example.cn"]
    text = text_of(mail)
    assert f"{case.number} 交办（平定县" in text
    assert "期限 2019-01-21 24:00" in text
    assert "https://bihuan.example.cn/inbox/" in text
    assert log(case) == [(HANDLER, "sent")]


def test_what_leaves_holds_no_title_no_name_and_no_place_of_a_citizen(world: World, mails: Mails) -> None:
    confirm(world.person("handler"), "li@example.cn")
    case = dispatched(world, title="王五家门口有油烟", place="王五家, 电话 13812345678")
    Case.objects.filter(pk=case.pk).update(source=Case.Source.COMPLAINT, description="王五来电")
    show(world, "2019-01-14 11:00")
    run(world)
    [mail] = mails.came
    sent = str(mail["Subject"]) + text_of(mail)
    assert case.number in sent
    assert not [word for word in ("王五", "油烟", "138", "料场") if word in sent]


def test_what_was_read_is_not_sent_and_the_log_says_why(world: World, mails: Mails) -> None:
    for role, address in (("handler", "li@example.cn"), ("enterprise", "wang@example.cn")):
        confirm(world.person(role), address)
    case = dispatched(world)
    # The one who reads holds a post of another kind than the second one: only his own is stopped.
    unread(world.person("handler")).update(read_at=world.at)
    show(world, "2019-01-14 11:00")
    run(world)
    assert mails.to == ["wang@example.cn"]
    assert set(log(case)) == {(HANDLER, "dropped"), (CONTACT, "sent")}
    assert Delivery.objects.get(state="dropped").result == "已读"


def test_a_colleague_of_the_same_post_who_reads_stops_it_for_all(world: World, mails: Mails) -> None:
    handler = world.person("handler")
    Post.objects.create(
        person=world.person("ranger"),
        role="handler",
        region=world.city.regions[COUNTY],
        organisation=world.city.governments[COUNTY],
    )
    confirm(handler, "li@example.cn")
    dispatched(world)
    unread(world.person("ranger")).update(read_at=world.at)
    show(world, "2019-01-14 12:00")
    run(world)
    assert mails.came == []


def test_the_night_gathers_what_falls_into_it_and_sends_it_once_at_its_end(
    world: World, mails: Mails
) -> None:
    confirm(world.person("handler"), "li@example.cn")
    cases = [dispatched(world, "2019-01-14 17:00") for _ in range(10)]
    OwnQuiet.objects.create(person=world.person("handler"), hours="17:30-09:30")
    for _ in range(3):
        dispatched(world, "2019-01-14 17:00")
    show(world, "2019-01-15 08:59")
    run(world)
    # Ten were planned before the hours were set: they go at 09:00 of the next working day, two hours after 17:00.
    assert mails.came == []
    show(world, "2019-01-15 09:00")
    run(world)
    [first] = mails.came
    text = text_of(first)
    assert "您有 10 条未读提醒" in text
    assert "另有 2 条" in text
    assert cases[0].number in text
    assert Delivery.objects.filter(kind="mail", state="sent").values("batch").distinct().count() == 1
    show(world, "2019-01-15 09:30")
    run(world)
    assert len(mails.came) == 2
    assert "您有 3 条未读提醒" in text_of(mails.came[1])


def test_what_is_urgent_breaks_through_the_night_at_once(world: World, mails: Mails) -> None:
    confirm(world.person("handler"), "li@example.cn")
    case = dispatched(world, "2019-01-14 23:00", level="major")
    run(world)
    assert len(mails.came) == 1
    assert log(case) == [(HANDLER, "sent")]


# Who


def test_without_any_channel_what_is_unread_climbs_to_the_office_and_then_to_the_leader(world: World) -> None:
    case = dispatched(world)
    show(world, "2019-01-14 10:59")
    assert go_on(world.at) == 0
    show(world, "2019-01-14 11:00")
    go_on(world.at)
    # Who handed the case over knows of it: the colleague of the city is told.
    offices = {f"dispatcher_{COUNTY}", "dispatcher_140300"}
    assert inbox(case, "up-office") == offices
    note = unread(world.person("dispatcher", CITY_CODE)).get(case=case, key__startswith="up-")
    assert "未读，转上一级" in note.why
    show(world, "2019-01-14 13:00")
    go_on(world.at)
    assert inbox(case, "up-leader") == {f"chief_{COUNTY}", "chief_140300"}
    show(world, "2019-01-31 13:00")
    go_on(world.at)
    assert Notification.objects.filter(case=case, key__startswith="up-").count() == 4


def test_reading_anywhere_stops_the_climb(world: World) -> None:
    case = dispatched(world)
    for role in ("handler", "enterprise"):
        unread(world.person(role)).update(read_at=world.at)
    show(world, "2019-01-16 11:00")
    assert go_on(world.at) == 0
    assert inbox(case, "up-") == set()
    assert not Notification.objects.filter(case=case, next_at__isnull=False).exists()


def test_where_nobody_holds_the_post_the_next_rung_is_told_and_the_log_says_so(world: World) -> None:
    Post.objects.filter(organisation=world.city.governments[COUNTY]).update(until=timezone.now())
    case = dispatched(world)
    [note] = unread(world.person("dispatcher", CITY_CODE)).filter(case=case, step__action="dispatch")
    assert note.why == "承办单位 岗位无人，转由上一级处理"
    row = Delivery.objects.get(case=case, state="empty")
    assert row.post == "平定县 平定县人民政府 承办单位"
    show(world, "2019-01-19 10:00")
    remind(world.at)
    assert unread(world.person("dispatcher", CITY_CODE)).filter(case=case, step=None).exists()


def test_a_deactivated_person_gets_nothing_and_the_next_holder_finds_what_is_open(
    world: World, mails: Mails
) -> None:
    handler = world.person("handler")
    confirm(handler, "li@example.cn")
    case = dispatched(world)
    finished = world.case(State.VOID)
    Person.objects.filter(pk=handler.pk).update(is_active=False)
    Post.objects.filter(person=handler).update(until=timezone.now())
    new = world.person("ranger")
    seat = {"region": world.city.regions[COUNTY], "organisation": world.city.governments[COUNTY]}
    post = Post.objects.create(person=new, role="handler", **seat)
    assert hand_on(world.at) == 1
    assert hand_on(world.at) == 0
    [note] = unread(new).filter(case=case)
    assert (note.step and note.step.action, note.why, note.post) == ("dispatch", "接任岗位时尚未办结", post)
    assert not unread(new).filter(case=finished).exists()
    show(world, "2019-01-14 12:00")
    run(world)
    assert mails.came == []
    assert log(case) == [(HANDLER, "dropped")]
    assert Delivery.objects.get(kind="mail").result == "已离任"


# When it fails


def test_a_channel_that_fails_is_tried_again_and_then_the_next_one_is_asked(
    world: World, mails: Mails, robot: Http
) -> None:
    confirm(world.person("handler"), "li@example.cn")
    mails.refuses = "451 try later"
    case = dispatched(world)
    for minutes in (120, 1, 5, 15, 60):
        world.wait(minutes=minutes)
        run(world)
    row = Delivery.objects.get(kind="mail", case=case)
    assert (row.state, row.tries) == ("failed", 5)
    assert "451" in row.result
    run(world)
    assert [came.body["text"]["content"].splitlines()[-1][:12] for came in robot.came] == [case.number[:12]]
    assert Delivery.objects.filter(kind="wecom", case=case, state="sent").count() == 1


def test_a_robot_says_it_once_however_many_hold_the_post(world: World, robot: Http) -> None:
    case = dispatched(world)
    show(world, "2019-01-14 11:00")
    run(world)
    run(world)
    assert len(robot.came) == 1
    assert case.number in robot.came[0].body["text"]["content"]


def test_a_crash_after_sending_gives_one_duplicate_and_the_log_says_so(
    world: World, robot: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = dispatched(world)
    show(world, "2019-01-14 11:00")
    real = senders.send

    def die(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]  # as it was called
        raise KeyboardInterrupt

    monkeypatch.setattr(senders, "send", die)
    with pytest.raises(KeyboardInterrupt):
        deliver(world.at)
    assert Delivery.objects.get(kind="wecom", case=case).state == "waiting"
    monkeypatch.setattr(senders, "send", real)
    deliver(world.at)
    deliver(world.at)
    assert len(robot.came) == 2
    row = Delivery.objects.get(kind="wecom", case=case)
    assert (row.state, row.result) == ("sent", "上次发送中断，可能重复一次")


def test_after_two_crashes_nothing_more_is_sent(
    world: World, robot: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = dispatched(world)
    show(world, "2019-01-14 11:00")

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(senders, "send", die)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                deliver(world.at)
    deliver(world.at)
    assert robot.came == []
    row = Delivery.objects.get(kind="wecom", case=case)
    assert (row.state, row.result) == ("failed", "两次发送中断")


def test_more_than_a_channel_takes_in_a_minute_waits(world: World, mails: Mails) -> None:
    for number, role in enumerate(("handler", "enterprise")):
        confirm(world.person(role), f"p{number}@example.cn")
    dispatched(world)
    key = channels.every_channel()[0].key
    at = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            once=f"x{n}",
            channel=key,
            kind="mail",
            state="sent",
            at=world.at,
            due=world.at,
            ended_at=at,
            batch=str(n),
        )
        for n in range(29)
    )
    show(world, "2019-01-14 11:00")
    deliver(world.at)
    assert len(mails.came) == 1
    Delivery.objects.filter(once__startswith="x").update(ended_at=at - timedelta(minutes=2))
    deliver(world.at)
    assert len(mails.came) == 2


def test_a_channel_that_was_switched_off_hands_on(world: World, mails: Mails) -> None:
    confirm(world.person("handler"), "li@example.cn")
    case = dispatched(world)
    channels.remove(world.person("admin", CITY_CODE), channels.every_channel()[0].key)
    show(world, "2019-01-14 11:00")
    run(world)
    assert mails.came == []
    assert Delivery.objects.get(kind="mail").result == "渠道已停用"
    run(world)
    assert f"dispatcher_{COUNTY}" in inbox(case, "up-office")


def test_the_worker_takes_it_up_when_something_waits_and_only_then(world: World) -> None:
    dispatched(world)
    assert not schedule.messages_wait()
    show(world, "2019-01-14 11:00")
    assert schedule.messages_wait()
    assert schedule.messages(world.at, lambda _text: None) == "未读升级 2 条，发出 0 条"
    assert not schedule.messages_wait()


def test_nothing_is_loaded_before_something_is_sent() -> None:
    assert "senders" not in vars(delivering)


# Quiet hours and settings


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ("22:00-07:00", "2019-01-14 21:59", None), ("22:00-07:00", "2019-01-14 22:00", "2019-01-15 07:00"),
        ("22:00-07:00", "2019-01-15 06:59", "2019-01-15 07:00"), ("22:00-07:00", "2019-01-15 07:00", None),
        ("12:00-14:00", "2019-01-14 11:59", None), ("12:00-14:00", "2019-01-14 13:00", "2019-01-14 14:00"),
        ("12:00-14:00", "2019-01-14 14:00", None),
    ],
)  # fmt: skip
def test_quiet_hours_end_on_their_minute(hours: str, at: str, until: str | None) -> None:
    shown = datetime.fromisoformat(at).replace(tzinfo=CHINA)
    ends = datetime.fromisoformat(until).replace(tzinfo=CHINA) if until else shown
    assert Quiet.read(hours).ends(shown) == ends


@drawn(st.times(), st.times(), st.integers(0, 60 * 24 * 365))
def test_no_quiet_time_outlasts_a_day_and_its_end_is_not_quiet(
    since: time, until: time, minutes: int
) -> None:
    if since == until:
        return
    quiet, shown = Quiet(since, until), datetime(2019, 1, 1, tzinfo=CHINA) + timedelta(minutes=minutes)
    end = quiet.ends(shown)
    assert shown <= end <= shown + timedelta(days=1)
    assert quiet.ends(end) == end


def test_whose_hours_count() -> None:
    at = datetime(2019, 1, 14, 23, tzinfo=CHINA)
    morning = datetime(2019, 1, 15, 7, tzinfo=CHINA)
    attention = Attention(awake=("dispatcher",))
    assert attention.wakes(at, role="handler") == morning
    assert attention.wakes(at, role="dispatcher") == at
    assert attention.wakes(at, role="handler", own=NONE) == at
    assert attention.wakes(at, role="dispatcher", own="22:30-06:00") == morning - timedelta(hours=1)


def test_the_citys_hours_are_set_with_a_reason_and_taken_back(world: World) -> None:
    chief = world.person("chief", CITY_CODE)
    wanted = Attention(Quiet.read("21:00-08:00"), ("dispatcher",), ("serious", "major"), 4, 2)
    reach_settings.change(chief, wanted, "冬季")
    assert reach_settings.reaching().attention == wanted
    reach_settings.undo(chief, "改错")
    assert reach_settings.reaching().attention == Attention()
