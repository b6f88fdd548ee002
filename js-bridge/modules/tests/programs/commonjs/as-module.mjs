const inner = "the module"; export { inner as "module.exports" }; export default 1;
