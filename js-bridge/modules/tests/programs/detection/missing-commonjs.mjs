import { nope } from "./nothing.js"; console.log(nope);
