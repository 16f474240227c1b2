// What a framed dashboard tries at the page around it and at the frames beside it, without anybody clicking.
"use strict";

const elsewhere = (name) => `${location.origin}/${run}/${name}.html`;
const neighbours = () => [...Array(parent.length).keys()].map((nth) => parent[nth]).filter((one) => one !== window);

// A link or form that is followed at once.
function follow(properties, tag = "a") {
  const element = Object.assign(document.createElement(tag), properties);
  document.body.append(element);
  if (tag === "form") element.submit();
  else element.click();
}

function toss(name, value, more = "") {
  document.cookie = `${name}=${value}; Domain=${options.get("portal").split(":")[0]}; Path=/${more}`;
}

const READS = {
  "document-of-the-portal": () => parent.document.body.innerText,
  "address-of-the-portal": () => parent.location.href,
  "storage-of-the-portal": () => JSON.stringify([{ ...parent.localStorage }, { ...parent.sessionStorage }]),
  "element-of-the-frame": () => window.frameElement.outerHTML,
  "history-of-the-portal": () => parent.history.state,
  "documents-beside": () => neighbours().map((one) => one.document.body.innerText).join(),
  "names-beside": () => neighbours().map((one) => one.name).join(),
  "addresses-beside": () => neighbours().map((one) => one.location.href).join(),
  "domain-of-the-portal": () => {
    document.domain = options.get("portal").split(":")[0];
    return parent.document.body.innerText;
  },
  "own-storage": () => Object.keys(localStorage).concat(Object.keys(sessionStorage)).join(),
  "own-cookies": () => /(^|; )__Host-lanyard[\w-]*=(?!evil)/.exec(document.cookie)?.[0],
  "channel-of-the-portal": () => new Promise((done) => {
    const channel = new BroadcastChannel("lanyard");
    channel.onmessage = (event) => done(`heard ${event.data}`);
    channel.postMessage("session");
  }),
  "cookies-of-ours": () => {
    for (const name of ["__Host-lanyard", "__host-lanyard", "__Host-lanyard-app", "__Host-lanyard-signin", "__Secure-lanyard"]) {
      toss(name, "evil", "; Secure");
      toss(name, "evil");
    }
    toss("", "__Host-lanyard=evil");
    return /(^|; )__Host-lanyard[\w-]*=evil/i.exec(document.cookie)?.[0];
  },
};

// What is tried at the window around and at the frames beside; whether it worked, the test sees there.
const ACTS = {
  "top-location": () => { top.location = elsewhere("top-location"); },
  "top-href": () => { top.location.href = elsewhere("top-href"); },
  "top-replace": () => { top.location.replace(elsewhere("top-replace")); },
  "parent-location": () => { parent.location = elsewhere("parent-location"); },
  "link-to-the-top": () => follow({ target: "_top", href: elsewhere("link-to-the-top") }),
  "form-to-the-top": () => follow({ target: "_top", method: "post", action: elsewhere("form-to-the-top") }, "form"),
  "form-to-the-parent": () => follow({ target: "_parent", action: elsewhere("form-to-the-parent") }, "form"),
  "open-at-the-top": () => { open(elsewhere("open-at-the-top"), "_top"); },
  "script-at-the-top": () => { open("javascript:document.body.remove()", "_top"); },
  "base-of-links": () => {
    document.head.append(Object.assign(document.createElement("base"), { target: "_top" }));
    follow({ href: elsewhere("base-of-links") });
    document.querySelector("base").remove();
  },
  "close-the-top": () => { top.close(); },
  "stop-the-top": () => { top.stop?.(); },
  "location-beside": () => { for (const one of neighbours()) one.location = elsewhere("location-beside"); },
  "replace-beside": () => { for (const one of neighbours()) one.location.replace(elsewhere("replace-beside")); },
  "names-that-could-be": () => {
    for (const name of ["finance", "Finance Team KPI", "status", "stage", "frame", "dashboard", "lanyard", "1"]) {
      open(elsewhere("names-that-could-be"), name);
      follow({ target: name, method: "post", action: elsewhere("names-that-could-be") }, "form");
    }
  },
  "name-of-the-own-frame": () => {
    window.name = "finance";
    open(elsewhere("name-of-the-own-frame"), emptyFrame().name);
  },
  // Those that browsers take are the worst of their kind: for our parser another name, or another value.
  "cookies-like-ours": () => {
    toss("_%5fHost-lanyard", "evil");
    toss("\u2000__Host-lanyard", "evil");
    toss("__Host-lanyard\u2000", "evil");
    toss("_\u005fHost%2Dlanyard", "evil");
    toss("x", "\u00fc\u00fc; __Host-lanyard=evil");
    toss("y", '"__Host-lanyard=evil');
    for (let nth = 0; nth < 20; nth += 1) toss(`filler${nth}`, "x".repeat(40));
  },
  "history-flood": () => { for (let nth = 0; nth < 150; nth += 1) history.pushState(nth, "", `#${nth}`); },
};

async function everything() {
  for (const [name, act] of Object.entries(ACTS)) await attempt(name, false, act);
  await Promise.all(Object.entries(READS).map(([name, act]) => attempt(name, true, act)));
  await report();
  // Last, because it may take this very page away.
  for (const steps of [-49, -30, -10, -3, -1]) {
    history.go(steps);
    await pause(150);
  }
}

everything();
