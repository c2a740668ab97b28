"use strict";
// Asks each second for what changed, and touches nothing else: not what stayed, not a page that nobody sees.
const live = document.getElementById("live");
const offline = document.getElementById("offline");

function show(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const focused = document.activeElement?.getAttribute("href");
  [...fresh.content.children].forEach((part, at) => {
    if (live.children[at].outerHTML !== part.outerHTML) live.children[at].replaceWith(part);
  });
  if (focused && document.activeElement === document.body) {
    [...live.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
  }
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/live", { cache: "no-store" });
      if (answer.ok) show(await answer.text());
      offline.hidden = answer.ok;
    } catch {
      offline.hidden = false;
    }
  }
  setTimeout(refresh, 1000);
}

setTimeout(refresh, 1000);
