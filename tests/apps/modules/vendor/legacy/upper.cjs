module.exports = (word) => word.toUpperCase();
