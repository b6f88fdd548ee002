export interface Reply {
  path: string;
  delayed: string;
  level: string;
  rows: number;
  meta: unknown[];
  body: unknown;
}
