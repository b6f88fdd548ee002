console.log(process.argv.slice(2), process.env.GIVEN, process.env.NODE_TEST_CONTEXT);
