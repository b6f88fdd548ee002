import * as main from "../entry-alone.ts";
export const seen = `back.ts sees ${Object.keys(main).length} exports`;
