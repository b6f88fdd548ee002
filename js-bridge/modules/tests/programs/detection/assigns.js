x = 5; console.log((function () { return this === undefined ? "strict" : "sloppy"; })());
