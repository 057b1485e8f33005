"""Web push: what a push service is sent and by whom, which browsers are reached, which are dropped, and where nobody talks to."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import strategies as st

from bihuan.cases import browsers, channels, push_services
from bihuan.cases.delivering import deliver
from bihuan.cases.errors import IllegalMove
from bihuan.cases.escalation import go_on
from bihuan.cases.message_models import Address, Browser, Delivery
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.registry.models import AuditEntry, Person, Post
from tests.cases.fakes import http_fake
from tests.cases.push_fake import FakeBrowser, Push, push_fake, signed
from tests.cases.world import World
from tests.people import CITY_CODE

CHROME = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@dataclass
class Scene:
    """A city with a push channel whose only service is on this machine."""

    world: World
    service: Push
    key: str

    def browser(self, path: str, person: Person | None = None) -> FakeBrowser:
        """One more of a person, the handler if nobody is named."""
        made = FakeBrowser(self.service, path)
        browsers.subscribe(person or self.handler, **made.given, agent=CHROME)
        return made

    @property
    def handler(self) -> Person:
        return self.world.person("handler")

    def told(self, **changes: str) -> Case:
        """Something urgent is handed over, and the worker makes its round."""
        case = self.world.case(State.DISPATCHED, level="major", **changes)
        deliver(self.world.at)
        return case

    def row(self, case: Case) -> Delivery:
        return Delivery.objects.get(kind="push", case=case, person=self.handler)


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    with push_fake() as service:
        about = {"name": "推送", "enabled": "on", "subject": "it@example.cn", "hosts": service.host}
        key = channels.save(world.person("admin", CITY_CODE), "", about, "push")
        yield Scene(world, service, key)


def test_a_browser_is_sent_what_it_alone_can_read_signed_by_the_channels_key_for_its_service(
    scene: Scene,
) -> None:
    mine = scene.browser("/p/1")
    case = scene.told(title="王五家门口有油烟")
    [pushed] = scene.service.came
    [told] = mine.shown()
    assert (told["title"], told["case"]) == ("闭环平台提醒", case.number)
    assert told["body"].startswith(f"{case.number} 交办（平定县")
    assert "王五" not in str(told)
    assert signed(pushed, browsers.public_key())["aud"] == f"http://{scene.service.host}"
    assert signed(pushed, browsers.public_key())["sub"] == "mailto:it@example.cn"
    assert pushed.headers["content-encoding"] == "aes128gcm"
    assert (pushed.headers["ttl"], pushed.headers["urgency"]) == ("86400", "high")
    assert len(pushed.body) <= 4096


def test_a_message_goes_to_all_browsers_and_the_log_says_how_many_took_it(scene: Scene) -> None:
    mine = [scene.browser(f"/p/{n}") for n in range(3)]
    scene.service.status = {"/p/1": 503}
    case = scene.told()
    assert [len(browser.shown()) for browser in mine] == [1, 1, 1]
    row = scene.row(case)
    assert (row.state, row.result) == ("sent", "3 个浏览器中 2 个已推送")
    deliver(scene.world.at)
    assert len(scene.service.came) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_its_service_does_not_know_any_more_is_dropped(scene: Scene, status: int) -> None:
    scene.browser("/p/0")
    scene.browser("/p/1")
    scene.service.status = {"/p/1": status}
    assert scene.row(scene.told()).result == "2 个浏览器中 1 个已推送"
    assert [b.endpoint[-4:] for b in scene.handler.browsers.all()] == ["/p/0"]
    entry = AuditEntry.objects.get(action="contact.browser_removed")
    assert (entry.person, entry.target, entry.detail["reason"]) == (
        None,
        scene.handler.username,
        "unsubscribed",
    )


def test_where_no_browser_is_left_the_next_channel_is_asked_at_once_and_others_are_still_sent_to(
    scene: Scene,
) -> None:
    other = scene.browser("/p/other", scene.world.person("enterprise"))
    scene.browser("/p/gone")
    scene.service.status = {"/p/gone": 410}
    Address.objects.create(
        person=scene.handler, kind="phone", value="13800001234", confirmed_at=timezone.now()
    )
    with http_fake() as gateway:
        gateway.answers = [(200, {"code": 0})]
        about = {"name": "短信", "enabled": "on", "url": gateway.url, "format": "json", "to_field": "to", "text_field": "t", "accepted": '"code":0'}  # fmt: skip
        channels.save(scene.world.person("admin", CITY_CODE), "", about, "sms")
        case = scene.told()
        row = scene.row(case)
        assert (row.state, row.result, row.tries) == ("failed", "没有可用的浏览器", 1)
        assert len(other.shown()) == 1
        go_on(scene.world.at)
        deliver(scene.world.at)
        assert [came.body["to"] for came in gateway.came] == ["13800001234"]


def test_a_service_that_refuses_is_tried_again(scene: Scene) -> None:
    mine = scene.browser("/p/1")
    scene.service.status = {"/p/1": 503}
    case = scene.told()
    row = scene.row(case)
    assert (row.state, row.result) == ("waiting", "对方回答 HTTP 503")
    scene.service.status = {}
    scene.world.wait(minutes=1)
    deliver(scene.world.at)
    assert scene.row(case).state == "sent"
    assert len(mine.shown()) == 2


def test_a_service_leads_nowhere_else(scene: Scene) -> None:
    scene.browser("/p/1")
    scene.service.status = {"/p/1": 307}
    assert scene.row(scene.told()).state == "waiting"
    assert len(scene.service.came) == 1


def test_several_reminders_are_one_notification_about_the_inbox(scene: Scene) -> None:
    mine = scene.browser("/p/1")
    for _ in range(30):
        scene.world.case(State.DISPATCHED, level="major", place="长" * 100)
    deliver(scene.world.at)
    [told] = mine.shown()
    assert told["body"].startswith("您有 30 条未读提醒：")
    assert told["case"] == ""
    assert len(scene.service.came[0].body) <= 4096


def test_who_left_is_sent_nothing_and_has_no_browser_any_more(scene: Scene) -> None:
    scene.browser("/p/handler")
    scene.browser("/p/contact", scene.world.person("enterprise"))
    stays = scene.browser("/p/chief", scene.world.person("chief"))
    Post.objects.filter(person=scene.handler).update(until=timezone.now())
    Person.objects.filter(pk=scene.world.person("enterprise").pk).update(is_active=False)
    scene.told()
    assert [b.endpoint for b in Browser.objects.all()] == [stays.endpoint]
    assert {pushed.path for pushed in scene.service.came} <= {"/p/chief"}


def test_a_browser_belongs_to_whoever_subscribed_last(scene: Scene) -> None:
    shared = scene.browser("/p/1")
    chief = scene.world.person("chief")
    browsers.subscribe(chief, **shared.given, agent=CHROME)
    assert [(b.person, b.name) for b in Browser.objects.all()] == [(chief, "Chrome · Android")]


def test_a_channel_takes_its_browsers_with_it_and_keeps_its_key_when_it_is_changed(scene: Scene) -> None:
    admin, key = scene.world.person("admin", CITY_CODE), browsers.public_key()
    scene.browser("/p/1")
    channels.save(
        admin,
        scene.key,
        {"name": "改名", "enabled": "on", "subject": "new@example.cn", "private_key": "x"},
        "push",
    )
    assert browsers.public_key() == key
    # A host that is allowed no more is not talked to, though a browser is kept there.
    assert scene.row(scene.told()).result == "推送服务不在名单内"
    assert scene.service.came == []
    channels.remove(admin, scene.key)
    assert not Browser.objects.exists()
    assert browsers.public_key() == ""


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"endpoint": "https://evil.example.cn/p/1"}, "名单"),
        ({"endpoint": "https://fcm.googleapis.com/" + "a" * 1000}, "名单"),
        ({"p256dh": "BAAA"}, "密钥"),
        ({"p256dh": "长" * 30}, "密钥"),
        ({"p256dh": "B" * 5000}, "密钥"),
        ({"auth": "AAAA"}, "密钥"),
        ({"auth": ""}, "密钥"),
    ],
)
def test_what_no_browser_gave_is_not_taken(scene: Scene, changed: dict[str, str], why: str) -> None:
    made = FakeBrowser(scene.service, "/p/1")
    with pytest.raises(IllegalMove, match=why):
        browsers.subscribe(scene.handler, **{**made.given, **changed}, agent="")
    assert not Browser.objects.exists()


def test_nobody_fills_the_table(scene: Scene) -> None:
    for n in range(browsers.MOST):
        scene.browser(f"/p/{n}")
    with pytest.raises(IllegalMove, match="最多在 10 个"):
        scene.browser("/p/more")
    # The same one again is no more.
    scene.handler.browsers.all()[0]
    browsers.subscribe(scene.handler, **FakeBrowser(scene.service, "/p/0").given, agent="")
    assert scene.handler.browsers.count() == 10


@pytest.mark.parametrize(
    "subject", ["", "nobody", "a@b@c.cn", "it@example.cn>", "it@localhost"],
)  # fmt: skip
def test_a_push_service_must_know_whom_to_write_to(world: World, subject: str) -> None:
    with pytest.raises(IllegalMove, match="联系邮箱"):
        channels.save(world.person("admin", CITY_CODE), "", {"name": "推送", "subject": subject}, "push")


HERE = frozenset({"127.0.0.1:8090", "push.example.cn", "push.example.cn:8443"})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x", "https://jmt17.google.com/fcm/send/x",
        "https://FCM.googleapis.com:443/wp/x", "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2fb%3d", "https://web.push.apple.com/QGx",
        "https://push.example.cn/x", "https://push.example.cn:8443/x", "http://127.0.0.1:8090/p/1", "https://127.0.0.1:8090/p/1",
    ],
)  # fmt: skip
def test_known_push_services_are_talked_to(endpoint: str) -> None:
    assert push_services.is_known(endpoint, HERE)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com.evil.cn/x", "https://fcm.googleapis.com./x",
        "https://evilfcm.googleapis.com/x", "https://notify.windows.com.evil.cn/x", "https://xnotify.windows.com/x", "https://.notify.windows.com@evil.cn/",
        "https://fcm.googleapis.com@evil.cn/x", "https://fcm.googleapis.com\\@evil.cn/x", "https://evil.cn/#.push.apple.com/",
        "https://evil.cn/?.push.apple.com", "http://push.example.cn/x", "https://push.example.cn:9/x", "http://127.0.0.1:8091/x", "http://localhost:8090/x",
        "https://10.0.0.1/x", "https://[::1]/x", "ftp://fcm.googleapis.com/x", "file:///etc/passwd", "//fcm.googleapis.com/x", "", "x",
        "https://fcm.googleapis.com", " https://fcm.googleapis.com/x", "https://fcm.googleapis.com/x\n", "https://fcm.googleapis.com/长",
    ],
)  # fmt: skip
def test_nothing_else_is_talked_to(endpoint: str) -> None:
    assert not push_services.is_known(endpoint, HERE)


@drawn(st.text(max_size=60))
def test_whatever_is_put_before_or_behind_a_known_host_leads_elsewhere(text: str) -> None:
    from urllib.parse import urlsplit

    for endpoint in (
        f"https://{text}fcm.googleapis.com/x",
        f"https://fcm.googleapis.com{text}/x",
        f"https://{text}/",
    ):
        if push_services.is_known(endpoint, frozenset()):
            host = urlsplit(endpoint).hostname or ""
            assert host == "fcm.googleapis.com" or any(host.endswith(known) for known in push_services.KNOWN)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("<b>curl</b>", "bcurl/b"), ("", "?"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_its_owner_knows_it(agent: str, name: str) -> None:
    assert browsers.name_of(agent) == name
