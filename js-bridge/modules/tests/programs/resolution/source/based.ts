export default "based";
