// This page may answer for any address, so its links begin at the top of the site. Opened from disk
// that is the top of the disk: let them begin beside this page.
if (location.protocol === "file:") {
  const { top } = document.currentScript.dataset;
  addEventListener("DOMContentLoaded", () => {
    for (const name of ["href", "src", "action"]) {
      for (const it of document.querySelectorAll(`[${name}^="${top}"]`)) {
        const beside = it.getAttribute(name).slice(top.length);
        if (it.localName === "script") { // one that was not found is not looked for again
          it.replaceWith(Object.assign(document.createElement("script"), { src: beside }));
        } else {
          it.setAttribute(name, beside);
        }
      }
    }
  });
}
