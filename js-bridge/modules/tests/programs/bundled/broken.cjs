// @bun @bun-cjs
console.log("has no wrapper");
