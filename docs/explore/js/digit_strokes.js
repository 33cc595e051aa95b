// From strokes of a pen to an image like MNIST's: 28 pixels a side, the digit in a box of 20, its
// centre of mass in the middle.

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {Point[]} Stroke
 */

export const SIDE = 28;
const BOX = 20;
// The mean of MNIST's training images is 0.131 of white: a pen of this width gives strokes as heavy.
export const PEN = 2.4;

/** Give the distance of a point from a segment. @param {number} x @param {number} y @param {Point} a @param {Point} b */
function distance(x, y, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(Math.max(((x - a.x) * dx + (y - a.y) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}

/**
 * Draw strokes with a round pen, with soft edges.
 * @param {Stroke[]} strokes In pixels of the image. @param {number} pen
 */
export function ink(strokes, pen) {
  const pixels = new Float64Array(SIDE * SIDE);
  const reach = pen / 2 + 0.5;
  for (const stroke of strokes) {
    for (let k = 0; k < Math.max(stroke.length - 1, 1); k += 1) {
      const [a, b] = [stroke[k], stroke[k + 1] ?? stroke[k]];
      const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
      const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
      for (let i = Math.max(0, Math.floor(top - reach)); i <= Math.min(SIDE - 1, bottom + reach); i += 1) {
        for (let j = Math.max(0, Math.floor(left - reach)); j <= Math.min(SIDE - 1, right + reach); j += 1) {
          const shade = Math.min(Math.max(reach - distance(j + 0.5, i + 0.5, a, b), 0), 1);
          if (shade > pixels[SIDE * i + j]) pixels[SIDE * i + j] = shade;
        }
      }
    }
  }
  return pixels;
}

/** Give the centre of mass of an image. @param {Float64Array} pixels @returns {Point} */
export function centre(pixels) {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((shade, at) => {
    mass += shade;
    x += shade * ((at % SIDE) + 0.5);
    y += shade * (Math.floor(at / SIDE) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}

/**
 * Make the image that the networks see: scale the strokes so that they fill a box of 20, draw them with
 * one pen, whatever theirs was, and move the centre of mass to the middle.
 * @param {Stroke[]} strokes In any unit.
 * @returns {Float64Array | null} 784 shades from 0 to 1; null if nothing was drawn.
 */
export function imageOf(strokes) {
  const points = strokes.flat();
  if (!points.length) return null;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = (BOX - PEN) / Math.max(right - left, bottom - top, 1e-9);
  const factor = points.length > 1 && Number.isFinite(scale) && scale < 1e6 ? scale : 0;
  const place = (/** @type {number} */ dx, /** @type {number} */ dy) => strokes.map((stroke) => stroke.map(({ x, y }) => ({
    x: SIDE / 2 + (x - (left + right) / 2) * factor + dx,
    y: SIDE / 2 + (y - (top + bottom) / 2) * factor + dy,
  })));
  const middle = centre(ink(place(0, 0), PEN));
  return ink(place(SIDE / 2 - middle.x, SIDE / 2 - middle.y), PEN);
}
