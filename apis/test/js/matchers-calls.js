module.exports = { matchers: {} };
