// One line a case: `name: value` or `name: throws ...`, in the order the cases are written.

function text(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Error) return thrown(value);
  if (value instanceof ArrayBuffer)
    return `ArrayBuffer(${value.byteLength}) ${new Uint8Array(value).join(",")}`;
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${value.byteLength}) ${new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(",")}`;
  return (
    JSON.stringify(value, (_key, item) => (item === undefined ? "<undefined>" : item)) ??
    String(value)
  );
}

export function thrown(error: any): string {
  if (error === null || typeof error !== "object") return `throws ${String(error)}`;
  const kind =
    typeof DOMException === "function" && error instanceof DOMException ? "DOMException " : "";
  const code = error.code === undefined ? "" : ` [${error.code}]`;
  return `throws ${kind}${error.name}${code}: ${error.message}`;
}

/** Prints what a case gives. */
export function show(name: string, run: () => unknown): void {
  let line: string;
  try {
    line = text(run());
  } catch (error) {
    line = thrown(error);
  }
  console.log(`${name}: ${line}`);
}

/** Prints what an asynchronous case gives. */
export async function showAsync(name: string, run: () => unknown): Promise<void> {
  let line: string;
  try {
    line = text(await run());
  } catch (error) {
    line = thrown(error);
  }
  console.log(`${name}: ${line}`);
}
