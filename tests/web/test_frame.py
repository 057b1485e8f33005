"""The frame of every page: language by choice, errors in words, the replay bar, search."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock, replays
from bihuan.practice.episodes import ABOUT, EPISODES
from bihuan.replays import Episode
from bihuan.web.context import frame
from bihuan.web.menu import menu_of
from tests.people import ROLES, City


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path) -> Client:
    """Signed in as the city's duty officer, in an empty installation."""
    client.force_login(city.person("dispatcher", "140300"))
    return client


def test_pages_are_chinese_whatever_the_browser_prefers(officer: Client) -> None:
    text = officer.get(reverse("cases"), headers={"accept-language": "en-GB,en"}).content.decode()
    assert '<html lang="zh-hans"' in text
    assert "退出" in text


def test_english_is_a_choice_that_lasts(officer: Client) -> None:
    officer.post(reverse("language"), {"language": "en", "next": "/"})
    answer = officer.get(reverse("cases"))
    assert '<html lang="en"' in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_an_empty_installation_says_what_to_do_next(officer: Client) -> None:
    text = officer.get(reverse("centre")).content.decode()
    assert "尚无数据" in text


def test_there_is_no_replay_over_live_data(officer: Client) -> None:
    answer = officer.post(reverse("replay"), {"speed": "60"})
    assert answer.status_code == 400
    assert "实时数据" in answer.content.decode()


@pytest.mark.parametrize("episode", EPISODES, ids=lambda e: e.key)
def test_a_jump_sets_the_clock_of_every_process_to_the_episode(
    officer: Client, data_dir: Path, episode: Episode
) -> None:
    replays.write(data_dir, ABOUT)
    clock.set_replay(datetime(2019, 2, 1, tzinfo=UTC), 0)
    officer.post(reverse("replay"), {"episode": episode.key})
    assert clock.now() == episode.start
    officer.post(reverse("replay"), {"speed": "3600"})
    running = clock.replay()
    assert running is not None
    assert running.speed == 3600
    assert clock.now() >= episode.start


def test_a_replay_says_that_its_data_are_real_only_where_the_installation_says_so(
    officer: Client, data_dir: Path
) -> None:
    clock.set_replay(datetime(2021, 2, 1, tzinfo=UTC), 0)
    text = officer.get(reverse("cases")).content.decode()
    assert "真实数据" not in text
    assert "历史数据回放" in text
    replays.write(data_dir, ABOUT)
    text = officer.get(reverse("cases")).content.decode()
    assert "2019 年真实数据" in text
    assert "1 月重污染" in text


def test_a_wrong_speed_or_episode_changes_nothing(officer: Client) -> None:
    moment = datetime(2019, 2, 1, tzinfo=UTC)
    clock.set_replay(moment, 0)
    officer.post(reverse("replay"), {"speed": "7", "episode": "never"})
    assert clock.now() == moment


def test_an_unknown_page_answers_in_words(officer: Client) -> None:
    answer = officer.get("/nothing/here/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def menu_urls(client: Client) -> list[str]:
    """The addresses of the menu on the centre's page."""
    return [line.url for heading in client.get(reverse("centre")).context["menu"] for line in heading.lines]


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_menu_leads_nowhere_that_refuses(client: Client, city: City, data_dir: Path, role: str) -> None:
    client.force_login(city.person(role, "140321"))
    urls = menu_urls(client)
    assert [url for url in urls if client.get(url, follow=True).status_code != 200] == []
    assert len(urls) > 5


def test_the_menu_has_the_devices_for_those_who_watch_the_whole_city(
    client: Client, city: City, data_dir: Path
) -> None:
    watched = ("loggers", "quarantine", "system")
    for role, region, sees in (
        ("dispatcher", "140300", {reverse(name) for name in watched}),
        ("dispatcher", "140321", set()),
        ("enterprise", "140321", set()),
    ):
        client.force_login(city.person(role, region))
        assert {reverse(name) for name in watched} & set(menu_urls(client)) == sees


def test_the_menu_marks_the_page_that_is_open_and_its_group(
    client: Client, city: City, data_dir: Path
) -> None:
    client.force_login(city.person("dispatcher", "140300"))
    for name, group in (("centre", "指挥"), ("cases", "闭环"), ("audit", "")):
        menu = client.get(reverse(name)).context["menu"]
        assert [heading.title for heading in menu if heading.here] == ([group] if group else []), name
        assert sum(line.here for heading in menu for line in heading.lines) == bool(group)


def test_an_incident_belongs_to_the_findings_whose_list_it_stands_in(city: City, data_dir: Path) -> None:
    for page in ("incident", "finding"):
        menu = menu_of(city.person("dispatcher", "140300"), reverse(page, args=[7]))
        assert [(h.title, line.title) for h in menu for line in h.lines if line.here] == [("闭环", "发现")]


CALLED = ("menu", "replay", "newest_data", "banners", "waiting", "unread", "calls", "posts", "roles")


@pytest.mark.parametrize("role", ["dispatcher", "admin"])
def test_no_page_hides_what_the_frame_shows(client: Client, city: City, data_dir: Path, role: str) -> None:
    """A page that calls something as the frame does would change the head of the page."""
    client.force_login(city.person(role, "140300"))
    for url in menu_urls(client):
        answer = client.get(url, follow=True)
        shown = frame(answer.wsgi_request)
        for page in answer.context or ():
            said = [(name, part[name]) for name in CALLED for part in page.dicts if name in part]
            assert [name for name, value in said if value is not shown[name]] == [], url
