with ({ p: 1 }) console.log(p); console.log((function () { return this === undefined ? "strict" : "sloppy"; })());
