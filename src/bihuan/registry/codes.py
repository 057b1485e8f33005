"""Codes of regions (GB/T 2260)."""


def prefix_of(code: str) -> str:
    """Significant part of a GB/T 2260 code (pairs of zeros at the end of six digits mean 'the whole')."""
    if len(code) > 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
