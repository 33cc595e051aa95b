// Fetch the typefaces of a page beside its style sheet. From disk a browser lets no page do that.
if (location.protocol !== "file:") {
  for (const href of document.currentScript.dataset.fonts.split(" ")) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href });
    document.head.append(link);
  }
}
