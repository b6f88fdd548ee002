globalThis.ran = this;
