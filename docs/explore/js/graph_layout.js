// Where the boxes of a graph stand: in layers from the inputs down, with few crossings.

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number}} Point
 * @typedef {{boxes: Point[], ways: Point[][][], width: number, height: number}} Layout
 * Middle points of the boxes; for each box and each of its inputs the points between; the size of all.
 */

const GAP_X = 26;
const GAP_Y = 46;
const MARGIN = 12;

/**
 * Place boxes. Each is one layer below its lowest input; an input stands just above its first use.
 * @param {number[][]} inputs For each box those that it takes, which come before it.
 * @param {Size[]} sizes
 * @returns {Layout}
 */
export function layout(inputs, sizes) {
  const { links, layers, stops } = withStops(inputs, layersOf(inputs));
  const all = links.map((_, i) => sizes[i] ?? { width: 8, height: 0 });
  const rows = orderRows(links, layers);
  const x = placeInRows(links, rows, all);
  /** @type {number[]} */
  const tops = [];
  let y = MARGIN;
  for (const row of rows) {
    const height = Math.max(...row.map((i) => sizes[i]?.height ?? 0));
    tops.push(y + height / 2);
    y += height + GAP_Y;
  }
  const left = Math.min(...all.map((size, i) => x[i] - size.width / 2));
  const points = links.map((_, i) => ({ x: x[i] - left + MARGIN, y: tops[layers[i]] }));
  const width = Math.max(...points.map((point, i) => point.x + all[i].width / 2)) + MARGIN;
  const ways = stops.map((of) => of.map((chain) => chain.map((i) => points[i])));
  return { boxes: points.slice(0, sizes.length), ways, width, height: y - GAP_Y + MARGIN };
}

/**
 * Put a stop into each layer that an arrow crosses, so that it has room of its own there.
 * @param {number[][]} inputs @param {number[]} of The layer of each box.
 */
function withStops(inputs, of) {
  const layers = [...of];
  const links = inputs.map((from) => [...from]);
  const stops = inputs.map((from, i) => from.map((source, position) => {
    /** @type {number[]} */
    const chain = [];
    let last = source;
    for (let layer = of[source] + 1; layer < of[i]; layer += 1) {
      layers.push(layer);
      last = links.push([last]) - 1;
      chain.push(last);
    }
    links[i][position] = last;
    return chain;
  }));
  return { links, layers, stops };
}

/** Give the layer of each box. @param {number[][]} inputs */
export function layersOf(inputs) {
  /** @type {number[]} */
  const layers = [];
  inputs.forEach((of, i) => { layers[i] = of.length ? 1 + Math.max(...of.map((j) => layers[j])) : 0; });
  inputs.forEach((of, i) => {
    if (of.length) return;
    const uses = inputs.flatMap((others, j) => (others.includes(i) ? [layers[j]] : []));
    if (uses.length) layers[i] = Math.min(...uses) - 1;
  });
  return layers;
}

/** Put the boxes of each layer in an order by the means of their neighbours. @param {number[][]} inputs @param {number[]} layers */
function orderRows(inputs, layers) {
  /** @type {number[][]} */
  const rows = Array.from({ length: Math.max(...layers) + 1 }, () => []);
  layers.forEach((layer, i) => rows[layer].push(i));
  const users = inputs.map((_, i) => inputs.flatMap((of, j) => (of.includes(i) ? [j] : [])));
  const place = inputs.map(() => 0);
  rows.forEach((row) => row.forEach((i, k) => { place[i] = k - row.length / 2; }));
  for (let round = 0; round < 8; round += 1) {
    const neighbours = round % 2 ? inputs : users;
    const order = round % 2 ? rows : [...rows].reverse();
    for (const row of order) {
      /** @type {Map<number, number>} */
      const means = new Map(row.map((i) => {
        const of = neighbours[i];
        // The first operand stands left of the second.
        const shift = users[i].length ? inputs[users[i][0]].indexOf(i) * 0.4 : 0;
        return [i, of.length ? of.reduce((sum, j) => sum + place[j], 0) / of.length + (round % 2 ? 0 : shift) : place[i]];
      }));
      row.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
      row.forEach((i, k) => { place[i] = k - row.length / 2; });
    }
  }
  return rows;
}

/** Move boxes towards their neighbours, without touching. @param {number[][]} inputs @param {number[][]} rows @param {Size[]} sizes */
function placeInRows(inputs, rows, sizes) {
  const users = inputs.map((_, i) => inputs.flatMap((of, j) => (of.includes(i) ? [j] : [])));
  const x = inputs.map(() => 0);
  for (const row of rows) {
    let at = 0;
    for (const i of row) { x[i] = at + sizes[i].width / 2; at += sizes[i].width + GAP_X; }
  }
  for (let round = 0; round < 40; round += 1) {
    for (const row of round % 2 ? rows : [...rows].reverse()) {
      const wanted = row.map((i) => {
        const of = [...inputs[i], ...users[i]];
        return of.length ? of.reduce((sum, j) => sum + x[j], 0) / of.length : x[i];
      });
      row.forEach((i, k) => { x[i] = (x[i] + wanted[k]) / 2; });
      for (let k = 1; k < row.length; k += 1) {
        const [a, b] = [row[k - 1], row[k]];
        const room = (sizes[a].width + sizes[b].width) / 2 + GAP_X - (x[b] - x[a]);
        if (room > 0) { for (let m = 0; m < k; m += 1) x[row[m]] -= room / 2; for (let m = k; m < row.length; m += 1) x[row[m]] += room / 2; }
      }
    }
  }
  return x;
}
