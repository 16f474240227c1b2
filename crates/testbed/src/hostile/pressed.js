// What a page tries with the one click that somebody gives it: each press of its button is the next attempt.
"use strict";

const elsewhere = (name) => `${location.origin}/${run}/${name}.html`;

// Whether the opener holds on to a window, and what it can read there.
async function hold(url) {
  const opened = open(url, "_blank");
  // What is opened lies above this page, whose clock then ticks once a second.
  for (let nth = 0; opened && !opened.closed && nth < 5; nth += 1) await pause(500);
  if (!opened || opened.closed) return null;
  let read;
  try {
    read = secret(opened.document.body.innerText);
  } catch {
    read = null;
  }
  return read ?? `a handle, ${opened.length} frames`;
}

function post(action, target) {
  const form = Object.assign(document.createElement("form"), { method: "post", action, target });
  document.body.append(form);
  form.submit();
}

const PRESSED = {
  "popup-of-the-portal": () => hold(`${portal}/`),
  "popup-of-a-deep-link": () => hold(`${portal}/d/finance`),
  "popup-of-the-target": () => hold(at("popup-of-the-target", "html")),
  "post-to-a-new-window": () => post(at("post-to-a-new-window", "html"), "_blank"),
  "sign-in-in-a-new-window": () => post(`${portal}/api/sign-in`, "_blank"),
  "session-in-a-new-window": () => post(`${portal}/api/session`, "_blank"),
  "entry-in-a-new-window": () => post(`${target}/_lanyard/enter`, "_blank"),
  "pressed-top": () => { top.location = elsewhere("pressed-top"); },
  "pressed-open-at-the-top": () => { open(elsewhere("pressed-open-at-the-top"), "_top"); },
  "pressed-link-to-the-top": () => {
    const link = Object.assign(document.createElement("a"), { target: "_top", href: elsewhere("pressed-link-to-the-top") });
    document.body.append(link);
    link.click();
  },
};

const wanted = (options.get("only") ?? Object.keys(PRESSED).join()).split(",");
const left = Object.entries(PRESSED).filter(([name]) => wanted.includes(name));
document.getElementById("go").onclick = async () => {
  const [name, act] = left.shift();
  await attempt(name, true, act, 10_000);
  document.getElementById("go").textContent = `Go on: ${attempts.length}`;
  if (left.length === 0) await report();
};
