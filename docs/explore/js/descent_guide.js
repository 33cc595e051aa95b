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
      "Gradient descent walks downhill: each step is the learning rate times the slope. With the rate 0.1 the path "
      + "walks to the lowest point. What will it do with 0.9, nine times as much?",
    before: parabola(0.1),
    options: [
      { text: "Arrive nine times as soon", right: false },
      { text: "Jump from side to side, and arrive", right: true },
      { text: "Fly away", right: false },
    ],
    after: parabola(0.9),
    because:
      "The slope here is 2 times the distance to the lowest point, so a step leaves 1 − 0.9 · 2 = −0.8 of it. The "
      + "minus jumps to the other side; 0.8 still shrinks. The rate 0.1 left +0.8, so neither is faster.",
  },
  {
    text: "Which rate is the largest that still arrives? Set the rate first; the path is hidden until you press Run.",
    before: parabola(0.5),
    options: [],
  },
  {
    text:
      "Now two variables, seen from above: each ring joins points of equal height. The valley is steep across and "
      + "flat along. The limit of a function depends on its steepest direction: here it is 0.0216, and this path has "
      + "the rate 0.02. In which direction will 0.0224 fly off?",
    before: valley(0.02),
    options: [
      { text: "Along the floor of the valley", right: false },
      { text: "Across, from wall to wall", right: true },
      { text: "In both directions alike", right: false },
    ],
    after: valley(0.0224),
    because:
      "Across, the slope is 92.4 times the distance, not 2 times as on the parabola. A step leaves "
      + "1 − 0.0224 · 92.4 = −1.07 of it, so each jump lands higher than the one before. Along the floor 0.83 is left: "
      + "that way it arrives.",
  },
  {
    text:
      "A valley a thousand times as steep across as along. Gradient descent, the steps that you have seen, creeps here even "
      + "close to its largest rate. Now the same rate with momentum 0.9: each step keeps nine tenths of the one "
      + "before. Which is closer after 100 steps?",
    before: long([0]),
    options: [
      { text: "Gradient descent: momentum overshoots", right: false },
      { text: "Momentum", right: true },
      { text: "Neither: the rate is the same", right: false },
    ],
    after: long([0, 0.9]),
    because:
      "Across the valley each jump lands on the other wall, so the slopes point there and back, and cancel. Along it "
      + "they agree and add up, to 1/(1 − 0.9) = 10 times one of them: as if the rate were ten times as large, but "
      + "only along the valley.",
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
  const says = `A step leaves 1 − ${lr} · 2 = ${String(Number(factor.toPrecision(3))).replace("-", "−")} of the distance`;
  if (lr === limit) return { done: true, text: `You have found the limit itself. ${says}, so it hops for ever; every rate below it arrives.` };
  if (fateOf(state, run, pathOf(state, run)) === "flies") {
    return { done: false, text: `${says}: more than there was, so the path flies away. That rate is too large. Try a smaller one.` };
  }
  if (lr >= 0.9 * limit) {
    return { done: true, text: `${says}: less than there was, so it arrives in the end. You are just below the limit, ${limit}, which leaves −1.` };
  }
  return { done: false, text: `${says}: less than there was, so it arrives. Is there a larger one that does?` };
}
