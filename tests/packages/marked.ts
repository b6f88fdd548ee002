// Blocks, tables, options, extensions, tokens and highlighting hooks of marked.
import { Marked, Renderer, lexer, marked, parseInline } from "marked";

const text = `# Title *em*

Para with **bold**, \`code\`, [link](http://a.b "t"), ![img](i.png) and <b>html</b> & more.
Line two  
break

- one
- [x] two
  1. nested

> quote
> > deeper

| a | b |
|:--|--:|
| 1 | 2 |

\`\`\`ts
const x = a < b;
\`\`\`

---
~~gone~~ https://auto.link
`;
console.log(marked(text));
console.log(await marked.parse("# async", { async: true }), parseInline("*in* line"), marked("a\nb", { breaks: true, gfm: true }));
console.log(lexer("- a\n- b\n\ntext").map((token) => [token.type, token.raw]));
const renderer = new Renderer();
renderer.heading = ({ tokens, depth }) => `<h${depth} class="x">${tokens.map((t) => t.raw).join("")}</h${depth}>\n`;
const own = new Marked({ renderer }, {
  extensions: [{
    name: "at",
    level: "inline",
    start: (source) => source.indexOf("@"),
    tokenizer: (source) => { const match = /^@(\w+)/.exec(source); return match ? { type: "at", raw: match[0], name: match[1] } : undefined; },
    renderer: (token) => `<a>${token.name}</a>`,
  }],
  walkTokens: (token) => { if (token.type === "strong") token.type = "em"; },
});
console.log(own.parse("## head\n\nhi @ada **strong**"));
