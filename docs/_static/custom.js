// Comfort: drawers, copying, enlarging, paper. Every page can be read with JavaScript off.
"use strict";

const announce = (words) => {
  const place = document.getElementById("announcement");
  if (place) place.textContent = words;
};

// -- what scrolls ---------------------------------------------------------------------------------

const SCROLLERS = ".formula-body, .highlight pre, .practice pre, .table-wrapper, .pp-graph, .output_result";

// A box whose content is wider than itself can be reached, and then scrolled with the arrow keys.
// It is measured when it is laid out: to ask before would lay out the whole page at once.
function makeScrollersReachable() {
  const set = (it, name, value) => (value ? it.setAttribute(name, value) : it.removeAttribute(name));
  const sizes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      const wider = box.scrollWidth > box.clientWidth;
      if (wider) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      if (!box.matches(".table-wrapper")) continue;
      set(box, "role", wider && "group");
      set(box, "aria-label", wider && "A wide table: scroll it sideways");
    }
  });
  for (const box of document.querySelectorAll(SCROLLERS)) sizes.observe(box);
}

// The style sheet leaves sections out of sight for later. From the reader's first act on they are laid
// out one after the other while the browser has nothing else to do, so that the scrollbar and what
// measures the page are right soon. Who comes by a link into the page, or back to where the page was
// left, gets all at once: nothing above may grow afterwards.
function layOutSections() {
  const sections = [...document.querySelectorAll(".long article > section > section, .pair")];
  const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));
  const layOut = (section) => { section.style.contentVisibility = "visible"; };
  const next = () => {
    if (!sections.length) return;
    layOut(sections.shift());
    idle(next);
  };
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (location.hash || ["reload", "back_forward"].includes(type)) {
    sections.forEach(layOut);
    return;
  }
  const signs = ["keydown", "pointerdown", "pointermove", "scroll"];
  const begin = () => {
    signs.forEach((sign) => removeEventListener(sign, begin));
    idle(next);
  };
  signs.forEach((sign) => addEventListener(sign, begin, { passive: true }));
}

// The contents mark what is read: the last that begins above a line near the top, or the last of all
// where the page ends. The theme's own way asks where each part is, and so lays out all of them.
function followContents() {
  const column = document.getElementById("page-contents");
  if (!column) return;
  const parts = new Map();
  for (const link of column.querySelectorAll("a:not(ul ul ul ul a, [href='#'])")) {
    const part = document.getElementById(link.hash.slice(1));
    if (part) parts.set(part, link);
  }
  const begun = new Set();
  let ended = false;
  const mark = () => {
    const all = [...parts.keys()];
    const link = parts.get(ended && scrollY ? all.at(-1) : all.findLast((part) => begun.has(part)));
    const before = column.querySelector("[aria-current]");
    if (link === before) return;
    before?.removeAttribute("aria-current");
    if (!link) return;
    link.setAttribute("aria-current", "location");
    if (!column.inert) column.scrollTop = link.offsetTop - column.clientHeight / 2;
  };
  const above = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) begun[isIntersecting ? "add" : "delete"](target);
    mark();
  }, { rootMargin: "1000000px 0px -80%" });
  const end = new IntersectionObserver(([{ isIntersecting }]) => {
    ended = isIntersecting;
    mark();
  });
  for (const part of parts.keys()) above.observe(part);
  end.observe(document.querySelector(".colophon"));
}

// What can be moved in a lesson brings its script when a reader comes near.
function bringScripts() {
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      document.head.append(make("script", { src: target.dataset.script }));
    }
  }, { rootMargin: "1500px" });
  for (const place of document.querySelectorAll("[data-script]")) near.observe(place);
}

// -- drawers: navigation and contents where there is no room beside the page ----------------------

const DRAWERS = { "site-navigation": "(max-width: 64rem)", "page-contents": "(max-width: 76rem)" };

function setUpDrawers() {
  const scrim = make("div", { className: "scrim", hidden: true });
  document.body.append(scrim);
  let opened = null;

  function close(returnFocus = true) {
    if (!opened) return;
    const { drawer, button } = opened;
    opened = null;
    drawer.classList.remove("open");
    drawer.inert = true;
    button.setAttribute("aria-expanded", "false");
    scrim.hidden = true;
    document.querySelector(".middle").inert = false;
    if (returnFocus) button.focus();
  }

  function open(drawer, button) {
    close(false);
    opened = { drawer, button };
    drawer.inert = false;
    drawer.classList.add("open");
    button.setAttribute("aria-expanded", "true");
    scrim.hidden = false;
    document.querySelector(".middle").inert = true;
    const stops = [...drawer.querySelectorAll("a, summary")].filter((it) => it.checkVisibility());
    (stops.find((it) => it.hasAttribute("aria-current")) || stops[0])?.focus();
  }

  for (const [id, narrow] of Object.entries(DRAWERS)) {
    const drawer = document.getElementById(id);
    const button = document.querySelector(`[data-drawer="${id}"]`);
    if (!drawer || !button) continue;
    const media = matchMedia(narrow);
    const fit = () => {
      if (opened?.drawer === drawer) close(false);
      drawer.inert = media.matches;
    };
    media.addEventListener("change", fit);
    fit();
    button.addEventListener("click", () => {
      if (opened?.drawer === drawer) close();
      else open(drawer, button);
    });
    drawer.addEventListener("click", (event) => {
      if (event.target.closest("a")) close(false);
    });
  }
  scrim.addEventListener("click", () => close());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

// -- copying: the button keeps the focus and says that it worked ----------------------------------

function watchCopying() {
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(".copybtn");
      if (!button) return;
      setTimeout(() => {
        button.focus({ preventScroll: true });
        announce("");
        announce("Copied");
      });
    },
    true,
  );
}

// -- figures: enlarged by a press, closed by a press or Escape ------------------------------------

function makeFiguresLarge() {
  const pictures = document.querySelectorAll("figure.lesson-figure .figure-picture");
  if (!pictures.length || !window.HTMLDialogElement) return;
  const dialog = make("dialog", { className: "zoom" });
  const button = make("button", { type: "button", onclick: () => dialog.close() }, "Close");
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  for (const picture of pictures) {
    const caption = picture.parentElement.querySelector("figcaption");
    const name = caption.querySelector(".figure-number").textContent;
    const opener = make("button", { type: "button", className: "figure-zoom" }, "Enlarge");
    opener.setAttribute("aria-haspopup", "dialog");
    opener.setAttribute("aria-label", `Enlarge ${name}`);
    caption.prepend(opener);
    const enlarge = () => {
      const large = picture.cloneNode(true);
      large.querySelector("source")?.remove();
      large.querySelector("img").loading = "eager";
      dialog.setAttribute("aria-label", `${name}, enlarged`);
      dialog.replaceChildren(button, large);
      dialog.showModal();
    };
    opener.addEventListener("click", enlarge);
    // A mouse may select words in the picture; a finger enlarges it.
    picture.addEventListener("pointerup", (event) => {
      if (event.pointerType === "touch" && event.isPrimary) picture.dataset.touched = "";
    });
    picture.addEventListener("click", () => {
      if ("touched" in picture.dataset) enlarge();
      delete picture.dataset.touched;
    });
  }
}

// -- drawn graphs: one stop of Tab, arrow keys from box to box --------------------------------------

function walkGraphs() {
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  for (const graph of document.querySelectorAll(".pp-graph svg")) {
    // As one reads: from above to below, then from left to right.
    const place = (box, axis) => Number(box.querySelector("rect").getAttribute(axis));
    const boxes = [...graph.querySelectorAll(".pp-facts[tabindex]")]
      .sort((a, b) => place(a, "y") - place(b, "y") || place(a, "x") - place(b, "x"));
    const stopAt = (chosen) => boxes.forEach((box) => box.setAttribute("tabindex", box === chosen ? "0" : "-1"));
    if (boxes.length) stopAt(boxes[0]);
    graph.addEventListener("focusin", (event) => {
      if (boxes.includes(event.target)) stopAt(event.target);
    });
    graph.addEventListener("keydown", (event) => {
      const at = boxes.indexOf(event.target);
      if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      const next = { Home: 0, End: boxes.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
      if (!boxes[next]) return;
      event.preventDefault();
      boxes[next].focus();
    });
  }
}

// -- tables that can be narrowed ------------------------------------------------------------------

function setUpFilters() {
  for (const form of document.querySelectorAll(".page-filter")) {
    const rows = [...document.querySelectorAll(`#${form.dataset.filters} [data-words]`)];
    const groups = [...document.querySelectorAll(`#${form.dataset.filters} [data-group]`)];
    const count = form.querySelector("output");
    const narrow = () => {
      const asked = [...form.elements]
        .filter((field) => field.name)
        .map((field) => field.value.trim().toLowerCase());
      let shown = 0;
      for (const row of rows) {
        row.hidden = !asked.every((word) => row.dataset.words.includes(word));
        shown += !row.hidden;
      }
      for (const group of groups) group.hidden = !group.querySelector("[data-words]:not([hidden])");
      if (count) count.textContent = `${shown} of ${rows.length}`;
    };
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());
    narrow();
  }
}

// -- paper: what is folded is unfolded ------------------------------------------------------------

function unfoldForPaper() {
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("article details:not([open])")];
    for (const fold of unfolded) fold.open = true;
    for (const image of document.querySelectorAll("img[loading=lazy]")) image.loading = "eager";
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });
}

// -- cards: what a link to a term or a name leads to, on pointing and on focus ---------------------

const CARD_LINKS = "a[href*='#term-'], a[href*='#torch'], a[href*='#numpy.'], a[href*='#pytorch_primer.']";

const SITE_SCRIPT = document.currentScript.src;

function setUpCards() {
  const card = make("div", { className: "link-card", id: "link-card", role: "tooltip", hidden: true });
  document.body.append(card);
  let loading = null;
  let shown = null;

  function hide() {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    card.hidden = true;
  }

  async function show(link) {
    hide();
    shown = link;
    loading ??= loadBeside("cards_data.js", SITE_SCRIPT);
    await loading;
    const found = window.LINK_CARDS?.[decodeURIComponent(link.hash.slice(1))];
    if (shown !== link || !found) return;
    const [title, text] = found;
    const name = link.hash.startsWith("#term-") ? "strong" : "code";
    card.replaceChildren(make(name, {}, title), make("p", {}, text));
    card.hidden = false;
    const box = link.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8));
    const above = box.bottom + card.offsetHeight + 12 > innerHeight && box.top > card.offsetHeight + 12;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(above ? box.top - card.offsetHeight - 6 : box.bottom + 6) + scrollY}px`;
    link.setAttribute("aria-describedby", card.id);
  }

  let waiting = 0;
  const linkOf = (event) => event.target.closest?.(`article :is(${CARD_LINKS})`);
  document.addEventListener("pointerover", (event) => {
    const link = linkOf(event);
    clearTimeout(waiting);
    if (event.pointerType === "touch" || card.contains(event.target)) return;
    if (link && link !== shown) waiting = setTimeout(() => show(link), 250);
    else if (!link && shown) waiting = setTimeout(hide, 250);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link && event.target.matches(":focus-visible")) show(link);
    else if (shown) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}

// -- ticks: what one has read, kept in this browser alone -------------------------------------------

function setUpTicks() {
  const KEY = "pytorch-primer-read";
  let read;
  try {
    read = new Set(JSON.parse(localStorage.getItem(KEY) || "[]"));
  } catch {
    return; // a browser that keeps nothing
  }
  const links = [...document.querySelectorAll("a[data-lesson]")];
  const keep = () => localStorage.setItem(KEY, JSON.stringify([...read]));

  function mark() {
    for (const link of links) {
      const done = read.has(link.dataset.lesson);
      link.toggleAttribute("data-done", done);
      link.querySelector(".visually-hidden.done")?.remove();
      if (done) link.append(make("span", { className: "visually-hidden done" }, " (read)"));
    }
  }

  const current = document.querySelector("#site-navigation a[aria-current][data-lesson]")?.dataset.lesson;
  const onward = document.querySelector(".onward");
  if (current && onward) {
    onward.before(makeSwitch(["✓ Read", "Mark as read"], () => read.has(current), () => {
      if (!read.delete(current)) read.add(current);
      keep();
      mark();
    }));
  }

  const lessons = [...document.querySelectorAll("#site-navigation a[data-lesson]")];
  const actions = document.querySelector(".hero-actions");
  const next = lessons.find((link) => !read.has(link.dataset.lesson));
  if (actions && read.size && next) {
    const start = actions.querySelector("a");
    start.href = next.href;
    start.textContent = `Continue: ${next.textContent.trim().replace(/\s+/g, " ")}`;
    const clear = make("button", { type: "button", className: "tick" }, "Clear my ticks");
    clear.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      location.reload();
    });
    actions.append(clear);
  }
  mark();
}

// -- videos ---------------------------------------------------------------------------------------

// A phone has a video of its own, drawn for its width. An element has one poster, whatever the width.
function choosePosters() {
  for (const video of document.querySelectorAll("[data-narrow-poster]")) {
    const { media } = video.querySelector("source");
    if (matchMedia(media).matches) video.poster = video.dataset.narrowPoster;
  }
}

// -- the line that installs the package -----------------------------------------------------------

// A site that was built without its address lies where this page came from.
function setUpInstallLines() {
  const site = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const path = decodeURIComponent(site.pathname).replace(/^\/(?=[A-Z]:)/, "");
  for (const line of document.querySelectorAll(".install pre")) {
    line.textContent = line.textContent.replace(/https:\S+\.invalid\/(\S+)/, (_, wheel) =>
      site.protocol === "file:" ? `"${path}${wheel}"` : site.href + wheel
    );
  }
}

layOutSections(); // before the browser has gone to where a link leads
inTurn(
  setUpDrawers, choosePosters, watchCopying, makeFiguresLarge, walkGraphs, setUpFilters,
  unfoldForPaper, makeScrollersReachable, followContents, bringScripts, setUpCards, setUpTicks,
  setUpInstallLines,
);
