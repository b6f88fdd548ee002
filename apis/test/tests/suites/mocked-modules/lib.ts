export let answer = () => "own";
export const other = "other";
export default "default";
