// The descent explorer on a page: a map or a curve, two runs, questions, numbers.

import { contours } from "./contours.js";
import { addressOf, fateOf, limitOf, MOST_STEPS, pathOf, pythonOf, stateFrom } from "./descent.js";
import { judgeRate, QUESTIONS } from "./descent_guide.js";
import { OPTIMIZERS, settingsOf } from "./optimizers.js";
import {
  button, choice, copier, draw, exact, labelled, make, mount, set, setAddress, settled, short, still,
  table, tabbed, unbroken, voice, write,
} from "./page.js";
import { SURFACES } from "./surfaces.js";

/**
 * @typedef {import("./descent.js").State} State
 * @typedef {import("./descent.js").Run} Run
 * @typedef {import("./descent.js").Place} Place
 * @typedef {import("./optimizers.js").Settings} Settings
 */

const WIDTH = 400;
const HEIGHT = 300;
const CHART = 120;
const LETTERS = ["A", "B"];

// Sliders run over powers: a rate is 10^s, a memory is 1 − 10^−s. Whole s have a mark.
const rate = { to: (/** @type {number} */ s) => 10 ** s, from: (/** @type {number} */ value) => Math.log10(value) };
const memory = { to: (/** @type {number} */ s) => 1 - 10 ** -s, from: (/** @type {number} */ value) => -Math.log10(1 - value) };
/** @type {Partial<Record<keyof Settings, {text: string, low: number, high: number, to: (s: number) => number, from: (value: number) => number}>>} */
const SLIDERS = {
  lr: { text: "learning rate", low: -4, high: 1, ...rate },
  momentum: { text: "momentum", low: 0, high: 3, ...memory },
  alpha: { text: "alpha (memory of squares)", low: 0, high: 4, ...memory },
  beta1: { text: "beta 1 (memory of slopes)", low: 0, high: 3, ...memory },
  beta2: { text: "beta 2 (memory of squares)", low: 0, high: 4, ...memory },
};
const FATES = {
  arrives: "It arrives.",
  walks: "It is still on its way.",
  swings: "It jumps from side to side, and is still on its way.",
  rolls: "It has rolled past the lowest point, and is still on its way.",
  hops: "It jumps from side to side for ever: the rate is exactly the limit.",
  flies: "It flies away: the rate is too large here.",
};

/** Give the point of the drawing for a point of the surface. @param {string} f */
function scales(f) {
  const { xlim, ylim } = SURFACES[f];
  return {
    x: (/** @type {number} */ x) => ((x - xlim[0]) / (xlim[1] - xlim[0])) * WIDTH,
    y: (/** @type {number} */ y) => (1 - (y - ylim[0]) / (ylim[1] - ylim[0])) * HEIGHT,
    backX: (/** @type {number} */ x) => xlim[0] + (x / WIDTH) * (xlim[1] - xlim[0]),
    backY: (/** @type {number} */ y) => ylim[0] + (1 - y / HEIGHT) * (ylim[1] - ylim[0]),
  };
}

/** Write the points of a path for an SVG; what is far outside is brought to where it cannot be seen. @param {number[][]} points */
function pointsText(points) {
  const near = (/** @type {number} */ v) => Math.min(Math.max(v, -1e4), 1e4).toFixed(1);
  return points.map(([x, y]) => `${near(x)} ${near(y)}`).join("L");
}

/** A rate rounded as a reader would write it. @param {number} value */
const rounded = (value) => Number(value.toPrecision(3));

/** The state that a place on a page asks for. @param {HTMLElement} place @param {boolean} small */
function firstState(place, small) {
  const said = new URLSearchParams(small ? "" : location.search);
  const known = ["f", "opt", "lr", "x", "y", "steps"].some((name) => said.has(name));
  return stateFrom(known ? said : new URLSearchParams(place.dataset.state ?? ""));
}

/** @param {HTMLElement} place @param {boolean} small */
function fillDescent(place, small) {
  /** @type {State} */
  let state = firstState(place, small);
  let hidden = false; // the path, while a question waits for its answer
  let guessing = false; // whether the limit is what is asked for
  let shown = Infinity; // the step up to which the path is drawn
  let drawnSurface = "";
  let marked = ""; // what the marks of the chart were drawn for
  /** @type {Place[][]} */
  let paths = [];

  // -- the map ---------------------------------------------------------------
  const ground = draw("g", { class: "xp-ground" });
  const goals = draw("g", { class: "xp-goals" });
  const lines = LETTERS.map((name) => draw("path", { class: `xp-line xp-${name.toLowerCase()}` }));
  const dots = LETTERS.map((name) => draw("path", { class: `xp-dots xp-${name.toLowerCase()}` }));
  const heads = LETTERS.map((name) => draw("circle", { class: `xp-head xp-${name.toLowerCase()}`, r: 6 }));
  const handle = draw("circle", { class: "xp-handle", r: 22 });
  const ring = draw("circle", { class: "xp-ring", r: 8 });
  // Two drawings on each other: the browser paints the surface once, and only the paths anew.
  const below = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "xp-below", "aria-hidden": "true" }, ground);
  const map = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "xp-map", role: "application", tabindex: 0 });
  const count = make("span", { class: "xp-count", "aria-hidden": "true" }); // the step is also told below
  const both = make("div", { class: "xp-both" }, below, map, count);
  // B below A, which is often the shorter path.
  map.append(...[1, 0].flatMap((i) => [lines[i], dots[i], heads[i]]), goals, ring, handle);

  // -- the chart of values -----------------------------------------------------
  const curves = LETTERS.map((name) => draw("path", { class: `xp-line xp-${name.toLowerCase()}` }));
  const marks = draw("g", { class: "xp-marks" });
  const chart = draw("svg", { viewBox: `0 0 ${WIDTH} ${CHART}`, class: "xp-chart", role: "img", "aria-label": "The value at each step, on a logarithmic axis; the numbers are in the table" });
  chart.append(marks, ...curves);

  // What the signs on the map mean, for those who see them.
  const named = LETTERS.map((name) => make("span", {}, make("i", { class: `xp-sign xp-sign-head xp-${name.toLowerCase()}` }), make("span")));
  const sign = (/** @type {string} */ kind, /** @type {string} */ text) => make("span", {}, make("i", { class: kind }), text);
  const meaning = make("p", { class: "xp-key", "aria-hidden": "true" }, sign("xp-sign xp-sign-ring", "start: tap or drag"), ...named, sign("xp-sign xp-sign-goal", "lowest point"));
  const words = make("p", { class: "xp-words" });
  const [spoken, say] = voice();

  // -- what is chosen ------------------------------------------------------------
  const surface = choice(
    Object.entries(SURFACES).map(([name, { title }]) => [name, title]),
    (f) => {
      const [x, y] = SURFACES[f].start;
      change({ ...state, f, x, y });
    },
  );
  /** @param {string} name @param {(value: number) => void} act @param {Record<string, string | number>} attributes */
  const field = (name, act, attributes) => {
    const made = make("input", { type: "number", inputmode: "decimal", ...attributes });
    made.addEventListener("change", () => {
      const value = made.valueAsNumber;
      if (Number.isFinite(value)) act(value);
      else update();
    });
    return { made, label: labelled(name, made) };
  };
  const startX = field("start x", (x) => change({ ...state, x }), { step: "any" });
  const startY = field("start y", (y) => change({ ...state, y }), { step: "any" });
  const steps = field("steps", (n) => change({ ...state, steps: Math.min(Math.max(Math.round(n), 1), MOST_STEPS) }), { step: 1, min: 1, max: MOST_STEPS });
  const surfaces = labelled("function", surface);
  const fields = make("div", { class: "xp-fields" }, surfaces, startX.label, startY.label, steps.label);
  const formula = make("p", { class: "xp-formula" });

  const cards = LETTERS.map((_, i) => card(i));
  const addB = button("Compare with a second", () => change({ ...state, runs: [state.runs[0], { opt: "momentum", said: { ...state.runs[0].said } }] }));
  const dropB = button("Remove B", () => change({ ...state, runs: [state.runs[0]] }));

  /** Make the controls of a run. @param {number} i */
  function card(i) {
    const opt = choice(
      Object.entries(OPTIMIZERS).map(([name, { title }]) => [name, title]),
      (name) => tell(i, { opt: name, said: "lr" in state.runs[i].said ? { lr: state.runs[i].said.lr } : {} }),
    );
    const legend = make("legend", {}, "");
    const rows = Object.entries(SLIDERS).map(([key, slider]) => {
      const name = /** @type {keyof Settings} */ (key);
      const range = make("input", { type: "range", min: slider.low, max: slider.high, step: 0.01, "aria-label": slider.text });
      const exactly = make("input", { type: "number", step: "any", min: 0, inputmode: "decimal", "aria-label": `${slider.text}, exactly` });
      range.addEventListener("input", () => tell(i, withSaid(i, name, rounded(slider.to(range.valueAsNumber)))));
      exactly.addEventListener("change", () => {
        const value = exactly.valueAsNumber;
        const fits = value >= 0 && (name === "lr" || value < 1);
        if (fits) tell(i, withSaid(i, name, value));
        else update();
      });
      const limit = make("span", { class: "xp-limit", "aria-hidden": "true" });
      const ticks = make("span", { class: "xp-ticks", "aria-hidden": "true" });
      for (let s = slider.low; s <= slider.high; s += 1) {
        const tick = make("span", {}, String(rounded(slider.to(s))));
        tick.style.setProperty("--at", String((s - slider.low) / (slider.high - slider.low)));
        ticks.append(tick);
      }
      const row = make("div", { class: "xp-slider" }, make("span", { class: "xp-name" }, slider.text), exactly, make("span", { class: "xp-track" }, range, limit, ticks));
      return { name, slider, range, exactly, row, limit };
    });
    const note = make("p", { class: "xp-note" });
    const box = make("fieldset", { class: `xp-card xp-${LETTERS[i].toLowerCase()}` }, legend, labelled("optimizer", opt), ...rows.map(({ row }) => row), note);
    return { box, opt, rows, legend, note };
  }

  /** @param {number} i @param {keyof Settings} name @param {number} value @returns {Run} */
  const withSaid = (i, name, value) => ({ ...state.runs[i], said: { ...state.runs[i].said, [name]: value } });
  /** @param {number} i @param {Run} run */
  const tell = (i, run) => change({ ...state, runs: state.runs.map((old, j) => (j === i ? run : old)) });

  // -- numbers ---------------------------------------------------------------------
  const scrub = make("input", { type: "range", min: 0, step: 1, "aria-label": "step shown" });
  scrub.addEventListener("input", () => { shown = scrub.valueAsNumber; update(); });
  const readout = make("p", { class: "xp-readout" });
  const play = button("Play", () => playFrom(0), { class: "xp-play" });
  let frame = 0;
  /** @param {number} from */
  function playFrom(from) {
    cancelAnimationFrame(frame);
    hidden = false;
    const last = Math.max(...state.runs.map((_, i) => pathOf(state, state.runs[i]).length - 1));
    if (still()) { shown = Infinity; update(); return; }
    const begin = performance.now();
    const length = Math.min(4000, 400 + 60 * last);
    const go = (/** @type {number} */ now) => {
      shown = Math.min(last, Math.floor(from + ((now - begin) / length) * (last + 1)));
      update();
      if (shown < last) frame = requestAnimationFrame(go);
      else shown = Infinity;
    };
    frame = requestAnimationFrame(go);
  }

  const [rowsA, fillA] = table(small ? "" : "path", "Every step of A", ["step", "x", "y", "value"]);
  const [rowsB, fillB] = table(small ? "" : "path-b", "Every step of B", ["step", "x", "y", "value"]);
  const python = make("code");
  const pythonB = make("div");
  const fillSlowly = settled(fillTables, 120);

  function fillTables() {
    [fillA, fillB].forEach((put, i) => {
      put((paths[i] ?? []).map((p, k) => [String(k), exact(p.x), exact(p.y), exact(p.value)]));
    });
    rowsB.hidden = state.runs.length < 2;
    python.textContent = state.runs.map((run) => pythonOf(state, run)).join("\n\n");
    if (!small) setAddress(addressOf(state));
  }

  // -- questions -------------------------------------------------------------------
  const guide = make("section", { class: "xp-guide", "aria-label": "Questions" });

  /** @param {number} i */
  function ask(i) {
    clearGuide();
    if (i >= QUESTIONS.length) {
      hidden = false;
      guessing = false;
      guide.append(make("p", { class: "xp-question" }, "That was all. Now choose a function, and try your own."), make("div", { class: "xp-options" }, surfaces, button("Again", () => ask(0))));
      return;
    }
    const { text, before, options } = QUESTIONS[i];
    const answer = make("p", { class: "xp-answer", role: "status" });
    const next = button(i + 1 < QUESTIONS.length ? "Next question" : "Finish", () => { ask(i + 1); guide.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" }); }, { hidden: true, class: "xp-next" });
    const row = make("div", { class: "xp-options" });
    for (const option of options) {
      row.append(button(option.text, () => answered(i, option.right, option.text, row, answer, next)));
    }
    if (!options.length) {
      // On a phone the other place of the rate is below the map, out of sight.
      row.append(cards[0].rows[0].row, button("Run", () => {
        const verdict = judgeRate(state);
        guessing = !verdict.done;
        playFrom(0);
        answer.textContent = unbroken(`${verdict.done ? "✓ " : ""}${verdict.text}`);
        next.hidden = !verdict.done;
        bringIntoView();
      }, { class: "xp-play" }));
    }
    const skip = button("Play without questions", () => { stopAsking(); update(); }, { class: "xp-quiet" });
    guide.append(
      make("p", { class: "xp-kicker" }, `Question ${i + 1} of ${QUESTIONS.length}: say what you expect`),
      make("p", { class: "xp-question" }, unbroken(text)), row, answer, make("div", { class: "xp-row" }, next, skip),
    );
    state = before;
    guessing = i <= QUESTIONS.findIndex((each) => !each.options.length); // the limit is asked for there
    hidden = !options.length;
    shown = Infinity;
    update();
  }

  /** @param {number} i @param {boolean} right @param {string} chosen @param {HTMLElement} row @param {HTMLElement} answer @param {HTMLElement} next */
  function answered(i, right, chosen, row, answer, next) {
    const { after, because } = QUESTIONS[i];
    for (const option of row.querySelectorAll("button")) {
      set(option, { "aria-pressed": option.textContent === chosen ? "true" : "false" });
    }
    if (after) state = after;
    answer.textContent = unbroken(`${right ? "✓ Yes." : "✗ No: look."} ${because}`);
    next.hidden = false;
    hidden = false;
    playFrom(0);
    bringIntoView();
  }

  /** Show what a run does and what is said of it, where they are out of sight. */
  function bringIntoView() {
    words.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  }

  /** Empty the place of the questions; what was lent to it goes back. */
  function clearGuide() {
    fields.prepend(surfaces);
    cards[0].opt.parentElement?.after(cards[0].rows[0].row);
    guide.replaceChildren();
  }

  function stopAsking() {
    hidden = false;
    guessing = false;
    clearGuide();
    guide.append(button("Ask me questions", () => ask(0), { class: "xp-quiet" }));
  }

  // -- what the reader does with the map ----------------------------------------------
  let dragged = false;
  /** @param {PointerEvent} event */
  function startAt(event) {
    const box = map.getBoundingClientRect();
    const back = scales(state.f);
    const { xlim, ylim, variables } = SURFACES[state.f];
    const inside = (/** @type {number} */ v, /** @type {[number, number]} */ [low, high]) => Math.min(Math.max(v, low), high);
    const x = rounded(inside(back.backX(((event.clientX - box.left) / box.width) * WIDTH), xlim));
    const y = rounded(inside(back.backY(((event.clientY - box.top) / box.height) * HEIGHT), ylim));
    change({ ...state, x, y: variables === 1 ? state.y : y });
  }
  map.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" && event.target !== handle) return;
    dragged = true;
    map.setPointerCapture(event.pointerId);
    startAt(event);
  });
  // A finger on the start drags it; anywhere else it scrolls the page.
  map.addEventListener("touchstart", (event) => { if (event.target === handle) event.preventDefault(); }, { passive: false });
  map.addEventListener("pointermove", (event) => { if (dragged) startAt(event); });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    map.addEventListener(end, () => { dragged = false; });
  }
  map.addEventListener("click", (event) => startAt(/** @type {PointerEvent} */ (event)));
  map.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // or the theme would turn the page
    const { xlim, ylim, variables } = SURFACES[state.f];
    const size = event.shiftKey ? 0.1 : 0.02;
    const x = Number((state.x + way[0] * size * (xlim[1] - xlim[0])).toPrecision(4));
    const y = Number((state.y + way[1] * size * (ylim[1] - ylim[0])).toPrecision(4));
    change({ ...state, x, y: variables === 1 ? state.y : y });
  });

  // -- showing ---------------------------------------------------------------------------
  let waiting = 0; // for the next frame: a pointer may move more often than a screen is drawn
  /** @param {State} next */
  function change(next) {
    cancelAnimationFrame(frame);
    state = next;
    shown = Infinity;
    hidden = guessing;
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      update();
    });
  }

  function drawSurface() {
    drawnSurface = state.f;
    const known = SURFACES[state.f];
    const to = scales(state.f);
    ground.replaceChildren();
    if (known.variables === 1) {
      const points = Array.from({ length: 201 }, (_, i) => {
        const x = known.xlim[0] + (i / 200) * (known.xlim[1] - known.xlim[0]);
        return [to.x(x), to.y(known.value(x, 0))];
      });
      ground.append(draw("path", { d: `M${pointsText(points)}`, class: "xp-curve" }));
    } else {
      const drawn = contours(known.value, known, known.log, WIDTH, HEIGHT, { least: known.least });
      drawn.forEach((d, i) => ground.append(draw("path", { d, class: `xp-contour xp-height-${Math.floor((i * 4) / drawn.length)}` })));
    }
    goals.replaceChildren(...known.minima.map(([x, y]) => {
      const [at, up] = [to.x(x), to.y(known.variables === 1 ? known.value(x, 0) : y)];
      return draw("path", { d: `M${at - 5} ${up}h10M${at} ${up - 5}v10`, class: "xp-goal" });
    }));
  }

  function update() {
    const known = SURFACES[state.f];
    const to = scales(state.f);
    if (drawnSurface !== state.f) drawSurface();
    paths = state.runs.map((run) => pathOf(state, run));
    const longest = Math.max(...paths.map((path) => path.length - 1));
    const upTo = Math.min(shown, longest);
    const height = (/** @type {Place} */ p) => (known.variables === 1 ? p.value : p.y);
    LETTERS.forEach((_, i) => {
      const points = hidden || !paths[i] ? [] : paths[i].slice(0, upTo + 1).map((p) => [to.x(p.x), to.y(height(p))]);
      const text = points.length ? `M${pointsText(points)}` : "";
      set(lines[i], { d: text });
      set(dots[i], { d: text.replaceAll("L", "h0M") + (text && "h0") });
      const last = points[points.length - 1];
      const [x, y] = last ? [Math.min(Math.max(last[0], 7), WIDTH - 7), Math.min(Math.max(last[1], 7), HEIGHT - 7)] : [0, 0];
      const out = Boolean(last) && (x !== last[0] || y !== last[1]); // then hollow, at the edge
      set(heads[i], { cx: x.toFixed(1), cy: y.toFixed(1), visibility: last ? "visible" : "hidden", "data-out": out });
      named[i].hidden = !state.runs[i];
      set(/** @type {Element} */ (named[i].firstElementChild), { "data-out": out });
      if (state.runs[i]) write(/** @type {Element} */ (named[i].lastChild), state.runs.length > 1 ? `${LETTERS[i]}: ${nameOf(state.runs[i])}` : out ? "beyond the edge" : "where it is now");
    });
    const start = { x: state.x, y: state.y, value: known.value(state.x, state.y) };
    for (const circle of [handle, ring]) set(circle, { cx: to.x(start.x).toFixed(1), cy: to.y(known.variables === 1 ? start.value : start.y).toFixed(1) });
    write(count, hidden ? "" : `step ${upTo} of ${state.steps}`);
    drawChart(upTo);
    updateFields(longest, upTo);
    updateWords(upTo);
    fillSlowly();
  }

  /** @param {number} upTo */
  function drawChart(upTo) {
    const { value, minima } = SURFACES[state.f];
    const floor = minima.length ? Math.min(...minima.map(([x, y]) => value(x, y))) : 0;
    const above = (/** @type {Place} */ p) => Math.max(Math.abs(p.value - floor), 1e-16);
    const all = paths.flat().map(above);
    const high = Math.min(Math.ceil(Math.log10(Math.max(...all))), 20);
    const low = Math.max(Math.floor(Math.log10(Math.min(...all))), -16, high - 30);
    const left = 42;
    const y = (/** @type {number} */ power) => 8 + ((high - power) / Math.max(high - low, 1)) * (CHART - 28);
    const longest = Math.max(state.steps, 1);
    curves.forEach((curve, i) => {
      const points = hidden || !paths[i] ? [] : paths[i].slice(0, upTo + 1).map((p, k) =>
        [left + (k / longest) * (WIDTH - left - 6), y(Math.min(Math.max(Math.log10(above(p)), low), high + 1))]);
      set(curve, { d: points.length ? `M${pointsText(points)}` : "" });
    });
    if (hidden) {
      marks.replaceChildren();
      marked = "";
      return;
    }
    const gap = Math.max(1, Math.ceil((high - low) / 4));
    const powers = [];
    for (let power = high; power >= low; power -= gap) powers.push(power);
    const key = `${powers} ${floor} ${state.steps}`;
    if (key === marked) return;
    marked = key;
    marks.replaceChildren(
      ...powers.map((power) => draw("path", { d: `M${left} ${y(power).toFixed(1)}H${WIDTH - 6}` })),
      ...powers.map((power) => draw("text", { x: left - 4, y: (y(power) + 4).toFixed(1), "text-anchor": "end" }, short(10 ** power).replace(/^1·/, ""))),
      draw("text", { x: left, y: CHART - 4 }, floor ? "height above the lowest point, at each step" : "value (height) at each step"),
      draw("text", { x: WIDTH - 6, y: CHART - 4, "text-anchor": "end" }, String(state.steps)),
    );
  }

  /** @param {number} longest @param {number} upTo */
  function updateFields(longest, upTo) {
    const known = SURFACES[state.f];
    surface.value = state.f;
    write(formula, `f = ${known.formula}`);
    startX.made.value = String(state.x);
    startY.made.value = String(state.y);
    startY.label.hidden = known.variables === 1;
    steps.made.value = String(state.steps);
    set(scrub, { max: longest });
    scrub.value = String(upTo);
    const two = state.runs.length === 2;
    addB.hidden = two || small;
    dropB.hidden = !two || small;
    cards.forEach(({ box, opt, rows, legend, note }, i) => {
      const run = state.runs[i];
      box.hidden = !run;
      if (!run) return;
      write(legend, two ? `${LETTERS[i]}: ${nameOf(run)}` : nameOf(run));
      opt.value = run.opt;
      const all = settingsOf(run.opt, run.said);
      const limit = limitOf(state.f, run);
      for (const { name, slider, range, exactly, row, limit: mark } of rows) {
        // SGD without momentum has a slider of its own for it only as "Momentum".
        row.hidden = !(name in OPTIMIZERS[run.opt].defaults) || (name === "momentum" && !["momentum", "nesterov"].includes(run.opt));
        const at = slider.from(Math.max(all[name], 1e-12));
        range.value = String(at);
        exactly.value = String(all[name]);
        set(range, { "aria-valuetext": short(all[name]) });
        const marked = name === "lr" && limit !== null && !guessing;
        mark.hidden = !marked;
        if (marked) mark.style.setProperty("--at", String((slider.from(/** @type {number} */ (limit)) - slider.low) / (slider.high - slider.low)));
      }
      write(note, limit === null || small || guessing ? "" : limitText(run, limit, all.lr));
    });
  }

  /** Name an optimizer; of two of one kind with their momentum. @param {Run} run */
  function nameOf(run) {
    const alike = state.runs.filter((each) => each.opt === run.opt).length > 1;
    const { momentum } = settingsOf(run.opt, run.said);
    return `${OPTIMIZERS[run.opt].title}${alike && momentum ? ` ${short(momentum)}` : ""}`;
  }

  /** @param {Run} run @param {number} limit @param {number} lr */
  function limitText(run, limit, lr) {
    const largest = /** @type {[number, number]} */ (SURFACES[state.f].curvatures)[1];
    const rule = run.opt === "sgd" ? `2/λmax: 2 divided by ${short(largest)}, the largest curvature, by which the slope grows from one unit to the next` : "with this momentum";
    return `The limit is ${short(limit)} (${rule}), marked ▴: rates below it arrive. This is ${lr > limit ? "above" : lr === limit ? "at" : "below"} it.`;
  }

  /** @param {number} upTo */
  function updateWords(upTo) {
    if (hidden) {
      words.textContent = "The path is hidden until you press Run.";
      readout.textContent = "";
      say(words.textContent);
      return;
    }
    const two = state.runs.length === 2;
    const of = (/** @type {number} */ i) => (two ? `${LETTERS[i]}, ${nameOf(state.runs[i])}: ` : "");
    const story = state.runs.map((run, i) => of(i) + storyOf(run, paths[i])).join(" ") + (two ? comparison() : "");
    write(words, story);
    const numbers = paths.map((path, i) => {
      const p = path[Math.min(upTo, path.length - 1)];
      if (!p) return `${of(i)}no finite value here`;
      const place = SURFACES[state.f].variables === 1 ? `x ${short(p.x)}, slope ${short(p.gradient[0])}` : `x ${short(p.x)}, y ${short(p.y)}, slope (${short(p.gradient[0])}, ${short(p.gradient[1])})`;
      return `${two ? `${LETTERS[i]}: ` : ""}${place}, value ${short(p.value)}`;
    });
    write(readout, `Step ${upTo}. ${numbers.join(". ")}`);
    set(map, { "aria-label": `${SURFACES[state.f].title}. Start: x ${short(state.x)}${SURFACES[state.f].variables === 1 ? "" : `, y ${short(state.y)}`}. Arrow keys move it.` });
    say(story);
  }

  /** Say which of two runs ends lower. */
  function comparison() {
    const [a, b] = paths.map((path) => (path.length > state.steps ? path[path.length - 1].value : Infinity));
    if (a === b) return "";
    return ` ${a < b ? "A" : "B"} ends lower.`;
  }

  /** Say in a sentence or two what a run does, and why where that is known. @param {Run} run @param {Place[]} path */
  function storyOf(run, path) {
    const last = path[path.length - 1];
    if (!last) return "There is no finite value at this start.";
    const fate = fateOf(state, run, path);
    const curvatures = SURFACES[state.f].curvatures;
    const { lr, momentum } = settingsOf(run.opt, run.said);
    let why = "";
    if (curvatures && run.opt === "sgd" && momentum === 0) {
      const [flat, steep] = curvatures.map((curvature) => 1 - lr * curvature);
      why = flat === steep
        ? `Each step multiplies the distance by ${short(steep)}.`
        : `Each step multiplies the distance by ${short(steep)} across the valley and by ${short(flat)} along it.`;
    }
    const stop = path.length <= state.steps ? `After step ${path.length - 1} its numbers are no longer finite.` : `After ${state.steps} steps its height, the value of f, is ${short(last.value)}.`;
    const known = state.f === "saddle" && fate === "flies" ? "It slides down the saddle for ever: there is no lowest point." : FATES[fate];
    return [known, why, stop].filter(Boolean).join(" ");
  }

  // -- putting it together -------------------------------------------------------------------
  if (small) {
    const boxes = cards.map(({ box }) => box);
    const link = make("a", { class: "xp-open" }, "Open the large one");
    link.addEventListener("pointerdown", () => set(link, { href: `${place.dataset.page}?${addressOf(state)}` }));
    set(link, { href: `${place.dataset.page}?${addressOf(state)}` });
    link.addEventListener("focus", () => set(link, { href: `${place.dataset.page}?${addressOf(state)}` }));
    place.append(both, meaning, ...boxes, words, make("div", { class: "xp-row" }, play, link), spoken);
  } else {
    pythonB.append(make("pre", { tabindex: 0, "aria-label": "Python that gives the same path" }, python), copier("Copy the Python", () => python.textContent ?? ""));
    const folds = [
      make("details", {}, make("summary", {}, "Every step in numbers"), make("div", { class: "xp-scroll", tabindex: 0, role: "group", "aria-label": "Tables of steps" }, rowsA, rowsB), copier("Copy the table", () => tabbed(rowsA) + (state.runs.length > 1 ? `\n\n${tabbed(rowsB)}` : ""))),
      make("details", {}, make("summary", {}, "The same path in Python"), pythonB),
    ];
    place.append(
      guide,
      make("div", { class: "xp-columns" },
        make("div", { class: "xp-seen" }, both, formula, meaning, words, make("div", { class: "xp-row" }, play, scrub), readout),
        make("div", { class: "xp-chosen" },
          cards[0].box, cards[1].box, make("div", { class: "xp-row" }, addB, dropB),
          fields),
        make("div", { class: "xp-chart-box" }, chart),
      ),
      ...folds, spoken,
    );
  }
  const asked = !small && !location.search;
  if (asked) ask(0);
  else { if (!small) stopAsking(); update(); }
}

mount("descent", fillDescent);
