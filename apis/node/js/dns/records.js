// Records as programs get them, from what native code has read: kind, seconds, fields.
"use strict";

const SHAPES = {
  A: ([address]) => ({ address }),
  AAAA: ([address]) => ({ address }),
  NS: ([value]) => ({ value }),
  CNAME: ([value]) => ({ value }),
  PTR: ([value]) => ({ value }),
  MX: ([priority, exchange]) => ({ priority, exchange }),
  TXT: (entries) => ({ entries }),
  SRV: ([priority, weight, port, name]) => ({ priority, weight, port, name }),
  SOA: ([nsname, hostmaster, serial, refresh, retry, expire, minttl]) =>
    ({ nsname, hostmaster, serial, refresh, retry, expire, minttl }),
  NAPTR: ([order, preference, flags, service, regexp, replacement]) =>
    ({ flags, service, regexp, replacement, order, preference }),
  TLSA: ([certUsage, selector, match, { buffer: data }]) =>
    ({ certUsage, selector, match, data }),
  CAA: ([critical, tag, value]) => ({ critical, [tag]: value }),
};

// Kinds whose records are their one value.
const PLAIN = { NS: true, CNAME: true, PTR: true };

function shape([kind, , ...fields]) {
  return SHAPES[kind](fields);
}

/** The records of one kind. */
function ofKind(kind, records) {
  const matching = records.filter((record) => record[0] === kind);
  switch (kind) {
    case "A":
    case "AAAA": return matching.map(([, ttl, address]) => ({ address, ttl }));
    case "TXT": return matching.map(([, , ...texts]) => texts);
    case "SOA": return matching.length === 0 ? undefined : shape(matching[0]);
    default:
      return PLAIN[kind] ? matching.map(([, , value]) => value) : matching.map(shape);
  }
}

const HAS_TTL = { A: true, AAAA: true };

/** Records of all kinds, each with its type. */
function ofAllKinds(records) {
  return records.map((record) => {
    const [type, ttl] = record;
    const shaped = shape(record);
    return HAS_TTL[type] ? { ...shaped, ttl, type } : { ...shaped, type };
  });
}

module.exports = { ofKind, ofAllKinds };
