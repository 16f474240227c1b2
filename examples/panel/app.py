"""Finance Team KPI: a year's revenue by quarter, in Panel.

Lanyard stands in front of this app and tells it in request headers who is looking. Panel has the headers of the
request for the page in `pn.state.headers`. Set BOKEH_SIGN_SESSIONS=true and BOKEH_SECRET_KEY in the app's
environment: without them a page can bring headers of its own making.
"""

import html
import io
import os
import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
import panel as pn
from bokeh.plotting import figure

pn.extension(design="bootstrap", sizing_mode="stretch_width")

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
YEAR = pd.read_csv(Path(__file__).parent.parent / "data" / "revenue.csv")  # money in k€
YEAR["quarter"] = pd.PeriodIndex(YEAR["month"], freq="M").quarter
TEXT = {"font-size": "15px"}

viewer = pn.state.headers.get("X-Forwarded-Preferred-Username", "nobody")
groups = [group.strip() for group in pn.state.headers.get("X-Forwarded-Groups", "").split(",")]

quarter = pn.rx(1)
targets = pn.rx(pd.DataFrame({"month": [], "target": []}))
kept = []  # this session's files

button = pn.widgets.Button(name="Next quarter", button_type="primary", sizing_mode="fixed", width=140)
upload = pn.widgets.FileInput(name="Targets", accept=".csv", min_width=260, max_width=320)
uploaded = pn.pane.HTML(styles=TEXT, align="end")


def of_quarter(quarter):
    return YEAR[YEAR["quarter"] == quarter].drop(columns="quarter")


def headline(quarter):
    revenue, orders = of_quarter(quarter)[["revenue", "orders"]].sum()
    return f"## Quarter {quarter}: revenue {revenue:,} k€\n{orders:,} orders, {1000 * revenue / orders:.0f} € each"


def chart(quarter, targets):
    figures = of_quarter(quarter)[["month", "revenue"]].merge(targets, on="month", how="left")
    plot = figure(x_range=list(figures["month"].unique()), height=300, sizing_mode="stretch_width",
                  toolbar_location=None, tools="hover", tooltips="@month: @revenue{0,0} k€", y_axis_label="k€")
    plot.vbar("month", top="revenue", width=0.6, color="#2f6db5", source=figures)
    plot.scatter("month", "target", marker="dash", size=90, line_width=3, color="#c2410c", source=figures)
    plot.y_range.start = 0
    plot.xgrid.visible = False
    plot.outline_line_color = plot.background_fill_color = plot.border_fill_color = None
    return plot


def for_leads(quarter):
    revenue, margin = of_quarter(quarter)[["revenue", "margin"]].sum()
    return f"## For finance leads\nOf quarter {quarter}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}."


def figures_csv():
    return io.StringIO(of_quarter(quarter.rx.value).drop(columns="margin").to_csv(index=False))


def next_quarter(event):
    quarter.rx.value = quarter.rx.value % 4 + 1


def read_targets(content):
    remove_files(kept, pn.state.curdoc.session_context)
    with tempfile.NamedTemporaryFile(prefix="targets-", suffix=".csv", delete=False) as file:
        kept.append(Path(file.name))
        file.write(content)
    name = html.escape(upload.filename)
    try:
        targets.rx.value = pd.read_csv(
            file.name, usecols=["month", "target"], dtype={"month": str, "target": float})
        uploaded.object = f"{len(targets.rx.value)} targets from {name}"
    except ValueError:
        uploaded.object = f"{name} is no CSV file with the columns month and target."


def remove_files(files, session_context):
    """Uses nothing of this module: Bokeh empties it before it says that a session is over."""
    while files:
        files.pop().unlink(missing_ok=True)


button.on_click(next_quarter)
pn.bind(read_targets, upload, watch=True)
pn.state.on_session_destroyed(partial(remove_files, kept))

dashboard = pn.Column(
    pn.pane.HTML(f"<h1>{html.escape(TITLE)}</h1><p>Viewing as {html.escape(viewer)}</p>", styles=TEXT),
    pn.pane.Markdown(pn.bind(headline, quarter), styles=TEXT),
    button,
    pn.pane.Bokeh(pn.bind(chart, quarter, targets)),
    pn.Row(upload, uploaded, styles={"flex-wrap": "wrap"}),
    pn.widgets.FileDownload(callback=figures_csv, filename="figures.csv", label="Download figures",
                            sizing_mode="fixed", width=180),
    max_width=820, styles={"margin": "0 auto", "padding": "12px"},
)
if "Finance Leads" in groups:  # what is only invisible would reach the browser all the same
    dashboard.append(pn.pane.Markdown(pn.bind(for_leads, quarter), styles=TEXT))
dashboard.servable(title=TITLE)
