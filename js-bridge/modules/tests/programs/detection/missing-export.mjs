import { nope } from "./package/file.js"; console.log(nope);
