"""What browsers and proxies may keep: nothing of what a person is shown, everything of the files that are the same for all."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.people import City

SAMPLES = {
    "code": "X1",
    "number": "x",
    "kind": "x",
    "action": "x",
    "verdict": "x",
    "how": "x",
    "day": "2019-02-25",
    "pk": 1,
}


def addresses() -> Iterator[str]:
    """Every address of the pages, with made-up objects where it wants some."""
    for name, pattern in _named(get_resolver().url_patterns, ""):
        wanted = re.findall(r"<(?:(\w+):)?(\w+)>", str(pattern.pattern))
        values = {key: _sample(kind, key) for kind, key in wanted}
        try:
            yield reverse(name, kwargs=values)
        except NoReverseMatch as error:
            raise AssertionError(f"no sample fits {name}: {pattern.pattern}") from error


def _sample(kind: str, key: str) -> object:
    return {"int": 1, "day": date(2019, 2, 25), "slug": "x", "uuid": UUID(int=1)}.get(
        kind, SAMPLES.get(key, "x")
    )


def _named(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _named(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


@pytest.mark.slow
@pytest.mark.parametrize("role", ["admin", None])
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_forbids_keeping_its_answer(
    city: City, data_dir: Path, role: str | None, method: str
) -> None:
    client = Client(raise_request_exception=False)
    walked = list(addresses())
    assert len(walked) > 60
    for address in walked:
        if role:
            client.force_login(city.person(role, "140300"))
        answer = getattr(client, method)(address)
        kept = answer.headers.get("Cache-Control", "")
        assert "no-store" in kept, address
        assert "private" in kept, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Referrer-Policy"] == "same-origin", address
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "camera=(self)" in answer.headers["Permissions-Policy"], address
        assert "default-src" in answer.headers["Content-Security-Policy"], address


def test_static_files_are_kept_for_ever_under_an_address_of_their_contents(city: City) -> None:
    page = Client().get(reverse("login")).content.decode()
    (sheet,) = set(re.findall(r'href="(/static/[0-9a-f]{12}/web/bihuan\.css)"', page))
    answer = Client().get(sheet)
    answer.close()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_follows_the_contents(tmp_path: Path) -> None:
    from bihuan.settings import fingerprint

    file = tmp_path / "a.css"
    file.write_text("a")
    before = fingerprint([file])
    file.write_text("b")
    assert fingerprint([file]) != before
    assert fingerprint(tmp_path.iterdir()) == fingerprint([file])
