"""Values that no page offers, put into every field that an address or a form of a module reads; 500 is what must not come.

Which fields there are is read from the source of the view's module, so that a new one is tried without being listed.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bihuan.scenarios.resolved import every_scenario

VALUES = (
    "x", "²", "٣", "-1", "1e400", "nan", "inf", "0", "99999999999999999999", "9999-12", "0001-01", "9999-12-31", "0001-01-01",
    "2019-02-30", "2019-02-30T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "2019-01-01T00:00+99:99", "a\x00b", "=1+1", "//evil.example",
    "javascript:x", "<b>", "长" * 3000, "[]", "{", "%",
)  # fmt: skip
READ = re.compile(r"""(?:GET|POST|given|sent|said|typed|form|data)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")
FILTER = re.compile(r"""Filter\(\s*["'](\w+)["']""")
NAMED = re.compile(r"""for k in \(([^)]*)\)""")
CODES = ("X1", "²", "a\x00b", "-1", "长" * 200, "%2e%2e", "=x")


def fields_of(view: Callable[..., Any]) -> list[str]:
    """Names that the view's module reads from addresses and forms."""
    module = inspect.getmodule(inspect.unwrap(view))
    text = inspect.getsource(module) if module else ""
    listed = [name for group in NAMED.findall(text) for name in re.findall(r"\w+", group)]
    narrowed = ["tab", "state", "q", "sort", *FILTER.findall(text)] if "kit.listing" in text else []
    return sorted({*READ.findall(text), *listed, *narrowed, "page", "as", "next"})


def queries(view: Callable[..., Any]) -> Iterator[dict[str, str]]:
    """All fields at once with some values, and each alone with two: one refusal hides what comes after it.

    Which values a view gets depends on its fields, so that all of them are tried somewhere.
    """
    fields = fields_of(view)
    shift = sum(map(len, fields))
    yield from (dict.fromkeys(fields, value) for value in VALUES[shift % 5 :: 5])
    for i, name in enumerate(fields):
        yield from ({name: VALUES[(shift + 7 * i + k) % len(VALUES)]} for k in (0, 11))


KEY = UUID(int=1)
"""Of nothing that there is."""


def arguments(pattern: URLPattern, known: dict[str, Any]) -> dict[str, Any]:
    """A value for each argument of an address."""
    found = {}
    for name, converter in pattern.pattern.converters.items():
        if type(converter).__name__ == "IntConverter":
            found[name] = known.get(name) if isinstance(known.get(name), int) else 1
        elif type(converter).__name__ == "UUIDConverter":
            found[name] = KEY
        else:
            found[name] = known.get(name, "x")
    return found


def addresses(space: str | None) -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of the addresses of a scenario, or of the core (None)."""
    for page in every_scenario()[space].root_pages if space else ():
        yield page.name or "", page
    for found in get_resolver().url_patterns:
        if isinstance(found, URLResolver) and found.namespace == space:
            for pattern in found.url_patterns:
                if isinstance(pattern, URLPattern) and pattern.name:
                    yield (f"{space}:" if space else "") + pattern.name, pattern


def broken(client: Client, space: str | None, known: dict[str, Any], *, post: bool = False) -> list[str]:
    """Addresses that break at an odd value: what was asked, and the error.

    known: real values of the arguments of addresses by their name, so that the pages themselves are reached.
    """
    client.raise_request_exception = False
    found = []
    for name, pattern in addresses(space):
        if name in ("logout", "language", "theme"):
            continue
        address = reverse(name, kwargs=arguments(pattern, known))
        if post and client.post(address).status_code == 405:
            continue
        for query in queries(pattern.callback):
            answer = client.post(address, query) if post else client.get(address, query)
            if answer.status_code == 500:
                why = answer.exc_info[1] if getattr(answer, "exc_info", None) else ""  # type: ignore[attr-defined]
                found.append(
                    f"{address} { ({k: v[:30] for k, v in query.items()} if len(query) < 3 else 'all') }: {type(why).__name__} {why}"
                )
                break
    return found


def broken_paths(client: Client, space: str | None) -> list[str]:
    """Addresses that break at an odd code in their path."""
    client.raise_request_exception = False
    found = []
    for name, pattern in addresses(space):
        texts = [k for k, c in pattern.pattern.converters.items() if type(c).__name__ == "StringConverter"]
        for code in CODES if texts else ():
            values = {
                k: code
                if k in texts
                else 2**63
                if "Int" in type(c).__name__
                else KEY
                if "UUID" in type(c).__name__
                else "x"
                for k, c in pattern.pattern.converters.items()
            }
            for ask in (client.get, client.post):
                answer = ask(reverse(name, kwargs=values))
                if answer.status_code == 500:
                    found.append(f"{name} {code!r}: {answer.exc_info}")  # type: ignore[attr-defined]
        for k, c in pattern.pattern.converters.items():
            if "Int" in type(c).__name__:
                others = pattern.pattern.converters.items()
                values = {n: 2**70 if n == k else 1 if "Int" in type(o).__name__ else KEY for n, o in others}
                if client.get(reverse(name, kwargs=values)).status_code == 500:
                    found.append(f"{name} {k}=2**70")
    return found
