// Shows a signature as it happens. Without this script the page reloads itself and shows the same.
const page = document.getElementById("sign");
const part = (id) => document.getElementById(id);
const events = new EventSource(page.dataset.events);
const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));

const link = (id, address) => {
  part(id).href = address;
  part(id).hidden = false;
};

on("progress", ({ text }) => {
  if (part("words").textContent !== text) part("words").textContent = text;
});
on("message", ({ text }) => {
  part("message").textContent = text;
  part("message").hidden = false;
});
on("qr", ({ image }) => {
  part("qr").src = image;
  part("code").hidden = false;
});
on("hide", () => {
  part("code").hidden = true;
  part("app").hidden = true;
});
on("app", (app) => link("app", app.link));
on("redirect", (bank) => {
  link("redirect", bank.link);
  part("words").hidden = true;
});
on("missed", () => {
  part("missed").hidden = false;
});
on("choose", () => {
  if (!document.querySelector("[name=method]")) location.reload();
});
on("end", () => {
  events.close();
  location.reload();
});
// The browser asks a broken stream again by itself. When the answer is no stream, the page tells how it stands.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
});
// A page taken out of the browser's memory by the back button may be long out of date.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
