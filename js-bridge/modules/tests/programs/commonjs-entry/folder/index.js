module.exports = "folder index";
