// Typeset formulas with KaTeX: JSON on stdin, JSON on stdout, then the process ends.
// In:  {"katex": folder of the npm package, "formulas": [[LaTeX, display?], …]}
// Out: [{"html": …} or {"error": …}, …] in the same order
"use strict";
const fs = require("node:fs");

const { katex: folder, formulas } = JSON.parse(fs.readFileSync(0, "utf8"));
const katex = require(folder);

const results = formulas.map(([latex, displayMode]) => {
  try {
    // `newLineInDisplayMode` only says that KaTeX, unlike LaTeX, breaks a line there.
    const strict = (code) => (code === "newLineInDisplayMode" ? "ignore" : "error");
    return { html: katex.renderToString(latex, { displayMode, throwOnError: true, strict }) };
  } catch (error) {
    return { error: String(error.message).replace(/^KaTeX parse error: /, "") };
  }
});
process.stdout.write(JSON.stringify(results));
