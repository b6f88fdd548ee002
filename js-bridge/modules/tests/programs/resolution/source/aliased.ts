export default "aliased";
