// The digit reader on a page: a pad, what the networks see of it, and what they answer.

import { largest, networks, shades, softmax } from "./digit_networks.js";
import { imageOf, SIDE } from "./digit_strokes.js";
import { button, make, mount, set, voice } from "./page.js";

/**
 * @typedef {import("./digit_strokes.js").Stroke} Stroke
 * @typedef {import("./digit_networks.js").DigitData} DigitData
 */

const PAD = 280;
const TRIES = [
  { digit: 7, text: "Draw a 7 with a bar through its stem. Who will read a 7?" },
  { digit: 4, text: "Draw a 4 that is closed at the top, nearly a 9. Who will read a 4?" },
  { digit: 3, text: "Draw a 3 that leans far to the right. Who will read a 3?" },
];
const EXPECTED = ["Both", "Only the convolutional", "Only the dense", "Neither"];

/** Paint shades on a canvas, white on black. @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} of @param {number} width */
function paint(canvas, of, width) {
  const height = of.length / width;
  if (canvas.width !== width || canvas.height !== height) set(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let i = 0; i < of.length; i += 1) {
    const shade = Math.round(255 * Math.min(Math.max(of[i], 0), 1));
    for (let channel = 0; channel < 3; channel += 1) image.data[4 * i + channel] = shade;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Put square maps beside each other, the brightest white. @param {Float64Array} of @param {number} side @param {number} across */
function mosaic(of, side, across) {
  const count = of.length / (side * side);
  const width = across * (side + 1) - 1;
  const shown = new Float64Array(width * (Math.ceil(count / across) * (side + 1) - 1)).fill(0.25);
  const top = Math.max(...of, 1e-9);
  of.forEach((value, at) => {
    const map = Math.floor(at / (side * side));
    const [i, j] = [Math.floor((at % (side * side)) / side), at % side];
    const row = Math.floor(map / across) * (side + 1) + i;
    shown[row * width + (map % across) * (side + 1) + j] = value / top;
  });
  return { shown, width };
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** @param {HTMLElement} place @param {boolean} small */
function askForDigits(place, small) {
  const source = place.dataset.networks;
  if (!source) {
    place.append(make("p", {}, "In this build the networks were not trained: the lesson on convolutions did not run."));
    return;
  }
  const load = () => {
    const script = make("script", { src: source });
    script.addEventListener("load", () => {
      place.querySelector(".xp-coming")?.remove();
      fillDigits(place, small, /** @type {{primerDigits: DigitData}} */ (/** @type {unknown} */ (globalThis)).primerDigits);
    });
    document.head.append(script);
  };
  const { primerDigits } = /** @type {{primerDigits?: DigitData}} */ (/** @type {unknown} */ (globalThis));
  if (primerDigits) {
    fillDigits(place, small, primerDigits);
    return;
  }
  place.append(make("p", { class: "xp-coming" }, "The networks are being loaded."));
  // Half a megabyte that a reader of a lesson needs only on coming here.
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    load();
  }, { rootMargin: "600px" });
  watch.observe(place);
}

/** @param {HTMLElement} place @param {boolean} small @param {DigitData} data */
function fillDigits(place, small, data) {
  /** @type {ReturnType<typeof networks> | undefined} */
  let unpacked;
  const read = () => (unpacked ??= networks(data));
  setTimeout(read); // before the first stroke, and when the page is there
  /** @type {Stroke[]} */
  let strokes = [];
  /** @type {Float64Array | null} */
  let loaded = null; // a test image, which stands in place of strokes
  let loadedText = "";
  /** @type {[number, number] | null} */
  let answers = null;

  // -- the pad ------------------------------------------------------------------
  const pad = make("canvas", { width: PAD, height: PAD, class: "xp-pad", tabindex: 0, role: "application", ...(small ? {} : { id: "pad" }) });
  set(pad, { "aria-label": "Pad to draw a digit on. By keyboard: arrow keys move the pen, the space bar puts it down and lifts it." });
  const pen = { x: PAD / 2, y: PAD / 4, down: false, seen: false };
  let drawing = false;
  /** @param {PointerEvent} event */
  const pointOf = (event) => {
    const box = pad.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * PAD, y: ((event.clientY - box.top) / box.height) * PAD };
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    pad.setPointerCapture(event.pointerId);
    drawing = true;
    pen.seen = false;
    begin(pointOf(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) strokes[strokes.length - 1].push(pointOf(each));
    soon();
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) pad.addEventListener(end, () => { drawing = false; });
  pad.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey || !(way || event.key === " ")) return;
    event.preventDefault();
    event.stopPropagation(); // or the theme would turn the page
    pen.seen = true;
    if (way) {
      const size = event.shiftKey ? 4 : 14;
      pen.x = Math.min(Math.max(pen.x + way[0] * size, 8), PAD - 8);
      pen.y = Math.min(Math.max(pen.y + way[1] * size, 8), PAD - 8);
      if (pen.down) strokes[strokes.length - 1].push({ x: pen.x, y: pen.y });
    } else {
      pen.down = !pen.down;
      if (pen.down) begin({ x: pen.x, y: pen.y });
    }
    soon();
  });
  pad.addEventListener("blur", () => { pen.down = false; });

  /** @param {{x: number, y: number}} point */
  function begin(point) {
    loaded = null;
    strokes.push([point]);
    soon();
  }

  let waiting = false;
  /** Show once a frame, however many moves there were. */
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; show(); });
  }

  // -- what is shown ------------------------------------------------------------------
  const seen = make("canvas", { class: "xp-seen-image", role: "img" });
  const body = make("tbody");
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const cells = [make("td", { class: "xp-bar xp-a" }), make("td", { class: "xp-bar xp-b" })];
    body.append(make("tr", {}, make("th", { scope: "row" }, String(digit)), ...cells));
    return cells;
  });
  const heads = ["digit", "dense", "convolutional"].map((text) => make("th", { scope: "col" }, text));
  const probabilities = make("table", { class: "xp-probabilities", ...(small ? {} : { id: "probabilities" }) },
    make("caption", {}, "Probability of each digit"), make("thead", {}, make("tr", {}, ...heads)), body);
  const words = make("p", { class: "xp-words" });
  const [spoken, say] = voice();
  const inner = ["xp-hidden", "xp-maps", "xp-maps"].map((name) => make("canvas", { class: name, role: "img" }));
  ["The dense network's 500 hidden units", "8 maps after the first convolution", "16 maps after the second convolution"]
    .forEach((label, i) => set(inner[i], { "aria-label": `${label}, bright where active` }));

  function drawPad() {
    const context = pad.getContext("2d");
    if (!context) return;
    context.fillStyle = "#000";
    context.fillRect(0, 0, PAD, PAD);
    context.strokeStyle = "#fff";
    context.lineWidth = 18;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0].x, stroke[0].y);
      for (const point of stroke) context.lineTo(point.x, point.y);
      context.stroke();
    }
    if (loaded) {
      const image = make("canvas");
      paint(image, loaded, SIDE);
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 0, 0, PAD, PAD);
    }
    if (pen.seen) {
      context.strokeStyle = pen.down ? "#4fd19b" : "#f0a04b";
      context.lineWidth = 3;
      context.beginPath();
      context.arc(pen.x, pen.y, 11, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  function show() {
    drawPad();
    const image = loaded ?? imageOf(strokes);
    paint(seen, image ?? new Float64Array(SIDE * SIDE), SIDE);
    set(seen, { "aria-label": image ? "The drawing as the networks see it, 28 pixels a side" : "Nothing yet: an empty image" });
    if (!image) {
      answers = null;
      rows.flat().forEach((cell) => fillBar(cell, null));
      inner.forEach((canvas, i) => paint(canvas, new Float64Array([500, 8 * 196, 16 * 49][i]), [25, 56, 56][i]));
      words.textContent = "Draw a digit on the black pad.";
      return;
    }
    const { dense, conv } = read();
    const both = [dense(image), conv(image)];
    const shares = both.map(({ logits }) => softmax(logits));
    rows.forEach((cells, digit) => cells.forEach((cell, i) => fillBar(cell, shares[i][digit])));
    const [d, c] = shares.map(largest);
    answers = [d, c];
    const top = Math.max(...both[0].activity[0], 1e-9);
    paint(inner[0], both[0].activity[0].map((value) => value / top), 25);
    [[both[1].activity[0], 14, 4], [both[1].activity[1], 7, 8]].forEach(([of, side, across], i) => {
      const { shown, width } = mosaic(/** @type {Float64Array} */ (of), /** @type {number} */ (side), /** @type {number} */ (across));
      paint(inner[i + 1], shown, width);
    });
    words.textContent = `${loaded ? `${loadedText} ` : ""}The dense network says ${d} (${percent(shares[0][d])}), the convolutional one ${c} (${percent(shares[1][c])}).${d === c ? "" : " They disagree."}`;
    say(words.textContent);
  }

  /** @param {HTMLElement} cell @param {number | null} share */
  function fillBar(cell, share) {
    cell.textContent = share === null ? "–" : share.toFixed(4);
    cell.style.setProperty("--share", String(share ?? 0));
  }

  // -- test images ------------------------------------------------------------------------
  /** @param {number} i */
  function load(i) {
    const example = data.examples[i];
    strokes = [];
    pen.seen = false;
    loaded = shades(example.pixels);
    loadedText = `Test image, labelled ${example.label}.`;
    show();
  }
  /** @param {number} i @param {"dense" | "conv" | ""} of */
  function thumbnail(i, of) {
    const { pixels, label, dense: d, conv: c } = data.examples[i];
    const canvas = make("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
    setTimeout(() => paint(canvas, shades(pixels), SIDE)); // one after the other, between other things
    const made = button("", () => load(i), { class: "xp-thumb" });
    const text = of ? `${label}, read as ${of === "dense" ? d : c}` : String(label);
    made.append(canvas, make("span", {}, text));
    if (!of) set(made, { "aria-label": `Test image of a ${label}` });
    return made;
  }

  // -- what to try -----------------------------------------------------------------------------
  const guide = make("section", { class: "xp-guide", "aria-label": "Something to try" });
  /** @param {number} k */
  function offer(k) {
    const { digit, text } = TRIES[k % TRIES.length];
    const verdict = make("p", { class: "xp-answer", role: "status" });
    const next = button("Another", () => offer(k + 1), { hidden: true });
    const done = button("I have drawn it", () => {
      if (!answers) { verdict.textContent = "Nothing is on the pad yet."; return; }
      const right = answers.map((answer) => answer === digit);
      const what = right[0] ? (right[1] ? 0 : 2) : right[1] ? 1 : 3;
      verdict.textContent = `${what === chosen ? "✓ As you expected" : "✗ Not as you expected"}: dense ${answers[0]}, convolutional ${answers[1]}.`;
      next.hidden = false;
    }, { hidden: true, class: "xp-play" });
    let chosen = -1;
    const options = make("div", { class: "xp-options" }, ...EXPECTED.map((option, i) => button(option, () => {
      chosen = i;
      for (const other of options.querySelectorAll("button")) set(other, { "aria-pressed": other.textContent === option ? "true" : "false" });
      done.hidden = false;
      strokes = [];
      loaded = null;
      show();
      verdict.textContent = "Now draw it on the pad.";
    })));
    guide.replaceChildren(make("p", { class: "xp-kicker" }, "Say what you expect, then draw"), make("p", { class: "xp-question" }, text), options, verdict, make("div", { class: "xp-row" }, done, next));
  }
  if (!small) offer(0);

  const clear = button("Clear", () => { strokes = []; loaded = null; pen.down = false; show(); });
  const undo = button("Undo a stroke", () => { strokes.pop(); loaded = null; show(); });
  const left = make("div", { class: "xp-draw" }, pad, make("div", { class: "xp-row" }, clear, undo));
  const middle = make("figure", { class: "xp-sees" }, seen, make("figcaption", {}, "What the networks see: the strokes in a box of 20 pixels, drawn with one pen, their centre of mass in the middle of 28."));
  const { images, dense: rightDense, conv: rightConv } = data.right;
  const measured = make("p", { class: "xp-note" },
    `Of ${images} test images the dense network read ${percent(rightDense[0] / images)} right as it was trained and ${percent(rightDense[1] / images)} with the weights of this page, of which those of the first layer are rounded to 91 values a row; the convolutional one ${percent(rightConv[0] / images)} and ${percent(rightConv[1] / images)}.`);
  if (small) {
    const link = make("a", { href: place.dataset.page ?? "" }, "Open the large one");
    place.append(make("div", { class: "xp-columns" }, left, make("div", {}, probabilities)), words, make("div", { class: "xp-row" }, middle), link, spoken);
  } else {
    const plain = data.examples.flatMap((_, i) => (data.fails.dense.includes(i) || data.fails.conv.includes(i) ? [] : [i]));
    const captioned = (/** @type {HTMLElement} */ what, /** @type {string} */ text) => make("figure", {}, what, make("figcaption", {}, text));
    place.append(
      guide,
      make("div", { class: "xp-columns" }, make("div", {}, left, words, middle), make("div", {}, probabilities, measured)),
      make("details", {}, make("summary", {}, "What happens inside"), make("div", { class: "xp-inside" },
        captioned(inner[0], "Dense: 500 hidden units. Each weighs all pixels; neighbours mean nothing."),
        captioned(inner[1], "Convolutional: 8 maps, each with one kernel at every place."),
        captioned(inner[2], "Then 16 maps, of what stands where in the first 8."))),
      make("details", { open: true }, make("summary", {}, "Test images to load"), make("div", { class: "xp-thumbs" }, ...plain.map((i) => thumbnail(i, "")))),
      make("details", {}, make("summary", {}, "Where they fail"),
        make("p", {}, "Test images that the convolutional network reads wrongly, found when this page was built:"),
        make("div", { class: "xp-thumbs" }, ...data.fails.conv.map((i) => thumbnail(i, "conv"))),
        make("p", {}, "And the dense one:"),
        make("div", { class: "xp-thumbs" }, ...data.fails.dense.map((i) => thumbnail(i, "dense")))),
      spoken,
    );
  }
  show();
}

mount("digits", askForDigits);
