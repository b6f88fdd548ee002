import "../entry-alone.ts";
import * as main from "../entry-alone.ts";
export const seen = `later.ts sees ${Object.keys(main).length} exports, ${import.meta.main}`;
