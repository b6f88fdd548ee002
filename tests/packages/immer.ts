// Drafts, patches, maps, sets, freezing and asynchronous use of immer.
import { applyPatches, createDraft, current, enableMapSet, enablePatches, finishDraft, freeze, immerable, isDraft, nothing, original, produce, produceWithPatches } from "immer";

enableMapSet();
enablePatches();
class Point {
  [immerable] = true;
  constructor(public x: number, public y: number) {}
}
const state = { list: [{ done: false }, { done: false }], map: new Map([["a", { n: 1 }]]), set: new Set([1]), point: new Point(1, 2) };
const next = produce(state, (draft) => {
  draft.list[1].done = true;
  draft.list.push({ done: true });
  draft.map.get("a").n++;
  draft.set.add(2);
  draft.point.x = 9;
  console.log(isDraft(draft.list), original(draft).list.length, current(draft).list.length);
});
console.log(state, next, next.list[0] === state.list[0], Object.isFrozen(next.list), next.point instanceof Point);
const [patched, patches, inverse] = produceWithPatches(state, (draft) => {
  delete (draft.list as unknown[])[0];
  draft.list.length = 1;
  draft.map.delete("a");
});
console.log(patches, inverse, applyPatches(patched, inverse));
try {
  next.list.push({ done: false });
} catch (error) {
  console.log(error.name);
}
console.log(produce(3, () => nothing), produce((draft: number[], more: number) => void draft.push(more))([1], 2));
const draft = createDraft({ a: 1 });
draft.a = 2;
console.log(finishDraft(draft), Object.isFrozen(freeze({ deep: { er: 1 } }, true).deep));
try {
  produce({ a: 1 }, (d) => { d.a = 2; return { b: 1 }; });
} catch (error) {
  console.log(error.message);
}
