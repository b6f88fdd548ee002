// A file without imports or exports whose `await (...)` could be read as a call.
const five = await (async () => 5)();
try {
  const { value } = await ({ value: Promise.resolve(five + 1) });
  console.log(five, await (value));
} catch (error) {
  console.log(error);
}
