// Parsing, refinement, transformation and errors of zod.
import { z } from "zod";

const user = z
  .object({
    name: z.string().min(2).max(20),
    age: z.number().int().positive().optional(),
    email: z.email(),
    roles: z.array(z.enum(["admin", "user"])).default(["user"]),
    born: z.coerce.date().optional(),
    address: z.strictObject({ street: z.string(), zip: z.string().regex(/^\d{5}$/) }).nullable(),
  })
  .refine((value) => value.name !== "root", { message: "not root", path: ["name"] });

console.log(user.parse({ name: "Ada", email: "ada@example.org", address: null, extra: 1 }));
const failed = user.safeParse({
  name: "A",
  age: -1.5,
  email: "nowhere",
  roles: ["king"],
  address: { street: 1, zip: "x", more: true },
});
console.log(failed.success, failed.error.issues);
console.log(z.flattenError(failed.error));
console.log(z.prettifyError(failed.error));
console.log(failed.error instanceof z.ZodError, failed.error.name);

const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number().transform((side) => side * 2) }),
]);
console.log(shape.parse({ kind: "square", side: 4 }));
console.log(shape.safeParse({ kind: "line" }).error.issues);

const later = z.string().refine(async (value) => value.length > 3, "too short");
console.log((await later.safeParseAsync("abc")).success, await later.parseAsync("abcd"));

type Tree = { value: number; children: Tree[] };
const tree: z.ZodType<Tree> = z.lazy(() =>
  z.object({ value: z.number(), children: z.array(tree) }),
);
console.log(tree.parse({ value: 1, children: [{ value: 2, children: [] }] }));
console.log(z.toJSONSchema(z.object({ a: z.string().nullable(), b: z.tuple([z.number(), z.any()]) })));
console.log(z.map(z.string(), z.bigint()).parse(new Map([["a", 1n]])));
console.log(z.record(z.string(), z.iso.date()).safeParse({ a: "2020-13-01" }).error.issues);
