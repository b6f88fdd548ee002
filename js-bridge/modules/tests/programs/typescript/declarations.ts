type Default = 1; const value = "default value"; export type OnlyType = string; export enum Enum { One = 1 } export { value as default };
