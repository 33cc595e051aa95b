// The two networks of lesson 5.7 as it left them, read from characters.

import { SIDE } from "./digit_strokes.js";

/**
 * @typedef {{rows: number, columns: number, width: number, weights: string, scales: number[], bias: number[]}} PackedLayer
 * @typedef {{rows: number, columns: number, weights: Float32Array, bias: number[]}} Layer
 * @typedef {{logits: Float64Array, activity: Float64Array[]}} Answer What comes out, and what came after each hidden layer.
 *
 * @typedef {object} DigitData What the build writes.
 * @property {number} mean @property {number} std
 * @property {number[]} lit The pixels that the dense network has weights for: those that were not always black.
 * @property {Record<"hidden" | "output" | "conv1" | "conv2" | "read", PackedLayer>} layers
 * @property {{images: number, dense: [number, number], conv: [number, number]}} right Test images read right: as trained, and with these weights.
 * @property {{pixels: string, label: number, dense: number, conv: number}[]} examples
 * @property {{dense: number[], conv: number[]}} fails Places in the list of examples.
 */

const LOWEST = 35; // the first character; the backslash, 92, is left out
const BASE = 91;

/** Read the weights of a layer. @param {PackedLayer} packed @returns {Layer} */
export function unpack({ rows, columns, width, weights, scales, bias }) {
  const values = new Float32Array(rows * columns);
  const middle = (BASE ** width - 1) / 2;
  for (let i = 0; i < values.length; i += 1) {
    let level = 0;
    for (let k = width * i; k < width * (i + 1); k += 1) level = BASE * level + numberAt(weights, k);
    values[i] = (level - middle) * scales[Math.floor(i / columns)];
  }
  return { rows, columns, weights: values, bias };
}

/** Read what a character stands for. @param {string} text @param {number} at */
function numberAt(text, at) {
  const code = text.charCodeAt(at);
  return code - LOWEST - (code > 92 ? 1 : 0);
}

/** Read an image, one character a pixel. @param {string} text */
export const shades = (text) => new Float64Array(SIDE * SIDE).map((_, i) => numberAt(text, i) / (BASE - 1));

/** @param {Layer} layer @param {Float64Array} x */
function linear({ rows, columns, weights, bias }, x) {
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1) {
    let sum = bias[i];
    for (let j = 0; j < columns; j += 1) sum += weights[i * columns + j] * x[j];
    y[i] = sum;
  }
  return y;
}

/** @param {Float64Array} x */
const relu = (x) => x.map((value) => (value > 0 ? value : 0));

/**
 * A convolution with stride 2, on square images.
 * @param {Layer} layer @param {Float64Array} x @param {number} side Of the input.
 * @param {number} kernel @param {number} padding
 */
function convolution({ rows, columns, weights, bias }, x, side, kernel, padding) {
  const half = side / 2;
  const channels = columns / (kernel * kernel);
  const y = new Float64Array(rows * half * half);
  for (let out = 0; out < rows; out += 1) {
    for (let i = 0; i < half; i += 1) {
      for (let j = 0; j < half; j += 1) {
        let sum = bias[out];
        for (let c = 0; c < channels; c += 1) {
          for (let u = 0; u < kernel; u += 1) {
            const row = 2 * i + u - padding;
            if (row < 0 || row >= side) continue;
            for (let v = 0; v < kernel; v += 1) {
              const column = 2 * j + v - padding;
              if (column < 0 || column >= side) continue;
              sum += weights[out * columns + (c * kernel + u) * kernel + v] * x[(c * side + row) * side + column];
            }
          }
        }
        y[(out * half + i) * half + j] = sum;
      }
    }
  }
  return y;
}

/** Make both networks. @param {DigitData} data */
export function networks({ mean, std, lit, layers }) {
  const [hidden, output, conv1, conv2, read] =
    [layers.hidden, layers.output, layers.conv1, layers.conv2, layers.read].map(unpack);
  const normal = (/** @type {Float64Array} */ image) => image.map((shade) => (shade - mean) / std);
  return {
    /** @param {Float64Array} image @returns {Answer} */
    dense(image) {
      const x = normal(image);
      const inner = relu(linear(hidden, Float64Array.from(lit, (pixel) => x[pixel])));
      return { logits: linear(output, inner), activity: [inner] };
    },
    /** @param {Float64Array} image @returns {Answer} */
    conv(image) {
      const first = relu(convolution(conv1, normal(image), SIDE, 5, 2));
      const second = relu(convolution(conv2, first, SIDE / 2, 3, 1));
      return { logits: linear(read, second), activity: [first, second] };
    },
  };
}

/** Make probabilities of outputs. @param {Float64Array} logits */
export function softmax(logits) {
  const top = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp(logit - top));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

/** @param {Float64Array} of */
export const largest = (of) => of.indexOf(Math.max(...of));
