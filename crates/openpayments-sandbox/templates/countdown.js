"use strict";
// Runs the windows on this page down; when one has closed, the sandbox tells what became of it.
const began = performance.now();
const timers = [...document.querySelectorAll("[data-seconds]")];

function tick() {
  const passed = Math.floor((performance.now() - began) / 1000);
  for (const timer of timers) {
    const left = Math.max(0, Number(timer.dataset.seconds) - passed);
    timer.querySelector("span").textContent = String(left);
    timer.querySelector("progress").value = left;
    if (left === 0 && passed > 0) return setTimeout(() => location.reload(), 1000);
  }
  return setTimeout(tick, 250);
}

if (timers.length > 0) tick();
