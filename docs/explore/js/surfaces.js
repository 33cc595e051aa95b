// The surfaces on which a descent can be tried: value, gradient, and what is known of each.

/**
 * @typedef {object} Surface
 * @property {string} title What the reader chooses by.
 * @property {string} formula The function, in signs.
 * @property {string[]} python Its lines of Python, with `x` and `y` at hand and `v` for both.
 * @property {1 | 2} variables How many variables it has; with one, `y` does not count.
 * @property {[number, number]} start Where a descent begins if nothing else is said.
 * @property {[number, number]} xlim What is drawn.
 * @property {[number, number]} ylim What is drawn; for a curve, of its values.
 * @property {boolean} log Whether the contours are spaced by factors.
 * @property {number} [least] The lowest contour, as a share of the greatest value; deeper ones would be thinner than a line.
 * @property {[number, number][]} minima Its lowest points, of all valleys.
 * @property {[number, number] | null} curvatures The smallest and the largest second derivative, where they are the same everywhere.
 * @property {(x: number, y: number) => number} value
 * @property {(x: number, y: number) => [number, number]} gradient
 */

// The long valley of lesson 3.3 is turned by this angle, and its lowest point is at (3, 1).
const TURN = 0.5;
const COS = Math.cos(TURN);
const SIN = Math.sin(TURN);

/** @type {Record<string, Surface>} */
export const SURFACES = {
  line: {
    title: "Parabola, one variable",
    formula: "(x − 2)²",
    python: ["return (x - 2) ** 2"],
    variables: 1,
    start: [-4, 0],
    xlim: [-8, 12],
    ylim: [-8, 100],
    log: false,
    minima: [[2, 0]],
    curvatures: [2, 2],
    value: (x) => (x - 2) ** 2,
    gradient: (x) => [2 * (x - 2), 0],
  },
  bowl: {
    title: "Round bowl",
    formula: "10 (x² + y²)",
    python: ["return 10 * (x**2 + y**2)"],
    variables: 2,
    start: [8, 6],
    xlim: [-12, 12],
    ylim: [-9, 9],
    log: true,
    minima: [[0, 0]],
    curvatures: [20, 20],
    value: (x, y) => 10 * (x ** 2 + y ** 2),
    gradient: (x, y) => [20 * x, 20 * y],
  },
  valley: {
    title: "Skewed valley",
    formula: "10 (x² − 3xy + 4y²)",
    python: ["return 10 * (x**2 - 3 * x * y + 4 * y**2)"],
    variables: 2,
    start: [8, 8],
    xlim: [-12, 12],
    ylim: [-8, 10],
    log: true,
    minima: [[0, 0]],
    curvatures: [10 * (5 - Math.sqrt(18)), 10 * (5 + Math.sqrt(18))],
    value: (x, y) => 10 * (x ** 2 - 3 * x * y + 4 * y ** 2),
    gradient: (x, y) => [10 * (2 * x - 3 * y), 10 * (8 * y - 3 * x)],
  },
  steep: {
    title: "Long valley, condition 1000",
    formula: "(a² + 1000 c²)/2, a along the valley and c across it",
    python: [
      "a = (x - 3) * math.cos(0.5) + (y - 1) * math.sin(0.5)",
      "c = (y - 1) * math.cos(0.5) - (x - 3) * math.sin(0.5)",
      "return (a**2 + 1000 * c**2) / 2",
    ],
    variables: 2,
    start: [-2, -1.5],
    xlim: [-4, 8],
    ylim: [-4.5, 4.5],
    log: true,
    least: 1e-3,
    minima: [[3, 1]],
    curvatures: [1, 1000],
    value: (x, y) => {
      const along = (x - 3) * COS + (y - 1) * SIN;
      const across = (y - 1) * COS - (x - 3) * SIN;
      return (along ** 2 + 1000 * across ** 2) / 2;
    },
    gradient: (x, y) => {
      const along = (x - 3) * COS + (y - 1) * SIN;
      const across = 1000 * ((y - 1) * COS - (x - 3) * SIN);
      return [along * COS - across * SIN, along * SIN + across * COS];
    },
  },
  two_valleys: {
    title: "Two valleys, one variable",
    formula: "x⁴/4 − x² + x/4",
    python: ["return x**4 / 4 - x**2 + x / 4"],
    variables: 1,
    start: [2, 0],
    xlim: [-2.6, 2.6],
    ylim: [-2, 5],
    log: false,
    // The roots of x³ − 2x + 1/4, the outer two of which are valleys.
    minima: [[-1.4728299256, 0], [1.3461116826, 0]],
    curvatures: null,
    value: (x) => x ** 4 / 4 - x ** 2 + x / 4,
    gradient: (x) => [x ** 3 - 2 * x + 0.25, 0],
  },
  rosenbrock: {
    title: "Rosenbrock",
    formula: "(1 − x)² + 100 (y − x²)²",
    python: ["return (1 - x) ** 2 + 100 * (y - x**2) ** 2"],
    variables: 2,
    start: [-1.5, 2],
    xlim: [-2.2, 2.2],
    ylim: [-0.6, 2.7],
    log: true,
    minima: [[1, 1]],
    curvatures: null,
    value: (x, y) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
    gradient: (x, y) => [-2 * (1 - x) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)],
  },
  himmelblau: {
    title: "Himmelblau, four minima",
    formula: "(x² + y − 11)² + (x + y² − 7)²",
    python: ["return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2"],
    variables: 2,
    start: [0, 0],
    xlim: [-6.4, 6.4],
    ylim: [-4.8, 4.8],
    log: true,
    minima: [[3, 2], [-2.805118087, 3.131312518], [-3.77931025, -3.28318599], [3.584428340, -1.848126527]],
    curvatures: null,
    value: (x, y) => (x ** 2 + y - 11) ** 2 + (x + y ** 2 - 7) ** 2,
    gradient: (x, y) => {
      const first = x ** 2 + y - 11;
      const second = x + y ** 2 - 7;
      return [4 * x * first + 2 * second, 2 * first + 4 * y * second];
    },
  },
  beale: {
    title: "Beale",
    formula: "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
    python: ["return sum((c - x + x * y**k) ** 2 for k, c in enumerate((1.5, 2.25, 2.625), 1))"],
    variables: 2,
    start: [1, 1],
    xlim: [-4.4, 4.4],
    ylim: [-3.3, 3.3],
    log: true,
    minima: [[3, 0.5]],
    curvatures: null,
    value: (x, y) =>
      (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2,
    gradient: (x, y) => {
      const one = 1.5 - x + x * y;
      const two = 2.25 - x + x * y ** 2;
      const three = 2.625 - x + x * y ** 3;
      return [
        2 * (one * (y - 1) + two * (y ** 2 - 1) + three * (y ** 3 - 1)),
        2 * x * (one + 2 * two * y + 3 * three * y ** 2),
      ];
    },
  },
  saddle: {
    title: "Saddle",
    formula: "x² − y²",
    python: ["return x**2 - y**2"],
    variables: 2,
    start: [3, 0.01],
    xlim: [-4, 4],
    ylim: [-3, 3],
    log: false,
    minima: [],
    curvatures: null, // one is negative: no rate makes the descent arrive
    value: (x, y) => x ** 2 - y ** 2,
    gradient: (x, y) => [2 * x, -2 * y],
  },
};
