export const a1 = null, b1 = 2; export default 1; export type Q = 1;
