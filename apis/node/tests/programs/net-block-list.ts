// net.BlockList and net.SocketAddress: rules, the order they are told in, and copies that share.
import { BlockList, SocketAddress } from "node:net";

const list = new BlockList();
list.addAddress("123.123.123.123");
list.addRange("10.0.0.1", "10.0.0.10");
list.addSubnet("8592:757c:efae:4e45::", 64, "ipv6");
console.log(list.rules);
for (const [address, family] of [["123.123.123.123", "ipv4"], ["::ffff:7b7b:7b7b", "ipv6"],
  ["10.0.0.11", "ipv4"], ["8592:757c:efae:4e45::1", "ipv6"], ["nothing", "ipv4"]] as const) {
  console.log(address, list.check(address, family));
}
const copy = structuredClone(list) as BlockList;
copy.addAddress("1.1.1.1");
console.log(copy === list, list.check("1.1.1.1"), BlockList.isBlockList(copy));

const address = new SocketAddress({ address: "::1", family: "ipv6", port: 80, flowlabel: 7 });
console.log(address.toJSON(), SocketAddress.isSocketAddress(address));
console.log(SocketAddress.parse("[::1]:8080")?.port, SocketAddress.parse("nothing at all"));
for (const bad of [() => new SocketAddress({ port: -1 }), () => list.addAddress("x"),
  () => list.addRange("10.0.0.2", "10.0.0.1"), () => list.addSubnet("1.1.1.1", 33),
  () => new SocketAddress({ family: "x" as any }), () => list.addAddress(1 as any)]) {
  try {
    bad();
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
