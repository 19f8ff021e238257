"""Writes the OpenAPI document that a Prefect server serves at /api/openapi.json.

Run with a Python that has the `prefect` package of source.toml:

    python specs/prefect/export.py OUT

The application is asked in process: no socket is opened, no database is made.
The output is the same for every hash seed, time zone and working folder.
"""

import asyncio
import json
import os
import pathlib
import sys
import tempfile


async def document() -> dict:
    """The document as the API application serves it, `servers` included."""
    import httpx
    from prefect.server.api.server import create_app

    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/api/openapi.json")
        response.raise_for_status()
        return response.json()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python specs/prefect/export.py OUT")
    out = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        os.environ["PREFECT_HOME"] = os.path.join(home, "prefect")
        os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
        os.environ["DO_NOT_TRACK"] = "1"
        text = json.dumps(asyncio.run(document()), indent=1) + "\n"
    out.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
