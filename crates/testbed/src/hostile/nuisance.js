// A dashboard that annoys: `?do=nested` and `?do=messages` send the shell what only the gateway's own pages
// should say, `?do=busy` keeps its thread from the first message on, for three seconds, `?do=none` does
// nothing.
"use strict";

const SAID = [{ lanyard: "session" }, { lanyard: "unreachable" }];
const ODD = [null, "session", { lanyard: null }, { lanyard: { session: true } }, ["session"], { lanyard: "x".repeat(1_000_000) }];

fetch(`/${run}/entered.json`);

const PLAYS = {
  none: () => {},
  // From a frame of its own inside: not the window that the shell made.
  nested: () => {
    const inner = document.createElement("iframe");
    inner.srcdoc = `<script>for (let nth = 0; nth < 100; nth += 1) parent.parent.postMessage({ lanyard: "session" }, "*")</scr` + "ipt>";
    document.body.append(inner);
    for (const odd of ODD) parent.postMessage(odd, "*");
  },
  messages: () => {
    for (let nth = 0; nth < 100; nth += 1) for (const what of SAID) parent.postMessage(what, "*");
  },
  busy: () => {
    onmessage = () => {
      parent.postMessage("begin", "*");
      // In a task of its own: what is said before leaves this process only when the task has ended.
      setTimeout(() => {
        const end = Date.now() + 3_000;
        while (Date.now() < end);
        parent.postMessage("end", "*");
      }, 100);
    };
    document.title = "ready";
  },
};
PLAYS[options.get("do")]();
