exports.__esModule = true; exports.kept = 1;
