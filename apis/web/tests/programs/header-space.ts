// Space around a value of a header is taken off in one pass, however much there is.
const headers = new Headers();
headers.append("a", ` \t${"\t ".repeat(200_000)}b\tc${"\t ".repeat(200_000)}\r\n`);
console.log(JSON.stringify(headers.get("a")));
