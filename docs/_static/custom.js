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
  const sections = [...document.querySelectorAll('.frame[class*="part-"] article > section > section')];
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
layOutSections();

// -- cards: what a link to a term or a name leads to, on pointing and on focus ---------------------

const CARD_LINKS = "a[href*='#term-'], a[href*='#torch'], a[href*='#numpy.'], a[href*='#pytorch_primer.']";

function setUpCards() {
  const { src } = document.currentScript;
  const card = document.createElement("div");
  card.className = "link-card";
  card.id = "link-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let loading = null;
  let shown = null;

  function load() {
    loading ??= new Promise((done) => {
      const data = document.createElement("script");
      data.src = new URL("cards_data.js", src);
      data.onload = data.onerror = done;
      document.head.append(data);
    });
    return loading;
  }

  function hide() {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    card.hidden = true;
  }

  async function show(link) {
    hide();
    shown = link;
    await load();
    const found = window.LINK_CARDS?.[decodeURIComponent(link.hash.slice(1))];
    if (shown !== link || !found) return;
    const [title, text] = found;
    const name = document.createElement(link.hash.startsWith("#term-") ? "strong" : "code");
    name.textContent = title;
    const words = document.createElement("p");
    words.textContent = text;
    card.replaceChildren(name, words);
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
      if (done) {
        const words = document.createElement("span");
        words.className = "visually-hidden done";
        words.textContent = " (read)";
        link.append(words);
      }
    }
  }

  const current = document.querySelector("#site-navigation a[aria-current][data-lesson]")?.dataset.lesson;
  const onward = document.querySelector(".onward");
  if (current && onward) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tick";
    const say = () => {
      button.setAttribute("aria-pressed", String(read.has(current)));
      button.textContent = read.has(current) ? "✓ Read" : "Mark as read";
    };
    button.addEventListener("click", () => {
      if (!read.delete(current)) read.add(current);
      keep();
      say();
      mark();
    });
    say();
    onward.before(button);
  }

  const lessons = [...document.querySelectorAll("#site-navigation a[data-lesson]")];
  const actions = document.querySelector(".hero-actions");
  const next = lessons.find((link) => !read.has(link.dataset.lesson));
  if (actions && read.size && next) {
    const start = actions.querySelector("a");
    start.href = next.href;
    start.textContent = `Continue: ${next.textContent.trim().replace(/\s+/g, " ")}`;
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "tick";
    clear.textContent = "Clear my ticks";
    clear.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      location.reload();
    });
    actions.append(clear);
  }
  mark();
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

setUpCards();
setUpTicks();
setUpInstallLines();
