globalThis.ran = () => __dirname;
