// The backward explorer on a page: an expression, its graph, and the pass step by step.

import { ExpressionError, isNumber, LONGEST, parse } from "./expression.js";
import { backward, forward, notFinite, RULES } from "./gradients.js";
import { layout } from "./graph_layout.js";
import { button, copier, draw, exact, labelled, make, mount, set, setAddress, settled, short, table, tabbed, voice } from "./page.js";

/**
 * @typedef {import("./expression.js").Graph} Graph
 * @typedef {import("./gradients.js").BackStep} BackStep
 * @typedef {{e: string, named: Record<string, number>}} State
 */

const PADDING = 9;
const LINE = 17;
const CHARACTER = 8.2;
const EXAMPLES = ["((a + b) * c) + c", "w * x + b", "tanh(w1 * tanh(w0 * x))", "relu(x) ** 2 + 3 * x", "log(1 + exp(-x))", "sigmoid(w * x) / w"];

/** @param {HTMLElement} place @param {boolean} small @returns {State} */
function firstState(place, small) {
  const said = new URLSearchParams(small ? "" : location.search);
  const from = said.has("e") ? said : new URLSearchParams(place.dataset.state ?? "");
  /** @type {Record<string, number>} */
  const named = {};
  for (const [name, text] of from) {
    const value = text.trim() ? Number(text) : NaN;
    if (name !== "e" && Number.isFinite(value)) named[name] = value;
  }
  return { e: from.get("e") ?? "((a + b) * c) + c", named };
}

/** @param {State} state @param {string[]} names */
function addressOf({ e, named }, names) {
  return new URLSearchParams([["e", e], ...names.map((name) => [name, String(named[name])])]).toString();
}

/** Name each vertex as a reader would. @param {Graph} graph @returns {string[]} */
function labelsOf({ vertices }) {
  let count = 0;
  const last = vertices.length - 1;
  return vertices.map(({ op, name, value }, i) => {
    if (name) return name;
    if (!op) return short(value);
    if (i === last) return "result";
    count += 1;
    return `t${subscript(count)}`;
  });
}

/** @param {number} n */
const subscript = (n) => [...String(n)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/** Write a curve that leaves and arrives upright. @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function curve(from, to) {
  const middle = (from.y + to.y) / 2;
  return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
}

/** @param {HTMLElement} place @param {boolean} small */
function fillBackward(place, small) {
  const state = firstState(place, small);
  /** @type {Graph} */
  let graph = { vertices: [], names: [] };
  /** @type {number[]} */
  let values = [];
  /** @type {BackStep[]} */
  let steps = [];
  let now = 0; // how many operations the pass has visited
  let labels = /** @type {string[]} */ ([]);

  const input = make("input", { type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", maxlength: LONGEST, class: "xp-expression" });
  const error = make("p", { class: "xp-error", role: "alert" });
  const numbers = make("div", { class: "xp-numbers" });
  const drawing = make("div", { class: "xp-graph", tabindex: 0, role: "group", "aria-label": "The graph" });
  const rule = make("div", { class: "xp-rule" });
  const guess = make("input", { type: "number", step: "any", inputmode: "decimal" });
  const verdict = make("p", { class: "xp-answer" });
  const [spoken, say] = voice();
  const back = button("Back", () => go(now - 1));
  const next = button("Next step", () => check(), { class: "xp-play" });
  const all = button("To the end", () => go(steps.length));
  const restart = button("From the start", () => go(0));
  const progress = make("p", { class: "xp-readout" });
  const asked = make("span", {}, "");
  const asking = make("label", { class: "xp-field xp-guess" }, asked, guess);
  const [gradients, fillGradients] = table(small ? "" : "gradients", "The gradient of the result with respect to each named number", ["name", "value", "gradient"]);

  guess.addEventListener("keydown", (event) => { if (event.key === "Enter") { check(); if (now < steps.length) guess.focus(); } });
  input.addEventListener("input", settled(read, 250));
  input.addEventListener("change", read);

  function read() {
    state.e = input.value;
    try {
      const found = parse(state.e);
      const named = Object.fromEntries(found.names.map((name, i) => [name, state.named[name] ?? i + 2]));
      const computed = forward(found, named);
      const same = found.names.join() === graph.names.join() && numbers.childElementCount > 0;
      graph = found;
      Object.assign(state.named, named);
      values = computed;
      labels = labelsOf(graph);
      steps = backward(graph, values).steps;
      if (!same) showNumbers();
      set(input, { "aria-invalid": false });
      const odd = notFinite(found, computed);
      if (odd) point(odd.at, odd.text);
      else error.replaceChildren();
      now = 0;
      show();
    } catch (problem) {
      if (!(problem instanceof ExpressionError)) throw problem;
      set(input, { "aria-invalid": "true" });
      // The drawing stays as it was: nothing is lost by a slip.
      point(problem.at, problem.message);
    }
  }

  /** Say something about a character of the expression. @param {number} at @param {string} text */
  function point(at, text) {
    error.replaceChildren(make("code", {}, `${state.e}\n${" ".repeat(at)}^`), ` ${text} (character ${at + 1})`);
  }

  function showNumbers() {
    numbers.replaceChildren(...graph.names.map((name) => {
      const field = make("input", { type: "number", step: "any", inputmode: "decimal", value: state.named[name] });
      field.addEventListener("input", () => {
        if (!Number.isFinite(field.valueAsNumber)) return;
        state.named[name] = field.valueAsNumber;
        read();
      });
      return labelled(name, field);
    }));
  }

  /** @param {number} step */
  function go(step) {
    now = Math.min(Math.max(step, 0), steps.length);
    verdict.textContent = "";
    guess.value = "";
    show();
  }

  /** Take the next step, and say whether what the reader expected has come. */
  function check() {
    if (now >= steps.length) return;
    const { sends } = steps[now];
    const expected = guess.valueAsNumber;
    const sent = sends[0]?.sent ?? 0;
    const right = Math.abs(expected - sent) <= 1e-3 * Math.max(1, Math.abs(sent));
    go(now + 1);
    if (!Number.isNaN(expected)) {
      verdict.textContent = right ? `✓ Yes, ${short(sent)}.` : `✗ It is ${short(sent)}, not ${short(expected)}: the local derivative times what arrives.`;
    }
  }

  /** Give the gradient of each vertex after some steps, as far as anything has arrived. */
  function arrived() {
    /** @type {(number | undefined)[]} */
    const known = graph.vertices.map(() => undefined);
    known[known.length - 1] = 1;
    for (const { sends } of steps.slice(0, now)) for (const { to, after } of sends) known[to] = after;
    return known;
  }

  function show() {
    const known = arrived();
    drawGraph(known);
    showRule();
    progress.textContent = now === 0 ? `Forward is done. Backward begins at the result with 1; it visits ${steps.length} operations.` : `Step ${now} of ${steps.length}.`;
    back.disabled = now === 0;
    restart.disabled = now === 0;
    next.disabled = now >= steps.length;
    all.disabled = now >= steps.length;
    const coming = steps[now];
    asking.hidden = !coming || !coming.sends.length;
    if (coming?.sends.length) {
      const { to } = coming.sends[0];
      asked.textContent = `What will ${nameOf(coming.at)} send to ${labels[to]}? (you may leave it empty)`;
    }
    const complete = backward(graph, values).gradients;
    fillGradients(graph.names.map((name) => {
      const i = graph.vertices.findIndex((vertex) => vertex.name === name);
      return [name, exact(values[i]), exact(complete[i])];
    }));
    if (!small) setAddress(addressOf(state, graph.names));
  }

  /** @param {number} i */
  const nameOf = (i) => `${RULES[graph.vertices[i].op].sign} (${labels[i]})`;

  function showRule() {
    rule.replaceChildren();
    const step = steps[now - 1];
    if (!step) {
      rule.append(make("p", {}, `The result is ${short(values[values.length - 1])}. Its gradient with respect to itself is 1.`));
      return say(`Forward done. ${rule.textContent}`);
    }
    const { op, inputs } = graph.vertices[step.at];
    const operands = inputs.map((i) => labels[i]);
    rule.append(make("p", {}, `At ${nameOf(step.at)} arrives ${short(step.arrives)}.`));
    const list = make("ul", {});
    for (const { to, place: index, slope, sent, before, after } of step.sends) {
      const sign = RULES[op].words[index](...operands, labels[step.at]);
      const local = /^−?1$/.test(sign) ? sign : `${sign} = ${short(slope)}`;
      const added = before === 0 && sent === after ? "" : ` It is added: ${short(before)} + ${short(sent)} = ${short(after)}.`;
      list.append(make("li", {}, make("strong", {}, `to ${labels[to]}: `), `local derivative ${local}, times ${short(step.arrives)}, is ${short(sent)}.${added}`));
    }
    if (step.sends.length) rule.append(list);
    if (now === steps.length) rule.append(make("p", { class: "xp-done" }, `Done: ${graph.names.map((name) => `${name} has ${short(arrived()[graph.vertices.findIndex((v) => v.name === name)] ?? 0)}`).join(", ")}.`));
    say(rule.textContent ?? "");
  }

  /** @param {(number | undefined)[]} known */
  function drawGraph(known) {
    const { vertices } = graph;
    const texts = vertices.map((vertex, i) => {
      const first = vertex.op ? `${RULES[vertex.op].sign}${labels[i] === "result" ? "" : `  ${labels[i]}`}` : labels[i];
      const rows = isNumber(vertex) ? [] : [`= ${short(values[i])}`];
      if (vertex.op && labels[i] === "result") rows.unshift("result");
      if (!vertex.constant) rows.push(known[i] === undefined ? "grad ·" : `grad ${short(/** @type {number} */ (known[i]))}`);
      return [first, ...rows];
    });
    const sizes = texts.map((lines) => ({
      width: Math.max(46, Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * PADDING),
      height: lines.length * LINE + PADDING,
    }));
    const found = layout(vertices.map(({ inputs }) => inputs), sizes);
    const svg = draw("svg", { viewBox: `0 0 ${found.width.toFixed(0)} ${found.height.toFixed(0)}`, width: found.width.toFixed(0), height: found.height.toFixed(0), role: "img", "aria-label": describe(known) });
    const active = steps[now - 1];
    vertices.forEach(({ inputs }, i) => inputs.forEach((from, position) => {
      const [a, b] = [found.boxes[from], found.boxes[i]];
      const top = { x: a.x, y: a.y + sizes[from].height / 2 };
      const spread = (position - (inputs.length - 1) / 2) * Math.min(24, sizes[i].width / 3);
      const end = { x: b.x + spread, y: b.y - sizes[i].height / 2 };
      const bend = found.ways[i][position].at(-1) ?? top;
      const middle = (bend.y + end.y) / 2;
      const send = steps.slice(0, now).find(({ at }) => at === i)?.sends.find(({ place: at }) => at === position);
      const live = active?.at === i && send;
      const mode = live ? " xp-live" : send ? " xp-sent" : "";
      const turn = position > 0 && position === inputs.length - 1 ? 1 : end.x < bend.x ? -1 : 1;
      const stops = [top, ...found.ways[i][position], { x: end.x, y: end.y - 2 }];
      svg.append(draw("path", { d: `M${top.x} ${top.y}${stops.slice(1).map((stop, k) => curve(stops[k], stop)).join("")}`, class: `xp-edge${mode}` }));
      svg.append(send
        ? draw("path", { d: `M${top.x - 4} ${top.y + 8}L${top.x} ${top.y + 1}L${top.x + 4} ${top.y + 8}`, class: `xp-edge${mode}` })
        : draw("path", { d: `M${end.x - 4} ${end.y - 8}L${end.x} ${end.y - 1}L${end.x + 4} ${end.y - 8}`, class: "xp-edge" }));
      if (send) {
        const at = inputs.length > 1 && inputs[0] === inputs[1] ? spread * 2.2 : 0;
        svg.append(draw("text", { x: (bend.x + end.x) / 2 + at + turn * 6, y: middle + 4, class: `xp-flow${mode}`, "text-anchor": turn > 0 ? "start" : "end" }, short(send.sent)));
      }
    }));
    vertices.forEach((vertex, i) => {
      const { x, y } = found.boxes[i];
      const { width, height } = sizes[i];
      const kind = vertex.name ? "leaf" : isNumber(vertex) ? "number" : i === vertices.length - 1 ? "result" : "operation";
      const box = draw("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: kind === "operation" ? height / 2 : 5, class: `xp-box xp-${kind}${active?.at === i ? " xp-now" : ""}` });
      const group = draw("g", {}, box);
      texts[i].forEach((line, k) => group.append(draw("text", { x, y: y - height / 2 + PADDING / 2 + LINE * (k + 0.78), "text-anchor": "middle", class: k ? "xp-small" : "xp-strong" }, line)));
      svg.append(group);
    });
    drawing.replaceChildren(svg);
  }

  /** @param {(number | undefined)[]} known */
  function describe(known) {
    const words = graph.vertices.flatMap(({ op, inputs }, i) =>
      op ? [`${labels[i]} = ${RULES[op].sign} of ${inputs.map((j) => labels[j]).join(" and ")} is ${short(values[i])}${known[i] === undefined ? "" : `, gradient ${short(/** @type {number} */ (known[i]))}`}`] : []);
    return `The graph, from the named numbers down to the result: ${words.join("; ")}.`;
  }

  input.value = state.e;
  const examples = make("div", { class: "xp-row xp-examples" }, ...EXAMPLES.map((text) => button(text, () => { input.value = text; read(); })));
  const controls = make("div", { class: "xp-row" }, back, next, all, restart);
  if (small) {
    const link = make("a", { class: "xp-open", href: place.dataset.page ?? "" }, "Open the large one");
    const renew = () => set(link, { href: `${place.dataset.page}?${addressOf(state, graph.names)}` });
    for (const event of ["pointerdown", "focus"]) link.addEventListener(event, renew);
    place.append(labelled("expression", input), error, numbers, drawing, asking, controls, verdict, rule, progress, link, spoken);
  } else {
    place.append(
      labelled("expression: names, numbers, + − * / **, exp, log, tanh, relu, sigmoid", input), error, numbers,
      make("details", { class: "xp-more" }, make("summary", {}, "Examples"), examples),
      drawing, make("section", { class: "xp-guide", "aria-label": "The backward pass" }, progress, asking, controls, verdict, rule),
      make("details", {}, make("summary", {}, "All gradients, to check yours against"), gradients, copier("Copy the table", () => tabbed(gradients))),
      spoken,
    );
  }
  read();
  if (!graph.vertices.length) { // a wrong expression in the address: show it, with the first example drawn
    const wrong = input.value;
    input.value = EXAMPLES[0];
    read();
    input.value = wrong;
    read();
  }
}

mount("backward", fillBackward);
