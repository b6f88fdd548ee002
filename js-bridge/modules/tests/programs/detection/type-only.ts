import type { X } from "./x"; globalThis.seen.typeOnly = true; export type Y = 1;
