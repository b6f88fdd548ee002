// Buffer.concat goes by the bytes there are, whatever properties of a part say.
const spoofed = (length: number) =>
  Object.defineProperty(new Uint8Array([1, 2, 3, 4]), "length", { value: length });

for (const length of [0, 2, 100]) {
  const part = spoofed(length);
  const tail = Buffer.from("ab");
  console.log(length, Buffer.concat([part, tail]), Buffer.concat([part, tail], 5));
  console.log(Buffer.concat([part, part], 3), Buffer.concat([part]).length);
}
