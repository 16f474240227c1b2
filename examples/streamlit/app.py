"""Finance Team KPI: a year's revenue by quarter, in Streamlit.

Lanyard stands in front of this app and tells it in request headers who is looking. Streamlit has the headers of
the WebSocket that the page lives in, in `st.context.headers`. Believe them only where nobody reaches the app but
through Lanyard: let it listen on the loopback address, or behind a firewall.
"""

import os
import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

TITLE = os.environ.get("DASHBOARD_TITLE", "Finance Team KPI")
HERE = Path(__file__).parent
check_mark = components.declare_component("check_mark", path=HERE / "component")


@st.cache_data
def read_year() -> pd.DataFrame:
    year = pd.read_csv(HERE.parent / "data" / "revenue.csv")  # money in k€
    return year.assign(quarter=pd.PeriodIndex(year["month"], freq="M").quarter)


@st.cache_resource(
    scope="session", max_entries=1, on_release=lambda path: path.unlink(missing_ok=True), show_spinner=False
)
def keep_on_disk(file_id: str, _content: bytes) -> Path:
    """The upload as a file, for as long as Streamlit keeps it: until the next one, or until the viewer has gone."""
    with tempfile.NamedTemporaryFile(prefix="targets-", suffix=".csv", delete=False) as file:
        file.write(_content)
    return Path(file.name)


def read_targets(upload) -> pd.DataFrame:
    if upload is None:
        return pd.DataFrame({"month": [], "target": []})
    path = keep_on_disk(upload.file_id, upload.getvalue())
    try:
        targets = pd.read_csv(path, usecols=["month", "target"], dtype={"month": str, "target": float})
    except ValueError:
        st.error(f"{upload.name} is no CSV file with the columns month and target.")
        return read_targets(None)
    st.write(f"{len(targets)} targets from {upload.name}")
    return targets


def next_quarter() -> None:
    st.session_state.quarter = st.session_state.quarter % 4 + 1


viewer = st.context.headers.get("X-Forwarded-Preferred-Username", "nobody")
groups = [group.strip() for group in st.context.headers.get("X-Forwarded-Groups", "").split(",")]
quarter = st.session_state.setdefault("quarter", 1)

st.set_page_config(page_title=TITLE)
st.title(TITLE, anchor=False)
st.write(f"Hello, {viewer}!")
st.caption(f"Viewing as {viewer}")

year = read_year()
of_quarter = year[year["quarter"] == quarter]
revenue, orders, margin = of_quarter[["revenue", "orders", "margin"]].sum()
figures = of_quarter[["month", "revenue", "orders"]]  # what everybody may have; the margin is for leads

figures_column, controls = st.columns([3, 1], gap="medium", vertical_alignment="bottom")
with figures_column:
    st.header(f"Quarter {quarter}: revenue {revenue:,} k€", anchor=False)
    st.write(f"{orders:,} orders, {1000 * revenue / orders:.0f} € each")
with controls:
    st.button("Next quarter", type="primary", on_click=next_quarter, width="stretch")

chart = st.container()  # drawn above the upload, but it shows what was uploaded

st.download_button("Download figures", figures.to_csv(index=False), "figures.csv", "text/csv")
targets = read_targets(st.file_uploader("Targets", type="csv", help="A CSV file with the columns month and target"))
compared = figures.merge(targets, on="month", how="left").dropna(axis="columns", how="all")
chart.bar_chart(compared, x="month", y=[name for name in ("revenue", "target") if name in compared],
                x_label="", y_label="k€", horizontal=True, stack=False, height=300)

if check_mark(key=f"check-{quarter}"):
    st.success(f"Checked by {viewer}")

if "Finance Leads" in groups:
    with st.container(border=True):
        st.subheader("For finance leads", anchor=False)
        st.write(f"Of quarter {quarter}'s revenue {margin:,} k€ is margin: {margin / revenue:.1%}.")
