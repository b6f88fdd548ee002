import partner from "./cyclic.cjs"; export function cyclic() { return partner.answer(); } export const name = "cyclic";
