// Seven optimizers of torch.optim, for two variables, with torch's own defaults and formulas.

/**
 * @typedef {{lr: number, momentum: number, alpha: number, beta1: number, beta2: number, eps: number, weight_decay: number}} Settings
 * @typedef {[number, number]} Pair
 * @typedef {(position: Pair, gradient: Pair) => Pair} Step
 *
 * @typedef {object} Optimizer
 * @property {string} title
 * @property {string} torch The class in torch.optim.
 * @property {Partial<Settings>} defaults What it can be told, and torch's value for it.
 * @property {(settings: Settings) => Step} start Give a step that remembers what the optimizer does.
 */

/** @param {(i: 0 | 1) => number} entry @returns {Pair} */
const both = (entry) => [entry(0), entry(1)];

/** @param {boolean} nesterov @returns {(settings: Settings) => Step} */
const sgd = (nesterov) => ({ lr, momentum }) => {
  /** @type {Pair} */
  let velocity = [0, 0];
  return (position, gradient) => {
    velocity = both((i) => momentum * velocity[i] + gradient[i]);
    const way = nesterov ? both((i) => gradient[i] + momentum * velocity[i]) : velocity;
    return both((i) => position[i] - lr * way[i]);
  };
};

/** @param {boolean} decays @returns {(settings: Settings) => Step} */
const adam = (decays) => ({ lr, beta1, beta2, eps, weight_decay }) => {
  /** @type {Pair} */
  let mean = [0, 0];
  /** @type {Pair} */
  let square = [0, 0];
  let count = 0;
  return (position, gradient) => {
    count += 1;
    mean = both((i) => mean[i] + (1 - beta1) * (gradient[i] - mean[i]));
    square = both((i) => beta2 * square[i] + (1 - beta2) * gradient[i] ** 2);
    const size = lr / (1 - beta1 ** count);
    const root = Math.sqrt(1 - beta2 ** count);
    const shrink = decays ? 1 - lr * weight_decay : 1;
    return both((i) => shrink * position[i] - (size * mean[i]) / (Math.sqrt(square[i]) / root + eps));
  };
};

/** @type {Record<string, Optimizer>} */
export const OPTIMIZERS = {
  sgd: {
    title: "Gradient descent",
    torch: "SGD",
    defaults: { lr: 0.001, momentum: 0 },
    start: sgd(false),
  },
  momentum: {
    title: "Momentum",
    torch: "SGD",
    defaults: { lr: 0.001, momentum: 0.9 },
    start: sgd(false),
  },
  nesterov: {
    title: "Nesterov",
    torch: "SGD",
    defaults: { lr: 0.001, momentum: 0.9 },
    start: sgd(true),
  },
  rmsprop: {
    title: "RMSprop",
    torch: "RMSprop",
    defaults: { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0 },
    start: ({ lr, alpha, eps, momentum }) => {
      /** @type {Pair} */
      let square = [0, 0];
      /** @type {Pair} */
      let velocity = [0, 0];
      return (position, gradient) => {
        square = both((i) => alpha * square[i] + (1 - alpha) * gradient[i] ** 2);
        velocity = both((i) => momentum * velocity[i] + gradient[i] / (Math.sqrt(square[i]) + eps));
        return both((i) => position[i] - lr * velocity[i]);
      };
    },
  },
  adagrad: {
    title: "Adagrad",
    torch: "Adagrad",
    defaults: { lr: 0.01, eps: 1e-10 },
    start: ({ lr, eps }) => {
      /** @type {Pair} */
      let sum = [0, 0];
      return (position, gradient) => {
        sum = both((i) => sum[i] + gradient[i] ** 2);
        return both((i) => position[i] - (lr * gradient[i]) / (Math.sqrt(sum[i]) + eps));
      };
    },
  },
  adam: {
    title: "Adam",
    torch: "Adam",
    defaults: { lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
    start: adam(false),
  },
  adamw: {
    title: "AdamW",
    torch: "AdamW",
    defaults: { lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 },
    start: adam(true),
  },
};

/**
 * Give all settings of an optimizer: what was said, and torch's defaults for the rest.
 * @param {string} name @param {Partial<Settings>} said @returns {Settings}
 */
export function settingsOf(name, said) {
  const none = { lr: 0, momentum: 0, alpha: 0, beta1: 0, beta2: 0, eps: 0, weight_decay: 0 };
  return { ...none, ...OPTIMIZERS[name].defaults, ...said };
}
