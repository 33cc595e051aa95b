// A descent as numbers: its path, what became of it, its state in an address, and its Python.

import { OPTIMIZERS, settingsOf } from "./optimizers.js";
import { SURFACES } from "./surfaces.js";

/**
 * @typedef {import("./optimizers.js").Settings} Settings
 * @typedef {{opt: string, said: Partial<Settings>}} Run An optimizer and what it was told.
 * @typedef {{f: string, x: number, y: number, steps: number, runs: Run[]}} State
 * @typedef {{x: number, y: number, value: number, gradient: [number, number]}} Place
 */

export const MOST_STEPS = 2000;
/** @type {(keyof Settings)[]} */
export const NAMES = ["lr", "momentum", "alpha", "beta1", "beta2", "eps", "weight_decay"];
const SECOND = "b_"; // before the names of the second optimizer in an address

/**
 * Follow a descent; it ends early where a number is no longer finite.
 * @param {State} state @param {Run} run @returns {Place[]}
 */
export function pathOf(state, run) {
  const { value, gradient, variables } = SURFACES[state.f];
  const step = OPTIMIZERS[run.opt].start(settingsOf(run.opt, run.said));
  /** @type {[number, number]} */
  let position = [state.x, variables === 1 ? 0 : state.y];
  const path = [];
  for (let k = 0; k <= state.steps; k += 1) {
    const [x, y] = position;
    const place = { x, y, value: value(x, y), gradient: gradient(x, y) };
    if (!Number.isFinite(place.value) || !place.gradient.every(Number.isFinite)) break;
    path.push(place);
    position = step(position, place.gradient);
    if (variables === 1) position[1] = 0;
  }
  return path;
}

/**
 * Give the largest rate at which a descent arrives, where there is one: 2/λmax for gradient descent,
 * and what momentum makes of it.
 * @param {string} f @param {Run} run @returns {number | null}
 */
export function limitOf(f, run) {
  const curvatures = SURFACES[f].curvatures;
  if (!curvatures || OPTIMIZERS[run.opt].torch !== "SGD") return null;
  const { momentum } = settingsOf(run.opt, run.said);
  const ahead = run.opt === "nesterov" ? 1 + 2 * momentum : 1;
  return (2 * (1 + momentum)) / (ahead * curvatures[1]);
}

/**
 * Say what became of a descent.
 * @param {State} state @param {Run} run @param {Place[]} path
 * @returns {"arrives" | "walks" | "swings" | "rolls" | "hops" | "flies"}
 */
export function fateOf(state, run, path) {
  const { minima, curvatures } = SURFACES[state.f];
  const last = path[path.length - 1];
  if (path.length <= state.steps || last.value > path[0].value * (1 + 1e-9)) return "flies";
  const limit = limitOf(state.f, run);
  const { lr } = settingsOf(run.opt, run.said);
  if (curvatures && limit !== null && lr > limit) return "flies";
  if (curvatures && limit !== null && lr === limit) return "hops";
  if (!minima.length) return Math.abs(last.y) > 1 ? "flies" : "walks";
  const off = (/** @type {Place} */ p, /** @type {[number, number]} */ [x, y]) => Math.hypot(p.x - x, p.y - y);
  const nearest = (/** @type {Place} */ p) => minima.reduce((a, b) => (off(p, a) <= off(p, b) ? a : b));
  const goal = nearest(last);
  if (off(last, goal) < 0.02 * Math.max(off(path[0], nearest(path[0])), 1e-12)) return "arrives";
  // What keeps its speed can roll past the goal: the goal then lies behind, as seen from the start.
  const { momentum = 0, beta1 = 0 } = settingsOf(run.opt, run.said);
  const ahead = path.map((p) => (p.x - goal[0]) * (path[0].x - goal[0]) + (p.y - goal[1]) * (path[0].y - goal[1]));
  const passes = ahead.filter((side, k) => k > 0 && side * ahead[k - 1] < 0).length;
  if (momentum + beta1 > 0 && passes > 0 && passes <= path.length / 3) return "rolls";
  let turns = 0;
  for (let k = 1; k < path.length; k += 1) {
    const [a, b] = [path[k - 1].gradient, path[k].gradient];
    if (a[0] * b[0] + a[1] * b[1] < 0) turns += 1;
  }
  return turns > path.length / 3 ? "swings" : "walks";
}

// -- the address ---------------------------------------------------------------------------------

/**
 * Read a state from an address. What it does not say is torch's default, or the surface's start;
 * what it says wrongly counts as not said.
 * @param {URLSearchParams} address @returns {State}
 */
export function stateFrom(address) {
  const f = known(SURFACES, address.get("f"), "valley");
  const [x, y] = SURFACES[f].start;
  const runs = [runFrom(address, "", "sgd")];
  if (address.has(`${SECOND}opt`)) runs.push(runFrom(address, SECOND, "momentum"));
  const steps = Math.round(number(address, "steps") ?? 100);
  return {
    f,
    x: number(address, "x") ?? x,
    y: number(address, "y") ?? y,
    steps: Math.min(Math.max(steps, 1), MOST_STEPS),
    runs,
  };
}

/** @param {URLSearchParams} address @param {string} before @param {string} otherwise @returns {Run} */
function runFrom(address, before, otherwise) {
  const opt = known(OPTIMIZERS, address.get(`${before}opt`), otherwise);
  /** @type {Partial<Settings>} */
  const said = {};
  for (const name of NAMES) {
    const value = number(address, before + name);
    if (value !== undefined && value >= 0 && name in OPTIMIZERS[opt].defaults) said[name] = value;
  }
  return { opt, said };
}

/** @param {object} table @param {string | null} name @param {string} otherwise */
function known(table, name, otherwise) {
  return name !== null && Object.hasOwn(table, name) ? name : otherwise;
}

/** @param {URLSearchParams} address @param {string} name */
function number(address, name) {
  const text = address.get(name)?.trim();
  const value = text ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Write a state as an address that gives it back. @param {State} state */
export function addressOf(state) {
  const address = new URLSearchParams({ f: state.f, opt: state.runs[0].opt });
  /** @param {Run} run @param {string} before */
  const settings = (run, before) => {
    for (const name of NAMES) {
      const value = run.said[name];
      if (value !== undefined) address.set(before + name, String(value));
    }
  };
  settings(state.runs[0], "");
  address.set("x", String(state.x));
  if (SURFACES[state.f].variables === 2) address.set("y", String(state.y));
  address.set("steps", String(state.steps));
  if (state.runs[1]) {
    address.set(`${SECOND}opt`, state.runs[1].opt);
    settings(state.runs[1], SECOND);
  }
  return address.toString();
}

// -- Python --------------------------------------------------------------------------------------

/** Write a number as Python reads it as a float. @param {number} value */
const float = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value));

/** Write the call that makes a run's optimizer. @param {Run} run */
export function pythonOptimizer(run) {
  const { torch, defaults } = OPTIMIZERS[run.opt];
  const all = settingsOf(run.opt, run.said);
  const own = torch === "SGD" ? { lr: 0.001, momentum: 0 } : defaults;
  const words = ["[v]", `lr=${float(all.lr)}`];
  /** @param {keyof Settings} name */
  const differs = (name) => name in defaults && all[name] !== own[/** @type {"lr"} */ (name)];
  for (const name of /** @type {const} */ (["momentum", "alpha", "eps", "weight_decay"])) {
    if (differs(name)) words.push(`${name}=${float(all[name])}`);
  }
  if (differs("beta1") || differs("beta2")) {
    words.push(`betas=(${float(all.beta1)}, ${float(all.beta2)})`);
  }
  if (run.opt === "nesterov") words.push("nesterov=True");
  return `torch.optim.${torch}(${words.join(", ")})`;
}

/** Write the Python that gives the same path. @param {State} state @param {Run} run */
export function pythonOf(state, run) {
  const { python, variables } = SURFACES[state.f];
  const start = variables === 1 ? [state.x] : [state.x, state.y];
  return [
    ...(state.f === "steep" ? ["import math", ""] : []),
    "import torch",
    "",
    "",
    "def f(v):",
    variables === 1 ? "    (x,) = v" : "    x, y = v",
    ...python.map((line) => `    ${line}`),
    "",
    "",
    `v = torch.tensor([${start.map(float).join(", ")}], dtype=torch.float64, requires_grad=True)`,
    `optimizer = ${pythonOptimizer(run)}`,
    `for step in range(${state.steps + 1}):`,
    "    value = f(v)",
    "    print(step, *v.tolist(), value.item())",
    "    optimizer.zero_grad()",
    "    value.backward()",
    "    optimizer.step()",
    "",
  ].join("\n");
}
