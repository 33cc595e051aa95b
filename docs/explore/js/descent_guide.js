// The way that the descent explorer leads: five questions, each to be answered before anything moves.

import { fateOf, limitOf, pathOf } from "./descent.js";
import { settingsOf } from "./optimizers.js";

/**
 * @typedef {import("./descent.js").State} State
 * @typedef {{text: string, right: boolean}} Option
 *
 * @typedef {object} Question
 * @property {string} text What is asked.
 * @property {State} before What is shown meanwhile.
 * @property {Option[]} options What may be answered; without any, the reader sets the rate and runs.
 * @property {State} [after] What shows the answer.
 * @property {string} [because] The reason.
 */

/** @param {number} lr @returns {State} */
const parabola = (lr) => ({ f: "line", x: -4, y: 0, steps: 20, runs: [{ opt: "sgd", said: { lr } }] });
/** @param {number} lr @returns {State} */
const valley = (lr) => ({ f: "valley", x: 8, y: 8, steps: 40, runs: [{ opt: "sgd", said: { lr } }] });
/** @param {number[]} momenta @returns {State} */
const long = (momenta) => ({
  f: "steep",
  x: -2,
  y: -1.5,
  steps: 100,
  runs: momenta.map((momentum) =>
    momentum ? { opt: "momentum", said: { lr: 0.0019, momentum } } : { opt: "sgd", said: { lr: 0.0019 } }),
});

/** @type {Question[]} */
export const QUESTIONS = [
  {
    text:
      "Each step goes downhill: the rate times the slope. With the rate 0.1 the path walks to the lowest point. "
      + "What will it do with 0.9, nine times as much?",
    before: parabola(0.1),
    options: [
      { text: "Arrive nine times as soon", right: false },
      { text: "Jump from side to side, and arrive", right: true },
      { text: "Fly away", right: false },
    ],
    after: parabola(0.9),
    because:
      "A step multiplies the distance to the lowest point by 1 − 2 · 0.9 = −0.8. The minus jumps to the other "
      + "side; 0.8 still shrinks. The rate 0.1 gave +0.8, so neither is faster.",
  },
  {
    text: "Which rate is the largest that still arrives? Set the rate first; the path is hidden until you press Run.",
    before: parabola(0.5),
    options: [],
  },
  {
    text:
      "Now two variables, seen from above: each ring joins points of equal height. The valley is steep across and "
      + "flat along. The path has the rate 0.02; the limit is 0.0216. In which direction will 0.0224 fly off?",
    before: valley(0.02),
    options: [
      { text: "Along the floor of the valley", right: false },
      { text: "Across, from wall to wall", right: true },
      { text: "In both directions alike", right: false },
    ],
    after: valley(0.0224),
    because:
      "The steep direction sets the limit: across, a step multiplies the distance by 1 − 0.0224 · 92.4 = −1.07, "
      + "so each jump lands higher than the one before. Along the floor the factor is 0.83: that way it arrives.",
  },
  {
    text:
      "A valley a thousand times as steep across as along. Gradient descent creeps, close to its largest rate. "
      + "Now the same rate with momentum 0.9: each step keeps nine tenths of the one before. Which is closer after 100 steps?",
    before: long([0]),
    options: [
      { text: "Gradient descent: momentum overshoots", right: false },
      { text: "Momentum", right: true },
      { text: "Neither: the rate is the same", right: false },
    ],
    after: long([0, 0.9]),
    because:
      "Across the valley the slopes change their sign from step to step and cancel. Along it they agree and add "
      + "up, to 1/(1 − 0.9) = 10 times one of them: as if the rate were ten times as large, without its danger.",
  },
  {
    text: "If 0.9 is good, 0.99 keeps more. What will it do in the same 100 steps?",
    before: long([0, 0.9]),
    options: [
      { text: "Arrive sooner", right: false },
      { text: "Roll past the lowest point and back", right: true },
      { text: "Fly away", right: false },
    ],
    after: long([0.99, 0.9]), // 0.9 keeps its colour
    because: "It keeps so much of its speed that it has rolled past and is only now coming back. More memory is not better.",
  },
];

/**
 * Judge the rate that a reader has set for a question without options.
 * @param {State} state @returns {{done: boolean, text: string}}
 */
export function judgeRate(state) {
  const run = state.runs[0];
  const limit = limitOf(state.f, run);
  if (state.f !== "line" || state.runs.length > 1 || run.opt !== "sgd" || limit === null) {
    return { done: false, text: "Set the parabola and gradient descent, one run, for this question." };
  }
  const { lr } = settingsOf(run.opt, run.said);
  const factor = 1 - 2 * lr;
  const says = `Each step multiplies the distance by 1 − 2 · ${lr} = ${String(Number(factor.toPrecision(3))).replace("-", "−")}`;
  if (lr === limit) return { done: true, text: `${says}: it hops for ever. Exactly the limit! Anything below arrives.` };
  if (fateOf(state, run, pathOf(state, run)) === "flies") {
    return { done: false, text: `${says}: it grows, and the path flies away. That rate is too large. Try a smaller one.` };
  }
  if (lr >= 0.9 * limit) {
    return { done: true, text: `${says}: it shrinks, so it arrives, if slowly. You are just below the limit, ${limit}: there the factor is −1.` };
  }
  return { done: false, text: `${says}: it shrinks, and the path arrives. Is there a larger one that does?` };
}
