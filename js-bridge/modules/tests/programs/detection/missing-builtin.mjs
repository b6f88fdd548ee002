import { nope } from "node:path"; console.log(nope);
