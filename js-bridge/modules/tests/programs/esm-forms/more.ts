export const deep = "deep"; export default "not passed on";
