// Formatting of several languages, options, checking and errors of prettier.
import prettier from "prettier";

const samples = {
  babel: "const a = {b:1,  c :[1,2,3]}; async function  f(){ await g( `x${a}` ) ; return a?.b ?? function(){} }",
  typescript: "interface A<T extends string='x'>{readonly a?:T;[k:string]:unknown} export type B = A|{c:1}&{d:2}; enum E{A=1,B}",
  css: "a{color:red;background:URL(x.png)}@media (max-width:100px){.b>c{margin:0 0 1px}}",
  scss: "$a:1px;.b{&:hover{width:calc(#{$a} + 2px)}@include m($a)}",
  json: '{"a":[1,2,{"b":null}],"c":"d"}',
  markdown: "Title\n=====\n\n* one\n* two\n\n|a|b|\n|-|-|\n|1|2|\n\n```js\nx( 1 )\n```\n",
  yaml: "a:   1\nb: [1,2,  3]\nc:\n    - d:  e\n",
  html: "<div class='a  b'><p>text <b>bold</b></p><script>let x  = 1</script></div>",
  graphql: "query Q($a:Int!){f(a:$a){b c{...F}}} fragment F on T{d}",
  vue: "<template><div :a='b+1' @click=\"f( 1 )\">{{ x|y }}</div></template><script>export default {data(){return{x:1}}}</script>",
};
for (const [parser, text] of Object.entries(samples)) {
  console.log(`--- ${parser}\n${await prettier.format(text, { parser })}`);
}
console.log(await prettier.format("const a = 'b'; f(a => a, b)", { parser: "babel", semi: false, singleQuote: true, arrowParens: "avoid", tabWidth: 4, useTabs: true }));
console.log(await prettier.check("const a = 1;\n", { parser: "babel" }), await prettier.check("const a=1", { parser: "babel" }));
console.log(await prettier.formatWithCursor("a (1)", { parser: "babel", cursorOffset: 3 }));
await prettier.format("const = 1", { parser: "babel" }).catch((error) => console.log(error.name, error.message, error.loc));
await prettier.format("x", { filepath: "x.unknown" }).catch((error) => console.log(error.name, error.message));
console.log((await prettier.getFileInfo("a/b.tsx")).inferredParser, (await prettier.getSupportInfo()).languages.length, prettier.version);
