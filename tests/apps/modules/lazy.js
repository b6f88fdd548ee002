let calls = 0;
export function lazy(key) {
  calls += 1;
  return `${key} ${calls}`;
}
