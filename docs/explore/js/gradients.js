// Values forward, gradients backward: each operation with its one local rule, as PyTorch has them.

/**
 * @typedef {import("./expression.js").Graph} Graph
 * @typedef {import("./expression.js").Vertex} Vertex
 *
 * @typedef {object} Rule
 * @property {string} sign How the operation is written.
 * @property {(...inputs: number[]) => number} value
 * @property {((result: number, ...inputs: number[]) => number)[]} slopes The derivative for each input.
 * @property {((...names: string[]) => string)[]} words The same in signs, of the inputs' names and then the result's.
 */

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));
const one = () => 1;

/** @type {Record<string, Rule>} */
export const RULES = {
  add: { sign: "+", value: (a, b) => a + b, slopes: [one, one], words: [() => "1", () => "1"] },
  sub: { sign: "−", value: (a, b) => a - b, slopes: [one, () => -1], words: [() => "1", () => "−1"] },
  mul: { sign: "×", value: (a, b) => a * b, slopes: [(_, _a, b) => b, (_, a) => a], words: [(_, b) => b, (a) => a] },
  div: {
    sign: "÷",
    value: (a, b) => a / b,
    slopes: [(_, _a, b) => 1 / b, (_, a, b) => -(a / b) / b],
    words: [(_, b) => `1/${b}`, (a, b) => `−${a}/${b}²`],
  },
  pow: {
    sign: "**",
    value: (a, b) => a ** b,
    slopes: [
      (_, a, b) => (b === 0 ? 0 : b * a ** (b - 1)),
      (result, a, b) => (a === 0 && b >= 0 ? 0 : result * Math.log(a)),
    ],
    words: [(a, b) => `${b} · ${a}^(${b} − 1)`, (a, _, r) => `${r} · log ${a}`],
  },
  neg: { sign: "neg", value: (a) => -a, slopes: [() => -1], words: [() => "−1"] },
  copy: { sign: "=", value: (a) => a, slopes: [one], words: [() => "1"] },
  exp: { sign: "exp", value: Math.exp, slopes: [(result) => result], words: [(_, r) => r] },
  log: { sign: "log", value: Math.log, slopes: [(_, a) => 1 / a], words: [(a) => `1/${a}`] },
  tanh: { sign: "tanh", value: Math.tanh, slopes: [(result) => (1 - result) * (1 + result)], words: [(_, r) => `1 − ${r}²`] },
  relu: { sign: "relu", value: (a) => (a > 0 ? a : 0), slopes: [(_, a) => (a > 0 ? 1 : 0)], words: [(a) => `${a} > 0 ? 1 : 0`] },
  sigmoid: { sign: "sigmoid", value: sigmoid, slopes: [(result) => result * (1 - result)], words: [(_, r) => `${r} · (1 − ${r})`] },
};

/**
 * Give each vertex its value.
 * @param {Graph} graph @param {Record<string, number>} named
 * @returns {number[]}
 */
export function forward({ vertices }, named) {
  /** @type {number[]} */
  const values = [];
  for (const { op, inputs, name, value } of vertices) {
    if (op) values.push(RULES[op].value(...inputs.map((i) => values[i])));
    else values.push(name ? named[name] : value);
  }
  return values;
}

/**
 * @typedef {{to: number, place: number, slope: number, sent: number, before: number, after: number}} Arrival
 * What a step sends to one input: the local derivative, times what arrived, added to what was there.
 * @typedef {{at: number, arrives: number, sends: Arrival[]}} BackStep
 */

/**
 * Walk backward from the result: a step for each operation, when all that can arrive has arrived.
 * @param {Graph} graph @param {number[]} values
 * @returns {{steps: BackStep[], gradients: number[]}}
 */
export function backward({ vertices }, values) {
  const gradients = vertices.map(() => 0);
  gradients[gradients.length - 1] = 1;
  /** @type {BackStep[]} */
  const steps = [];
  for (let at = vertices.length - 1; at >= 0; at -= 1) {
    const { op, inputs, constant } = vertices[at];
    if (!op || constant) continue;
    const operands = inputs.map((i) => values[i]);
    /** @type {Arrival[]} */
    const sends = [];
    inputs.forEach((to, place) => {
      if (vertices[to].constant) return; // nobody asked for a derivative there
      const slope = RULES[op].slopes[place](values[at], ...operands);
      const before = gradients[to];
      const sent = gradients[at] * slope;
      gradients[to] += sent;
      sends.push({ to, place, slope, sent, before, after: gradients[to] });
    });
    steps.push({ at, arrives: gradients[at], sends });
  }
  return { steps, gradients };
}

/**
 * Find the first operation whose value is no finite number.
 * @param {Graph} graph @param {number[]} values
 * @returns {{at: number, text: string} | null}
 */
export function notFinite({ vertices }, values) {
  const i = values.findIndex((value) => !Number.isFinite(value));
  if (i < 0) return null;
  const { op, at } = vertices[i];
  return { at, text: `${RULES[op].sign} gives ${values[i]} here, and gradients may be no numbers.` };
}
