export default "from TypeScript";
