// Compiled schemas, formats of errors, references, keywords and asynchronous validation of ajv.
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020";
import JTD from "ajv/dist/jtd";
import standalone from "ajv/dist/standalone";

const ajv = new Ajv({ allErrors: true, useDefaults: true, coerceTypes: true, code: { source: true } });
ajv.addKeyword({ keyword: "even", type: "number", validate: (want, n) => (n % 2 === 0) === want });
ajv.addFormat("word", /^\w+$/);
ajv.addSchema({ $id: "item", type: "object", properties: { id: { type: "integer", even: true } }, required: ["id"] });
const validate = ajv.compile({
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, format: "word" },
    count: { type: "number", default: 5 },
    items: { type: "array", items: { $ref: "item" }, uniqueItems: true },
    kind: { enum: ["a", "b"] },
  },
  required: ["name", "kind"],
  additionalProperties: false,
});
const good = { name: "abc", kind: "a", items: [{ id: "4" }] };
console.log(validate(good), good);
console.log(validate({ name: "!", items: [{ id: 3 }, {}], extra: 1 }), validate.errors);
console.log(ajv.errorsText(validate.errors));
try {
  ajv.compile({ type: "nonsense" });
} catch (error) {
  console.log(error.message);
}
console.log(new Ajv2020().validate({ prefixItems: [{ type: "string" }], items: false }, ["a", 1]));
const jtd = new JTD();
const parse = jtd.compileParser({ properties: { a: { type: "int32" } } });
console.log(parse('{"a": 5}'), parse('{"a": "x"}'), parse.message, jtd.compileSerializer({ elements: { type: "string" } })(["\"", "b"]));
const later = new Ajv();
later.addKeyword({ keyword: "known", async: true, validate: async (_: unknown, value: number) => value < 3 });
const check = later.compile({ $async: true, type: "number", known: true });
console.log(await check(1), await Promise.resolve(check(9)).catch((error) => [error.message, error.errors[0].keyword]));
console.log(standalone(ajv, ajv.compile({ type: "number", maximum: 3 })));
