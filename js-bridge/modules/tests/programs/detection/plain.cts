console.log((function () { return this === undefined ? "strict" : "sloppy"; })());
