// Everything as which a page can load the files of the portal's own page. That page loads a script, a style
// and an icon; run there, each way leads to something. No other page may so much as see that they loaded.
"use strict";

const WAYS = {
  script: (src) => load("script", { src }),
  "script-by-cors": (src) => load("script", { src, crossOrigin: "anonymous" }),
  module: async (src) => Object.keys(await import(src)).join(),
  stylesheet: (href) => load("link", { rel: "stylesheet", href }),
  "stylesheet-by-cors": (href) => load("link", { rel: "stylesheet", crossOrigin: "anonymous", href }),
  image: (src) => load("img", { src }),
  "image-by-cors": (src) => load("img", { src, crossOrigin: "anonymous" }),
  fetch: async (url) => (await fetch(url)).text(),
  // What nobody may read would still be something got: that it is there.
  "fetch-no-cors": async (url) => (await fetch(url, { mode: "no-cors" })).type,
  "fetch-from-the-cache": async (url) => (await fetch(url, { mode: "no-cors", cache: "force-cache" })).type,
};

// `paths` holds those of the script, the style and the icon. Each attempt comes to an end by itself.
const loadAll = (origin, paths) => Promise.all(["script", "style", "icon"].flatMap((file) =>
  Object.entries(WAYS).map(([way, act]) =>
    attempt(`${file} by ${way}`, true, () => act(origin + paths.get(file)), 12_000))));

if (run) loadAll(portal, options).then(report);
