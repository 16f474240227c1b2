// Asks for the services' state, and says what the request told the server about its sender.
"use strict";

const byId = (id) => document.getElementById(id);

function service({ name, state }) {
  const item = document.createElement("li");
  item.dataset.state = state;
  item.textContent = `${name}: ${state}`;
  return item;
}

async function ask() {
  const response = await fetch("/api/status");
  if (!response.ok) {
    byId("state").textContent = `No answer (${response.status})`;
    return;
  }
  const { services, identity } = await response.json();
  byId("services").replaceChildren(...services.map(service));
  const troubled = services.filter(({ state }) => state !== "up").length;
  byId("state").textContent = troubled === 0 ? "Everything is up" : `${troubled} of ${services.length} need attention`;
  byId("api-identity").textContent = identity.join(", ") || "none";
}

ask();
