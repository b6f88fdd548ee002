import x from "./nothing.js"; module.exports = x;
