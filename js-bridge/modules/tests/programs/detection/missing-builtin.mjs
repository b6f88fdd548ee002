import { nope } from "node:timers"; console.log(nope);
