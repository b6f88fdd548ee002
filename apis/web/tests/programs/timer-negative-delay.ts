// @ts-nocheck
const a = setTimeout(() => console.log("a fired"), 5); a._idleTimeout = -1; a.refresh();
const b = setInterval(() => { console.log("b"); b._idleTimeout = -1; b.refresh(); }, 2);
const c = setInterval(() => { console.log("c"); c.refresh(); c._idleTimeout = -1; }, 8);
const d = setTimeout(() => { console.log("d"); d._idleTimeout = -1; d.refresh(); }, 200);
const e = setInterval(() => { console.log("e"); e._onTimeout = null; }, 250);
