"use strict";
// CommonJS, with a comment.
function choose(name) {
  switch (name) {
    case "a":
      return 1;
    case "b":
      return 2;
    default:
      throw new RangeError(name);
  }
}

class Shape {
  constructor(side) {
    this.side = side;
  }
  area() {
    try {
      return this.side ** 2;
    } finally {
      this.measured = true;
    }
  }
  scale(factor) {
    if (factor > 0) {
      this.side *= factor;
    } else {
      throw new RangeError("factor");
    }
    return this;
  }
}

exports.choose = choose;
exports.Shape = Shape;
exports.never = () => choose("a");
