for await (const x of [1]) console.log(x); console.log((function () { return this === undefined ? "strict" : "sloppy"; })());
