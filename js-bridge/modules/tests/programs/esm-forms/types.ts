export interface Shape { size: number } export type Other = {}; export const value = 7;
