// The shell's language and its commands, in a folder of their own.
import { $ } from "bun";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "shell-language-"));
$.cwd(folder).nothrow();
$.env({ PATH: process.env.PATH, HOME: "/home/somebody" });

const scripts = [
  "echo a > f; echo b >> f; cat f", "cat < f | cat", "ls nofile", "ls nofile 2>&1", "ls nofile &> both; cat both",
  "mkdir", "mkdir -p x/y/z; ls x", "mkdir x", "rm x", "rm -rv x", "rm nofile", "rm -f nofile", "rm",
  "touch one two; mv one three; ls one three", "mv nofile other", "mv", "cd nofile", "cd a b", "mkdir in; cd in && pwd && cd - && pwd",
  "echo -n x; echo -e 'a\\tb'; echo $HOME ~ ~/d ~x '~'", "A=1; echo $A $B.; A=2 sh -c 'echo $A'; echo $A", "A='a  b'; echo $A",
  "export C=3; sh -c 'echo $C'; (C=4; echo $C); echo $C", "echo t*o nomatch", "echo nomatch*", "echo {a,b}{1,2} {x} {a,'b,c'}",
  "echo $(echo a; echo b) \"$(printf 'c\\n\\n')\"d", "$(exit 3) || echo failed", "if false; then echo a; elif true; then echo b; else echo c; fi",
  "[[ -f f ]] && echo file; [[ -d f ]] || echo no folder; [[ a == a ]] && [[ -z '' ]] && echo same", "true && false || echo or",
  "(echo sub; exit 3); echo after", "false | true", "true | false", "sh -c 'exit 7'", "sh -c 'kill -9 $$'", "nosuchcommand", "yes ab | head -n 2",
  "seq 3; seq 1 2 5; seq -s, 3; seq 3 1; seq x", "dirname /a/b c; basename a/b.c d/e; basename", "which nope", "exit a", "exit 5",
  "echo a | false | echo b", "echo \"a\\\"b\" 'c\"d' e\\ f # comment", "echo one\necho two", "echo hi > nofolder/f", "cat < nofile",
];
for (const script of scripts) {
  const { exitCode, stdout, stderr } = await $`${{ raw: script }}`.quiet();
  const shown = [stdout, stderr].map((bytes) => JSON.stringify(bytes.toString().replaceAll(folder, "FOLDER")));
  console.log(JSON.stringify(script), exitCode, ...shown);
}

for (const script of ["echo )", "echo (a)", "a |", "a &", "echo >", "$(a", "(a", "| a", "[[ -e f ]]", "if a; then b", "a > b > c"]) {
  try {
    await $`${{ raw: script }}`.quiet();
  } catch (error: any) {
    console.log(script, error.message);
  }
}

const memory = Buffer.alloc(6);
await $`echo hello there > ${memory}`;
console.log(memory.toString());
console.log(await $`cat < ${new Response("from a response")}`.text());
console.log(await $`cat < ${Buffer.from("from a buffer")}`.text());
console.log(await $`cat < ${new Blob(["from a blob"])}`.text());
await $`echo to a file > ${Bun.file(join(folder, "made"))}`;
console.log(await Bun.file(join(folder, "made")).text());
console.log($.braces("a{b,{c,d}}e"), $.escape('$a "b"'));
console.log(await $`echo ${"; rm *"} ${["x y", 1]} ${null}`.text());
rmSync(folder, { recursive: true });
