// Expressions: signs, a parser of our own, and the graph of single operations. Nothing is evaluated
// by the browser's language; an error knows the place of the character that it is about.

/**
 * @typedef {{kind: "number" | "name" | "sign", text: string, at: number}} Token
 * @typedef {{op: string, inputs: number[], name: string, value: number, constant: boolean, at: number}} Vertex
 * An operation, a named number or a constant; its inputs are places in the list of all.
 * @typedef {{vertices: Vertex[], names: string[]}} Graph The result is the last vertex.
 */

/** An error in an expression, at one of its characters. */
export class ExpressionError extends Error {
  /** @param {string} message @param {number} at */
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

export const LONGEST = 300; // characters of an expression
const MOST = 60; // operations, so that the drawing can be read
const DEEPEST = 60;
export const FUNCTIONS = ["exp", "log", "tanh", "relu", "sigmoid"];
/** @type {Record<string, string>} */
const ALIKE = { "×": "*", "·": "*", "÷": "/", "−": "-", "^": "**" };

/** Cut a text into tokens. @param {string} text @returns {Token[]} */
export function tokensOf(text) {
  if (text.length > LONGEST) throw new ExpressionError(`That is longer than ${LONGEST} characters.`, LONGEST);
  const pattern = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/()×·÷−^]))/y;
  const tokens = [];
  while (pattern.lastIndex < text.trimEnd().length) {
    const from = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) {
      const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
      throw new ExpressionError(`“${text[at]}” is no sign that I know.`, at);
    }
    const [, number, name, sign] = found;
    const written = number ?? name ?? sign;
    const at = pattern.lastIndex - written.length;
    /** @type {Token} */
    const token = number !== undefined
      ? { kind: "number", text: number, at }
      : name !== undefined ? { kind: "name", text: name, at } : { kind: "sign", text: ALIKE[sign] ?? sign, at };
    tokens.push(token);
  }
  return tokens;
}

/**
 * Read an expression into a graph, operands before their operations. A name is one vertex, however
 * often it stands there. The order of the signs is Python's: `**` binds first, from the right, then a
 * minus in front, then `*` and `/`, then `+` and `-`.
 * @param {string} text @returns {Graph}
 */
export function parse(text) {
  const tokens = tokensOf(text);
  /** @type {Vertex[]} */
  const vertices = [];
  /** @type {Map<string, number>} */
  const places = new Map();
  let next = 0;
  let depth = 0;
  const end = text.trimEnd().length;

  /** @param {string} sign */
  const take = (sign) => tokens[next]?.kind === "sign" && tokens[next].text === sign && Boolean((next += 1));
  /** @param {string} wanted @returns {never} */
  const miss = (wanted) => {
    const token = tokens[next];
    throw token
      ? new ExpressionError(`${wanted}, not “${token.text}”.`, token.at)
      : new ExpressionError(`${wanted}, but the expression ends.`, end);
  };
  /** @param {string} op @param {number[]} inputs @param {number} at */
  const add = (op, inputs, at) => {
    const operations = vertices.filter(({ inputs: of }) => of.length).length;
    if (operations >= MOST) throw new ExpressionError(`That is more than ${MOST} operations.`, at);
    const constant = inputs.every((i) => vertices[i].constant);
    return vertices.push({ op, inputs, name: "", value: NaN, constant, at }) - 1;
  };
  /** @param {() => number} read */
  const deeper = (read) => {
    depth += 1;
    if (depth > DEEPEST) throw new ExpressionError("That is nested too deeply.", tokens[next]?.at ?? end);
    const made = read();
    depth -= 1;
    return made;
  };

  /** @returns {number} */
  function sum() {
    let left = product();
    for (;;) {
      const at = tokens[next]?.at ?? end;
      if (take("+")) left = add("add", [left, product()], at);
      else if (take("-")) left = add("sub", [left, product()], at);
      else return left;
    }
  }
  /** @returns {number} */
  function product() {
    let left = signed();
    for (;;) {
      const at = tokens[next]?.at ?? end;
      if (take("*")) left = add("mul", [left, signed()], at);
      else if (take("/")) left = add("div", [left, signed()], at);
      else return left;
    }
  }
  /** @returns {number} */
  function signed() {
    const at = tokens[next]?.at ?? end;
    if (take("+")) return deeper(signed);
    if (!take("-")) return power();
    const inner = deeper(signed);
    if (!isNumber(vertices[inner]) || inner !== vertices.length - 1) return add("neg", [inner], at);
    vertices[inner].value = -vertices[inner].value; // -2 is a number, not an operation
    return inner;
  }
  /** @returns {number} */
  function power() {
    const base = atom();
    const at = tokens[next]?.at ?? end;
    return take("**") ? add("pow", [base, deeper(signed)], at) : base;
  }
  /** @returns {number} */
  function atom() {
    const token = tokens[next];
    if (!token) return miss("A number, a name or “(” should come here");
    next += 1;
    if (token.kind === "number") {
      const value = Number(token.text);
      if (!Number.isFinite(value)) throw new ExpressionError("That number is too large.", token.at);
      return vertices.push({ op: "", inputs: [], name: "", value, constant: true, at: token.at }) - 1;
    }
    if (token.kind === "name" && FUNCTIONS.includes(token.text)) {
      if (!take("(")) miss(`“(” should follow ${token.text}`);
      const inner = deeper(sum);
      if (!take(")")) miss("A sign or “)” should come here");
      return add(token.text, [inner], token.at);
    }
    if (token.kind === "name") {
      const after = tokens[next];
      if (after?.text === "(") {
        throw new ExpressionError(`I know no function ${token.text}; there are ${FUNCTIONS.join(", ")}.`, token.at);
      }
      let place = places.get(token.text);
      if (place === undefined) {
        place = vertices.push({ op: "", inputs: [], name: token.text, value: NaN, constant: false, at: token.at }) - 1;
        places.set(token.text, place);
      }
      return place;
    }
    if (token.text === "(") {
      const inner = deeper(sum);
      if (!take(")")) miss("A sign or “)” should come here");
      return inner;
    }
    next -= 1;
    return miss("A number, a name or “(” should come here");
  }

  if (!tokens.length) throw new ExpressionError("Type an expression.", 0);
  const result = sum();
  if (next < tokens.length) miss("A sign or the end should come here");
  const names = [...places.keys()];
  if (!names.length) throw new ExpressionError("There is no named number, so nothing has a gradient.", 0);
  // A result that is no operation: the name itself.
  if (result !== vertices.length - 1) vertices.push({ op: "copy", inputs: [result], name: "", value: NaN, constant: false, at: 0 });
  return { vertices, names };
}

/** Whether a vertex is a number that was typed. @param {Vertex} vertex */
export const isNumber = ({ op, constant }) => op === "" && constant;
