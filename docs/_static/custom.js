// Comfort for the keyboard. Every page can be read with JavaScript off.
"use strict";

const SCROLLERS = ".formula-body, .highlight pre, .table-wrapper, .pp-graph, .output_result";

// A box whose content is wider than itself can be reached, and then scrolled with the arrow keys.
function makeScrollersReachable() {
  for (const box of document.querySelectorAll(SCROLLERS)) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  }
}

// sphinx-gallery's tags are clickable <div>s.
function makeTagsReachable() {
  for (const tag of document.querySelectorAll(".sphx-glr-tag, #sphx-glr-tag-clear")) {
    tag.tabIndex = 0;
    tag.setAttribute("role", "button");
    tag.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        tag.click();
      }
    });
  }
}

// From disk the browser lets no page read another, so a search cannot quote what it finds.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

window.addEventListener("load", () => {
  makeTagsReachable();
  document.fonts.ready.then(makeScrollersReachable);
});
window.addEventListener("resize", makeScrollersReachable);
