// Chunks of compression streams that are no bytes.
for (const format of ["gzip", "deflate", "deflate-raw", "brotli", "zstd"] as never[]) {
  for (const Stream of [CompressionStream, DecompressionStream]) {
    for (const chunk of [null, undefined, 1, {}, new SharedArrayBuffer(1)]) {
      const { readable, writable } = new Stream(format);
      const read = readable.getReader().read().catch((error) => error);
      const written = await writable.getWriter().write(chunk as never).catch((error) => error);
      console.log(format, Stream.name, written.name, written.code, written.message,
        written === await read);
    }
  }
  const packed = new Blob(["hello"]).stream().pipeThrough(new CompressionStream(format));
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  writer.write(await new Response(packed).arrayBuffer());
  writer.close();
  console.log(await new Response(stream.readable).text());
}
