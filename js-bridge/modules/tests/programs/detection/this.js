console.log(this !== undefined); console.log((function () { return this === undefined ? "strict" : "sloppy"; })());
