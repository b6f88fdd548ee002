import json, { key, nested } from "./data.json";
import * as space from "./data.json";
import list from "./list.json";
import commented from "./commented.jsonc";
import toml, { title } from "./data.toml";
import yaml, { items } from "./data.yaml";
import text from "./note.txt";
import asText from "./data.json" with { type: "text" };
import file from "./note.txt" with { type: "file" };
import jsonAgain from "./data.extension" with { type: "json" };
console.log(JSON.stringify(json), key, nested.list.length, Object.keys(space).join());
console.log(JSON.stringify(list), JSON.stringify(commented), JSON.stringify(toml), title);
console.log(JSON.stringify(yaml), items.join(), JSON.stringify(text), asText.trim());
console.log(file.endsWith("/data/note.txt"), JSON.stringify(jsonAgain));
console.log((await import("./data.json")).default === json, require("./data.json").key);
console.log(require("./data.toml").title, JSON.stringify((await import("./data.json", { with: { type: "json" } })).default));
try { await import("./broken.json"); } catch (error: any) { console.log(error.name); }
