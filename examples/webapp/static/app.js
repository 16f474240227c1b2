// The page of the plain web app: what the server says over the WebSocket is drawn; an upload is a fetch.

const element = (id) => document.getElementById(id);
let socket, key, figures = [], targets = [], wait = 500;

function connect() {
  socket = new WebSocket("live");
  socket.onmessage = ({ data }) => {
    wait = 500;
    show(JSON.parse(data));
  };
  socket.onclose = ({ code, reason }) => {
    // From 4400 on the server means it: the session is over, or no longer allowed.
    const final = code >= 4400 && code < 4500;
    say("connection", final ? `The connection ended. ${reason}` : "The connection was lost. Trying again …");
    element("next").disabled = true;
    if (!final) setTimeout(connect, wait = Math.min(2 * wait, 30_000));
  };
}

function show(view) {
  if (view.key) [key, targets] = [view.key, []];
  figures = view.figures;
  document.title = view.title;
  for (const id of ["title", "viewer", "headline", "orders"]) element(id).textContent = view[id];
  element("download").href = `figures.csv?quarter=${view.quarter}`;
  element("leads").hidden = !view.leads;
  element("leads").querySelector("p").textContent = view.leads ?? "";
  element("next").disabled = false;
  say("connection", "");
  if (view.key) say("uploaded", "");
  draw();
}

function draw() {
  const target = (month) => targets.find((one) => one.month === month)?.target;
  const top = Math.max(...figures.map(({ month, revenue }) => Math.max(revenue, target(month) ?? 0)));
  const height = (value) => 190 * value / top;
  element("chart").replaceChildren(...figures.flatMap(({ month, revenue }, index) => {
    const x = 30 + 190 * index;
    const goal = target(month);
    return [
      shape("rect", { x, y: 210 - height(revenue), width: 160, height: height(revenue), rx: 4 }),
      shape("text", { x: x + 80, y: 232 - height(revenue), class: "value" }, `${revenue} k€`),
      shape("text", { x: x + 80, y: 232 }, month),
      ...(goal ? [shape("line", { x1: x - 10, x2: x + 170, y1: 210 - height(goal), y2: 210 - height(goal) })] : []),
    ];
  }));
}

function shape(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.textContent = text;
  return made;
}

function say(id, text) {
  element(id).textContent = text;
  element(id).hidden = !text;
}

element("next").onclick = () => socket.send("next quarter");
element("targets").onchange = async ({ target: input }) => {
  if (!input.files.length) return;
  const form = new FormData();
  form.append("targets", input.files[0]);
  try {
    const answer = await fetch("targets", { method: "POST", body: form, headers: { "X-Page-Key": key } });
    const { said, targets: read = [] } = await answer.json();
    targets = read;
    say("uploaded", said);
    draw();
  } catch {
    say("uploaded", "The file could not be sent.");
  }
};
connect();
