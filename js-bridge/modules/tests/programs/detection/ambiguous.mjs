import { clash } from "./stars.mjs"; console.log(clash);
