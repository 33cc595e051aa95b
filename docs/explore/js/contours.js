// Contour lines by marching squares, as one path of an SVG for each level.

/**
 * @typedef {(x: number, y: number) => number} Field
 * @typedef {{xlim: [number, number], ylim: [number, number]}} View
 */

/**
 * Choose levels between the least and the greatest value on a grid.
 * @param {number[]} values @param {boolean} log @param {number} count
 * @param {number} least The lowest of them, as a share of the greatest value.
 */
export function levelsOf(values, log, count, least) {
  const high = Math.max(...values);
  const low = log ? Math.max(Math.min(...values.filter((v) => v > 0)), high * least) : Math.min(...values);
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / (count + 1);
    return log ? low * (high / low) ** share : low + (high - low) * share;
  });
}

/**
 * Give the segments of the lines at which a field has a level, as the text of a path.
 * @param {number[][]} grid Values, row by row from the top. @param {number} level
 * @param {number} width @param {number} height
 */
export function contour(grid, level, width, height) {
  const rows = grid.length - 1;
  const columns = grid[0].length - 1;
  const parts = [];
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      const corners = [grid[i][j], grid[i][j + 1], grid[i + 1][j + 1], grid[i + 1][j]];
      const crossed = [];
      for (let side = 0; side < 4; side += 1) {
        const [a, b] = [corners[side], corners[(side + 1) % 4]];
        if (a < level === b < level) continue;
        const t = (level - a) / (b - a);
        const [x, y] = [[j + t, i], [j + 1, i + t], [j + 1 - t, i + 1], [j, i + 1 - t]][side];
        crossed.push(`${((x / columns) * width).toFixed(1)} ${((y / rows) * height).toFixed(1)}`);
      }
      for (let k = 0; k + 1 < crossed.length; k += 2) parts.push(`M${crossed[k]}L${crossed[k + 1]}`);
    }
  }
  return parts.join("");
}

/**
 * Give the paths of the contours of a field, from low to high.
 * @param {Field} f @param {View} view @param {boolean} log @param {number} width @param {number} height
 * @param {{num?: number, count?: number, least?: number}} [options]
 */
export function contours(f, view, log, width, height, { num = 90, count = 14, least = 1e-5 } = {}) {
  const at = (/** @type {[number, number]} */ [low, high], /** @type {number} */ share) => low + (high - low) * share;
  const grid = Array.from({ length: num + 1 }, (_, i) =>
    Array.from({ length: num + 1 }, (_, j) => f(at(view.xlim, j / num), at(view.ylim, 1 - i / num))));
  return levelsOf(grid.flat(), log, count, least).map((level) => contour(grid, level, width, height));
}
