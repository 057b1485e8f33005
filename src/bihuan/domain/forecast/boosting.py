"""LightGBM as we load it: without pandas and pyarrow, which it would load where they are installed.

We hand it arrays only; the two (they come with the optional peers) would cost every start 0.4 s and 60 MB.
"""

import sys

_HIDDEN = [name for name in ("pandas", "pyarrow") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_HIDDEN))  # type: ignore[arg-type]  # None makes an import of it fail
try:
    import lightgbm  # noqa: F401 - loaded here, used elsewhere
except OSError:  # libgomp.so.1 is not installed
    AVAILABLE = False
else:
    AVAILABLE = True
finally:
    for _name in _HIDDEN:
        del sys.modules[_name]
