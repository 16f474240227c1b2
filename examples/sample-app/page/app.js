// The sample dashboard's behaviour: the live chart, the range that is asked of the server, the upload, and
// a note in this browser of who was here. Who is looking was decided by the server, not here.
"use strict";

const POINTS = 60;
const byId = (id) => document.getElementById(id);
const show = (id, text) => { byId(id).textContent = text; };

show("path", location.pathname + location.search);
for (const link of document.querySelectorAll("nav a")) {
  if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
}

// Storage that the next person in this browser must not find.
show("last-viewer", localStorage.getItem("last-viewer") ?? "nobody");
localStorage.setItem("last-viewer", byId("viewer").textContent.replace("Viewing as ", ""));

// The live chart.
let values = [];
let failures = 0;

function state(name, text = name) {
  byId("state").dataset.state = name;
  show("state", text);
}

function draw() {
  const x = (nth) => (nth * 600 / (POINTS - 1)).toFixed(1);
  const y = (value) => (156 - value * 1.52).toFixed(1);
  const offset = POINTS - values.length;
  const line = values.map((value, nth) => `${x(nth + offset)},${y(value)}`).join(" ");
  byId("line").setAttribute("points", line);
  byId("area").setAttribute("points", `${x(offset)},160 ${line} 600,160`);
}

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.viewer !== undefined) {
      failures = 0;
      show("connected", message.viewer);
      state("live");
      return;
    }
    values = [...values, message.value].slice(-POINTS);
    show("ticks", message.tick);
    show("value", message.value.toFixed(1));
    draw();
  };
  socket.onclose = (event) => {
    // 4400 to 4499 are the gateway's: this viewer's time here is over, and trying again is no use.
    if (event.code >= 4400 && event.code < 4500) {
      state("over", `closed (${event.code})`);
      return;
    }
    failures += 1;
    state("connecting", "reconnecting");
    setTimeout(connect, Math.min(30_000, 1_000 * 2 ** failures));
  };
}

// The figures of a range.
function figure({ label, value, change }) {
  const card = document.createElement("div");
  card.className = "figure";
  const name = document.createElement("span");
  name.className = "quiet";
  name.textContent = label;
  const number = document.createElement("strong");
  number.textContent = value;
  const trend = document.createElement("span");
  trend.className = change < 0 ? "down" : "up";
  trend.textContent = `${change < 0 ? "▼" : "▲"} ${Math.abs(change).toFixed(1)} %`;
  card.append(name, number, trend);
  return card;
}

function bar(value, nth, all) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const width = 600 / all.length;
  rect.setAttribute("class", "bar");
  rect.setAttribute("x", nth * width + width * 0.12);
  rect.setAttribute("width", width * 0.76);
  rect.setAttribute("y", 118 - value * 1.15);
  rect.setAttribute("height", value * 1.15);
  return rect;
}

async function range(wanted) {
  const response = await fetch(`/api/figures?range=${wanted}`);
  if (!response.ok) return;
  const answer = await response.json();
  byId("figures").replaceChildren(...answer.figures.map(figure));
  byId("bars").replaceChildren(...answer.bars.map(bar));
  byId("bars").dataset.days = answer.days;
  for (const button of byId("ranges").children) {
    button.setAttribute("aria-pressed", String(button.dataset.range === wanted));
  }
}

byId("ranges").addEventListener("click", (event) => {
  const wanted = event.target.dataset.range;
  if (wanted) range(wanted);
});

byId("upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/upload", { method: "POST", body: new FormData(event.target) });
  const answer = response.ok ? await response.json() : null;
  show("uploaded", answer ? `${answer.bytes} bytes arrived` : `Refused (${response.status})`);
});

range("30d");
connect();
