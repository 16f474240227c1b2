"""Finance Team KPI: a year's revenue by quarter, in Bokeh.

Lanyard stands in front of this app and tells it in request headers who is looking. Bokeh has the headers of the
request for the page in `curdoc().session_context.request.headers`. Set BOKEH_SIGN_SESSIONS=true and
BOKEH_SECRET_KEY in the app's environment: without them a page can bring headers of its own making.
"""

import base64
import html
import os
import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
from bokeh.io import curdoc
from bokeh.layouts import column, row
from bokeh.models import Button, ColumnDataSource, Div, FileInput
from bokeh.plotting import figure

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
YEAR = pd.read_csv(Path(__file__).parent.parent / "data" / "revenue.csv")  # money in k€
YEAR["quarter"] = pd.PeriodIndex(YEAR["month"], freq="M").quarter
TEXT = {"font-size": "15px", "line-height": "1.5"}
LINK = ("display: inline-block; padding: 6px 12px; border: 1px solid #8886; border-radius: 4px; "
        "color: inherit; text-decoration: none")

document = curdoc()
headers = document.session_context.request.headers
viewer = headers.get("X-Forwarded-Preferred-Username", "nobody")
groups = [group.strip() for group in headers.get("X-Forwarded-Groups", "").split(",")]

quarter = 1
targets = pd.DataFrame({"month": [], "target": []})
kept = []  # this session's files

shown = Div(styles=TEXT)
download = Div(styles=TEXT)
uploaded = Div(styles=TEXT)
for_leads = Div(styles=TEXT)
bars = ColumnDataSource({"month": [], "revenue": [], "target": []})
chart = figure(x_range=[], height=300, sizing_mode="stretch_width", toolbar_location=None, tools="hover",
               tooltips="@month: @revenue{0,0} k€", y_axis_label="k€")
chart.vbar("month", top="revenue", width=0.6, color="#2f6db5", legend_label="Revenue", source=bars)
chart.scatter("month", "target", marker="dash", size=90, line_width=3, color="#c2410c", legend_label="Target",
              source=bars)
chart.y_range.start = 0
chart.xgrid.visible = False
chart.outline_line_color = chart.background_fill_color = chart.border_fill_color = None
chart.add_layout(chart.legend[0], "below")
chart.legend.orientation = "horizontal"
chart.legend.border_line_color = None


def draw():
    figures = YEAR[YEAR["quarter"] == quarter].drop(columns="quarter")
    revenue, orders, margin = figures[["revenue", "orders", "margin"]].sum()
    shown.text = (f"<h2 style='margin: 0'>Quarter {quarter}: revenue {revenue:,} k€</h2>"
                  f"{orders:,} orders, {1000 * revenue / orders:.0f} € each")
    chart.x_range.factors = list(figures["month"])
    bars.data = figures.merge(targets, on="month", how="left")[["month", "revenue", "target"]].to_dict("list")
    # Bokeh has no download of its own; a link that carries its file needs neither a route nor a script.
    file = base64.b64encode(figures.drop(columns="margin").to_csv(index=False).encode()).decode()
    download.text = f"<a download='figures.csv' href='data:text/csv;base64,{file}' style='{LINK}'>Download figures</a>"
    if "Finance Leads" in groups:
        for_leads.text = ("<h2 style='margin: 0'>For finance leads</h2>"
                          f"Of quarter {quarter}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}.")


def next_quarter():
    global quarter
    quarter = quarter % 4 + 1
    draw()


def read_targets():
    global targets
    remove_files(kept, document.session_context)
    with tempfile.NamedTemporaryFile(prefix="targets-", suffix=".csv", delete=False) as file:
        kept.append(Path(file.name))
        file.write(base64.b64decode(upload.value))
    name = html.escape(upload.filename)
    try:
        targets = pd.read_csv(file.name, usecols=["month", "target"], dtype={"month": str, "target": float})
        uploaded.text = f"{len(targets)} targets from {name}"
    except ValueError:
        uploaded.text = f"{name} is no CSV file with the columns month and target."
    draw()


def remove_files(files, session_context):
    """Uses nothing of this module: Bokeh empties it before it says that a session is over."""
    while files:
        files.pop().unlink(missing_ok=True)


button = Button(label="Next quarter", button_type="primary")
button.on_click(next_quarter)
upload = FileInput(title="Targets", accept=".csv")
# The file's name comes after its content, so both are read when the message has been taken in.
upload.on_change("value", lambda attr, old, new: document.add_next_tick_callback(read_targets))
document.on_session_destroyed(partial(remove_files, kept))

draw()
document.title = TITLE
heading = Div(text=f"<h1 style='margin: 0'>{html.escape(TITLE)}</h1>"
                   f"<p style='margin: 0'>Viewing as {html.escape(viewer)}</p>", styles=TEXT)
document.add_root(column(
    heading, shown, button, chart, row(upload, uploaded, styles={"flex-wrap": "wrap"}), download, for_leads,
    sizing_mode="stretch_width", styles={"max-width": "820px", "margin": "0 auto", "padding": "12px"},
))
