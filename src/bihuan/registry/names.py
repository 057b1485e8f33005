"""Names of sign-in: one spelling for one account, wherever a name is typed, stored, counted or shown."""

from unicodedata import normalize


def sign_in_name(typed: object) -> str:
    """The name as it is stored: full-width characters as plain ones (Unicode NFKC), no blanks around it."""
    return normalize("NFKC", str(typed or "")).strip()
