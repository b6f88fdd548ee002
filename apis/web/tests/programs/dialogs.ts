// alert, confirm and prompt: what they ask on standard output and what they make of the answers.
if (process.argv[2] === "ask") {
  const answers = [
    alert(), alert("message"), confirm(), confirm("sure?"), confirm("sure?"), confirm("sure?"),
    prompt(), prompt("name"), prompt("name", "Jane"), prompt("name", "Jane"), prompt("name"),
    prompt("at the end"), confirm("at the end"), alert("at the end"),
  ];
  console.log();
  console.log(JSON.stringify(answers), [alert.length, confirm.length, prompt.length]);
} else {
  const lines = ["", "anything", "y", "no", "Y\r", "yes", "first", "", "", "\u00e9t\u00e9\r", " x "];
  for (const input of [lines.map((line) => `${line}\n`).join(""), "", "y"]) {
    const child = Bun.spawn([process.execPath, import.meta.path, "ask"], {
      stdin: new Blob([input]),
      stdout: "pipe",
    });
    console.log(await child.stdout.text(), await child.exited);
  }
}
