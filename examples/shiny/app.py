"""Finance Team KPI: a year's revenue by quarter, in Shiny for Python.

Lanyard stands in front of this app and tells it in request headers who is looking. Shiny has the headers of the
session's WebSocket in `session.http_conn.headers`. Believe them only where nobody reaches the app but through
Lanyard: let it listen on the loopback address, or behind a firewall.
"""

import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from shiny import App, reactive, render, ui

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
YEAR = pd.read_csv(Path(__file__).parent.parent / "data" / "revenue.csv")  # money in k€
YEAR["quarter"] = pd.PeriodIndex(YEAR["month"], freq="M").quarter

app_ui = ui.page_fluid(
    ui.tags.main(
        ui.h1(TITLE),
        ui.p(ui.output_text("viewing", inline=True), class_="text-secondary"),
        ui.h2(ui.output_text("headline", inline=True)),
        ui.p(ui.output_text("orders", inline=True)),
        ui.div(
            ui.input_action_button("next", "Next quarter", class_="btn-primary"),
            ui.download_button("figures_csv", "Download figures"),
            class_="d-flex flex-wrap gap-2",
        ),
        ui.output_plot("chart", height="300px"),
        ui.input_file("targets", "Targets", accept=".csv", placeholder="month,target"),
        ui.p(ui.output_text("uploaded", inline=True)),
        ui.output_ui("for_leads"),
        style="max-width: 820px; margin: 0 auto; padding: 1.5rem 0.25rem",
    ),
    title=TITLE,
    lang="en",
)


def server(input, output, session):
    headers = session.http_conn.headers
    viewer = headers.get("X-Forwarded-Preferred-Username", "nobody")
    groups = [group.strip() for group in headers.get("X-Forwarded-Groups", "").split(",")]
    quarter = reactive.value(1)
    kept = []  # this session's files

    @reactive.effect
    @reactive.event(input.next)
    def next_quarter():
        quarter.set(quarter() % 4 + 1)

    @reactive.calc
    def figures():
        return YEAR[YEAR["quarter"] == quarter()].drop(columns="quarter")

    @reactive.calc
    def totals():
        return figures()[["revenue", "orders", "margin"]].sum()

    @reactive.calc
    def targets():
        """The uploaded targets, and what to say about them."""
        nothing = pd.DataFrame({"month": [], "target": []})
        if not (chosen := input.targets()):
            return nothing, ""
        name = chosen[0]["name"]
        try:
            path = copy(chosen[0]["datapath"])
            read = pd.read_csv(path, usecols=["month", "target"], dtype={"month": str, "target": float})
        except ValueError:
            return nothing, f"{name} is no CSV file with the columns month and target."
        return read, f"{len(read)} targets from {name}"

    def copy(upload):
        """Shiny removes its own copy with the session; ours is there for whatever else would read a file.

        An input is whatever the browser sent, and a browser can make one up: only what Shiny stored is opened.
        """
        upload = Path(upload).resolve()
        stored = upload.parent.parent
        if not (stored.parent == Path(tempfile.gettempdir()).resolve() and stored.name.startswith("fileupload-")
                and upload.is_file()):
            raise ValueError("not an upload of this app")
        remove_files()
        with tempfile.NamedTemporaryFile(prefix="targets-", suffix=".csv", delete=False) as file:
            kept.append(Path(file.name))
            file.write(upload.read_bytes())
        return file.name

    def remove_files():
        while kept:
            kept.pop().unlink(missing_ok=True)

    session.on_ended(remove_files)

    @render.text
    def viewing():
        return f"Viewing as {viewer}"

    @render.text
    def headline():
        return f"Quarter {quarter()}: revenue {totals()['revenue']:,} k€"

    @render.text
    def orders():
        return f"{totals()['orders']:,} orders, {1000 * totals()['revenue'] / totals()['orders']:.0f} € each"

    @render.plot(alt="Revenue by month")
    def chart():
        compared = figures().merge(targets()[0], on="month", how="left")
        _, axes = plt.subplots()
        axes.bar(compared["month"], compared["revenue"], width=0.6, color="#2f6db5", label="Revenue")
        if compared["target"].notna().any():
            axes.scatter(compared["month"], compared["target"], marker="_", s=4000, linewidth=3, color="#c2410c")
        axes.set_ylabel("k€")
        axes.spines[["top", "right"]].set_visible(False)

    @render.text
    def uploaded():
        return targets()[1]

    @render.download_button(filename="figures.csv")
    def figures_csv():
        yield figures().drop(columns="margin").to_csv(index=False)

    @render.ui
    def for_leads():
        if "Finance Leads" in groups:
            margin, revenue = totals()["margin"], totals()["revenue"]
            return [
                ui.h2("For finance leads"),
                ui.p(f"Of quarter {quarter()}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}."),
            ]


app = App(app_ui, server)
