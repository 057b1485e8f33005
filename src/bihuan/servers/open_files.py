"""How many files and connections this process may have open: as many as the system allows, and no more."""

import resource

UNLIMITED = 1 << 20
"""What is asked for where the system says no limit."""
LEAST_OWN = 64
"""Files that a process needs for itself: database, archive, logs, what is being uploaded."""


def raise_open_files() -> int:
    """Raise this process's limit of open files to the most that the system allows it; the limit that holds then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = UNLIMITED if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def room_for_connections(files: int) -> int:
    """How many connections fit under a limit of open files, with a quarter of it (at most 512) left for other files."""
    return max(files - max(LEAST_OWN, min(files // 4, 512)), 1)
