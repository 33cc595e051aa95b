// What the explorables share: elements, numbers as text, text that is read aloud, copying.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Record<string, string | number | boolean>} Attributes
 * @typedef {(Node | string)[]} Children
 */

/** @param {Element} element @param {Attributes} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) === (value === true ? "" : String(value))) continue;
    if (value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Write a text where it is not there yet: what stays as it was costs no layout. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make an HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {Children} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {Children} children
 */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** @param {string} text @param {() => void} act @param {Attributes} [attributes] */
export function button(text, act, attributes = {}) {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** Make a label with its field below. @param {string} text @param {HTMLElement} field */
export function labelled(text, field) {
  return make("label", { class: "xp-field" }, make("span", {}, text), field);
}

/**
 * Make a choice.
 * @param {[string, string][]} options Values and what is shown for them.
 * @param {(value: string) => void} act
 */
export function choice(options, act) {
  const made = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
  made.addEventListener("change", () => act(made.value));
  return made;
}

/** Write a number for reading: four digits that count. @param {number} value */
export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [digits, power] = value.toExponential(2).split("e");
    return `${Number(digits)}·10${superscript(Number(power))}`.replace("-", "−");
  }
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

/** @param {number} power */
function superscript(power) {
  const signs = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  return [...String(power)].map((sign) => signs[/** @type {"-"} */ (sign)]).join("");
}

/** Keep the formulas of a text on one line each. @param {string} text */
export const unbroken = (text) => text.replace(/ ([−·=+×]) /g, "\u00a0$1\u00a0");

/** Write a number so that nothing of it is lost: 17 digits that count. @param {number} value */
export const exact = (value) => value.toPrecision(17);

/** Make a function that calls `act` once, when no call has come for a while. @param {() => void} act @param {number} wait */
export function settled(act, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, wait);
  };
}

/** Whether the reader asked for no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Make a place whose text is read aloud, and the function that says something there; what changes
 * quickly is said once it has come to rest.
 * @returns {[HTMLElement, (text: string) => void]}
 */
export function voice() {
  const place = make("p", { class: "xp-unseen", role: "status" });
  let text = "";
  const say = settled(() => write(place, text), 600);
  return [place, (next) => { text = next; say(); }];
}

/** Make a button that copies a text and says so. @param {string} name @param {() => string} text */
export function copier(name, text) {
  const made = button(name, async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      done = copyOld(text()); // from disk there may be no clipboard
      made.focus();
    }
    made.textContent = done ? "Copied" : "Not copied: select the text";
    setTimeout(() => { made.textContent = name; }, 2000);
  });
  return made;
}

/** @param {string} text */
function copyOld(text) {
  const field = make("textarea", { class: "xp-unseen" }, text);
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/**
 * Make a table and the function that fills it.
 * @param {string} id @param {string} caption @param {string[]} heads
 * @returns {[HTMLTableElement, (rows: string[][]) => void]}
 */
export function table(id, caption, heads) {
  const body = make("tbody");
  const row = make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)));
  const made = make("table", id ? { id } : {}, make("caption", {}, caption), make("thead", {}, row), body);
  return [made, (rows) => {
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach((cells, i) => {
      const line = body.rows[i] ?? body.insertRow();
      cells.forEach((text, j) => {
        const cell = line.cells[j] ?? line.insertCell();
        write(cell, text);
      });
    });
  }];
}

/** Give a table's text as it is pasted into a spreadsheet. @param {HTMLTableElement} of */
export function tabbed(of) {
  return [...of.rows].map((row) => [...row.cells].map((cell) => cell.textContent).join("\t")).join("\n");
}

/** Write the state behind the page's address, without a new entry in the history. @param {string} query */
export function setAddress(query) {
  try {
    history.replaceState(null, "", `?${query}${location.hash}`);
  } catch {
    // Some browsers keep the address of a page from disk as it is.
  }
}

/**
 * Fill each place of an explorable on the page; where the script came late, as in a lesson, only
 * when the reader comes near to it, or prints.
 * @param {string} name
 * @param {(place: HTMLElement, small: boolean) => void} fill
 */
export function mount(name, fill) {
  const open = (/** @type {HTMLElement} */ place) => {
    if (place.classList.contains("explorable-ready")) return;
    place.classList.add("explorable-ready");
    place.querySelector(".explorable-still")?.remove();
    fill(place, place.dataset.size === "small");
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) open(/** @type {HTMLElement} */ (target));
  }, { rootMargin: "1000px" });
  for (const found of document.querySelectorAll(`.explorable[data-explorable="${name}"]:not(.explorable-ready)`)) {
    const place = /** @type {HTMLElement} */ (found);
    if (document.readyState === "loading") open(place);
    else near.observe(place);
    addEventListener("beforeprint", () => open(place));
  }
}
