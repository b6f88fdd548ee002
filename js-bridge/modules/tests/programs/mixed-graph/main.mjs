import { esm } from "./esm.mjs";
import { fromCommon } from "./common.cjs";
import { cyclic } from "./cyclic.mjs";
console.log(esm, fromCommon, cyclic());
