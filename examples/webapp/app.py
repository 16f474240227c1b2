"""Finance Team KPI: a year's revenue by quarter, as a plain web app: a static page, fetch and a WebSocket.

Lanyard stands in front of this app and tells it in request headers who is looking, with every request and with the
WebSocket's handshake. Believe them only where nobody reaches the app but through Lanyard: let it listen on the
loopback address, or behind a firewall.
"""

import os
import secrets
import tempfile
from pathlib import Path

import pandas as pd
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
HERE = Path(__file__).parent
YEAR = pd.read_csv(HERE.parent / "data" / "revenue.csv")  # money in k€
YEAR["quarter"] = pd.PeriodIndex(YEAR["month"], freq="M").quarter
LARGEST = 1_000_000  # bytes of an upload

files = {}  # of each open page, under a key that only it knows: its upload, or None


def of_quarter(quarter):
    return YEAR[YEAR["quarter"] == quarter].drop(columns="quarter")


def view(quarter, headers):
    """What a viewer may see of a quarter."""
    figures = of_quarter(quarter)
    revenue, orders, margin = (int(total) for total in figures[["revenue", "orders", "margin"]].sum())
    groups = [group.strip() for group in headers.get("X-Forwarded-Groups", "").split(",")]
    leads = f"Of quarter {quarter}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}."
    return {
        "title": TITLE,
        "viewer": headers.get("X-Forwarded-Preferred-Username", "nobody"),
        "quarter": quarter,
        "headline": f"Quarter {quarter}: revenue {revenue:,} k€",
        "orders": f"{orders:,} orders, {1000 * revenue / orders:.0f} € each",
        "figures": figures[["month", "revenue"]].to_dict("records"),
        "leads": leads if "Finance Leads" in groups else None,
    }


async def live(websocket):
    """A page's WebSocket. The page lives as long as this does, and so does what it uploaded."""
    await websocket.accept()
    key, quarter = secrets.token_urlsafe(), 1
    files[key] = None
    try:
        await websocket.send_json({"key": key, **view(quarter, websocket.headers)})
        async for message in websocket.iter_text():
            if message == "next quarter":
                quarter = quarter % 4 + 1
                await websocket.send_json(view(quarter, websocket.headers))
    finally:
        remove(files.pop(key))


def remove(file):
    if file:
        file.unlink(missing_ok=True)


async def targets(request):
    key = request.headers.get("X-Page-Key")
    if key not in files:
        return JSONResponse({"said": "This page has lost its connection: reload it."}, 409)
    # Before the body is read: Starlette puts all of it on the disk.
    if int(request.headers.get("Content-Length", 2 * LARGEST)) > LARGEST:
        return JSONResponse({"said": "Targets are a file of at most 1 MB."}, 413)
    async with request.form(max_files=1, max_fields=0) as form:
        upload = form.get("targets")
        content = await upload.read() if upload else b""
    if not content:
        return JSONResponse({"said": "Choose a file with targets."}, 400)
    remove(files[key])
    with tempfile.NamedTemporaryFile(prefix="targets-", suffix=".csv", delete=False) as file:
        files[key] = Path(file.name)
        file.write(content)
    try:
        read = pd.read_csv(files[key], usecols=["month", "target"], dtype={"month": str, "target": float})
        read = read.replace([float("inf"), float("-inf")], None).dropna()
    except ValueError:
        said = f"{upload.filename} is no CSV file with the columns month and target."
        return JSONResponse({"said": said}, 400)
    return JSONResponse({"said": f"{len(read)} targets from {upload.filename}", "targets": read.to_dict("records")})


async def figures_csv(request):
    quarter = request.query_params.get("quarter", "1")
    if quarter not in ("1", "2", "3", "4"):
        return PlainTextResponse("There are quarters 1 to 4.", 400)
    file = of_quarter(int(quarter)).drop(columns="margin").to_csv(index=False)
    return Response(file, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="figures.csv"'})


async def page(request):
    return FileResponse(HERE / "static" / "index.html")


async def health(request):
    return PlainTextResponse("ok")


app = Starlette(routes=[
    Route("/", page),
    Route("/healthz", health),
    Route("/targets", targets, methods=["POST"]),
    Route("/figures.csv", figures_csv),
    WebSocketRoute("/live", live),
    Mount("/static", StaticFiles(directory=HERE / "static")),
])
