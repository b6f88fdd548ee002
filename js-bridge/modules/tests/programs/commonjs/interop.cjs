Object.defineProperty(exports, "__esModule", { value: true }); exports.named = "n"; exports.default = "d";
