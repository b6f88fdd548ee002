import whole, { later } from "./whole.cjs";
console.log(Object.keys(whole).join(), await later(), (await whole.loaded()).value);
try {
  await import("./broken.cjs");
} catch (error) {
  console.log(error.name, error.message);
}
