"""Finance Team KPI: a year's revenue by quarter, in Dash.

Lanyard stands in front of this app and tells it in request headers who is looking. Each callback is a request of
its own, so `flask.request.headers` always has the viewer of this moment. Believe it only where nobody reaches the
app but through Lanyard: let it listen on the loopback address, or behind a firewall.

Dash has no sessions: what was chosen and uploaded waits in the page. The upload is read in memory and nothing is
kept, so there is no file to remove when the viewer has gone.
"""

import base64
import io
import os
from pathlib import Path

import pandas as pd
import plotly.express as px
from dash import Dash, Input, Output, State, callback, ctx, dcc, html
from flask import request

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
YEAR = pd.read_csv(Path(__file__).parent.parent / "data" / "revenue.csv")  # money in k€
YEAR["quarter"] = pd.PeriodIndex(YEAR["month"], freq="M").quarter

app = Dash(title=TITLE, update_title=None)
server = app.server


@server.get("/healthz")
def health():
    return "ok"


app.layout = html.Main([
    html.H1(TITLE),
    html.P(id="viewing", className="quiet"),
    html.H2(id="headline"),
    html.P(id="orders"),
    html.Div(className="row", children=[
        html.Button("Next quarter", id="next", className="primary"),
        dcc.ConfirmDialogProvider(html.Button("Reset"), id="reset", message="Go back to quarter 1?"),
        html.Button("Download figures", id="download"),
    ]),
    dcc.Graph(id="chart", config={"displayModeBar": False}, responsive=True, style={"height": "320px"}),
    html.Label(["Targets", dcc.Upload(
        html.Span("Choose a CSV file with month and target", **{"aria-hidden": "true"}), id="upload", accept=".csv")]),
    html.P(id="uploaded"),
    html.Section(id="for-leads"),
    dcc.Store(id="quarter", data=1),
    dcc.Store(id="targets", data=[]),
    dcc.Download(id="file"),
])


def of_quarter(quarter):
    return YEAR[YEAR["quarter"] == quarter].drop(columns="quarter")


@callback(
    Output("quarter", "data"),
    Input("next", "n_clicks"), Input("reset", "submit_n_clicks"), State("quarter", "data"),
    prevent_initial_call=True,
)
def choose(_next, _reset, quarter):
    return 1 if ctx.triggered_id == "reset" else quarter % 4 + 1


@callback(
    Output("viewing", "children"), Output("headline", "children"), Output("orders", "children"),
    Output("chart", "figure"), Output("for-leads", "children"),
    Input("quarter", "data"), Input("targets", "data"),
)
def show(quarter, targets):
    figures = of_quarter(quarter)
    revenue, orders, margin = figures[["revenue", "orders", "margin"]].sum()
    figures = figures.merge(pd.DataFrame(targets, columns=["month", "target"]), on="month", how="left")
    bars = ["revenue", "target"] if targets else ["revenue"]
    chart = px.bar(figures, x="month", y=bars, barmode="group", template="plotly_white",
                   color_discrete_sequence=["#2f6db5", "#c2410c"],
                   labels={"value": "k€", "month": "", "variable": ""})
    chart.update_xaxes(type="category")
    chart.update_layout(margin={"l": 0, "r": 0, "t": 16, "b": 0}, showlegend=bool(targets),
                        legend={"orientation": "h", "y": 1.1})
    viewer = request.headers.get("X-Forwarded-Preferred-Username", "nobody")
    groups = [group.strip() for group in request.headers.get("X-Forwarded-Groups", "").split(",")]
    for_leads = [
        html.H2("For finance leads"),
        html.P(f"Of quarter {quarter}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}."),
    ]
    return (f"Viewing as {viewer}", f"Quarter {quarter}: revenue {revenue:,} k€",
            f"{orders:,} orders, {1000 * revenue / orders:.0f} € each", chart,
            for_leads if "Finance Leads" in groups else None)


@callback(
    Output("targets", "data"), Output("uploaded", "children"),
    Input("upload", "contents"), State("upload", "filename"), prevent_initial_call=True,
)
def read_targets(contents, name):
    content = io.BytesIO(base64.b64decode(contents.partition(",")[2]))
    try:
        targets = pd.read_csv(content, usecols=["month", "target"], dtype={"month": str, "target": float})
    except ValueError:
        return [], f"{name} is no CSV file with the columns month and target."
    return targets.to_dict("records"), f"{len(targets)} targets from {name}"


@callback(Output("file", "data"), Input("download", "n_clicks"), State("quarter", "data"), prevent_initial_call=True)
def download(_clicks, quarter):
    return dcc.send_data_frame(of_quarter(quarter).drop(columns="margin").to_csv, "figures.csv", index=False)


if __name__ == "__main__":
    app.run()
