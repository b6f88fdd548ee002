// The modules that import it begin once it has ended; what it imports meanwhile does not wait.
export const first = await Promise.resolve("first");
const other = await import("./other.ts");
console.log("waits saw", String(Object.keys(other)));
