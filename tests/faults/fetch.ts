// What fetch makes of a server that cuts short, lies, or sends garbage.
const base = `http://127.0.0.1:${process.env.FAULT_PORT}`;
const plain = (text: unknown) => String(text).replaceAll(base, "BASE");
const describe = (error: any) =>
  [error?.constructor?.name, error?.code, error?.errno, plain(error?.path), plain(error?.message)].join(" | ");
const paths = `close reset garbage cut-head short short-reset long length-words length-negative length-twice
  length-differs coding-unknown chunk-size chunk-huge chunk-cut chunk-no-end chunk-extension until-close
  version-1.0 version-2.0 no-reason status-99 status-999 continue hints upgrade no-content not-modified
  line-feeds folded space-before-colon nul large-head gzip-corrupt gzip-empty loop ok`.split(/\s+/);
for (const path of paths) {
  try {
    const response = await fetch(`${base}/${path}`);
    const head = `${response.status} ${response.statusText}`;
    try {
      console.log(path, head, JSON.stringify(await response.text()));
    } catch (error) {
      console.log(path, head, "then", describe(error));
    }
  } catch (error) {
    console.log(path, describe(error));
  }
}
const timed = await fetch(`${base}/stall`, { signal: AbortSignal.timeout(500) }).catch((error) => error);
console.log(describe(timed));
const stalled = await fetch(`${base}/stall-body`, { signal: AbortSignal.timeout(500) });
console.log(describe(await stalled.text().catch((error) => error)));
process.exit(0);
