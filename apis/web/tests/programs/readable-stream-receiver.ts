// The methods that read a stream to its end throw at once where there is no stream.
for (const name of ["text", "json", "bytes", "blob"] as const) {
  for (const receiver of [null, undefined, "text", {}, []]) {
    try {
      Reflect.apply((ReadableStream.prototype as any)[name], receiver, []);
      console.log("no error");
    } catch (error: any) {
      console.log(name, error.name, error.code, error.message);
    }
  }
}
const locked = new Response("text").body!;
locked.getReader();
await (locked as any).text().catch((error: any) => console.log(error.code, error.message));
