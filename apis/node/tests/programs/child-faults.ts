// Pipes between a program and its children, cut at each step: the error each side is told, and
// that neither a descriptor nor a dead child is left.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";

const descriptors = () => readdirSync("/proc/self/fd").length;

function zombies() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return children.split(" ").filter((child) => {
    if (child.trim() === "") return false;
    return readFileSync(`/proc/${child}/stat`, "utf8").split(") ")[1]!.startsWith("Z");
  }).length;
}

type Told = { events: string[]; code: number | null; signal: string | null };

// Runs a child, lets `act` do something to it, and answers what its streams then said.
async function fault(words: string[], act: (child: any, told: string[]) => unknown) {
  const child: any = spawn(words[0]!, words.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
  const events: string[] = [];
  // The child's own end does not wait for that of its input.
  const streams = ["stdin", "stdout", "stderr"].map((name) => {
    child[name].on("error", (error: any) => {
      events.push(`${name} error ${error.code} ${error.syscall}`);
    });
    return new Promise<void>((resolve) => child[name].on("close", () => {
      events.push(`${name} close`);
      resolve();
    }));
  });
  const closed = once(child, "close");
  await act(child, events);
  const [code, signal] = await closed;
  await Promise.all(streams);
  return { events: events.sort(), code, signal } as Told;
}

// A child that nobody listens to is told by a signal or, where it was made to ignore that, an error.
function print(title: string, { code, signal, events }: Told) {
  const ended = signal === "SIGPIPE" || signal === null && code === 1 ? "nobody listens" : signal ?? code;
  console.log(`${title}: ${ended} | ${events.join(", ")}`);
}

const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
const CAT = ["cat"];
const YES = ["yes", "a line"];
const SLEEP = ["sleep", "60"];
const LARGE = Buffer.alloc(1 << 20, "x");

print("the child closes its input", await fault(["sh", "-c", "exec <&-; echo; sleep 0.3"], async (child) => {
  await once(child.stdout, "data");
  child.stdout.resume();
  child.stdin.write(LARGE);
}));
print("the child ends without reading", await fault(["true"], async (child) => {
  child.stdout.resume();
  await once(child, "exit");
  child.stdin.write("late");
}));
print("killed while it writes", await fault(YES, async (child) => {
  await once(child.stdout, "data");
  child.kill("SIGKILL");
}));
print("killed while it is written to", await fault(SLEEP, async (child) => {
  child.stdout.resume();
  child.stdin.write(LARGE);
  await sleep(50);
  child.kill("SIGTERM");
}));
print("its output is destroyed before it is read", await fault(YES, (child) => {
  child.stdout.destroy();
}));
print("its output is destroyed while it is read", await fault(YES, async (child) => {
  await once(child.stdout, "data");
  child.stdout.destroy();
}));
print("its output is destroyed with an error", await fault(YES, async (child) => {
  await once(child.stdout, "data");
  child.stdout.destroy(Object.assign(new Error("own"), { code: "OWN", syscall: "none" }));
}));
print("its input is destroyed before it is written", await fault(CAT, (child) => {
  child.stdout.resume();
  child.stdin.destroy();
}));
print("its input is destroyed behind a write", await fault(CAT, (child) => {
  child.stdout.resume();
  child.stdin.write("text");
  child.stdin.destroy();
}));
print("its input is destroyed in the middle of a write", await fault(["sleep", "0.2"], async (child) => {
  // Bun tells of the write that was given up, Node does not.
  child.stdin.removeAllListeners("error").on("error", () => {});
  child.stdin.write(LARGE);
  await sleep(50);
  child.stdin.destroy();
}));
print("its input is destroyed behind its end", await fault(CAT, (child) => {
  child.stdout.resume();
  child.stdin.end("text");
  child.stdin.destroy();
}));
print("all of them are destroyed at once", await fault(SLEEP, (child) => {
  for (const name of ["stdin", "stdout", "stderr"]) child[name].destroy();
  child.kill();
}));
print("written to after its end", await fault(CAT, async (child, events) => {
  child.stdout.resume();
  child.stdin.end();
  child.stdin.write("late", (error: any) => events.push(`write ${error.code}`));
}));

// A reader of what this program's child prints is gone: it is told by a signal, or an error.
const script = `
  process.stdout.on("error", (error) => {
    require("fs").writeSync(2, error.code + " " + error.syscall);
    process.exit(5);
  });
  setInterval(() => process.stdout.write("x".repeat(1000)), 1);
`;
for (const how of ["destroyed", "never opened"]) {
  const child: any = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => { said += text; });
  if (how === "destroyed") await once(child.stdout, "data");
  child.stdout.destroy();
  const [code, signal] = await once(child, "close");
  console.log(`the parent's end is ${how}: ${code} ${signal} ${said}`);
}

// What the runtime opens once and keeps is open by now.
const before = descriptors();
for (let round = 0; round < 40; round++) {
  await fault(YES, async (child) => {
    if (round % 2 === 0) await once(child.stdout, "data");
    child.stdout.destroy();
    if (round % 3 === 0) child.kill("SIGKILL");
  });
}
await sleep(50);
console.log(`descriptors more: ${Math.max(0, descriptors() - before)}, zombies: ${zombies()}`);
