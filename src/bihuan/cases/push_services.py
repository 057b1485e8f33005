"""Where a browser may be reached: its address comes from outside, and the server talks to it only at a push service that is known.

The makers' own lists: Apple, "Sending web push notifications in web apps and browsers" (any name under push.apple.com);
Microsoft, "Enterprise firewall and proxy configurations to support WNS traffic" (*.notify.windows.com); Mozilla's autopush
(updates.push.services.mozilla.com); Google, Web Push Protocol (fcm.googleapis.com; Chromium without Google's keys is given
jmt17.google.com). Others are added by the administrator of the channel.
"""

import re

KNOWN = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
)
"""Hosts; a dot at the beginning: any name under it."""
LONGEST = 1000
ENDPOINT = re.compile(r"(https?)://([a-zA-Z0-9.-]{1,253})(:[0-9]{1,5})?/[\w.~:/?@!$&'()*+,;=%-]*", re.ASCII)
"""A plain address, about which all readers of addresses agree: no name, password, backslash or fragment."""
HOSTS = re.compile(r"([a-zA-Z0-9.-]+(:[0-9]{1,5})?([,，\s]+|$))*")
"""What an administrator adds: hosts by comma, each with its port where it is not 443."""
HERE = ("127.0.0.1", "localhost")


def added(hosts: str) -> frozenset[str]:
    """The hosts that an administrator wrote down."""
    return frozenset(re.split(r"[,，\s]+", hosts.strip().lower())) - {""}


def is_known(endpoint: str, more: frozenset[str]) -> bool:
    """May the server send there? more: hosts besides KNOWN; of them those of this machine by http too."""
    found = ENDPOINT.fullmatch(endpoint) if len(endpoint) <= LONGEST else None
    if found is None:
        return False
    secure, host, port = found[1] == "https", found[2].lower(), found[3] or ""
    if secure and port in ("", ":443") and any(_is(host, known) for known in KNOWN):
        return True
    return f"{host}{port}" in more and (secure or host in HERE)


def _is(host: str, known: str) -> bool:
    return host.endswith(known) if known.startswith(".") else host == known


def origin_of(endpoint: str) -> str:
    """Scheme, host and port: for whom a token is made (RFC 8292)."""
    return "/".join(endpoint.split("/")[:3]).removesuffix(":443")
