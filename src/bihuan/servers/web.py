"""The web process: Django behind uvicorn."""

import sys

import uvicorn


def main(host: str, port: int) -> None:
    """Serve the pages until stopped."""
    uvicorn.run("bihuan.web.asgi:application", host=host, port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
