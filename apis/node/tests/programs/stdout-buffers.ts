// Standard output takes buffers of every kind and refuses the rest.
const bytes = new TextEncoder().encode("of bytes\n");
process.stdout.write(bytes.buffer);
const shared = new SharedArrayBuffer(bytes.length);
new Uint8Array(shared).set(bytes);
process.stdout.write(shared as any);
process.stdout.write(new DataView(bytes.buffer));
for (const value of [null, undefined, 1, {}, []] as any[]) {
  try {
    process.stdout.write(value);
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
