// Everything by which one page can ask another origin for something. Run by the target's own page it all
// works; run by any other page nothing of it may arrive, but for plain navigations.
"use strict";

const loot = (name) => globalThis.loot?.[name];
const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--loot-${name}`).trim();

const message = (source) => new Promise((done, failed) => {
  source.onmessage = (event) => {
    source.close?.();
    done(secret(event.data));
  };
  source.onerror = failed;
});

async function style(css) {
  const element = document.createElement("style");
  element.textContent = css;
  document.head.append(element);
  await pause(800);
}

function worker(script) {
  return new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
}

const READS = {
  script: async (url) => (await load("script", { src: url("js") }), loot("script")),
  "script-with-credentials": async (url) => (
    await load("script", { src: url("js"), crossOrigin: "use-credentials" }), loot("script-with-credentials")
  ),
  module: async (url) => (await import(url("js")), loot("module")),
  image: async (url) => (await load("img", { src: url("svg") })).naturalWidth,
  stylesheet: async (url) => (await load("link", { rel: "stylesheet", href: url("css") }), variable("stylesheet")),
  "css-import": async (url) => (await style(`@import url("${url("css")}");`), variable("css-import")),
  object: async (url) => seen(await load("object", { data: url("html") })),
  "event-source": (url) => message(new EventSource(url("events"), { withCredentials: true })),
  websocket: (url) => message(new WebSocket(url("ws").replace("http", "ws"))),
  worker: (url) => message(new Worker(url("js"))),
  "import-scripts": (url) => message(worker(`importScripts("${url("js")}")`)),
  "fetch-in-a-worker": (url) => message(worker(
    `fetch("${url("json")}", { credentials: "include" }).then((all) => all.text()).then(postMessage)`,
  )),
  "shared-worker": (url) => {
    const { port } = new SharedWorker(url("js"));
    return message(port);
  },
  "form-urlencoded": (url) => submit(url("html")),
  "form-multipart": (url) => submit(url("html"), { enctype: "multipart/form-data" }),
  "form-text": (url) => submit(url("html"), { enctype: "text/plain", fields: { '{"x":"': '"}' } }),
  xhr: (url) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", url("json"));
    request.withCredentials = true;
    request.onload = () => done(secret(request.responseText));
    request.onerror = failed;
    request.send();
  }),
};

for (const [name, options] of Object.entries({
  "fetch-get-cors": { mode: "cors" },
  "fetch-get-no-cors": { mode: "no-cors" },
  "fetch-head-no-cors": { mode: "no-cors", method: "HEAD" },
  "fetch-post-cors": { mode: "cors", method: "POST", body: "amount=1" },
  "fetch-post-no-cors": { mode: "no-cors", method: "POST", body: new URLSearchParams({ amount: "1" }) },
  "fetch-post-json": { method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
  "fetch-put": { method: "PUT", body: "1" },
  "fetch-delete": { method: "DELETE" },
  "fetch-without-referrer": { mode: "no-cors", referrerPolicy: "no-referrer" },
})) {
  READS[name] = async (url) => {
    const answer = await fetch(url("json"), { credentials: "include", ...options });
    return options.method === "HEAD" ? answer.ok && answer.type !== "opaque" : secret(await answer.text());
  };
}

// What can make a request and read nothing of the answer.
const SENDS = {
  beacon: (url) => { navigator.sendBeacon(url("json"), "amount=1"); },
  ping: (url) => {
    const link = document.createElement("a");
    Object.assign(link, { href: "#", ping: url("json") });
    document.body.append(link);
    link.click();
  },
  embed: (url) => load("embed", { type: "text/html", src: url("html") }).then(() => null),
  video: (url) => { load("video", { src: url("mp4"), preload: "auto" }); },
  "video-poster": (url) => { load("video", { poster: url("svg") }); },
  "input-image": (url) => { load("input", { type: "image", src: url("svg") }); },
  "css-background": (url) => { document.body.style.background = `url("${url("svg")}")`; },
  "css-font": (url) => new FontFace("stolen", `url("${url("woff2")}")`).load().then(() => null),
  prefetch: (url) => { load("link", { rel: "prefetch", href: url("html") }); },
  "preload-fetch": (url) => { load("link", { rel: "preload", as: "fetch", crossOrigin: "use-credentials", href: url("json") }); },
  "preload-script": (url) => { load("link", { rel: "preload", as: "script", href: url("js") }); },
  "preload-image": (url) => { load("link", { rel: "preload", as: "image", href: url("svg") }); },
  "preload-style": (url) => { load("link", { rel: "preload", as: "style", href: url("css") }); },
  modulepreload: (url) => { load("link", { rel: "modulepreload", href: url("js") }); },
  "svg-use": (url) => {
    const holder = document.createElement("div");
    holder.innerHTML = `<svg><image href="${url("svg")}"/></svg>`;
    document.body.append(holder);
  },
};

// Navigations arrive: a link to a dashboard is one. They must carry no body, and the page must see nothing.
const NAVIGATES = {
  frame: async (url) => {
    const frame = emptyFrame();
    const arrived = loaded(frame);
    frame.src = url("html");
    return seen(await arrived);
  },
  "form-get": (url) => submit(url("html"), { method: "get" }),
};

// The same from a page without an origin, which says `Origin: null`.
const opaque = `
  const say = (name, text) => parent.postMessage({ name, text }, "*");
  say("opaque-script", "ran");
  const read = (name, url, options) =>
    fetch(url, { credentials: "include", ...options }).then((all) => all.text()).then((text) => say(name, text));
  read("opaque-fetch", URL_OF("opaque-fetch", "json"));
  read("opaque-post", URL_OF("opaque-post", "json"), { method: "POST", mode: "no-cors", body: "amount=1" });
  const socket = new WebSocket(URL_OF("opaque-websocket", "ws").replace("http", "ws"));
  socket.onmessage = (event) => say("opaque-websocket", event.data);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: URL_OF("opaque-form", "html") });
  document.body.append(form);
  setTimeout(() => form.submit(), 600);
`;

function opaqueAttempts() {
  const got = {};
  addEventListener("message", (event) => { if (event.data?.name) got[event.data.name] = event.data.text; });
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms";
  const url = `const URL_OF = (name, kind) => ${JSON.stringify(`${target}/${run}/`)} + name + "." + kind;`;
  frame.srcdoc = `<body><script>${url}${opaque}</scr` + "ipt>";
  document.body.append(frame);
  // However busy the machine is: that the frame's script runs is waited for, and the others count from then on.
  const runs = async () => {
    while (!got["opaque-script"]) await pause(50);
    await pause(1_500);
  };
  return ["opaque-script", "opaque-fetch", "opaque-post", "opaque-websocket", "opaque-form"].map((name) =>
    attempt(name, true, () => runs().then(() => (name === "opaque-script" ? got[name] : secret(got[name]))), 12_000));
}

async function everything() {
  const all = [];
  const add = (group, reads) => {
    for (const [name, act] of Object.entries(group)) {
      all.push(attempt(name, reads, () => act((kind) => at(name, kind))));
    }
  };
  add(READS, true);
  add(SENDS, false);
  add(NAVIGATES, true);
  all.push(...opaqueAttempts());
  for (const [name, scope] of [["service-worker", undefined], ["service-worker-scope", "/"]]) {
    // It ends by itself, and at a site of its own it must work, however busy the machine is.
    all.push(attempt(name, true, async () =>
      (await navigator.serviceWorker.register(`/${run}/${name}.js`, { scope })).scope, 12_000));
  }
  await Promise.all(all);
  await pause(500);
  await report();
}

everything();
