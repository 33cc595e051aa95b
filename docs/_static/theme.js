// Before anything is drawn: that scripts run, and the reader's choice of colours.
document.documentElement.classList.remove("no-js");
if (location.protocol === "file:") { // nothing fetches a typeface early there, so it may come late
  const faces = document.createElement("link");
  Object.assign(faces, { rel: "stylesheet", href: `${document.documentElement.dataset.content_root}_static/late.css` });
  document.head.append(faces);
}
try {
  document.body.dataset.theme = localStorage.getItem("theme") || "auto";
} catch {
  document.body.dataset.theme = "auto";
}
