export default "folder index";
