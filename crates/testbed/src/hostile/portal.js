// What a page of another origin tries at the portal: its API by every method and kind of request, its pages in
// frames. Nothing may be read, and nothing may change. What the frames show in the end, the test looks at.
"use strict";

const API = {
  session: ["/api/session", { code: "c", verifier: "v", state: "0123456789abcdef", iss: "i" }],
  "sign-in": ["/api/sign-in", { state: "0123456789abcdef" }],
  ticket: [`/api/dashboards/${options.get("victim")}/ticket`, {}],
};

const ATTEMPTS = {
  "script-of-the-api": () => load("script", { src: `${portal}/api/session` }),
  "event-source": () => new Promise((done, failed) => {
    const source = new EventSource(`${portal}/api/events`, { withCredentials: true });
    source.onopen = () => done("it opened");
    source.onerror = failed;
  }),
  websocket: () => new Promise((done, failed) => {
    const socket = new WebSocket(`${portal.replace("http", "ws")}/api/events`);
    socket.onopen = () => done("it opened");
    socket.onerror = failed;
  }),
  "import-scripts": () => new Promise((done, failed) => {
    const script = `importScripts("${portal}/api/session"); postMessage("it was imported");`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    worker.onmessage = (event) => done(event.data);
    worker.onerror = failed;
  }),
};

for (const [name, [path, body]] of Object.entries(API)) {
  const url = portal + path;
  const read = async (request) => secret(await (await fetch(url, { credentials: "include", ...request })).text());
  const json = JSON.stringify(body);
  const header = { "x-lanyard-request": "1", "content-type": "application/json" };
  Object.assign(ATTEMPTS, {
    [`get-${name}`]: () => read({}),
    [`get-no-cors-${name}`]: () => read({ mode: "no-cors" }),
    [`post-${name}`]: () => read({ method: "POST", body: json }),
    [`post-no-cors-${name}`]: () => read({ method: "POST", mode: "no-cors", body: json }),
    [`post-with-the-header-${name}`]: () => read({ method: "POST", headers: header, body: json }),
    [`delete-${name}`]: () => read({ method: "DELETE", headers: header }),
    [`beacon-${name}`]: () => (navigator.sendBeacon(url, json), null),
    [`form-${name}`]: () => submit(url, { fields: body }),
    [`form-text-${name}`]: () => submit(url, { enctype: "text/plain", fields: { [`${json.slice(0, -1)},"x":"`]: '"}' } }),
    [`script-${name}`]: () => load("script", { src: url }),
  });
}

async function frameOf(url) {
  const frame = emptyFrame();
  const arrived = loaded(frame);
  frame.src = url;
  await arrived;
}
// The last one may be drawn: its own.
const FRAMED = ["/", "/callback?code=c&state=s", "/d/finance", "/api/session", "/signed-out"].map((path) => portal + path);
FRAMED.push(`${location.origin}/${run}/own-frame.html`);

async function everything() {
  const all = Object.entries(ATTEMPTS).map(([name, act]) => attempt(name, true, act));
  await Promise.all(all.concat(FRAMED.map((url) => attempt(`frame of ${url}`, false, () => frameOf(url)))));
  await pause(300);
  await report();
}

everything();
