import { answer, other } from "./lib";
import * as lib from "./lib";
export const use = () => [answer(), other, lib.answer(), Object.keys(lib)];
