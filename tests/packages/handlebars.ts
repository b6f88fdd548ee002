// Templates, helpers, partials, escapes, precompilation and errors of handlebars.
import Handlebars from "handlebars";

Handlebars.registerHelper("loud", (text) => new Handlebars.SafeString(`<b>${text.toUpperCase()}</b>`));
Handlebars.registerHelper("list", function (items, options) {
  return items.map((item, index) => options.fn(item, { data: { index } })).join("") || options.inverse(this);
});
Handlebars.registerPartial("row", "<tr>{{name}}:{{../title}}{{> @partial-block}}</tr>");
const template = Handlebars.compile(`{{title}} {{{title}}} {{loud name}}
{{#each people as |person at|}}{{at}}={{person.name}}{{#unless @last}}, {{/unless}}{{else}}nobody{{/each}}
{{#if empty}}yes{{else if name}}named{{/if}} {{#with deep.er}}{{value}}{{@root.name}}{{/with}}
{{#list numbers}}<{{@index}}{{this}}>{{/list}} {{lookup people 1}} {{!-- comment --}}{{~"trim"~}}   x
{{#row name="in"}}block{{/row}}{{#> row name="in"}}block{{/row}}`.replace(/\{\{#row.*?\{\{\/row\}\}/, ""));
console.log(template({ title: "<T & 'q'>", name: "ada", people: [{ name: "A" }, { name: "B" }], deep: { er: { value: 1 } }, numbers: [1, 2], empty: [] }));
console.log(Handlebars.precompile("{{a}}-{{#b}}c{{/b}}").length > 100, Handlebars.Utils.escapeExpression("<&>\"'`="));
console.log(JSON.stringify(Handlebars.parse("a {{b.c d=1}}").body.map((node) => node.type)));
for (const bad of ["{{#if a}}", "{{unknown 1}}", "{{> none}}", "{{#a}}{{/b}}"]) {
  try {
    Handlebars.compile(bad)({});
  } catch (error) {
    console.log(error.name, error.message);
  }
}
