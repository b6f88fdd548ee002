process.on("exit", (code) => log("exit", code));
setTimeout(() => log("never"), 500);
const handled = Promise.reject(new Error("handled in time"));
process.nextTick(() => handled.catch((error) => log(error.message)));
Promise.reject(new Error("not handled"));
