/** What the example server says. */
export function greeting(name: string): string {
  return `Hello, ${name}!`;
}
